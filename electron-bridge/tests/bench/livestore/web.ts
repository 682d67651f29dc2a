import { makePersistedAdapter } from "@livestore/adapter-web";
import SharedLeader from "@livestore/adapter-web/shared-worker?sharedworker";
import type { Place } from "../items/page.ts";
import type { Items } from "../items/peer.ts";
import { openItems } from "./items.ts";
import leader from "./worker.ts?worker&url";

/** LiveStore with its persisted web adapter. */
export function openWeb({ name, columns }: Place): Promise<Items> {
  return openItems(
    name,
    columns,
    makePersistedAdapter({
      storage: { type: "opfs" },
      worker: (options) =>
        new Worker(`${leader}?columns=${columns}`, { ...options, type: "module" }),
      sharedWorker: SharedLeader,
    }),
  );
}
