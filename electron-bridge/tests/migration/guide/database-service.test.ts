// @vitest-environment happy-dom

import type { RxDatabase } from "rxdb";
import { beforeEach, describe, expect, it } from "vitest";
import { type SidecarClient, table } from "../../../src/client/index.ts";
import { RxDatabaseMigration } from "../../../src/migration/driver.ts";
import {
  DatabaseService,
  type NewPersona,
  SwitchingService,
} from "../../../src/migration/guide/index.ts";
import type { Systems } from "../../../src/migration/guide/systems.ts";
import { type OldCollections, oldDatabase, oldMemory, oldPersona } from "../../support/rxdb.ts";
import { connectTo, startClient } from "../../support/sidecar.ts";
import { cutOver, rollBack, slow, toDual } from "./moving.ts";

beforeEach(() => localStorage.clear());

type Old = RxDatabase<OldCollections>;

function systemsOf(client: SidecarClient, database: Old): Systems<Old> {
  return {
    getRxDB: () => database,
    getLiveStore: () => client,
    getMigration: () => RxDatabaseMigration.open(client, database),
  };
}

async function startService() {
  const { client } = await startClient();
  const database = await oldDatabase();
  await database.personas.bulkInsert([
    oldPersona("Ada", { lastUsed: "2024-01-01T00:00:00Z" }),
    oldPersona("Bob", { lastUsed: 1_709_000_000_000, isActive: true }),
    oldPersona("Cid"),
    oldPersona("Dot"),
  ]);
  await database.memoryEntities.bulkInsert([
    oldMemory("low", "persona-Ada", { importance: 1 }),
    oldMemory("high", "persona-Ada", { importance: 90 }),
    oldMemory("deleted", "persona-Ada", { deletedAt: 1_709_000_000_000 }),
    oldMemory("other", "persona-Bob"),
  ]);
  const service = new DatabaseService(systemsOf(client, database));
  return { client, database, service };
}

/** All the service answers, without what only one side adds. */
async function answers(service: DatabaseService) {
  const personas = await service.getPersonas();
  const memories = await service.getPersonaMemories("persona-Ada");
  return {
    personas: personas.map(({ id, lastUsed, createdAt }) => [id, lastUsed ?? null, createdAt]),
    active: (await service.getActivePersona())?.id,
    memories: memories.map(({ id }) => id),
  };
}

