/**
 * Writing into RxDB what the store or a backup has.
 *
 * 1. It is written to the storages below collections, as RxDB's replication does it: no hook runs, and a
 *    document needs no member that a schema asks for, unless the storage has a validator.
 * 2. A document that RxDB has with the same content is left alone, so writing again changes nothing.
 * 3. What was written meanwhile is read again and written over: the store is the truth here, but for a
 *    document that says until when.
 * 4. RxDB gives revisions and write times, so its own feeds, queries and other windows see the writes.
 *    Attachments that a document has stay.
 * 5. What a validator refuses is written without the members its schema does not know and without nulls
 *    it does not allow. That is told, and so is what can't be written at all.
 */

import {
  type BulkWriteRow,
  getDefaultRevision,
  getDefaultRxDocumentMeta,
  type RxAttachmentWriteData,
  type RxDatabase,
  type RxDocumentData,
  type RxStorageWriteError,
} from "rxdb";
import { sameJson } from "../client/json.ts";
import { blobOf } from "./base64.ts";
import { narrow } from "./narrow.ts";
import { portableObject } from "./portable.ts";
import { collectionsOf, documentsOf, localsOf, type Source, type Stored } from "./sources.ts";

/** What RxDB is to have. */
export interface Wanted {
  /** Null: the database itself, of which there are local documents alone. */
  readonly collection: string | null;
  readonly local: boolean;
  readonly id: string;
  /** Null: it is to be deleted. A local document is `{id, data}`. */
  readonly content: { readonly [field: string]: unknown } | null;
  /** Leave alone what RxDB has written after this, in ms since 1970. */
  readonly before?: number;
  /** Attachments with their content, by id. */
  readonly attachments?: { readonly [id: string]: Attachment };
}

/** An attachment as records have it. */
export interface Attachment {
  readonly type: string;
  readonly digest: string;
  /** base64 */
  readonly data: string;
}

/** A document that a validator of RxDB took in part only. */
export interface Narrowed {
  readonly collection: string | null;
  readonly id: string;
  /** JSON pointers of the members it was written without. */
  readonly removed: readonly string[];
}

/** A document that RxDB did not take. */
export interface Refused {
  readonly collection: string | null;
  readonly id: string;
  readonly reason: string;
}

/** What became of documents that were to be written. */
export interface WrittenBack {
  /** Documents that RxDB did not have like this. */
  written: number;
  /** Documents that it had already, or newer ones of. */
  unchanged: number;
  readonly narrowed: Narrowed[];
  readonly refused: Refused[];
}

/** Nothing written yet. */
export function nothingWritten(): WrittenBack {
  return { written: 0, unchanged: 0, narrowed: [], refused: [] };
}

/** What RxDB tells its observers that the writes are. */
const CONTEXT = "sidecar-migration";

/**
 * Write documents, of which the last counts where there are several of one id.
 *
 * @param told What became of them is added here.
 */
export async function writeBack(
  database: RxDatabase,
  all: readonly Wanted[],
  told: WrittenBack,
): Promise<void> {
  const targets = new Map<string, Map<string, Wanted>>();
  for (const wanted of all) {
    const key = JSON.stringify([wanted.collection, wanted.local]);
    const target = targets.get(key) ?? new Map<string, Wanted>();
    targets.set(key, target.set(wanted.id, wanted));
  }
  for (const byId of targets.values()) {
    const wanted = [...byId.values()];
    const source = await targetOf(database, wanted[0]);
    if (source === undefined) refuse(wanted, "RxDB has nothing that could hold it", told);
    else await write(source, wanted, told);
  }
}

async function targetOf(
  database: RxDatabase,
  wanted: Wanted | undefined,
): Promise<Source | undefined> {
  if (wanted === undefined) return undefined;
  const { collection: name, local } = wanted;
  if (name === null) return localsOf(database);
  const collection = collectionsOf(database).find((one) => one.name === name);
  if (collection === undefined) return undefined;
  return local ? localsOf(collection) : documentsOf(collection);
}

