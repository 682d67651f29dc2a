import { describe, expect, it } from "vitest";
import { type MigrationProgress, tables } from "../../../src/client/index.ts";
import { RxDBExporter } from "../../../src/migration/guide/exporter.ts";
import { LiveStoreImporter } from "../../../src/migration/guide/importer.ts";
import { oldDatabase, oldMemory, oldPersona } from "../../support/rxdb.ts";
import { startClient } from "../../support/sidecar.ts";
import { failure } from "../../support/wait.ts";

async function exported() {
  const database = await oldDatabase();
  const { tags } = await database.addCollections({
    tags: {
      schema: {
        version: 0,
        primaryKey: "label",
        type: "object",
        properties: { label: { type: "string", maxLength: 20 } },
      },
    },
  });
  await database.personas.bulkInsert([oldPersona("Ada"), { ...oldPersona("none"), name: "" }]);
  await database.memoryEntities.bulkInsert([
    oldMemory("zero", "persona-Ada", { importance: 0 }),
    oldMemory("orphan", "persona-gone"),
  ]);
  await tags.insert({ label: "blue" });
  return new RxDBExporter(database).exportAllData();
}

describe("LiveStoreImporter", () => {
  it("imports an export whole, and tells what it kept out", async () => {
    const { client } = await startClient();
    const progress: MigrationProgress[] = [];
    const data = await exported();
    const result = await new LiveStoreImporter(client).importMigrationData(data, {
      onProgress: (one) => progress.push(one),
    });

    expect(result.personas).toEqual({
      imported: 1,
      errors: [expect.stringContaining("persona-none/name")],
    });
    expect(result.memoryEntities).toEqual({
      imported: 1,
      errors: [expect.stringContaining("memory-orphan/personaId")],
    });
    expect(result.collections.tags).toEqual({ imported: 1, errors: [] });
    expect(result.errors).toHaveLength(2);
    expect(result.report.verification?.passed).toBe(true);
    expect(progress.length).toBeGreaterThan(0);

    const zero = await client.query(tables.memoryEntities.where({ id: "memory-zero" }).first());
    expect(zero).toMatchObject({ importance: 0, personaId: "persona-Ada" });
    expect(zero).not.toHaveProperty("_migrationId");
    expect(await client.query({ from: "tags" })).toMatchObject([{ label: "blue" }]);
  });

  it("counts what is there already as imported", async () => {
    const { client } = await startClient();
    const importer = new LiveStoreImporter(client);
    const data = await exported();
    const first = await importer.importMigrationData(data);
    const again = await importer.importMigrationData(data);
    expect(again.personas.imported).toBe(first.personas.imported);
    expect(await client.query(tables.personas.count())).toBe(1);
  });

  it("stops at an invalid document when it is to be strict", async () => {
    const { client } = await startClient();
    const importing = new LiveStoreImporter(client).importMigrationData(await exported(), {
      strict: true,
    });
    expect((await failure(importing)).code).toBe("E_MIGRATION");
    expect(await client.query(tables.personas.count())).toBe(0);
  });

  it("tells of documents the store has with other content, and leaves them", async () => {
    const { client } = await startClient();
    const importer = new LiveStoreImporter(client);
    const data = await exported();
    await importer.importMigrationData(data);
    const personas = data.personas.map((one) => ({ ...one, description: "edited" }));
    const { errors } = await importer.importMigrationData({ ...data, personas });
    expect(errors).toContain(
      "personas persona-Ada was in the store with other content, and was left alone in description",
    );
  });
});
