import { type Adapter, createStorePromise, queryDb } from "@livestore/livestore";
import { LogLevel } from "@livestore/utils/effect";
import type { Items } from "../items/peer.ts";
import { pause } from "../waiting.ts";
import { itemTable, schemaWith, uiState } from "./schema.ts";

const all = queryDb(itemTable.orderBy("id", "asc"), { label: "all" });
const selected = queryDb(uiState.get(), { label: "selected" });

/** How often it is looked whether the leader has all, in milliseconds. */
const LOOK = 5;

/** Open LiveStore's items with an adapter. */
export async function openItems(
  storeId: string,
  columns: number,
  adapter: Adapter,
): Promise<Items> {
  const store = await createStorePromise({
    storeId,
    schema: schemaWith(columns),
    adapter,
    batchUpdates: (run) => run(),
    disableDevtools: true,
    logLevel: LogLevel.None,
  });
  if (store.storageMode !== "persisted") throw new Error("LiveStore keeps nothing on disk.");
  return {
    commit: async (...changes) => store.commit(...changes),
    watch: (take) => store.subscribe(all, take),
    select: (id) => store.commit(uiState.set({ selected: id })),
    watchSelected: (take) => store.subscribe(selected, ({ selected: now }) => take(now)),
    count: async () => store.query(itemTable.count()),
    async settled() {
      while (!store.syncStatus().isSynced) await pause(LOOK);
    },
    close: () => store.shutdownPromise(),
  };
}
