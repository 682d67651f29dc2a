import { describe, expect, it } from "vitest";
import { events, SidecarError, tables } from "../../src/client/index.ts";
import { LINGER } from "../../src/live/live.ts";
import { persona } from "../support/personas.ts";
import { connectTo, startClient } from "../support/sidecar.ts";
import { follow, trace } from "../support/traces.ts";
import { untilData } from "../support/wait.ts";

describe("live queries in races", () => {
  it("show one outcome in two windows that commit at once, and tell the loser", async () => {
    const { sidecar, client: one } = await startClient();
    const two = connectTo(sidecar.endpoint);
    const ada = persona("Ada");
    const { head } = await one.commit(ada);
    const { id } = ada.args;
    const query = tables.personas.where({ id }).first({ required: true });
    const lives = [one.live(query), two.live(query)] as const;
    await Promise.all(lives.map((live) => untilData(live)));
    const expectation = [{ collection: "personas", id, seq: head }];
    const outcomes = await Promise.allSettled([
      one.commit({ ...events.personaUpdated({ id, updates: { name: "1" } }), expect: expectation }),
      two.commit({ ...events.personaUpdated({ id, updates: { name: "2" } }), expect: expectation }),
    ]);
    const won = outcomes.findIndex(({ status }) => status === "fulfilled");
    const lost = outcomes[1 - won];
    expect(lost?.status === "rejected" && SidecarError.is(lost.reason, "E_CONFLICT")).toBe(true);
    for (const live of lives) await untilData(live, ({ name }) => name === String(won + 1));
  });

  it("equal the query run afresh when they begin among commits (L1, L5)", async () => {
    const { sidecar, client } = await startClient();
    const other = connectTo(sidecar.endpoint);
    const [own, others] = [trace(3), trace(4)];
    for (let round = 0; round < 10; round++) {
      const before = [client.commit(own()), other.commit(others())];
      // Each round's queries are asked for anew: nobody has read them before.
      const query = { ...tables.personas.orderBy("name").toJSON(), limit: 100 + round };
      const live = client.live(query);
      live.subscribe(() => {});
      await Promise.all([...before, other.commit(others()), client.commit(own())]);
      await client.commit(own());
      expect(live.getSnapshot()).toMatchObject({
        status: "ready",
        data: await client.query(query),
      });
    }
  });

  it("may end among patches, and leave those that stay right", async () => {
    const { sidecar, client } = await startClient();
    const other = connectTo(sidecar.endpoint);
    const compare = await follow(client);
    const left = Array.from({ length: 20 }, (_, at) => ({ ...tables.personas.toJSON(), skip: at }));
    const leave = left.map((query) => client.subscribe(query, () => {}));
    const staying = (await client.server.stats()).subscriptions - left.length;
    const commit = trace(5);
    for (const [at, end] of leave.entries()) {
      setTimeout(end, at * 5);
    }
    const over = Date.now() + LINGER + 500;
    while (Date.now() < over) await other.commit(commit());
    await client.commit(persona("last"));
    await compare("after");
    expect((await client.server.stats()).subscriptions).toBe(staying);
    expect(client.connection.getSnapshot().state).toBe("open");
  });
});

describe("a live query that fails", () => {
  it("shows its last data beside the error, and recovers with its rows", async () => {
    const { client } = await startClient();
    const ada = persona("Ada");
    await client.commit(ada);
    const live = client.live(tables.personas.where({ name: "Ada" }).first({ required: true }));
    const before = await untilData(live);
    live.subscribe(() => {});
    await client.commit(events.personaUpdated({ id: ada.args.id, updates: { name: "Bob" } }));
    expect(live.getSnapshot()).toMatchObject({ status: "error", error: { code: "E_NOT_FOUND" } });
    expect(live.getSnapshot().data).toBe(before);
    await client.commit(events.personaUpdated({ id: ada.args.id, updates: { name: "Ada" } }));
    expect(live.getSnapshot()).toMatchObject({ status: "ready", data: { name: "Ada" } });
  });

  it("recovers also when it failed from the first", async () => {
    const { client } = await startClient();
    const required = client.live(tables.personas.first({ required: true }));
    const notes = client.live({ from: "notes", count: true });
    for (const live of [required, notes]) {
      live.subscribe(() => {});
      await live.settled();
      expect(live.getSnapshot().status).toBe("error");
    }
    await client.commit([
      persona("Ada"),
      {
        name: "v1.CollectionDefined",
        args: { name: "notes", primaryKey: "id", jsonSchema: {} },
      },
    ]);
    expect(required.getSnapshot()).toMatchObject({ status: "ready", data: { name: "Ada" } });
    expect(await untilData(notes)).toBe(0);
    expect((await client.server.stats()).subscriptions).toBe(2);
  });
});
