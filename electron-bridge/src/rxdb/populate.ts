/** Following references: fields that hold primary keys of another collection. */

import { isObject } from "../client/json.ts";
import type { RxDocumentBase } from "./document.ts";
import { newRxError } from "./error.ts";

/**
 * Read the document, or documents in the array's order, that a field refers to.
 *
 * @throws RxError `DOC5` for a field the schema has not, `DOC6` for one without `ref`, `DOC7` where the
 *   database has no such collection.
 */
export function populated(document: RxDocumentBase, path: string): Promise<unknown> {
  const { schema, database } = document.collection;
  const described = schema.at(path);
  if (described === undefined) throw newRxError("DOC5", { path });
  const { items } = described;
  const ref = described.ref ?? (isObject(items) ? items.ref : undefined);
  if (typeof ref !== "string") throw newRxError("DOC6", { path, schemaObj: described });
  const collection = database.collections[ref];
  if (collection === undefined) throw newRxError("DOC7", { ref, path, schemaObj: described });
  const value = document.get(path);
  if (Array.isArray(value)) {
    return collection
      .findByIds(value)
      .exec()
      .then((found) => (found instanceof Map ? [...found.values()] : []));
  }
  return typeof value === "string" && value !== ""
    ? collection.findOne(value).exec()
    : Promise.resolve(null);
}
