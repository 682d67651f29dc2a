/**
 * What an RxDatabase stores, storage by storage, and what each stored document is as a record.
 *
 * RxDB has decrypted and decompressed what its wrapped storages give.
 */

import { isRxCollection, isRxDatabase, type RxCollection, type RxDatabase } from "rxdb";
import { LOCAL_DOC_STATE_BY_PARENT } from "rxdb/plugins/local-documents";
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

/** A document as a storage has it, beside what RxDB adds to each. */
export interface Stored {
  [field: string]: unknown;
}

/** Where a storage's documents are read and written. */
export type DocumentStorage = Omit<RxCollection["storageInstance"], "originalStorageInstance">;

/** One storage of a database: the documents of a collection, or the local documents of a parent. */
export interface Source {
  /** Names it among the checkpoints. */
  readonly key: string;
  /** Null: the local documents of the database. */
  readonly collection: string | null;
  readonly local: boolean;
  readonly primaryKey: string;
  readonly storage: DocumentStorage;
  /**
   * Return a stored document as a record.
   *
   * @throws SidecarError `E_MIGRATION`: it holds what JSON can't carry, or an attachment's content is
   *   missing.
   */
  readonly record: (stored: Stored) => MigrationRecord | Promise<MigrationRecord>;
}

/**
 * Return a database as RxDB's own type.
 *
 * @throws SidecarError `E_MIGRATION`: it belongs to another copy of rxdb than the one this module
 *   imports.
 */
export function rxDatabase(database: AnyRxDatabase): RxDatabase {
  if (isDatabase(database)) return database;
  // Its local documents are in a map of that other copy, and would be missed without a word.
  throw migrationError(
    "The database was made by another copy of rxdb than the one @pjais/electron-bridge imports",
    "Let the bundler resolve one copy of rxdb (resolve.dedupe in Vite), or pass an RxDatabase.",
  );
}

/** The collections that a database has now. */
export function collectionsOf(database: RxDatabase): RxCollection[] {
  return Object.values(database.collections).filter(isCollection);
}

/** The record of a collection's schema. */
export function schemaRecord({ name, schema }: RxCollection): MigrationRecord {
  return { collection: name, schema: toJson(schema.jsonSchema, { collection: name }) };
}

/** The storages that a database has now: those of its collections first. */
export async function sourcesOf(database: RxDatabase): Promise<Source[]> {
  const collections = collectionsOf(database);
  const sources = collections.map(documentsOf);
  for (const parent of [database, ...collections]) {
    const locals = await localsOf(parent);
    if (locals !== undefined) sources.push(locals);
  }
  // A database that was deleted and made again is another one.
  const token = await database.storageToken;
  return sources.map((source) => ({ ...source, key: `${source.key}/${token}` }));
}

/** The source of a collection's documents. */
export function documentsOf(collection: RxCollection): Source {
  const { name, schema, storageInstance: storage } = collection;
  return {
    // RxDB moves the documents of another version to another storage.
    key: `${name}/${schema.version}`,
    collection: name,
    local: false,
    primaryKey: schema.primaryPath,
    storage,
    record: (stored) => documentRecord(collection, stored),
  };
}

/** The source of local documents; without one, the plugin is off for this parent. */
export async function localsOf(parent: RxDatabase | RxCollection): Promise<Source | undefined> {
  const state = await LOCAL_DOC_STATE_BY_PARENT.get(parent);
  if (state === undefined) return undefined;
  const collection = isRxDatabase(parent) ? null : parent.name;
  return {
    key: collection === null ? "/local" : `${collection}/local`,
    collection,
    local: true,
    primaryKey: "id",
    storage: state.storageInstance,
    record: ({ id, data, _deleted: deleted }) => {
      const place = { collection, id: textOf(id) };
      return deleted === true
        ? { collection, local: { id: place.id, deleted } }
        : { collection, local: { id: place.id, data: toJson(data, place) } };
    },
  };
}

function documentRecord(
  collection: RxCollection,
  stored: Stored,
): MigrationRecord | Promise<MigrationRecord> {
  const { _attachments: attachments, ...rest } = stored;
  if (isObject(attachments) && Object.keys(attachments).length > 0) {
    return recordWithAttachments(collection, stored, attachments);
  }
  const { name, schema } = collection;
  const id = textOf(rest[schema.primaryPath]);
  return { collection: name, document: toJson(rest, { collection: name, id }) };
}

async function recordWithAttachments(
  collection: RxCollection,
  { _attachments: _, ...rest }: Stored,
  attachments: { readonly [id: string]: unknown },
): Promise<MigrationRecord> {
  const { name, schema, storageInstance } = collection;
  const id = textOf(rest[schema.primaryPath]);
  const document = toJson(rest, { collection: name, id });
  const contents = await attachmentsOf(collection, id, attachments).then(
    (_attachments) => ({ _attachments }),
    (error: unknown) => ({ error }),
  );
  // Attachments are not of a revision: a write meanwhile may have replaced or removed them.
  const [newest] = await storageInstance.findDocumentsById([id], true);
  if (newest !== undefined && newest._rev !== rest._rev) return documentRecord(collection, newest);
  if ("error" in contents) throw contents.error;
  return { collection: name, document: { ...document, ...contents } };
}

async function attachmentsOf(
  { name, storageInstance }: RxCollection,
  id: string,
  attachments: { readonly [id: string]: unknown },
): Promise<JsonObject> {
  const result: { [id: string]: Json } = {};
  for (const [attachment, meta] of Object.entries(attachments)) {
    const place = { collection: name, id, attachment };
    const described = toJson(meta, place);
    const digest = textOf(described.digest);
    try {
      const data = await base64(await storageInstance.getAttachmentData(id, attachment, digest));
      result[attachment] = { ...described, data };
    } catch (cause) {
      throw migrationError(
        `The content of attachment ${attachment} of ${name} ${id} can't be read`,
        "Remove the attachment from the document, or restore its content, and migrate again.",
        place,
        cause,
      );
    }
  }
  return result;
}

function toJson(value: unknown, place: { readonly [key: string]: Json }): JsonObject {
  const result = portableObject(value);
  if ("json" in result) return result.json;
  const { path, found } = result.unportable;
  throw migrationError(
    `${Object.values(place).join(" ")} holds ${found} at ${path || "/"}, which JSON can't carry`,
    "It was not moved. Change the value in RxDB, or remove it, and migrate again.",
    { ...place, path },
  );
}

/** Return a text as it is, and anything else as none. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

// RxDB's own checks say boolean, not what a value is.
function isDatabase(value: AnyRxDatabase): value is RxDatabase {
  return isRxDatabase(value);
}

function isCollection(value: unknown): value is RxCollection {
  return isRxCollection(value);
}
