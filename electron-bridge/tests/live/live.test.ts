import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { events, sql, tables } from "../../src/client/index.ts";
import { LINGER } from "../../src/live/live.ts";
import { persona } from "../support/personas.ts";
import { connectTo, startClient } from "../support/sidecar.ts";
import { follow, ROUNDS, trace } from "../support/traces.ts";
import { untilData } from "../support/wait.ts";

describe("a live query", () => {
  it("shows a commit before the commit's promise resolves (L5)", async () => {
    const { client } = await startClient();
    const live = client.live(tables.personas.orderBy("name"));
    expect(live.getSnapshot()).toEqual({
      status: "loading",
      data: undefined,
      error: undefined,
      head: 0,
    });
    await live.settled();
    expect(live.getSnapshot()).toMatchObject({ status: "ready", data: [], head: 0 });
    await client.commit([persona("Bob"), persona("Ada")]);
    expect(live.getSnapshot()).toMatchObject({ data: [{ name: "Ada" }, { name: "Bob" }], head: 2 });
  });

  it("shows what another client commits", async () => {
    const { sidecar, client } = await startClient();
    const live = client.live(tables.personas.where({ isActive: true }).first());
    expect(await untilData(live)).toBeNull();
    const ada = persona("Ada");
    const other = connectTo(sidecar.endpoint);
    await other.commit([ada, events.personaActivated({ id: ada.args.id })]);
    expect(await untilData(live, (row) => row !== null)).toMatchObject({
      name: "Ada",
      usageCount: 1,
    });
  });

  it("keeps the snapshot while nothing changes, and the rows that did not change", async () => {
    const { client } = await startClient();
    const [ada, bob] = [persona("Ada"), persona("Bob")];
    await client.commit([ada, bob]);
    const live = client.live(tables.personas.orderBy("name"));
    const before = await untilData(live);
    const snapshot = live.getSnapshot();
    let calls = 0;
    live.subscribe(() => {
      calls += 1;
    });
    await client.commit({
      name: "v1.CollectionDefined",
      args: { name: "notes", primaryKey: "id", jsonSchema: {} },
    });
    expect(live.getSnapshot()).toBe(snapshot);
    expect(calls).toBe(0);
    await client.commit(events.personaUpdated({ id: bob.args.id, updates: { name: "Zoe" } }));
    expect(calls).toBe(1);
    const after = live.getSnapshot().data ?? [];
    expect(after[0]).toBe(before[0]);
    expect(after[1]).toMatchObject({ name: "Zoe" });
    expect(before[1]).toMatchObject({ name: "Bob" });
  });

  it("is shared by equal queries, and keeps counts and SQL up to date too", async () => {
    const { client } = await startClient();
    const query = { from: "personas", selector: { isActive: true }, limit: 5 };
    const live = client.live(query);
    expect(client.live({ limit: 5, selector: { isActive: true }, from: "personas" })).toBe(live);
    expect(client.live(tables.personas.where({ isActive: true }).limit(5))).toBe(live);
    const count = client.live(tables.personas.count());
    const names = client.live(sql<{ name: string }>("SELECT name FROM personas ORDER BY name"));
    await Promise.all([live.settled(), count.settled(), names.settled()]);
    expect((await client.server.stats()).subscriptions).toBe(3);
    await client.commit([persona("Ada"), persona("Bob")]);
    expect(count.getSnapshot().data).toBe(2);
    expect(names.getSnapshot().data).toEqual([{ name: "Ada" }, { name: "Bob" }]);
  });

  it("ends a moment after its last reader left, and not before", async () => {
    const { client } = await startClient();
    const live = client.live(tables.personas);
    const [first, second] = [live.subscribe(() => {}), live.subscribe(() => {})];
    await live.settled();
    const subscriptions = async () => (await client.server.stats()).subscriptions;
    first();
    first();
    await sleep(LINGER + 200);
    expect(await subscriptions()).toBe(1);
    second();
    expect(client.live(tables.personas)).toBe(live);
    await sleep(LINGER + 200);
    expect(await subscriptions()).toBe(0);
    const again = client.live(tables.personas);
    expect(again).not.toBe(live);
    await client.commit(persona("Ada"));
    expect(await untilData(again)).toHaveLength(1);
    live.subscribe(() => {});
    expect(await untilData(live, (rows) => rows.length === 1)).toHaveLength(1);
  });

  it("says what is wrong with a query", async () => {
    const { client } = await startClient();
    const live = client.live({ from: "nobody" });
    await live.settled();
    expect(live.getSnapshot()).toMatchObject({
      status: "error",
      data: undefined,
      error: { code: "E_UNKNOWN_COLLECTION" },
    });
  });

  it("calls back with each result until it is told to stop", async () => {
    const { client } = await startClient();
    const seen: (number | undefined)[] = [];
    const stop = client.subscribe(tables.personas.count(), ({ data }) => seen.push(data));
    await untilData(client.live(tables.personas.count()));
    await client.commit(persona("Ada"));
    stop();
    await client.commit(persona("Bob"));
    expect(seen).toEqual([0, 1]);
  });

  it("goes on when a listener throws", async () => {
    const { client } = await startClient();
    const live = client.live(tables.personas.count());
    await live.settled();
    const thrown = new Promise((resolve) => process.once("uncaughtException", resolve));
    const problem = new Error("of the listener");
    live.subscribe(() => {
      throw problem;
    });
    let reached = false;
    live.subscribe(() => {
      reached = true;
    });
    await client.commit(persona("Ada"));
    expect(reached).toBe(true);
    expect(await thrown).toBe(problem);
  });

  it(
    "equals the query run afresh, whatever is committed by whom (L1)",
    async () => {
      const { sidecar, client } = await startClient();
      const other = connectTo(sidecar.endpoint);
      const compare = await follow(client);
      // Each on documents of its own, so that events which race do not depend on each other.
      const [first, second, third] = [trace(1), trace(2), trace(3)];
      for (let round = 0; round < ROUNDS; round++) {
        await Promise.all([other.commit(first()), client.commit(second()), other.commit(third())]);
        // This client's last commit is answered after all patches up to it (L5).
        await client.commit(second());
        await compare(`round ${round}`);
      }
    },
    30_000 + ROUNDS * 1000,
  );
});
