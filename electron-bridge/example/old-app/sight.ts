import { getChangedDocumentsSince, type RxCollection } from "rxdb";
import { DATABASE_NAME, type OldDatabase } from "./database.ts";
import type { Document } from "./documents.ts";
import { COLLECTIONS, type CollectionName } from "./sample.ts";

/** The live documents of one collection, as three ways of looking count them. */
export interface Sight {
  collection: CollectionName;
  /** By RxDB's own `find().exec()`, which walks the first index. */
  found: number;
  /** By RxDB's own `exportJSON()`. */
  exported: number;
  /** By counting the rows of IndexedDB, without RxDB. */
  live: number;
}

export async function look(database: OldDatabase): Promise<Sight[]> {
  const sights: Sight[] = [];
  for (const collection of COLLECTIONS) {
    const found = await database[collection].find().exec();
    const exported = await database[collection].exportJSON();
    sights.push({
      collection,
      found: found.length,
      exported: exported.docs.length,
      live: await countRaw(collection),
    });
  }
  return sights;
}

/** Count live rows in the IndexedDB database that holds a collection's documents. */
async function countRaw(collection: CollectionName): Promise<number> {
  const name = `rxdb-dexie-${DATABASE_NAME}--0--${collection}`;
  const database = await settled(indexedDB.open(name));
  try {
    const rows = await settled(database.transaction("docs").objectStore("docs").getAll());
    return rows.filter((row: { _deleted: unknown }) => row._deleted === "0").length;
  } finally {
    database.close();
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Every live document, from the feed of changes: the only read of RxDB that skips none. */
export async function readLive(collection: RxCollection<Document>): Promise<Map<string, Document>> {
  const live = new Map<string, Document>();
  let checkpoint: unknown;
  for (;;) {
    const page = await getChangedDocumentsSince(collection.storageInstance, 500, checkpoint);
    if (page.documents.length === 0) return live;
    for (const stored of page.documents) {
      if (!stored._deleted) live.set(String(stored[collection.schema.primaryPath]), plain(stored));
    }
    checkpoint = page.checkpoint;
  }
}

/** Take RxDB's own fields out of a stored document. */
export function plain(stored: Document): Document {
  const { _deleted, _rev, _meta, _attachments, ...document } = stored;
  return document;
}
