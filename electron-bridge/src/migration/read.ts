/**
 * Reading a live RxDatabase, so that nothing is missed.
 *
 * 1. Documents come from `getChangedDocumentsSince`, which walks `_meta.lwt`, an index every document is
 *    in. `find()` and `exportJSON()` walk the schema's first index, and on Dexie a document whose
 *    indexed field is missing or null is not in that.
 * 2. The feed has tombstones too, and RxDB has decrypted and decompressed what it gives.
 * 3. Memory holds one page of documents at a time.
 * 4. A document written while this reads comes again, in its newer state, later in the feed.
 */

import {
  getChangedDocumentsSince,
  isRxCollection,
  isRxDatabase,
  type RxCollection,
  type RxDatabase,
} from "rxdb";
import { LOCAL_DOC_STATE_BY_PARENT, type LocalDocumentState } from "rxdb/plugins/local-documents";
import { isObject, type Json, type JsonObject } from "../client/json.ts";
import { base64 } from "./base64.ts";
import { migrationError } from "./errors.ts";
import { portableObject } from "./portable.ts";
import type { MigrationRecord } from "./record.ts";

/** Any `RxDatabase`, whatever the types of its collections. */
export interface AnyRxDatabase {
  readonly name: string;
  readonly collections: object;
}

/** Documents asked from a storage at once. */
const PAGE = 200;

/**
 * Yield everything an RxDatabase holds: the schemas of its collections, then documents with tombstones,
 * revisions and attachments, then local documents.
 *
 * @throws SidecarError `E_MIGRATION`: a document holds what JSON can't carry (`data.collection`,
 *   `data.id`, `data.path`), an attachment's content is missing, or the database belongs to another
 *   copy of rxdb than the one this module imports.
 */
export async function* readRxDatabase(database: AnyRxDatabase): AsyncGenerator<MigrationRecord> {
  if (!isDatabase(database)) {
    // Its local documents are in a map of that other copy, and would be missed without a word.
    throw migrationError(
      "The database was made by another copy of rxdb than the one @pjais/electron-bridge imports",
      "Let the bundler resolve one copy of rxdb (resolve.dedupe in Vite), or pass an RxDatabase.",
    );
  }
  const collections = Object.values(database.collections).filter(isCollection);
  for (const { name, schema } of collections) {
    yield { collection: name, schema: toJson(schema.jsonSchema, { collection: name }) };
  }
  for (const collection of collections) yield* documents(collection);
  yield* localDocuments(null, database);
  for (const collection of collections) yield* localDocuments(collection.name, collection);
}

async function* documents(collection: RxCollection): AsyncGenerator<MigrationRecord> {
  const { name, schema, storageInstance } = collection;
  for await (const stored of feed(storageInstance)) {
    const id = textOf(stored[schema.primaryPath]);
    const { _attachments: attachments, ...rest } = stored;
    const document = toJson(rest, { collection: name, id });
    if (!isObject(attachments) || Object.keys(attachments).length === 0) {
      yield { collection: name, document };
      continue;
    }
    const filled: { [id: string]: Json } = {};
    for (const [attachmentId, meta] of Object.entries(attachments)) {
      const place = { collection: name, id, attachment: attachmentId };
      const described = toJson(meta, place);
      const data = await attachmentData(collection, id, attachmentId, described);
      filled[attachmentId] = { ...described, data };
    }
    yield { collection: name, document: { ...document, _attachments: filled } };
  }
}

async function* localDocuments(
  collection: string | null,
  parent: RxDatabase | RxCollection,
): AsyncGenerator<MigrationRecord> {
  // Without a state the plugin is off for this parent: RxDB itself has no way to its local documents.
  const state = await LOCAL_DOC_STATE_BY_PARENT.get(parent);
  if (state === undefined) return;
  for await (const { id, data, _deleted: deleted } of feed(state.storageInstance)) {
    if (deleted === true) continue;
    const place = { collection, id: textOf(id) };
    yield { collection, local: { id: place.id, data: toJson(data, place) } };
  }
}

type Storage = RxCollection["storageInstance"] | LocalDocumentState["storageInstance"];

async function* feed(storage: Storage): AsyncGenerator<{ readonly [key: string]: unknown }> {
  let checkpoint: unknown;
  for (;;) {
    const page = await getChangedDocumentsSince(storage, PAGE, checkpoint);
    if (page.documents.length === 0) return;
    checkpoint = page.checkpoint;
    yield* page.documents;
  }
}

async function attachmentData(
  { name, storageInstance }: RxCollection,
  id: string,
  attachment: string,
  { digest }: JsonObject,
): Promise<string> {
  try {
    return await base64(await storageInstance.getAttachmentData(id, attachment, textOf(digest)));
  } catch (cause) {
    throw migrationError(
      `The content of attachment ${attachment} of ${name} ${id} can't be read`,
      "Remove the attachment from the document, or restore its content, and migrate again.",
      { collection: name, id, attachment },
      cause,
    );
  }
}

function toJson(value: unknown, place: { readonly [key: string]: Json }): JsonObject {
  const result = portableObject(value);
  if ("json" in result) return result.json;
  const { path, found } = result.unportable;
  throw migrationError(
    `${Object.values(place).join(" ")} holds ${found} at ${path || "/"}, which JSON can't carry`,
    "Nothing was imported. Change the value in RxDB, or remove it, and migrate again.",
    { ...place, path },
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

// RxDB's own checks say boolean, not what a value is.
function isDatabase(value: AnyRxDatabase): value is RxDatabase {
  return isRxDatabase(value);
}

function isCollection(value: unknown): value is RxCollection {
  return isRxCollection(value);
}
