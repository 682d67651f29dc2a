import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { connect, events, SidecarError, sql, tables, uuid7 } from "../../src/client/index.ts";
import { persona } from "../support/personas.ts";
import { connectTo, startClient, startSidecar } from "../support/sidecar.ts";
import { failure, until } from "../support/wait.ts";

describe("a client", () => {
  it("commits events and asks for what they made", async () => {
    const { client } = await startClient();
    const ada = persona("Ada", { usageCount: 3 });
    const receipt = await client.commit(ada);
    expect(receipt).toMatchObject({ first: 1, last: 1, head: 1, duplicate: false });
    expect(receipt.ids[0]).toMatch(/^[0-9a-f-]{14}7/);
    const rows = await client.query(tables.personas.where({ name: "Ada" }));
    expect(rows).toMatchObject([{ id: ada.args.id, isActive: false, usageCount: 3 }]);
    const first = await client.query(tables.personas.where({ id: ada.args.id }).first());
    expect(first?.settings.privacyLevel).toBe("medium");
    expect(await client.query(tables.personas.where({ id: "nobody" }).first())).toBeNull();
    expect(await client.query({ from: "personas", count: true })).toBe(1);
    expect(await client.query(sql<{ n: number }>("SELECT count(*) AS n FROM personas"))).toEqual([
      { n: 1 },
    ]);
  });

  it("commits a batch as one, and says which event and where when it fails", async () => {
    const { client } = await startClient();
    const receipt = await client.commit([persona("Ada"), persona("Bob")]);
    expect(receipt).toMatchObject({ first: 1, last: 2 });
    const error = await failure(client.commit([persona("Eve"), persona("")]));
    expect(error).toMatchObject({
      code: "E_VALIDATION",
      data: { index: 1, path: "/args/name" },
    });
    expect(error.hint).toBeTruthy();
    expect(await client.query(tables.personas.count())).toBe(2);
    const unknown = await failure(client.commit({ name: "v1.Nothing", args: {} }));
    expect(unknown.code).toBe("E_UNKNOWN_EVENT");
  });

  it("holds a commit to what it expects of a document", async () => {
    const { client } = await startClient();
    const ada = persona("Ada");
    const { last } = await client.commit(ada);
    const { id } = ada.args;
    const rename = (seq: number | null) =>
      client.commit({
        ...events.personaUpdated({ id, updates: { name: "Ada L." } }),
        expect: [{ collection: "personas", id, seq }],
      });
    await rename(last);
    const error = await failure(rename(last));
    expect(error.code).toBe("E_CONFLICT");
    expect(error.data.current).toMatchObject({ name: "Ada L." });
  });

  it("stores a commit once, however often it is sent", async () => {
    const { client } = await startClient();
    const event = { ...persona("Ada"), id: uuid7() };
    const first = await client.commit(event);
    expect(await client.commit(event)).toEqual({ ...first, duplicate: true });
    expect((await client.events.list()).events).toHaveLength(1);
  });

  it("reads the event log and what the server is", async () => {
    const { client } = await startClient();
    await client.commit([persona("Ada"), persona("Bob"), persona("Eve")]);
    const page = await client.events.list({ after: 1, limit: 1 });
    expect(page).toMatchObject({ head: 3, events: [{ seq: 2, name: "v1.PersonaCreated" }] });
    expect(page.events[0]?.sessionId).toBe(client.sessionId);
    expect(await client.server.info()).toMatchObject({ protocol: 1, head: 3 });
    expect((await client.server.stats()).commits).toBe(1);
  });

  it.each([
    [{ from: "nobody" }, "E_UNKNOWN_COLLECTION"],
    [{ from: "personas", selector: { name: { $near: 1 } } }, "E_QUERY"],
    [{ sql: "DELETE FROM personas" }, "E_READ_ONLY"],
  ])("says what is wrong with %j: %s", async (query, code) => {
    const { client } = await startClient();
    expect((await failure(client.query(query))).code).toBe(code);
  });

  it("says what is wrong with params of a wrong shape", async () => {
    const { client } = await startClient();
    // @ts-expect-error: the types refuse it too
    const error = await failure(client.request("events.list", { limit: "ten" }));
    expect(error).toMatchObject({ number: -32602, data: { errors: [{ path: "/limit" }] } });
  });

  it("gives a call up when its signal says so", async () => {
    const { client } = await startClient();
    const reason = new Error("left the page");
    await expect(
      client.query({ from: "personas" }, { signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
    const controller = new AbortController();
    const query = client.query({ from: "personas" }, { signal: controller.signal });
    controller.abort(reason);
    await expect(query).rejects.toBe(reason);
    expect(await client.query({ from: "personas" })).toEqual([]);
  });

  it("never sends a commit that was given up before there was a connection", async () => {
    const sidecar = await startSidecar();
    let give = (): void => {};
    const waiting = new Promise<void>((resolve) => {
      give = resolve;
    });
    const client = connectTo(async () => {
      await waiting;
      return sidecar.endpoint;
    });
    const controller = new AbortController();
    const commit = client.commit(persona("Ada"), { signal: controller.signal });
    controller.abort();
    await expect(commit).rejects.toThrow(/abort/i);
    give();
    expect(await client.query(tables.personas.count())).toBe(0);
  });

  it("rejects what is under way, and all later calls, when it is closed", async () => {
    const { client } = await startClient();
    await client.ready();
    const query = failure(client.query({ from: "personas" }));
    client.close();
    expect((await query).code).toBe("E_CLOSED");
    expect((await failure(client.commit(persona("Ada")))).code).toBe("E_CLOSED");
    expect((await failure(client.ready())).code).toBe("E_CLOSED");
    client.reconnect();
    expect(client.connection.getSnapshot().state).toBe("closed");
  });

  it("ends the server, after what it acknowledged", async () => {
    const { sidecar, client } = await startClient();
    await client.commit(persona("Ada"));
    await client.server.shutdown();
    expect(await sidecar.stop()).toBe(0);
    const again = connectTo((await startSidecar(sidecar.dataDir)).endpoint);
    expect(await again.query(tables.personas.count())).toBe(1);
  });

  it("needs a WebSocket class, the global one or the one it is given", () => {
    if (globalThis.WebSocket === undefined) {
      expect(() => connect({ url: "ws://127.0.0.1:1/rpc", token: "x" })).toThrow(TypeError);
    }
    connectTo({ url: "ws://127.0.0.1:1/rpc", token: "x" }, { webSocket: WebSocket });
  });
});

describe("a connection", () => {
  const quick = { attempts: 3, minDelay: 10, maxDelay: 20 };

  it("gives up on a wrong token, and says why", async () => {
    const { endpoint } = await startSidecar();
    const client = connectTo({ ...endpoint, token: "wrong" }, { retry: quick });
    expect(client.connection.getSnapshot().state).toBe("connecting");
    const error = await failure(client.query({ from: "personas" }));
    expect(error.code).toBe("E_CONNECTION_FAILED");
    expect(error.hint).toMatch(/token/);
    expect(client.connection.getSnapshot()).toMatchObject({ state: "failed", error });
    expect((await failure(client.ready())).code).toBe("E_CONNECTION_FAILED");
  });

  it("tries again when it is told to, where the endpoint may have changed", async () => {
    const { endpoint } = await startSidecar();
    let token = "wrong";
    const client = connectTo(() => ({ ...endpoint, token }), { retry: quick });
    await failure(client.ready());
    token = endpoint.token;
    client.reconnect();
    expect(client.connection.getSnapshot().state).toBe("connecting");
    expect(await client.query(tables.personas.count())).toBe(0);
    expect(client.connection.getSnapshot()).toMatchObject({ state: "open", failures: 0 });
  });

  it("fails at once on an address that is none", async () => {
    const client = connectTo({ url: "not a url", token: "x" });
    expect((await failure(client.ready())).code).toBe("E_CONNECTION_FAILED");
  });

  it("comes back after a crash of the server, with the commits that were not acknowledged", async () => {
    let sidecar = await startSidecar();
    let restarted = Promise.resolve();
    const client = connectTo(async () => {
      await restarted;
      return sidecar.endpoint;
    });
    await client.commit(persona("before"));
    const states: string[] = [];
    client.connection.subscribe(() => states.push(client.connection.getSnapshot().state));
    const live = client.live(tables.personas.orderBy("name"));
    await live.settled();
    const seen: number[] = [];
    live.subscribe(() => seen.push(live.getSnapshot().data?.length ?? -1));

    restarted = sidecar.kill().then(async () => {
      sidecar = await startSidecar(sidecar.dataDir);
    });
    const lost = failure(client.query(tables.personas));
    const commits = Promise.all([
      client.commit(persona("during")),
      client.commit(persona("during too")),
    ]);
    expect((await lost).code).toBe("E_CONNECTION_LOST");
    expect(live.getSnapshot().status).toBe("ready");
    await commits;
    expect(live.getSnapshot().data?.map(({ name }) => name)).toEqual([
      "before",
      "during",
      "during too",
    ]);
    await client.commit(persona("after"));
    expect(live.getSnapshot().data).toHaveLength(4);
    expect((await client.events.list()).events).toHaveLength(4);
    expect(states[0]).toBe("connecting");
    expect(states.at(-1)).toBe("open");
    expect(seen.at(-1)).toBe(4);
    expect(client.connection.getSnapshot().error).toBeUndefined();
  });

  it("rejects what waits when the server does not come back", async () => {
    const sidecar = await startSidecar();
    const client = connectTo(sidecar.endpoint, { retry: quick });
    await client.ready();
    await sidecar.kill();
    expect((await failure(client.commit(persona("Ada")))).code).toBe("E_CONNECTION_FAILED");
    expect(SidecarError.is(client.connection.getSnapshot().error, "E_CONNECTION_FAILED")).toBe(
      true,
    );
  });

  it("tells its state to whoever watches", async () => {
    const { client } = await startClient();
    expect(client.connection.getSnapshot()).toBe(client.connection.getSnapshot());
    await until(client.connection, ({ state }) => state === "open");
    await expect(client.ready()).resolves.toBeUndefined();
  });
});
