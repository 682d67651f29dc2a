import type { SidecarClient } from "../../../../src/client/index.ts";
import { isObject } from "../../../../src/client/json.ts";
import {
  createRxDatabase,
  type getRxStorageSidecar,
  isRxCollection,
  isRxDatabase,
  isRxDocument,
  isRxQuery,
} from "../../../../src/rxdb/index.ts";
import type { Creators, Database, Options, Peer } from "../behaviour.ts";

type Storage = ReturnType<typeof getRxStorageSidecar>;

/**
 * The facade over a sidecar that it shares with nobody.
 *
 * @param client Its own connection, by which it empties the store.
 */
export function facadePeer(storage: Storage, client: SidecarClient): Peer {
  const open = new Set<{ close(): Promise<boolean> }>();
  return {
    isRxCollection,
    isRxDatabase,
    isRxDocument,
    isRxQuery,
    async open<Name extends string>(name: string, creators: Creators<Name>, options: Options) {
      const database: object = await opened(name, creators, options);
      if (!isTwin<Name>(database)) throw new Error("It is no database.");
      return database;
    },
    async close() {
      const all = [...open];
      open.clear();
      await Promise.all(all.map((database) => database.close()));
      await empty(client);
    },
  };

  async function opened(name: string, creators: Creators<string>, options: Options) {
    const database = await createRxDatabase({ ignoreDuplicate: true, ...options, name, storage });
    open.add(database);
    await database.addCollections(creators);
    return database;
  }
}

/** It is what the suite shows: that what has the facade's types is used by RxDB's. */
function isTwin<Name extends string>(database: unknown): database is Database<Name> {
  return isRxDatabase(database);
}

/** The collections there are: those that behaviours defined, and the declared that have documents. */
const COLLECTIONS = `SELECT name FROM _collections
  UNION SELECT 'personas' FROM personas UNION SELECT 'memoryEntities' FROM memoryEntities`;

/** Remove what behaviours left: collections with all of theirs, and the database's local documents. */
async function empty(client: SidecarClient): Promise<void> {
  const removed = (await column(client, COLLECTIONS)).map((name) => ({
    name: "v1.CollectionRemoved",
    args: { name },
  }));
  const locals = "SELECT id AS name FROM _local_documents WHERE collection = ''";
  const deleted = (await column(client, locals)).map((id) => ({
    name: "v1.LocalDocumentDeleted",
    args: { collection: null, id },
  }));
  const events = [...removed, ...deleted];
  if (events.length > 0) await client.commit(events);
}

async function column(client: SidecarClient, sql: string): Promise<string[]> {
  const rows: unknown = await client.query({ sql });
  return Array.isArray(rows) ? rows.filter(isObject).map(({ name }) => String(name)) : [];
}
