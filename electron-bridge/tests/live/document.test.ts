import { describe, expect, it } from "vitest";
import { clientDocuments, type SidecarClient, uuid7 } from "../../src/client/index.ts";
import { connectTo, startClient, startSidecar } from "../support/sidecar.ts";
import { watchedSockets } from "../support/sockets.ts";
import { failure, until } from "../support/wait.ts";

const initial = clientDocuments.uiState.default;

/** The `uiState` of an id with a reader, as a mounted component is one. */
function open(client: SidecarClient, id?: string) {
  const document = client.clientDocument("uiState", id);
  const seen: string[] = [];
  document.subscribe(() => seen.push(document.getSnapshot().searchText));
  return { ...document, seen };
}

describe("a client document", () => {
  it("is its default until it is set, and shows a change at once (S11)", async () => {
    const { client } = await startClient();
    const document = open(client);
    expect(document.getSnapshot()).toBe(initial);
    const set = document.set({ searchText: "tea" });
    const shown = document.getSnapshot();
    expect(shown).toEqual({ ...initial, searchText: "tea" });
    await set;
    // Neither what was stored nor the end of the commit is another change.
    expect(document.getSnapshot()).toBe(shown);
    expect(document.seen).toEqual(["tea"]);
  });

  it("keeps the members that are not set, and resets them all", async () => {
    const { client } = await startClient();
    const document = open(client);
    await document.set({ searchText: "tea" });
    await document.set(({ searchText }) => ({ selectedPersonaId: `of ${searchText}` }));
    expect(document.getSnapshot()).toEqual({ selectedPersonaId: "of tea", searchText: "tea" });
    await document.reset({ searchText: "cup" });
    expect(document.getSnapshot()).toEqual({ ...initial, searchText: "cup" });
    await document.reset();
    expect(document.getSnapshot()).toEqual(initial);
  });

  it("is one for each id; without one it is the session's, which another window may share", async () => {
    const { sidecar, client } = await startClient();
    const other = connectTo(sidecar.endpoint);
    const again = connectTo(sidecar.endpoint, { sessionId: client.sessionId });
    const id = uuid7();
    const shared = [open(client, id), open(other, id)] as const;
    await open(client).set({ searchText: "own" });
    await shared[0].set({ searchText: "shared" });
    await until(shared[1], ({ searchText }) => searchText === "shared");
    await until(open(again), ({ searchText }) => searchText === "own");
    await other.query({ from: "uiState" });
    expect(open(other).getSnapshot()).toBe(initial);
  });

  it("shows the latest of quick changes throughout, also in another handle of it", async () => {
    const { client } = await startClient();
    const [one, two] = [open(client), open(client)];
    await Promise.all(["t", "te", "tea"].map((searchText) => one.set({ searchText })));
    expect(one.seen).toEqual(["t", "te", "tea"]);
    expect(two.seen).toEqual(["t", "te", "tea"]);
    const value = two.getSnapshot();
    expect(await client.query({ from: "uiState" })).toEqual([{ id: client.sessionId, value }]);
  });

  it("shows what it was set to also when nobody had read it for a while", async () => {
    const { client } = await startClient();
    const document = client.clientDocument("uiState");
    await expect
      .poll(async () => (await client.server.stats()).subscriptions, { timeout: 5000 })
      .toBe(0);
    await document.set({ searchText: "tea" });
    expect(document.getSnapshot().searchText).toBe("tea");
  });

  it("is as before when the server refuses the change", async () => {
    const { client } = await startClient();
    const document = open(client);
    await document.set({ searchText: "tea" });
    // @ts-expect-error: the types refuse it too
    const refused = failure(document.set({ searchText: 1 }));
    expect(document.getSnapshot().searchText).toBe(1);
    expect((await refused).code).toBe("E_VALIDATION");
    expect(document.getSnapshot().searchText).toBe("tea");
  });

  it("keeps showing a change while the connection is gone, and stores it when it is back", async () => {
    const { endpoint } = await startSidecar();
    const { webSocket, cut } = watchedSockets();
    const client = connectTo(endpoint, { webSocket });
    const document = open(client);
    await document.set({ searchText: "before" });
    cut();
    await document.set({ searchText: "during" });
    expect(document.seen).toEqual(["before", "during"]);
    expect(await client.query({ from: "uiState", first: true })).toMatchObject({
      value: { searchText: "during" },
    });
  });
});
