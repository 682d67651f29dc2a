import { describe, expect, it } from "vitest";
import { RxDBExporter } from "../../../src/migration/guide/exporter.ts";
import { oldDatabase, oldMemory, oldPersona } from "../../support/rxdb.ts";
import { failure } from "../../support/wait.ts";

describe("RxDBExporter", () => {
  it("exports every document as it is, also those find() does not see (M1, M2)", async () => {
    const database = await oldDatabase();
    await database.personas.insert(
      oldPersona("Ada", { isActive: true, usageCount: 0, avatar: null, "a.b": "" }),
    );
    await database.memoryEntities.bulkInsert([
      oldMemory("zero", "persona-Ada", { importance: 0, tags: null, summary: "" }),
      oldMemory("null", "persona-Ada", { importance: null }),
    ]);
    await database.notes.insert({ id: "n1", name: "a note" });
    await (await database.notes.insert({ id: "gone", name: "x" })).remove();
    await database.insertLocal("settings", { theme: "dark" });

    const before = Date.now();
    const data = await new RxDBExporter(database).exportAllData();

    const { _migrationId, ...ada } = data.personas[0] ?? {};
    expect(ada).toEqual({
      ...oldPersona("Ada", { isActive: true, usageCount: 0, avatar: null, "a.b": "" }),
      _sourceSystem: "rxdb",
    });
    expect(_migrationId).toMatch(/^[0-9a-f-]{36}$/);
    const byId = new Map(data.memoryEntities.map((one) => [one.id, one]));
    expect(byId.get("memory-zero")).toMatchObject({ importance: 0, tags: null, summary: "" });
    expect(byId.get("memory-null")).toMatchObject({ importance: null });
    expect(data.notes).toMatchObject([{ id: "n1", name: "a note" }]);
    expect(data.metadata).toEqual({
      totalPersonas: 1,
      totalMemories: 2,
      activePersonas: 1,
      databaseVersion: expect.stringMatching(/^17\./),
      exportMethod: "full",
      integrityCheck: expect.stringMatching(/^[0-9a-f]{64}$/),
      counts: { personas: 1, memoryEntities: 2, notes: 1 },
      primaryKeys: { personas: "id", memoryEntities: "id", notes: "id" },
      leftOut: { tombstones: 1, localDocuments: 1 },
    });
    expect(data.version).toBe("1.0");
    expect(data.exportedAt).toBeGreaterThanOrEqual(before);
  });

  it("finds an export of a healthy database valid, also after a way through a file", async () => {
    const database = await oldDatabase();
    await database.personas.insert(oldPersona("Ada"));
    await database.memoryEntities.insert(oldMemory("m", "persona-Ada"));
    const exporter = new RxDBExporter(database);
    const data = JSON.parse(JSON.stringify(await exporter.exportAllData(), null, 2));
    expect(await exporter.validateExport(data)).toEqual({
      isValid: true,
      errors: [],
      warnings: [],
      stats: { personaCount: 1, memoryCount: 1, totalSize: JSON.stringify(data).length },
    });
  });

  it("names what is invalid, and what one may want to know, in the guide's words", async () => {
    const database = await oldDatabase();
    await database.personas.bulkInsert([
      oldPersona("Ada", { settings: undefined }),
      { ...oldPersona("nameless"), name: "" },
    ]);
    await database.memoryEntities.bulkInsert([
      oldMemory("orphan", "persona-gone"),
      oldMemory("alone", ""),
    ]);
    await database.insertLocal("settings", {});
    const exporter = new RxDBExporter(database);
    const found = await exporter.validateExport(await exporter.exportAllData());
    expect(found.isValid).toBe(false);
    expect(found.errors.toSorted()).toEqual([
      "Invalid memory: memory-alone",
      "Invalid persona: persona-nameless",
      "Memory memory-orphan references non-existent persona persona-gone",
    ]);
    expect(found.warnings).toEqual([
      "Persona persona-Ada missing personality or settings",
      "1 local documents have no place in an export; the live migration moves them",
    ]);
  });

  it("notices an export that was edited", async () => {
    const database = await oldDatabase();
    await database.personas.insert(oldPersona("Ada"));
    const exporter = new RxDBExporter(database);
    const data = await exporter.exportAllData();
    const personas = data.personas.map((one) => ({ ...one, name: "Eve" }));
    const { isValid, errors } = await exporter.validateExport({ ...data, personas });
    expect([isValid, errors]).toEqual([false, [expect.stringContaining("checksum")]]);
  });

  it("has a document once, also where it is written or deleted while it reads", async () => {
    const database = await oldDatabase();
    await database.personas.bulkInsert(
      Array.from({ length: 300 }, (_, at) => oldPersona(`p${at}`)),
    );
    const first = await database.personas.findOne("persona-p0").exec(true);
    const last = await database.personas.findOne("persona-p299").exec(true);
    const [data] = await Promise.all([
      new RxDBExporter(database).exportAllData(),
      first.incrementalPatch({ name: "newest" }),
      last.remove(),
    ]);
    const names = new Map(data.personas.map(({ id, name }) => [id, name]));
    expect(names.size).toBe(data.personas.length);
    expect([299, 300]).toContain(names.size);
  });

  it("refuses a collection that an export has another member for", async () => {
    const database = await oldDatabase();
    const { jsonSchema } = database.notes.schema;
    await database.addCollections({ metadata: { schema: jsonSchema } });
    const error = await failure(new RxDBExporter(database).exportAllData());
    expect(error).toMatchObject({ code: "E_MIGRATION", data: { collection: "metadata" } });
  });
});
