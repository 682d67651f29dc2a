import { useEffect, useState } from "react";
import { createRxDatabase, type RxCollection, type RxDatabase, type RxDocument } from "rxdb";
import { getRxStorageDexie } from "rxdb/plugins/storage-dexie";
import type { Observable } from "rxjs";
import { type Memory, memorySchema } from "../app/documents.ts";
import type { Peer, Value } from "./peer.ts";
import type { Watch } from "./scenes.ts";

/** RxDB's observables and React's state, as in an app: no dev-mode plugin, no validator, one window. */
export async function openDexie(): Promise<Peer> {
  const database: RxDatabase<{ memories: RxCollection<Memory> }> = await createRxDatabase({
    name: "rendering",
    storage: getRxStorageDexie(),
    multiInstance: false,
  });
  const { memories } = await database.addCollections({ memories: { schema: memorySchema } });
  return dexiePeer(memories);
}

function dexiePeer(collection: RxCollection<Memory>): Peer {
  let known: RxDocument<Memory> | undefined;
  return {
    async insertMany(some) {
      const { error } = await collection.bulkInsert([...some]);
      if (error.length > 0) throw new Error(`RxDB refused ${error.length} documents.`);
    },
    provide: (children) => children,
    useWatch(watch) {
      const [value, setValue] = useState<Value>();
      useEffect(() => {
        const subscription = resultOf(collection, watch).subscribe(setValue);
        return () => subscription.unsubscribe();
      }, [watch, collection]);
      return value;
    },
    watch(watch, take) {
      const subscription = resultOf(collection, watch).subscribe(take);
      return () => subscription.unsubscribe();
    },
    async rename(id, name) {
      // An app has the document in hand: its list shows it.
      if (known?.primary !== id) known = await collection.findOne(id).exec(true);
      await known.incrementalPatch({ name });
    },
  };
}

function resultOf(
  collection: RxCollection<Memory>,
  { persona, least, limit, count }: Watch,
): Observable<Value> {
  const selector = {
    ...(persona === undefined ? {} : { personaId: persona }),
    ...(least === undefined ? {} : { importance: { $gte: least } }),
  };
  if (count) return collection.count({ selector }).$;
  return collection.find({
    selector,
    sort: [persona === undefined ? { id: "asc" } : { importance: "desc" }],
    ...(limit === undefined ? {} : { limit }),
  }).$;
}
