import { describe, expect, it } from "vitest";
import { type DocumentChange, events } from "../../src/client/index.ts";
import { persona } from "../support/personas.ts";
import { connectTo, startClient, startSidecar } from "../support/sidecar.ts";
import { watchedSockets } from "../support/sockets.ts";

const id = "0197a9c5-0000-7000-8000-000000000001";

describe("a subscription to changes", () => {
  it("tells of a commit's changes before the commit's answer, as it was and as it is", async () => {
    const { client } = await startClient();
    const told: DocumentChange[] = [];
    client.changes.subscribe(
      { collections: ["personas"] },
      { onChanges: (changes) => told.push(...changes), onLost: () => {} },
    );
    await client.commit(persona("Ada", { id }));
    expect(told).toMatchObject([{ collection: "personas", id, before: null, after: { id } }]);
    await client.commit(events.personaActivated({ id }));
    expect(told[1]).toMatchObject({ before: { isActive: false }, after: { isActive: true } });
    await client.commit(events.personaDeleted({ id }));
    expect(told[2]).toMatchObject({ before: { isActive: true }, after: null });
  });

  it("says after a lost connection that something was not told", async () => {
    const { endpoint } = await startSidecar();
    const { webSocket, cut } = watchedSockets();
    const client = connectTo(endpoint, { webSocket });
    const told: string[] = [];
    const lost = new Promise<number>((resolve) => {
      client.changes.subscribe(
        {},
        { onChanges: (changes) => told.push(...changes.map((one) => one.id)), onLost: resolve },
      );
    });
    await client.ready();
    await client.server.info();
    cut();
    const receipt = await connectTo(endpoint).commit(persona("Ada", { id }));
    expect(await lost).toBeLessThanOrEqual(receipt.head);
    const other = "0197a9c5-0000-7000-8000-000000000002";
    await client.commit(persona("Bob", { id: other }));
    expect(told.at(-1)).toBe(other);
  });

  it("ended, it tells nothing more", async () => {
    const { client } = await startClient();
    const told: unknown[] = [];
    const end = client.changes.subscribe(
      {},
      { onChanges: (changes) => told.push(changes), onLost: () => {} },
    );
    await client.commit(persona("Ada"));
    end();
    await client.commit(persona("Bob"));
    expect(told).toHaveLength(1);
  });
});
