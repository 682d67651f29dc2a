import { describe, expect, it } from "vitest";
import { type MigrationProgress, tables } from "../../src/client/index.ts";
import { migrateRxDatabase, RxDatabaseMigration } from "../../src/migration/index.ts";
import { oldDatabase, oldMemory, oldPersona } from "../support/rxdb.ts";
import { startClient } from "../support/sidecar.ts";
import { failure } from "../support/wait.ts";

describe("migrateRxDatabase", () => {
  it("moves a live database over, with a verified report and progress", async () => {
    const { client } = await startClient();
    const database = await oldDatabase();
    await database.personas.bulkInsert([
      oldPersona("Ada", { favouriteColour: "teal" }),
      oldPersona("Bob"),
    ]);
    await database.memoryEntities.bulkInsert([
      oldMemory("zero", "persona-Ada", { importance: 0 }),
      oldMemory("emoji", "persona-Bob", { summary: "\u{1f331} \u{10ffff}", tags: ["é", ""] }),
    ]);
    await (await database.notes.insert({ id: "gone", name: "x" })).remove();
    await database.notes.insert({ id: "n1", name: "kept", free: [null, 0, "", false] });
    await database.insertLocal("settings", { theme: "dark" });

    const progress: MigrationProgress[] = [];
    const report = await migrateRxDatabase(client, database, {
      onProgress: (one) => progress.push(one),
    });

    expect(report.collections.personas).toMatchObject({ read: 2, imported: 2, quarantined: 0 });
    expect(report.collections.memoryEntities).toMatchObject({ imported: 2 });
    expect(report.collections.notes).toMatchObject({ imported: 1, tombstones: 1 });
    expect(report.verification?.passed).toBe(true);
    expect(progress[0]).toEqual({ phase: "read", done: 0, total: null });
    expect(progress.filter(({ phase }) => phase === "read").at(-1)).toEqual({
      phase: "read",
      done: 10,
      total: 10,
    });
    expect(new Set(progress.map(({ phase }) => phase)).size).toBeGreaterThan(2);

    const ada = await client.query(tables.personas.where({ id: "persona-Ada" }).first());
    expect(ada).toMatchObject({
      name: "Ada",
      favouriteColour: "teal",
      createdAt: Date.parse("2024-05-06T07:08:09.123Z"),
    });
    const zero = await client.query(tables.memoryEntities.where({ id: "memory-zero" }).first());
    expect(zero?.importance).toBe(0);
    expect(await client.query({ from: "notes" })).toMatchObject([
      { id: "n1", free: [null, 0, "", false] },
    ]);
    expect(await database.personas.count().exec()).toBe(2);
  });

  it("keeps a document with half an emoji in quarantine, and moves the others", async () => {
    const { client } = await startClient();
    const database = await oldDatabase();
    const half = "\u{1f331}".slice(0, 1);
    await database.notes.bulkInsert([
      { id: "n1", name: "kept" },
      { id: "n2", name: half },
      { id: "n3", [`${half}x`]: 1 },
    ]);
    const report = await migrateRxDatabase(client, database);
    expect(report.collections.notes).toMatchObject({ read: 3, imported: 1, quarantined: 2 });
    expect(report.validation.errors.map(({ id, path }) => [id, path])).toEqual([
      ["n2", "/name"],
      ["n3", expect.any(String)],
    ]);
    expect(report.verification?.passed).toBe(true);
    const kept = await client.query({ sql: "SELECT document FROM _quarantine ORDER BY seq" });
    expect(kept).toMatchObject([
      { document: expect.stringContaining("\\ud83c") },
      { document: expect.stringContaining("\\ud83c") },
    ]);
  });

  it("is followed up by a migration that goes on from there", async () => {
    const { client } = await startClient();
    const database = await oldDatabase();
    await database.personas.insert(oldPersona("Ada"));
    const report = await migrateRxDatabase(client, database);
    await database.personas.insert(oldPersona("Bob"));
    expect(await migrateRxDatabase(client, database)).toEqual(report);
    expect(await client.query(tables.personas.count())).toBe(1);
    const migration = await RxDatabaseMigration.open(client, database);
    await migration.drained();
    await migration.close();
    expect(await client.query(tables.personas.count())).toBe(2);
  });

  it("takes the newest state of a document that is written while it reads", async () => {
    const { client } = await startClient();
    const database = await oldDatabase();
    await database.personas.bulkInsert(
      Array.from({ length: 300 }, (_, at) => oldPersona(`p${String(at).padStart(3, "0")}`)),
    );
    let changed = false;
    await migrateRxDatabase(client, database, {
      onProgress: () => {
        if (changed) return;
        changed = true;
        void database.personas
          .findOne("persona-p000")
          .exec(true)
          .then((document) => document.incrementalPatch({ name: "newest" }));
      },
    });
    expect(await client.query(tables.personas.count())).toBe(300);
    const first = await client.query(tables.personas.where({ id: "persona-p000" }).first());
    expect(first?.name).toBe("newest");
  });

  it("tries without storing anything", async () => {
    const { client } = await startClient();
    const database = await oldDatabase();
    await database.personas.insert(oldPersona("Ada"));
    const report = await migrateRxDatabase(client, database, { dryRun: true });
    expect(report).toMatchObject({ dryRun: true, collections: { personas: { read: 1 } } });
    expect(await client.query(tables.personas.count())).toBe(0);
  });

  it("keeps what is invalid in the quarantine", async () => {
    const { client } = await startClient();
    const database = await oldDatabase();
    await database.personas.bulkInsert([
      oldPersona("Ada"),
      oldPersona("Wrong", { isActive: "yes" }),
      oldPersona("Draft", { _draft: true }),
    ]);
    const report = await migrateRxDatabase(client, database);
    expect(report.collections.personas).toMatchObject({ read: 3, imported: 1, quarantined: 2 });
  });

  it("stops when its signal says so", async () => {
    const { client } = await startClient();
    const database = await oldDatabase();
    await database.personas.insert(oldPersona("Ada"));
    const controller = new AbortController();
    const reason = new Error("changed my mind");
    const migration = migrateRxDatabase(client, database, {
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    await expect(migration).rejects.toBe(reason);
    expect(await client.query(tables.personas.count())).toBe(0);
  });

  it("refuses what JSON can't carry before anything is imported", async () => {
    const { client } = await startClient();
    const database = await oldDatabase();
    await database.personas.bulkInsert([
      oldPersona("Ada"),
      oldPersona("Bob", { score: Number.NaN }),
    ]);
    expect((await failure(migrateRxDatabase(client, database))).code).toBe("E_MIGRATION");
    expect(await client.query(tables.personas.count())).toBe(0);
  });
});
