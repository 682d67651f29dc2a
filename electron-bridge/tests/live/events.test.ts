import { describe, expect, it } from "vitest";
import type { LoggedEvent } from "../../src/client/index.ts";
import { events } from "../../src/client/index.ts";
import { persona } from "../support/personas.ts";
import { connectTo, startSidecar } from "../support/sidecar.ts";
import { watchedSockets } from "../support/sockets.ts";

const retry = { attempts: 100, minDelay: 1, maxDelay: 50 };

describe("events.subscribe", () => {
  it("brings what was committed and goes on with what is, by whomever", async () => {
    const { endpoint } = await startSidecar();
    const client = connectTo(endpoint);
    const other = connectTo(endpoint);
    await client.commit([persona("Ada"), persona("Bob")]);
    const { seen, reach, observe } = collected();
    const stop = client.events.subscribe({ after: 1 }, observe);
    await reach(1);
    await other.commit(persona("Cleo"));
    await reach(2);
    expect(seen.map(({ seq, name }) => [seq, name])).toEqual([
      [2, "v1.PersonaCreated"],
      [3, "v1.PersonaCreated"],
    ]);
    stop();
    await client.commit(persona("Dora"));
    expect((await client.server.stats()).subscriptions).toBe(0);
    expect(seen).toHaveLength(2);
  });

  it("brings each event once, in order, wherever the connection is cut", async () => {
    const { endpoint } = await startSidecar();
    const { webSocket, cut } = watchedSockets();
    const client = connectTo(endpoint, { retry, webSocket });
    const other = connectTo(endpoint);
    const { seen, reach, observe } = collected();
    client.events.subscribe({ after: 0 }, observe);
    for (let round = 0; round < 30; round++) {
      const commits = [other.commit([persona("a"), persona("b")]), client.commit(persona("c"))];
      if (round % 3 === 1) cut();
      await Promise.all(commits);
    }
    await reach(90);
    expect(seen.map(({ seq }) => seq)).toEqual(Array.from({ length: 90 }, (_, at) => at + 1));
    expect(seen).toEqual((await client.events.list({ limit: 90 })).events);
  });

  it("lets only the events of its filter pass", async () => {
    const { endpoint } = await startSidecar();
    const client = connectTo(endpoint);
    const ada = persona("Ada");
    const { id } = ada.args;
    const { seen, reach, observe } = collected();
    client.events.subscribe({ collection: "personas", id }, observe);
    await client.commit([ada, persona("Bob")]);
    await client.commit(events.personaActivated({ id }));
    await reach(2);
    expect(seen.map(({ name }) => name)).toEqual(["v1.PersonaCreated", "v1.PersonaActivated"]);
  });

  it("tells what it can't do, and has ended then", async () => {
    const { endpoint } = await startSidecar();
    const client = connectTo(endpoint);
    const code = await new Promise((resolve) => {
      client.events.subscribe(
        { after: -1 },
        () => {},
        (error) => resolve(error.code),
      );
    });
    expect(code).toBe("E_VALIDATION");
    expect((await client.server.stats()).subscriptions).toBe(0);
  });

  it("ended before it began, it brings nothing", async () => {
    const { endpoint } = await startSidecar();
    const client = connectTo(endpoint);
    const { seen, observe } = collected();
    client.events.subscribe({ after: 0 }, observe)();
    await client.commit(persona("Ada"));
    await client.commit(persona("Bob"));
    expect(seen).toEqual([]);
    expect((await client.server.stats()).subscriptions).toBe(0);
  });
});

/** Events as they come, and a wait until there are so many. */
function collected() {
  const seen: LoggedEvent[] = [];
  let check = (): void => {};
  const observe = (some: readonly LoggedEvent[]): void => {
    seen.push(...some);
    check();
  };
  const reach = (count: number): Promise<void> =>
    new Promise((resolve) => {
      check = () => {
        if (seen.length >= count) resolve();
      };
      check();
    });
  return { seen, reach, observe };
}
