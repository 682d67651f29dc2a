/** Inserting documents, and replacing those that are there. */

import type { Collection } from "./collection.ts";
import type { RxDocumentBase } from "./document.ts";
import { newRxError } from "./error.ts";
import { cloned } from "./paths.ts";
import { type Fields, type Revision, withoutMeta } from "./revision.ts";
import { bulkWrite, type Failure, failureOf } from "./writes.ts";

/** What became of the documents of a bulk write. */
export interface Inserted {
  readonly success: RxDocumentBase[];
  readonly failed: readonly Failure[];
}

/**
 * Insert documents, in one commit; one that is there already, or is refused, fails alone.
 *
 * @throws RxError `COL22` where two of them have the same primary key.
 */
export async function insertAll(
  collection: Collection,
  documents: readonly Fields[],
): Promise<Inserted> {
  const { cache, hooks, schema } = collection;
  const rows = await Promise.all(
    documents.map(async (document) => {
      const fields = { ...schema.filled(withoutMeta(document)) };
      await hooks.run("pre", "insert", fields);
      return { fields: schema.keyed(fields) };
    }),
  );
  const ids = rows.map(({ fields }) => fields[schema.primaryPath]);
  const duplicateIds = ids.filter((id, at) => ids.indexOf(id) < at);
  if (duplicateIds.length > 0) {
    const args = { documents };
    throw newRxError("COL22", { collection: collection.name, duplicateIds, args });
  }
  const { success, failed } = await bulkWrite(collection, rows, "rx-collection-bulk-insert");
  const inserted = success.map((revision) => cache.document(revision));
  await Promise.all(
    inserted.map((document) => hooks.run("post", "insert", document.toMutableJSON(), document)),
  );
  return { success: inserted, failed };
}

/**
 * Insert documents, in one commit, and replace those that were there already; those come last.
 *
 * @throws RxError `COL3` where a document has no primary key.
 */
export async function upsertAll(
  collection: Collection,
  documents: readonly Fields[],
): Promise<Inserted> {
  const { schema } = collection;
  const filled = documents.map((document) => {
    const data = schema.filled(withoutMeta(document));
    if (!data[schema.primaryPath]) {
      throw newRxError("COL3", {
        primaryPath: schema.primaryPath,
        data,
        schema: schema.jsonSchema,
      });
    }
    return data;
  });
  const { success, failed } = await insertAll(collection, filled);
  const byId = new Map(filled.map((document) => [document[schema.primaryPath], document]));
  const replaced = failed.flatMap(({ error, current }) => {
    const document = byId.get(error.documentId);
    return current === undefined || document === undefined
      ? []
      : replaceBy(collection, current, document);
  });
  return {
    success: [...success, ...(await Promise.all(replaced))],
    failed: failed.filter(({ current }) => current === undefined),
  };
}

/**
 * Insert a document, or replace it, whatever else is written to it meanwhile.
 *
 * @throws RxError `COL4` where the document has no primary key.
 */
export async function upsertIncrementally(
  collection: Collection,
  document: Fields,
): Promise<RxDocumentBase> {
  const { cache, schema } = collection;
  const filled = schema.filled(withoutMeta(document));
  const id = filled[schema.primaryPath];
  if (typeof id !== "string" || id === "") throw newRxError("COL4", { data: document });
  const known = cache.latest(id);
  if (known !== undefined) return replaceBy(collection, known, filled);
  const { success, failed } = await insertAll(collection, [filled]);
  const current = failed[0]?.current;
  if (current !== undefined) return replaceBy(collection, current, filled);
  return only(collection, { success, failed });
}

function replaceBy(
  collection: Collection,
  known: Revision,
  document: Fields,
): Promise<RxDocumentBase> {
  return collection.enqueue(known, () => ({ ...cloned(document), _deleted: false }));
}

/**
 * Return the one document that was written.
 *
 * @throws RxError `CONFLICT` or `VD2`, where it was not.
 */
export function only(collection: Collection, { success, failed }: Inserted): RxDocumentBase {
  const [document] = success;
  if (failed[0] !== undefined) throw failureOf(collection, failed[0]);
  // Either it was written or it failed.
  if (document === undefined) throw newRxError("SNH");
  return document;
}