async function write(source: Source, all: readonly Attempt[], told: WrittenBack): Promise<void> {
  for (let open = all; open.length > 0; ) {
    const rows = await rowsOf(source, open);
    const errors = rows.length > 0 ? (await source.storage.bulkWrite(rows, CONTEXT)).error : [];
    told.unchanged += open.length - rows.length;
    told.written += rows.length - errors.length;
    const failed = new Map(errors.map((error) => [error.documentId, error]));
    open = open.flatMap((attempt) => next(source, attempt, failed.get(attempt.id), told));
  }
}

/** A document to write, perhaps without members that a validator refused. */
type Attempt = Wanted & { readonly removed?: readonly string[] };

/** Return what is to be tried after an attempt, if anything. */
function next(
  { storage }: Source,
  attempt: Attempt,
  error: RxStorageWriteError<Stored> | undefined,
  told: WrittenBack,
): Attempt[] {
  const { collection, id, content, removed } = attempt;
  if (error === undefined) {
    if (removed !== undefined) told.narrowed.push({ collection, id, removed });
    return [];
  }
  if (error.status === 409) return [attempt];
  if (error.status === 422 && content !== null && removed === undefined) {
    const narrower = narrow(content, storage.schema);
    if (narrower.removed.length > 0) {
      return [{ ...attempt, content: narrower.document, removed: narrower.removed }];
    }
  }
  refuse([attempt], reasonOf(error), told);
  return [];
}

async function rowsOf(
  { storage, primaryKey }: Source,
  open: readonly Attempt[],
): Promise<BulkWriteRow<Stored>[]> {
  const ids = open.map(({ id }) => id);
  const found: RxDocumentData<Stored>[] = await storage.findDocumentsById(ids, true);
  const current = new Map(found.map((stored) => [stored[primaryKey], stored]));
  return open.flatMap((attempt) => rowOf(attempt, current.get(attempt.id)));
}

/** Return the write that brings a document about; none when RxDB has it so. */
function rowOf(
  { content, attachments = {}, before: until = Number.POSITIVE_INFINITY }: Attempt,
  previous: RxDocumentData<Stored> | undefined,
): BulkWriteRow<Stored>[] {
  if (previous !== undefined && previous._meta.lwt > until) return [];
  const live = previous?._deleted === false ? previous : undefined;
  if (content === null) {
    if (live === undefined) return [];
    return [{ previous: live, document: { ...live, _deleted: true, _attachments: {} } }];
  }
  const { _attachments } = live ?? unwritten;
  const fields = contentOf(live ?? unwritten);
  const missing = Object.entries(attachments).filter(
    ([id, { digest }]) => _attachments[id]?.digest !== digest,
  );
  const before = portableObject(fields);
  const known = "json" in before ? before.json : {};
  const wanted = contentOf(content);
  if (live !== undefined && missing.length === 0 && sameJson(known, wanted)) return [];
  const document = {
    ...Object.fromEntries(
      // A value that is the same as JSON stays as it is: a Date stays a Date.
      Object.entries(wanted).map(([name, value]) =>
        Object.hasOwn(known, name) && sameJson(known[name], value)
          ? [name, fields[name]]
          : [name, value],
      ),
    ),
    _deleted: false,
    // Both are RxDB's to give, which keeps what plugins put into the one.
    _meta: { ...(previous ?? unwritten)._meta },
    _rev: (previous ?? unwritten)._rev,
    _attachments: { ..._attachments, ...Object.fromEntries(missing.map(written)) },
  };
  return [previous === undefined ? { document } : { previous, document }];
}

/** Return what the app put into a document. */
function contentOf({ _deleted, _rev, _meta, _attachments, ...fields }: Stored): Stored {
  return fields;
}

const unwritten: RxDocumentData<Stored> = {
  _deleted: false,
  _meta: getDefaultRxDocumentMeta(),
  _rev: getDefaultRevision(),
  _attachments: {},
};

function written([id, { type, digest, data }]: [string, Attachment]): [
  string,
  RxAttachmentWriteData,
] {
  const blob = blobOf(data, type);
  return [id, { type, digest, length: blob.size, data: blob }];
}

function refuse(all: readonly Wanted[], reason: string, { refused }: WrittenBack): void {
  for (const { collection, id } of all) refused.push({ collection, id, reason });
}

function reasonOf(error: RxStorageWriteError<Stored>): string {
  if (error.status !== 422) return `RxDB's storage says ${error.status}`;
  return `RxDB's validator says ${JSON.stringify(error.validationErrors)}`;
}
