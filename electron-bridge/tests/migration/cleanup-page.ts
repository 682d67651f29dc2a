/** A page of an app on RxDB's Dexie storage, which moves and cleans up. */

import { addRxPlugin, createRxDatabase, type RxCollection } from "rxdb";
import { RxDBAttachmentsPlugin } from "rxdb/plugins/attachments";
import { RxDBLocalDocumentsPlugin } from "rxdb/plugins/local-documents";
import { getRxStorageDexie } from "rxdb/plugins/storage-dexie";
import { connect, type Endpoint, SidecarError } from "../../src/client/index.ts";
import { RxDatabaseMigration } from "../../src/migration/index.ts";

addRxPlugin(RxDBAttachmentsPlugin);
addRxPlugin(RxDBLocalDocumentsPlugin);

const schema = {
  version: 0,
  primaryKey: "id",
  type: "object",
  properties: { id: { type: "string", maxLength: 100 } },
  attachments: {},
} as const;

async function names(): Promise<string[]> {
  return (await indexedDB.databases()).map(({ name }) => name ?? "").sort();
}

async function open(name: string) {
  const database = await createRxDatabase<{ notes: RxCollection<{ id: string }> }>({
    name,
    storage: getRxStorageDexie(),
    localDocuments: true,
  });
  await database.addCollections({ notes: { schema, localDocuments: true } });
  const note = await database.notes.insert({ id: "n1" });
  await note.putAttachment({ id: "a", data: new Blob(["text"]), type: "text/plain" });
  await database.insertLocal("settings", { theme: "dark" });
  return database;
}

/** Move, clean up while a foreign connection is open, and again; tell what is left each time. */
async function cleanUp(endpoint: Endpoint) {
  const database = await open("old");
  // Others whose names begin like it.
  await (await open("old--1")).close();
  await (await open("older")).close();
  const client = connect(endpoint);
  const migration = await RxDatabaseMigration.open(client, database);
  await migration.run();
  const early = await migration.cleanup({ confirm: true }).catch((error: unknown) => error);
  await migration.cutover();
  const before = await names();
  const foreign = await new Promise<IDBDatabase>((resolve) => {
    const opening = indexedDB.open("rxdb-dexie-old--0--notes");
    opening.onsuccess = () => resolve(opening.result);
  });
  const blocked = await migration.cleanup({ confirm: true }).catch((error: unknown) => error);
  foreign.close();
  const { state } = await migration.cleanup({ confirm: true });
  const after = await names();
  client.close();
  const codes = [early, blocked].map((error) => SidecarError.is(error) && error.code);
  return { before, after, state, codes };
}

declare global {
  interface Window {
    cleanUp: typeof cleanUp;
  }
}

window.cleanUp = cleanUp;
