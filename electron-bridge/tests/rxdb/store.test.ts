/** What the facade makes of RxDB's calls in the store: events, commits, definitions. */

import { describe, expect, it } from "vitest";
import { SidecarError } from "../../src/client/index.ts";
import { createRxDatabase, getRxStorageSidecar, type RxCollection } from "../../src/rxdb/index.ts";
import { databaseOf, people } from "../support/facade.ts";
import { connectTo, startClient, startSidecar } from "../support/sidecar.ts";

const personas = {
  schema: {
    version: 0,
    primaryKey: "id",
    type: "object",
    properties: {
      id: { type: "string", maxLength: 40 },
      name: { type: "string" },
      description: { type: "string" },
      personality: { type: "object" },
      settings: { type: "object" },
      isActive: { type: "boolean" },
      createdAt: { type: "number" },
      updatedAt: { type: "number" },
      usageCount: { type: "number" },
    },
    required: ["id"],
  },
} as const;

const ada = {
  id: "ada",
  name: "Ada",
  description: "",
  personality: { traits: [], temperament: "calm", communicationStyle: "brief" },
  settings: { memoryRetention: 0, privacyLevel: "low", autoLearn: false },
  isActive: false,
  createdAt: 1,
  updatedAt: 2,
  usageCount: 0,
};

describe("a document", () => {
  it("has what was stored of it, also what the schema does not name (S9)", async () => {
    const { sidecar, client } = await startClient();
    const database = await databaseOf<{ people: RxCollection }>(sidecar.endpoint, { people });
    const document = { id: "ada", name: "Ada", migrated: { from: "elsewhere" } };
    await client.commit({ name: "v1.DocumentInserted", args: { collection: "people", document } });
    const found = await database.people.findOne("ada").exec(true);
    expect(found.toJSON()).toEqual(document);
  });
});

describe("a write", () => {
  it("is the table's own event where that does the same, and the document's otherwise", async () => {
    const { sidecar, client } = await startClient();
    const { personas: collection } = await databaseOf<{ personas: RxCollection }>(
      sidecar.endpoint,
      {
        personas,
      },
    );
    const document = await collection.insert(ada);
    const renamed = await document.patch({ name: "Ada L.", updatedAt: 3 });
    const counted = await renamed.patch({ usageCount: 1 });
    await counted.remove();
    await collection.insert({ id: "bob", name: "Bob" });
    // Its event takes no empty name; a document may have one.
    await collection.insert({ ...ada, id: "eve", name: "" });
    const { events } = await client.events.list({ collection: "personas" });
    expect(events.map(({ name }) => name)).toEqual([
      "v1.PersonaCreated",
      "v1.PersonaUpdated",
      "v1.DocumentPatched",
      "v1.PersonaDeleted",
      "v1.DocumentInserted",
      "v1.DocumentInserted",
    ]);
    expect(events[2]?.args).toEqual({
      collection: "personas",
      id: "ada",
      patch: { usageCount: 1 },
      unset: [],
    });
  });

  it("of many documents is one commit, without those that fail", async () => {
    const { sidecar, client } = await startClient();
    const { people: collection } = await databaseOf(sidecar.endpoint);
    await collection.insert({ id: "b", name: "Bob" });
    const heads: number[] = [];
    client.subscribe({ from: "people", count: true }, ({ head }) => heads.push(head));
    const before = (await client.server.info()).head;
    const { success, error } = await collection.bulkInsert([
      { id: "a", name: "Ada" },
      { id: "b", name: "Ben" },
      JSON.parse('{ "id": "c" }'),
      { id: "d", name: "Dan" },
    ]);
    expect(success.map(({ primary }) => primary)).toEqual(["a", "d"]);
    expect(error.map(({ documentId, status }) => [documentId, status])).toEqual([
      ["b", 409],
      ["c", 422],
    ]);
    const { events } = await client.events.list({ after: before });
    expect(events.map(({ at }) => at)).toEqual([events[0]?.at, events[0]?.at]);
    expect(heads.at(-1)).toBe(before + 2);
    expect(heads).not.toContain(before + 1);
  });

  it("carries the revision it was made for", async () => {
    const { sidecar, client } = await startClient();
    const { people: collection } = await databaseOf(sidecar.endpoint);
    const document = await collection.insert({ id: "a", name: "Ada" });
    await client.commit({
      name: "v1.DocumentPatched",
      args: { collection: "people", id: "a", patch: { age: 3 } },
    });
    await expect(document.patch({ name: "Eve" })).rejects.toMatchObject({
      code: "CONFLICT",
      parameters: { writeError: { status: 409, documentInDb: { name: "Ada", age: 3 } } },
    });
    const changed = await document.incrementalPatch({ name: "Eve" });
    expect(changed.toJSON()).toEqual({ id: "a", name: "Eve", age: 3 });
  });
});

describe("a collection", () => {
  it("is defined once, whoever opens it", async () => {
    const { sidecar, client } = await startClient();
    await Promise.all([databaseOf(sidecar.endpoint), databaseOf(sidecar.endpoint)]);
    await databaseOf(sidecar.endpoint);
    const { events } = await client.events.list({ names: ["v1.CollectionDefined"] });
    expect(events.length).toBeLessThanOrEqual(2);
    const schema = { ...people.schema, properties: { ...people.schema.properties, no: {} } };
    await expect(databaseOf(sidecar.endpoint, { people: { schema } })).rejects.toMatchObject({
      code: "DB6",
    });
  });
});

describe("a document", () => {
  it("is followed also where its changes are not told one by one", async () => {
    const sidecar = await startSidecar();
    const { people: collection } = await databaseOf(sidecar.endpoint);
    const [kept, gone] = await Promise.all([
      collection.insert({ id: "a", name: "Ada" }),
      collection.insert({ id: "b", name: "Bob" }),
    ]);
    // More in one commit than is told.
    const many = Array.from({ length: 1001 }, (_, at) => ({ id: `m${at}`, name: "Many" }));
    const client = connectTo(sidecar.endpoint);
    const told: string[] = [];
    collection.$.subscribe(({ documentId }) => told.push(documentId));
    const changed = new Promise((resolve) => {
      gone.deleted$.subscribe((deleted) => deleted && resolve(deleted));
    });
    await client.commit([
      { name: "v1.DocumentPatched", args: { collection: "people", id: "a", patch: { age: 7 } } },
      { name: "v1.DocumentDeleted", args: { collection: "people", id: "b" } },
      ...many.map((document) => ({
        name: "v1.DocumentInserted",
        args: { collection: "people", document },
      })),
    ]);
    await changed;
    expect(kept.getLatest().age).toBe(7);
    expect(told).toEqual([]);
  });
});

describe("a storage", () => {
  it("of a client leaves it open; of an endpoint the database has a client of its own", async () => {
    const { sidecar, client } = await startClient();
    const shared = await createRxDatabase({ name: "one", storage: getRxStorageSidecar(client) });
    await expect(
      createRxDatabase({ name: "one", storage: getRxStorageSidecar(client) }),
    ).rejects.toMatchObject({ code: "DB8" });
    await shared.close();
    expect((await client.server.info()).head).toBe(0);
    const own = await databaseOf(sidecar.endpoint);
    await own.close();
    await expect(own.client.server.info()).rejects.toSatisfy((error) =>
      SidecarError.is(error, "E_CLOSED"),
    );
  });
});
