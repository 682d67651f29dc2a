import { makePersistedAdapter } from "@livestore/adapter-web";
import SharedLeader from "@livestore/adapter-web/shared-worker?sharedworker";
import { StoreRegistry, storeOptions } from "@livestore/livestore";
import { StoreRegistryProvider, useStore } from "@livestore/react";
import { LogLevel } from "@livestore/utils/effect";
import { useMemo } from "react";
import { unstable_batchedUpdates } from "react-dom";
import type { Peer } from "../rendering/peer.ts";
import type { Watch } from "../rendering/scenes.ts";
import { pause } from "../waiting.ts";
import { events, memoryEntities, schema } from "./memories.ts";
import Leader from "./memoriesWorker.ts?worker";

const options = storeOptions({
  storeId: "rendering",
  schema,
  adapter: makePersistedAdapter({
    storage: { type: "opfs" },
    worker: Leader,
    sharedWorker: SharedLeader,
  }),
  batchUpdates: unstable_batchedUpdates,
  disableDevtools: true,
  logLevel: LogLevel.None,
  // `retain` would keep it too, but called before it is loaded it makes a second session.
  unusedCacheTime: Number.POSITIVE_INFINITY,
});

/** How often it is looked whether the leader has all, in milliseconds. */
const LOOK = 50;

/** LiveStore with its persisted web adapter and its hooks. */
export async function openLiveStore(): Promise<Peer> {
  const registry = new StoreRegistry();
  const store = await registry.getOrLoadPromise(options);
  if (store.storageMode !== "persisted") throw new Error("LiveStore keeps nothing on disk.");
  return {
    async insertMany(memories) {
      store.commit(events.memoriesImported({ memories }));
      // Its leader goes on for a while, which is not to be part of what is measured.
      while (!store.syncStatus().isSynced) await pause(LOOK);
    },
    provide: (children) => (
      <StoreRegistryProvider storeRegistry={registry}>{children}</StoreRegistryProvider>
    ),
    useWatch: (watch) => useStore(options).useQuery(useMemo(() => queryOf(watch), [watch])),
    watch: (watch, take) => store.subscribe(queryOf(watch), take),
    rename: async (id, name) => store.commit(events.memoryRenamed({ id, name })),
  };
}

function queryOf({ persona, least, limit, count }: Watch) {
  const of = persona === undefined ? memoryEntities : memoryEntities.where({ personaId: persona });
  const found = least === undefined ? of : of.where("importance", ">=", least);
  if (count) return found.count();
  const sorted =
    persona === undefined
      ? found.orderBy("id", "asc")
      : found.orderBy([
          { col: "importance", direction: "desc" },
          { col: "id", direction: "asc" },
        ]);
  return limit === undefined ? sorted : sorted.limit(limit);
}
