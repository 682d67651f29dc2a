/** RxDatabases on Dexie in a page, and what they hold, read without the migration's code. */

import {
  addRxPlugin,
  createRxDatabase,
  getChangedDocumentsSince,
  type RxCollection,
  type RxDatabase,
  type RxJsonSchema,
} from "rxdb";
import { RxDBAttachmentsPlugin } from "rxdb/plugins/attachments";
import { wrappedKeyEncryptionCryptoJsStorage } from "rxdb/plugins/encryption-crypto-js";
import { RxDBLocalDocumentsPlugin } from "rxdb/plugins/local-documents";
import { getRxStorageDexie } from "rxdb/plugins/storage-dexie";

addRxPlugin(RxDBAttachmentsPlugin);
addRxPlugin(RxDBLocalDocumentsPlugin);

/** A document of an old app, which nothing checks. */
export type Document = Record<string, unknown>;
export type Collections = Readonly<Record<string, RxCollection<Document>>>;
export type Database = RxDatabase<Collections>;
export type Schema = RxJsonSchema<Document>;

/** The documents of collections, by collection and id. */
export type Contents = Map<string, Map<string, Document>>;

/** Return a schema whose key is `id`. */
export function schema(more: Partial<Schema> = {}, indexes: readonly string[] = []): Schema {
  return {
    version: 0,
    type: "object",
    primaryKey: "id",
    indexes: [...indexes],
    ...more,
    properties: { id: { type: "string", maxLength: 100 }, ...more.properties },
    required: ["id", ...indexes],
  };
}

/** Open a database whose documents, and whose collections', may be local ones too. */
export async function openDatabase(
  name: string,
  schemas: Readonly<Record<string, Schema>>,
): Promise<Database> {
  const storage = getRxStorageDexie();
  const encrypted = Object.values(schemas).some((one) => one.encrypted !== undefined);
  const database = await createRxDatabase<Collections>({
    name,
    storage: encrypted ? wrappedKeyEncryptionCryptoJsStorage({ storage }) : storage,
    ...(encrypted ? { password: "correct horse battery staple" } : {}),
    localDocuments: true,
  });
  await database.addCollections(
    Object.fromEntries(
      Object.entries(schemas).map(([one, schema]) => [one, { schema, localDocuments: true }]),
    ),
  );
  return database;
}

/** Return a collection that is there. */
export function collectionOf(database: Database, name: string): RxCollection<Document> {
  const collection = database.collections[name];
  if (collection === undefined) throw new Error(`There is no collection ${name}.`);
  return collection;
}

/** Read the live documents of all collections, with the content of their attachments. */
export async function contentsOf(database: Database): Promise<Contents> {
  const contents: Contents = new Map();
  for (const [name, collection] of Object.entries(database.collections)) {
    contents.set(name, await liveOf(collection));
  }
  return contents;
}

async function liveOf(collection: RxCollection<Document>): Promise<Map<string, Document>> {
  const { storageInstance, schema } = collection;
  const live = new Map<string, Document>();
  let checkpoint: unknown;
  for (;;) {
    const page = await getChangedDocumentsSince(storageInstance, 500, checkpoint);
    if (page.documents.length === 0) return live;
    for (const { _deleted, _rev, _meta, _attachments, ...document } of page.documents) {
      const id = String(document[schema.primaryPath]);
      const attachments: Document = {};
      for (const [one, { type, digest }] of Object.entries(_attachments)) {
        const data = await storageInstance.getAttachmentData(id, one, digest);
        attachments[one] = { type, hex: await hex(data) };
      }
      if (Object.keys(attachments).length > 0) document._attachments = attachments;
      if (!_deleted) live.set(id, document);
    }
    checkpoint = page.checkpoint;
  }
}

async function hex(data: Blob): Promise<string> {
  const bytes = [...new Uint8Array(await data.arrayBuffer())];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join("");
}

/** Return where two contents differ, as `collection/id/field`. */
export function differing(expected: Contents, found: Contents): string[] {
  const names = new Set([...expected.keys(), ...found.keys()]);
  return [...names].flatMap((name) => {
    const [left, right] = [expected.get(name) ?? new Map(), found.get(name) ?? new Map()];
    return [...new Set([...left.keys(), ...right.keys()])].flatMap((id) =>
      different(left.get(id), right.get(id), `${name}/${id.slice(0, 60)}`),
    );
  });
}

function different(left: unknown, right: unknown, path: string): string[] {
  if (Object.is(left, right) || (left === 0 && right === 0)) return [];
  if (!isObject(left) || !isObject(right) || Array.isArray(left) !== Array.isArray(right)) {
    const [was, is] = [left, right].map((one) => (JSON.stringify(one) ?? "absent").slice(0, 80));
    return [`${path}: ${was} is ${is}`];
  }
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].flatMap((key) => {
    const was = Object.hasOwn(left, key) ? left[key] : undefined;
    return different(was, Object.hasOwn(right, key) ? right[key] : undefined, `${path}/${key}`);
  });
}

function isObject(value: unknown): value is Document {
  return typeof value === "object" && value !== null;
}
