/**
 * Writes: rows of what documents are to be, as events of the store.
 *
 * 1. A bulk write is one commit: what of it can be stored is stored at once.
 * 2. Each row says what it knows of its document; where that is not so any more the row fails (409), and
 *    where the schema refuses the document, too (422). The other rows go on without it.
 */

import { SidecarError } from "../client/errors.ts";
import { isObject } from "../client/json.ts";
import { writes } from "../generated/writes.ts";
import type { Collection } from "./collection.ts";
import { newRxError, type RxError } from "./error.ts";
import { eventOf, idOf, type WriteRow } from "./events.ts";
import { cloned, isForeign, placeOf } from "./paths.ts";
import { type Fields, REVISION_FIELDS, type Revision, withMeta } from "./revision.ts";
import type { RxStorageWriteError } from "./types/collection.ts";

/** A row that was not written. */
export interface Failure {
  readonly error: RxStorageWriteError;
  /** What the document is now, where that is why. */
  readonly current?: Revision | undefined;
}

/** What became of the rows: those written, in their order, and the others. */
export interface Written {
  readonly success: readonly Revision[];
  readonly failed: readonly Failure[];
}

/** Write rows of a collection. */
export async function bulkWrite(
  collection: Collection,
  rows: readonly WriteRow[],
  context: string,
): Promise<Written> {
  for (const { fields } of rows) checkDocument(collection, fields);
  const failed: Failure[] = [];
  // A copy: what the app does to its objects afterwards is not stored.
  let open: readonly WriteRow[] = rows.map((row) => ({ ...row, fields: cloned(row.fields) }));
  // What is deleted and stays so needs no event.
  const gone = open.flatMap((row) => (row.deleted && row.previous?.deleted ? row.previous : []));
  open = open.filter((row) => !(row.deleted && row.previous?.deleted));
  let typed = collection.name in writes;
  while (open.length > 0) {
    try {
      const { first } = await collection.database.commit(
        open.map((row) => eventOf(collection, row, typed)),
      );
      const success = open.map((row, at) => revisionOf(collection, row, first + at));
      for (const revision of success) collection.cache.learn(revision);
      return { success: [...gone, ...success], failed };
    } catch (cause) {
      // The table's own events take less than its documents may hold.
      if (typed && SidecarError.is(cause, "E_VALIDATION")) {
        typed = false;
        continue;
      }
      const now = await failures(collection, open, cause, context);
      failed.push(...now.values());
      open = open.filter((row) => !now.has(row));
    }
  }
  return { success: gone, failed };
}

/** Return the error of a row that was not written, as RxDB throws it: `CONFLICT` or `VD2`. */
export function failureOf(collection: Collection, { error }: Failure): RxError {
  return newRxError(error.status === 409 ? "CONFLICT" : "VD2", {
    collection: collection.name,
    id: error.documentId,
    writeError: error,
    data: error.writeRow.document,
  });
}

function checkDocument(collection: Collection, document: Fields): void {
  const id = document[collection.schema.primaryPath];
  const parameters = { collection: collection.name, primaryKey: id, document };
  if (typeof id === "string") {
    if (id === "") throw newRxError("DOC20", parameters);
    if (id !== id.trim()) throw newRxError("DOC21", parameters);
    if (/[\r\n]/.test(id)) throw newRxError("DOC22", parameters);
    if (id.includes('"')) throw newRxError("DOC23", parameters);
  }
  const path = placeOf(document, isForeign);
  if (path !== undefined) throw newRxError("DOC24", { ...parameters, path });
}

function revisionOf(collection: Collection, row: WriteRow, seq: number): Revision {
  return collection.schema.revision({ ...row.fields, _seq: seq }, row.deleted);
}

/** Return which rows a commit failed for; throw what is the failure of none. */
async function failures(
  collection: Collection,
  rows: readonly WriteRow[],
  cause: unknown,
  context: string,
): Promise<Map<WriteRow, Failure>> {
  if (!SidecarError.is(cause)) throw cause;
  const { index, others, current } = cause.data;
  const row = rows[Number(index ?? Number.NaN)];
  if (row === undefined) throw cause;
  if (SidecarError.is(cause, "E_VALIDATION")) {
    const further = Array.isArray(others) ? others.filter(isObject) : [];
    return new Map(
      [{ ...cause.data, message: cause.message }, ...further].flatMap((problem) => {
        const bad = rows[Number(problem.index)];
        return bad ? [[bad, { error: invalid(collection, bad, problem, context) }]] : [];
      }),
    );
  }
  if (!SidecarError.is(cause, "E_CONFLICT")) throw cause;
  const stored = rows.length === 1 ? [current] : await currentOf(collection, rows);
  return outdated(collection, rows, row, stored, context);
}

/** Return the rows that don't know what their documents are now. */
function outdated(
  collection: Collection,
  rows: readonly WriteRow[],
  named: WriteRow,
  stored: readonly unknown[],
  context: string,
): Map<WriteRow, Failure> {
  const { primaryPath } = collection.schema;
  const byId = new Map(stored.filter(isObject).map((one) => [one[primaryPath], one]));
  const failed = new Map<WriteRow, Failure>();
  for (const row of rows) {
    const { previous } = row;
    const now = byId.get(idOf(collection, row));
    // The row the store named fails, even if by now it would not.
    if (row !== named && now?._seq === (previous?.deleted ? undefined : previous?.seq)) continue;
    const current = now
      ? collection.schema.revision(now)
      : previous && { ...previous, deleted: true };
    if (current !== undefined) collection.cache.learn(current);
    const documentInDb = current && { documentInDb: withMeta(current) };
    const error = { ...refused(collection, row, context), status: 409, ...documentInDb } as const;
    failed.set(row, { error, current });
  }
  return failed;
}

function currentOf(collection: Collection, rows: readonly WriteRow[]): Promise<readonly unknown[]> {
  const ids = rows.map((row) => idOf(collection, row));
  return collection.database.client.query({
    from: collection.name,
    selector: { [collection.schema.primaryPath]: { $in: ids } },
    fields: REVISION_FIELDS,
  });
}

function refused(collection: Collection, row: WriteRow, context: string) {
  return {
    isError: true,
    documentId: idOf(collection, row),
    writeRow: {
      document: { ...row.fields, _deleted: row.deleted ?? false },
      previous: row.previous && withMeta(row.previous),
    },
    context,
  } as const;
}

/** The error of a row that does not match the schema, in the words of ajv. */
function invalid(collection: Collection, row: WriteRow, problem: Fields, context: string) {
  const { errors, path, message } = problem;
  const found = Array.isArray(errors) ? errors.filter(isObject) : [{ path, message }];
  const validationErrors = found.map((one) => ({
    instancePath: String(one.path ?? ""),
    keyword: String(one.keyword ?? ""),
    message: String(one.message),
  }));
  return { ...refused(collection, row, context), status: 422, validationErrors } as const;
}
