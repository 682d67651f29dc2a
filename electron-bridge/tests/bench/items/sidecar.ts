import { connect, type Endpoint, table } from "@pjais/electron-bridge";
import type { Item, Items } from "./peer.ts";

const items = table<Item>("items").orderBy("id", "asc");

/** Our client over the socket, of a server whose schema is `tests/bench/items.py`. */
export async function sidecarItems(endpoint: Endpoint): Promise<Items> {
  const client = connect(endpoint);
  await client.ready();
  const window = client.clientDocument("uiState");
  return {
    commit: (...changes) => client.commit(changes),
    watch: (take) =>
      client.subscribe(items, ({ data }) => {
        if (data !== undefined) take(data);
      }),
    select: (id) => window.set({ selectedPersonaId: id }),
    watchSelected: (take) =>
      window.subscribe(() => take(window.getSnapshot().selectedPersonaId ?? null)),
    count: () => client.query(items.count()),
    // A commit is done when it is on disk.
    settled: async () => undefined,
    close: async () => client.close(),
  };
}
