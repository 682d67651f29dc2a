import { expect } from "vitest";
import { events, type NewEvent, type Query, type SidecarClient } from "../../src/client/index.ts";
import { persona } from "./personas.ts";
import { below, pick, seeded } from "./random.ts";

/** How long traces are; a night may have time for more. */
export const ROUNDS = Number(process.env.TRACE_ROUNDS ?? 40);

/** Live queries of each kind over personas. */
export const queries: readonly Query[] = [
  { from: "personas" },
  { from: "personas", sort: [{ usageCount: "desc" }], limit: 3 },
  { from: "personas", sort: [{ name: "asc" }, { usageCount: "desc" }], skip: 1, limit: 4 },
  { from: "personas", selector: { usageCount: { $gte: 3 } }, sort: [{ name: "desc" }] },
  { from: "personas", selector: { isActive: true }, first: true },
  { from: "personas", selector: { name: { $in: ["a", "b"] } }, count: true },
  { from: "personas", fields: ["name"], sort: [{ name: "asc" }] },
  { sql: "SELECT name, count(*) AS n FROM personas GROUP BY name ORDER BY name" },
];

/** Batches of events that create, change and delete personas of their own, following from a seed. */
export function trace(seed: number): () => readonly NewEvent[] {
  const random = seeded(seed);
  const ids: string[] = [];
  const one = (): NewEvent => {
    const id = ids[below(ids.length, random)];
    const choice = random();
    const name = pick(["a", "b", "c", "d"], random);
    const usageCount = below(6, random);
    if (id === undefined || choice < 0.35) {
      const created = persona(name, { usageCount });
      ids.push(created.args.id);
      return created;
    }
    if (choice < 0.6) return events.personaUpdated({ id, updates: { name, usageCount } });
    if (choice < 0.8) return events.personaActivated({ id });
    ids.splice(ids.indexOf(id), 1);
    return events.personaDeleted({ id });
  };
  return () => Array.from({ length: 1 + below(3, random) }, one);
}

/** Keep {@link queries} live in a client; what is returned holds each to the query run afresh (L1). */
export async function follow(client: SidecarClient): Promise<(when: string) => Promise<void>> {
  const lives = queries.map((query) => ({ query, live: client.live(query) }));
  for (const { live } of lives) live.subscribe(() => {});
  await Promise.all(lives.map(({ live }) => live.settled()));
  return async (when) => {
    for (const { query, live } of lives) {
      const { status, data } = live.getSnapshot();
      expect({ status, data }, `${when} ${JSON.stringify(query)}`).toEqual({
        status: "ready",
        data: await client.query(query),
      });
    }
  };
}
