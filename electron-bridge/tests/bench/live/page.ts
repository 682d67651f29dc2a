/** Windows that keep more or fewer live queries, each on a sidecar of its own. */

import { connect, type Endpoint, events, type SidecarClient, tables } from "@pjais/electron-bridge";
import { accessed, memories, memoryId } from "../app/documents.ts";

export interface LivePage {
  /** Fill a sidecar and keep so many live queries of it, each of another persona's memories. */
  open(endpoint: Endpoint, documents: number, queries: number): Promise<void>;
  /** Change a row of the first one of them, a number of times; milliseconds until it shows it. */
  change(queries: number, from: number, times: number): Promise<number[]>;
}

const BATCH = 1_000;

/** A window that keeps live queries. */
interface Keeper {
  readonly client: SidecarClient;
  /** Called with the first live query's result. */
  arrive: (accessedAt: number | undefined) => void;
}

const keepers = new Map<number, Keeper>();

export const live: LivePage = {
  async open(endpoint, documents, queries) {
    const client = connect(endpoint);
    const opened: Keeper = { client, arrive: () => undefined };
    keepers.set(queries, opened);
    for (let from = 0; from < documents; from += BATCH) {
      const some = memories(from, Math.min(from + BATCH, documents), documents);
      await client.commit(some.map((one) => events.memoryEntityCreated(one)));
    }
    const settled = Array.from({ length: queries }, (_, at) => {
      const query = tables.memoryEntities
        .where({ personaId: `p${at}`, importance: { $gte: 0 } })
        .orderBy("lastAccessed", "desc")
        .limit(100);
      client.subscribe(query, ({ data }) => {
        if (at === 0) opened.arrive(data?.[0]?.lastAccessed);
      });
      return client.live(query).settled();
    });
    await Promise.all(settled);
  },
  async change(queries, from, times) {
    const opened = keepers.get(queries);
    if (opened === undefined) throw new Error(`Nobody keeps ${queries} live queries.`);
    const took: number[] = [];
    for (let at = 0; at < times; at += 1) {
      const accessedAt = accessed(from + at);
      const shown = new Promise<number>((resolve) => {
        opened.arrive = (shownAt) => {
          if (shownAt === accessedAt) resolve(performance.now());
        };
      });
      const start = performance.now();
      const done = opened.client.commit(
        events.memoryEntityAccessed({ id: memoryId(0), accessedAt }),
      );
      took.push((await shown) - start);
      await done;
    }
    return took;
  },
};