describe("DatabaseService", () => {
  it("answers the same from RxDB and, after the switch, from the store (M10)", async () => {
    const { client, database, service } = await startService();
    const before = await answers(service);
    const created = Date.parse("2024-05-06T07:08:09.123Z");
    expect(before).toEqual({
      personas: [
        ["persona-Bob", 1_709_000_000_000, created],
        ["persona-Ada", Date.parse("2024-01-01T00:00:00Z"), created],
        ["persona-Cid", null, created],
        ["persona-Dot", null, created],
      ],
      active: "persona-Bob",
      memories: ["memory-high", "memory-low"],
    });
    await toDual(client, database);
    await service.switchToLiveStore();
    await database.personas.find().remove();
    expect(await answers(service)).toEqual(before);
  });

  it("writes where the truth is", async () => {
    const { client, database, service } = await startService();
    const data: NewPersona = {
      name: "Eve",
      description: "",
      personality: { traits: [], temperament: "calm", communicationStyle: "brief" },
      settings: { memoryRetention: 0, privacyLevel: "low", autoLearn: false },
      mood: "bright",
    };
    const first = await service.createPersona(data);
    expect(first).toMatchObject(data);
    expect((await database.personas.findOne(first.id).exec(true)).get("mood")).toBe("bright");

    const migration = await toDual(client, database);
    await cutOver(client, migration);
    const second = await service.createPersona({ ...data, id: "second" });
    expect(second).toMatchObject({ ...data, id: "second", isActive: false });
    expect(await database.personas.findOne("second").exec()).toBeNull();
    await service.createPersona({ ...data, createdAt: Date.parse("2020-01-01") });
    expect(await service.getPersonas()).toHaveLength(7);

    await rollBack(client, migration);
    await service.createPersona({ ...data, id: "third" });
    expect(await database.personas.findOne("third").exec()).not.toBeNull();
  });

  it("tells of every change, on whichever side, until it is told to stop", async () => {
    const { client, database, service } = await startService();
    const seen: string[][] = [];
    const { unsubscribe } = service.subscribeToPersonas((all) =>
      seen.push(all.map(({ name }) => name)),
    );
    await expect.poll(() => seen.at(-1), slow).toEqual(["Bob", "Ada", "Cid", "Dot"]);
    await database.personas.findOne("persona-Dot").incrementalPatch({ name: "Zoe" });
    await expect.poll(() => seen.at(-1), slow).toEqual(["Bob", "Ada", "Cid", "Zoe"]);
    await cutOver(client, await toDual(client, database));
    await client.commit({ name: "v1.PersonaDeleted", args: { id: "persona-Cid" } });
    await expect.poll(() => seen.at(-1), slow).toEqual(["Bob", "Ada", "Zoe"]);
    expect(seen.filter((names) => names.length === 0)).toEqual([]);
    const { length } = seen;
    unsubscribe();
    await client.commit({ name: "v1.PersonaDeleted", args: { id: "persona-Dot" } });
    expect(seen).toHaveLength(length);
  });

  it("reads RxDB while the sidecar can't be reached, unless the app has switched", async () => {
    const database = await oldDatabase();
    await database.personas.insert(oldPersona("Ada"));
    const nowhere = { url: "ws://127.0.0.1:1/rpc", token: "none" };
    const client = connectTo(nowhere, { retry: { attempts: 2, minDelay: 5, maxDelay: 5 } });
    const service = new DatabaseService(systemsOf(client, database));
    expect(await service.getPersonas()).toMatchObject([{ name: "Ada" }]);
    localStorage.setItem("migration-complete", "true");
    const answered = service.getPersonas().then(() => "answered");
    for (let at = 0; at < 3; at += 1) await database.personas.find().exec();
    expect(await Promise.race([answered, Promise.resolve("waits")])).toBe("waits");
  });

  it("says so where RxDB has no such collection", async () => {
    const { client } = await startClient();
    const database = await oldDatabase();
    await database.personas.close();
    const service = new DatabaseService(systemsOf(client, database));
    await expect(service.getPersonas()).rejects.toMatchObject({ code: "E_MIGRATION" });
  });
});

describe("SwitchingService", () => {
  it("serves the collections of any app", async () => {
    interface Note {
      readonly id: string;
      readonly name: string;
    }
    const notes = table<Note>("notes", "id").orderBy("id");
    class Notes extends SwitchingService<Old> {
      all = (): Promise<readonly Note[]> =>
        this.read({
          rxdb: async (database) => (await database.notes.find().exec()).map(asNote),
          store: (client) => client.query(notes),
        });
      follows = (callback: (all: readonly Note[]) => void) =>
        this.follow(
          {
            rxdb: (database) => database.notes.find(),
            asStored: (found) => found.map(asNote),
            store: notes,
          },
          callback,
        );
    }
    const asNote = (one: { get: (field: string) => string }): Note => ({
      id: one.get("id"),
      name: one.get("name"),
    });
    const { client } = await startClient();
    const database = await oldDatabase();
    await database.notes.insert({ id: "n1", name: "first" });
    const service = new Notes(systemsOf(client, database));
    const seen: (readonly Note[])[] = [];
    service.follows((all) => seen.push(all));
    expect(await service.all()).toEqual([{ id: "n1", name: "first" }]);
    await cutOver(client, await toDual(client, database));
    await client.commit({
      name: "v1.DocumentPatched",
      args: { collection: "notes", id: "n1", patch: { name: "second" } },
    });
    await expect.poll(() => seen.at(-1)?.[0]?.name, slow).toBe("second");
    expect(await service.all()).toMatchObject([{ id: "n1", name: "second" }]);
  });
});
