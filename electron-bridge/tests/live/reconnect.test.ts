import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { tables } from "../../src/client/index.ts";
import { persona } from "../support/personas.ts";
import { below, seeded } from "../support/random.ts";
import { connectTo, startSidecar } from "../support/sidecar.ts";
import { watchedSockets } from "../support/sockets.ts";
import { follow, ROUNDS, trace } from "../support/traces.ts";
import { until, untilData } from "../support/wait.ts";

const retry = { attempts: 100, minDelay: 1, maxDelay: 50 };

describe("live queries over connections that end", () => {
  it(
    "equal the query run afresh after each commit, wherever the connection is cut (L1, L7)",
    async () => {
      const sidecar = await startSidecar();
      const { webSocket, sent, cut } = watchedSockets();
      const client = connectTo(sidecar.endpoint, { retry, webSocket });
      const other = connectTo(sidecar.endpoint);
      const compare = await follow(client);
      const random = seeded(7);
      const [own, others] = [trace(1), trace(2)];
      let cuts = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const commits = [other.commit(others()), client.commit(own()), client.commit(own())];
        if (random() < 0.5) {
          await sleep(below(4, random));
          cut();
          cuts += 1;
        }
        commits.push(other.commit(others()), client.commit(own()));
        await Promise.all(commits);
        // Of both clients: what the other committed is in, too.
        await client.commit(own());
        await compare(`round ${round}`);
      }
      expect(cuts).toBeGreaterThan(ROUNDS / 4);
      expect(sent.filter((method) => method === "subscribe").length).toBeGreaterThan(cuts);
    },
    30_000 + ROUNDS * 1000,
  );

  it("keep their data and the identity of their rows meanwhile", async () => {
    const { endpoint } = await startSidecar();
    const { webSocket, cut } = watchedSockets();
    const client = connectTo(endpoint, { retry, webSocket });
    await client.commit([persona("Ada"), persona("Bob")]);
    const live = client.live(tables.personas.orderBy("name"));
    const before = await untilData(live);
    const snapshot = live.getSnapshot();
    const seen: unknown[] = [];
    live.subscribe(() => seen.push(live.getSnapshot()));
    const states: string[] = [];
    client.connection.subscribe(() => states.push(client.connection.getSnapshot().state));
    cut();
    await until(client.connection, ({ state }) => state === "connecting");
    expect(live.getSnapshot()).toBe(snapshot);
    await until(client.connection, ({ state }) => state === "open");
    await client.query(tables.personas.count());
    expect(live.getSnapshot()).toBe(snapshot);
    await connectTo(endpoint).commit(persona("Eve"));
    const after = await untilData(live, (rows) => rows.length === 3);
    expect(after.slice(0, 2).every((row, at) => row === before[at])).toBe(true);
    expect(seen).toHaveLength(1);
    expect(states).toEqual(["connecting", "open"]);
  });

  it("equal the query run afresh in each window after kill -9, and hold each commit once", async () => {
    let sidecar = await startSidecar();
    let back: Promise<void> = Promise.resolve();
    const find = async () => {
      await back;
      return sidecar.endpoint;
    };
    const windows = [connectTo(find, { retry }), connectTo(find, { retry })] as const;
    const [one, two] = windows;
    const compare = await Promise.all(windows.map(follow));
    const random = seeded(11);
    const [first, second] = [trace(1), trace(2)];
    let committed = 0;
    for (let round = 0; round < 3; round++) {
      const batches = Array.from({ length: 10 }, (_, at) => (at % 2 ? first() : second()));
      committed += batches.flat().length;
      const commits = batches.map((batch, at) => (at % 2 ? one : two).commit(batch));
      // Somewhere among receiving, storing, patching and answering.
      await sleep(below(15, random));
      back = sidecar.kill().then(async () => {
        sidecar = await startSidecar(sidecar.dataDir);
      });
      await Promise.all(commits);
      for (const [at, client] of windows.entries()) {
        // Answered after all patches up to it (L5).
        await client.commit(persona("last"));
        committed += 1;
        await compare[at]?.(`round ${round}, window ${at}`);
      }
    }
    expect((await one.server.info()).head).toBe(committed);
  });
});
