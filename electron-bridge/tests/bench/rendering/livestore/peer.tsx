import { makePersistedAdapter } from "@livestore/adapter-web";
import SharedLeader from "@livestore/adapter-web/shared-worker?sharedworker";
import { StoreRegistry, storeOptions } from "@livestore/livestore";
import { StoreRegistryProvider, useStore } from "@livestore/react";
import type { MemoryEntitiesDocument } from "@pjais/electron-bridge";
import { useMemo } from "react";
import { unstable_batchedUpdates } from "react-dom";
import { memoriesOf } from "../../peers.ts";
import type { Peer } from "../peer.ts";
import type { Plan, Watch } from "../plan.ts";
import { events, memoryEntities, schema } from "./schema.ts";
import Leader from "./worker.ts?worker";

const options = storeOptions({
  storeId: "bench",
  schema,
  adapter: makePersistedAdapter({
    storage: { type: "opfs" },
    worker: Leader,
    sharedWorker: SharedLeader,
  }),
  batchUpdates: unstable_batchedUpdates,
  // `retain` would keep it too, but called before it is loaded it makes a second session.
  unusedCacheTime: Number.POSITIVE_INFINITY,
});

/** LiveStore with its persisted web adapter and its hooks. */
export async function liveStorePeer({ sidecar }: Plan): Promise<Peer> {
  const registry = new StoreRegistry();
  const store = await registry.getOrLoadPromise(options);
  if (store.storageMode !== "persisted") throw new Error("LiveStore keeps nothing on disk.");
  for await (const some of memoriesOf(sidecar)) {
    store.commit(events.memoriesImported({ memories: some.map(complete) }));
  }
  // Its leader goes on for a while, which is not to be part of what is measured.
  while (!store.syncStatus().isSynced) await new Promise((resolve) => setTimeout(resolve, 50));
  return {
    provide: (children) => (
      <StoreRegistryProvider storeRegistry={registry}>{children}</StoreRegistryProvider>
    ),
    useWatch: (watch) => useStore(options).useQuery(useMemo(() => queryOf(watch), [watch])),
    watch: (watch, take) => store.subscribe(queryOf(watch), take),
    rename: async (id, name) => store.commit(events.memoryRenamed({ id, name })),
  };
}

/** Say null where the sidecar says nothing. */
function complete({
  embedding = null,
  embeddingModel = null,
  deletedAt = null,
  ...memory
}: MemoryEntitiesDocument) {
  return { ...memory, embedding, embeddingModel, deletedAt };
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
