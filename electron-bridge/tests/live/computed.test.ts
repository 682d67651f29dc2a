import { describe, expect, it } from "vitest";
import { computed, events, SidecarError, tables } from "../../src/client/index.ts";
import { persona } from "../support/personas.ts";
import { connectTo, startClient } from "../support/sidecar.ts";
import { untilData } from "../support/wait.ts";

const everyone = tables.personas.orderBy("name");
const active = tables.personas.where({ isActive: true }).count();

describe("a computed value", () => {
  it("follows its inputs, and shows a commit before the commit's promise resolves (L5)", async () => {
    const { client } = await startClient();
    const share = computed([everyone, active], (all, count) => `${count} of ${all.length}`);
    const live = client.live(share);
    expect(live.getSnapshot()).toMatchObject({ status: "loading", data: undefined });
    live.subscribe(() => {});
    await live.settled();
    expect(live.getSnapshot()).toMatchObject({ status: "ready", data: "0 of 0", head: 0 });
    await client.commit([persona("Ada", { isActive: true }), persona("Bob")]);
    expect(live.getSnapshot()).toMatchObject({ status: "ready", data: "1 of 2", head: 2 });
  });

  it("is computed again only when an input changed, for all of its readers once", async () => {
    const { client } = await startClient();
    let runs = 0;
    const count = computed([active], (number) => {
      runs += 1;
      return number;
    });
    const live = client.live(count);
    expect(client.live(count)).toBe(live);
    const seen: (number | undefined)[] = [];
    client.subscribe(count, ({ data }) => seen.push(data));
    await untilData(live);
    expect([live.getSnapshot(), client.live(count).getSnapshot()].map(({ data }) => data)).toEqual([
      0, 0,
    ]);
    await client.commit(persona("Bob"));
    expect(runs).toBe(1);
    await client.commit(persona("Ada", { isActive: true }));
    expect(runs).toBe(2);
    expect(seen).toEqual([0, 1]);
    expect((await client.server.stats()).subscriptions).toBe(1);
  });

  it("stays the same object while it is equal, and so do equal items", async () => {
    const { client } = await startClient();
    const [ada, bob] = [persona("Ada"), persona("Bob")];
    await client.commit([ada, bob]);
    const initials = computed([everyone], (all) => all.map(({ name }) => ({ initial: name[0] })));
    const live = client.live(initials);
    let calls = 0;
    live.subscribe(() => {
      calls += 1;
    });
    const before = await untilData(live);
    const snapshot = live.getSnapshot();
    calls = 0;
    await client.commit(events.personaUpdated({ id: bob.args.id, updates: { name: "Ben" } }));
    expect(live.getSnapshot()).toBe(snapshot);
    expect(calls).toBe(0);
    await client.commit(events.personaUpdated({ id: bob.args.id, updates: { name: "Zoe" } }));
    expect(live.getSnapshot().data).toEqual([{ initial: "A" }, { initial: "Z" }]);
    expect(live.getSnapshot().data?.[0]).toBe(before[0]);
    expect(calls).toBe(1);
  });

  it("tells a new Map from the one before, of which it can't see that they are equal", async () => {
    const { client } = await startClient();
    const byName = computed([everyone], (all) => new Map(all.map((one) => [one.name, one])));
    const live = client.live(byName);
    live.subscribe(() => {});
    await untilData(live);
    await client.commit(persona("Ada"));
    expect(live.getSnapshot().data?.get("Ada")?.name).toBe("Ada");
  });

  it("is an input of others, and is one subscription with queries that are equal", async () => {
    const { client } = await startClient();
    const names = computed([everyone], (all) => all.map(({ name }) => name));
    const text = computed([names, active], (list, count) => `${list.join(" ")}: ${count}`);
    client.live(everyone).subscribe(() => {});
    const live = client.live(text);
    live.subscribe(() => {});
    await untilData(live);
    await client.commit([persona("Bob"), persona("Ada", { isActive: true })]);
    expect(live.getSnapshot().data).toBe("Ada Bob: 1");
    expect((await client.server.stats()).subscriptions).toBe(2);
  });

  it("sees its inputs as of one commit", async () => {
    const { client } = await startClient();
    const people = [persona("Ada"), persona("Bob")];
    await client.commit(people);
    const idle = tables.personas.where({ isActive: false });
    const busy = tables.personas.where({ isActive: true });
    const seen: number[] = [];
    const all = computed([idle, busy, busy.count()], (one, other, count) => {
      seen.push(one.length + other.length, one.length + count);
      return seen.length;
    });
    const live = client.live(all);
    live.subscribe(() => {});
    await untilData(live);
    for (let turn = 0; turn < 20; turn++) {
      const { id } = (turn % 2 === 0 ? people[0] : people[1])?.args ?? { id: "" };
      await client.commit(events.personaUpdated({ id, updates: { isActive: turn % 4 < 2 } }));
    }
    expect(seen.length).toBeGreaterThan(20);
    expect(new Set(seen)).toEqual(new Set([2]));
  });

  it("has its own life in each client", async () => {
    const { sidecar, client } = await startClient();
    const other = connectTo(sidecar.endpoint);
    const count = computed([active], Number);
    const lives = [client.live(count), other.live(count)] as const;
    for (const live of lives) live.subscribe(() => {});
    await client.commit(persona("Ada", { isActive: true }));
    await Promise.all(lives.map((live) => untilData(live, (number) => number === 1)));
  });

  it("shows the error of an input, and that its function threw, beside the last data", async () => {
    const { client } = await startClient();
    const broken = client.live(computed([active, { from: "personas", skip: -1 }], () => 1));
    broken.subscribe(() => {});
    await broken.settled();
    expect(broken.getSnapshot()).toMatchObject({ status: "error", data: undefined });
    const problem = new Error("of the function");
    const shaky = computed([active], (number) => {
      if (number === 1) throw problem;
      return number;
    });
    const live = client.live(shaky);
    live.subscribe(() => {});
    await untilData(live);
    const ada = persona("Ada", { isActive: true });
    await client.commit(ada);
    const { status, data, error } = live.getSnapshot();
    expect({ status, data }).toEqual({ status: "error", data: 0 });
    expect(SidecarError.is(error, "E_INTERNAL") && error.cause).toBe(problem);
    await client.commit(persona("Bob", { isActive: true }));
    expect(live.getSnapshot()).toMatchObject({ status: "ready", data: 2, error: undefined });
  });
});
