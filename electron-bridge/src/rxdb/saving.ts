/** Changing and removing documents: what comes before and after their rows are written. */

import { isObject } from "../client/json.ts";
import type { Collection } from "./collection.ts";
import type { RxDocumentBase } from "./document.ts";
import { newRxError } from "./error.ts";
import type { WriteRow } from "./events.ts";
import { cloned } from "./paths.ts";
import { type Revision, withoutMeta } from "./revision.ts";
import { bulkWrite, type Failure, failureOf } from "./writes.ts";

/**
 * Return the row of a changed document.
 *
 * @throws TypeError What changed it returned nothing.
 */
export function rowOf(previous: Revision, changed: unknown): WriteRow {
  if (!isObject(changed)) {
    throw new TypeError("The function of modify has to return the document's fields");
  }
  const deleted = typeof changed._deleted === "boolean" ? changed._deleted : previous.deleted;
  return { previous, fields: withoutMeta(changed), deleted };
}

/** Let the hooks see, and change, what is about to be saved; refuse a change of a final field. */
export async function beforeSave(
  collection: Collection,
  previous: Revision,
  row: WriteRow,
): Promise<WriteRow> {
  collection.schema.validateChange(previous.fields, row.fields);
  const fields = { ...row.fields };
  await collection.hooks.run("pre", "save", fields, previous.fields);
  return { ...row, fields };
}

/**
 * Write what a document became.
 *
 * @throws RxError `DOC11` for a deleted one, `CONFLICT` where it is not this revision any more, `VD2`.
 */
export async function save(document: RxDocumentBase, changed: unknown): Promise<RxDocumentBase> {
  const { collection, _revision: previous } = document;
  collection.checkOpen();
  if (document.deleted) throw newRxError("DOC11", { id: document.primary, document });
  const row = await beforeSave(collection, previous, rowOf(previous, changed));
  const { success, failed } = await bulkWrite(collection, [row], "rx-document-save-data");
  if (failed[0] !== undefined) throw failureOf(collection, failed[0]);
  const [saved = previous] = success;
  await collection.hooks.run("post", "save", cloned(saved.fields), document);
  return collection.cache.document(saved);
}

/** Delete documents, in one commit; those that are not the revision they were fail. */
export async function removeAll(
  collection: Collection,
  documents: readonly RxDocumentBase[],
): Promise<{ readonly success: RxDocumentBase[]; readonly failed: readonly Failure[] }> {
  const byId = new Map(documents.map((one) => [one.primary, one]));
  const rows = await Promise.all(
    [...byId.values()].map(async (document) => {
      const previous = document._revision;
      const fields = cloned(previous.fields);
      await collection.hooks.run("pre", "remove", fields, document);
      return { previous, fields, deleted: true };
    }),
  );
  const { success, failed } = await bulkWrite(collection, rows, "rx-collection-bulk-remove");
  const removed = success.map((revision) => collection.cache.document(revision));
  await Promise.all(
    success.map(({ id, fields }) =>
      collection.hooks.run("post", "remove", cloned(fields), byId.get(id)),
    ),
  );
  return { success: removed, failed };
}
