import {
  createRxDatabase,
  type RxCollection,
  type RxDatabase,
  type RxStorage,
  uncacheRxQuery,
} from "rxdb";
import { getRxStorageDexie } from "rxdb/plugins/storage-dexie";
import { getRxStorageMemory } from "rxdb/plugins/storage-memory";
import type { Database, Doc, Documents, Peer } from "./peer.ts";

/** RxDB as a free Electron app has it: on IndexedDB. */
export function dexiePeer(): Peer {
  return rxdbPeer(getRxStorageDexie());
}

/** RxDB in the page's memory: nothing is stored. */
export function memoryPeer(): Peer {
  return rxdbPeer(getRxStorageMemory());
}

/** RxDB as in production: no dev-mode plugin, no validator, one window. */
function rxdbPeer<Internals, Options>(storage: RxStorage<Internals, Options>): Peer {
  return {
    async open(name, schemas) {
      const database: RxDatabase = await createRxDatabase({
        name,
        storage,
        multiInstance: false,
        eventReduce: true,
      });
      const wanted = Object.fromEntries(
        Object.entries(schemas).map(([collection, schema]) => [collection, { schema }]),
      );
      const made: Record<string, RxCollection<Doc>> = await database.addCollections(wanted);
      return opened(database, Object.values(made));
    },
  };
}

function opened(database: RxDatabase, collections: readonly RxCollection<Doc>[]): Database {
  return {
    collections: collections.map(documents),
    // RxDB answers a query equal to one of its last 100 from memory, as `client.live` does. What is
    // measured on both sides is a query not asked before; documents it may keep, as in an app.
    forget() {
      for (const { _queryCache: cache } of collections) {
        for (const query of [...cache._map.values()]) uncacheRxQuery(cache, query);
      }
    },
    close: () => database.close(),
    remove: () => database.remove(),
  };
}

function documents(collection: RxCollection<Doc>): Documents {
  return {
    insert: (document) => collection.insert(document),
    async insertMany(some) {
      const { error } = await collection.bulkInsert([...some]);
      if (error.length > 0) throw new Error(`RxDB refused ${error.length} documents.`);
    },
    async ask({ first, count, ...query }) {
      if (count) return await collection.count(query).exec();
      if (!first) return await collection.find(query).exec();
      const found = await collection.findOne(query).exec();
      return found ? [found] : [];
    },
    byIds: async (ids) => (await collection.findByIds([...ids]).exec()).size,
    watch({ first: _, count: __, ...query }, take) {
      const subscription = collection.find(query).$.subscribe(take);
      return () => subscription.unsubscribe();
    },
  };
}
