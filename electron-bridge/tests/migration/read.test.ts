import { describe, expect, it } from "vitest";
import { type MigrationRecord, readRxDatabase } from "../../src/migration/index.ts";
import { oldDatabase, oldMemory, oldPersona } from "../support/rxdb.ts";
import { failure } from "../support/wait.ts";

async function all(records: AsyncIterable<MigrationRecord>): Promise<MigrationRecord[]> {
  const result: MigrationRecord[] = [];
  for await (const record of records) result.push(record);
  return result;
}

describe("readRxDatabase", () => {
  it("yields the schema of each collection before any document", async () => {
    const database = await oldDatabase();
    await database.notes.insert({ id: "n1", name: "note" });
    const records = await all(readRxDatabase(database));
    expect(records.slice(0, 3)).toMatchObject([
      { collection: "personas", schema: { primaryKey: "id", version: 0 } },
      { collection: "memoryEntities", schema: { properties: { importance: { type: "number" } } } },
      { collection: "notes", schema: { type: "object" } },
    ]);
    expect(records.slice(3)).toMatchObject([{ collection: "notes", document: { id: "n1" } }]);
  });

  it("yields documents as they are stored, also where an indexed field is null or missing (M2)", async () => {
    const database = await oldDatabase();
    await database.memoryEntities.bulkInsert([
      { id: "zero", importance: 0, "a.b": { "": false } },
      { id: "null", importance: null },
      { id: "missing" },
    ]);
    const documents = (await all(readRxDatabase(database))).flatMap((record) =>
      "document" in record ? [record.document] : [],
    );
    const byId = new Map(documents.map(({ _meta, _rev, ...rest }) => [rest.id, rest]));
    expect(byId.get("zero")).toEqual({
      id: "zero",
      importance: 0,
      "a.b": { "": false },
      _deleted: false,
    });
    expect(byId.get("null")).toEqual({ id: "null", importance: null, _deleted: false });
    expect(byId.get("missing")).toEqual({ id: "missing", _deleted: false });
    expect(documents[0]?._rev).toMatch(/^1-/);
  });

  it("yields tombstones, attachments and local documents, the oldest first", async () => {
    const database = await oldDatabase();
    const note = await database.notes.insert({ id: "gone", name: "was here" });
    await note.remove();
    const kept = await database.notes.insert({ id: "kept", name: "with a picture" });
    const bytes = new Uint8Array(20_000).map((_, at) => at % 251);
    await kept.putAttachment({ id: "p.bin", data: new Blob([bytes]), type: "image/png" });
    await database.insertLocal("settings", { theme: "dark" });
    await database.memoryEntities.insertLocal("cursor", { at: 7 });
    await (await database.insertLocal("old", {})).remove();

    const records = await all(readRxDatabase(database));
    const documents = records.flatMap((record) => ("document" in record ? [record.document] : []));
    expect(documents.find(({ id }) => id === "gone")).toMatchObject({
      _deleted: true,
      _rev: expect.stringMatching(/^2-/),
    });
    expect(documents.find(({ id }) => id === "kept")).toMatchObject({
      _attachments: {
        "p.bin": {
          type: "image/png",
          length: bytes.length,
          data: Buffer.from(bytes).toString("base64"),
        },
      },
    });
    expect(records.filter((record) => "local" in record)).toEqual([
      { collection: null, local: { id: "settings", data: { theme: "dark" } } },
      { collection: "memoryEntities", local: { id: "cursor", data: { at: 7 } } },
      { collection: null, local: { id: "old", deleted: true } },
    ]);
  });

  it("reads page by page, and what is written meanwhile too", async () => {
    const database = await oldDatabase();
    const count = 450;
    await database.notes.bulkInsert(
      Array.from({ length: count }, (_, at) => ({ id: `n${at}`, name: `note ${at}` })),
    );
    const ids = new Set<unknown>();
    for await (const record of readRxDatabase(database)) {
      if (!("document" in record)) continue;
      ids.add(record.document.id);
      if (ids.size === 100) await database.notes.insert({ id: "late", name: "late" });
    }
    expect(ids.size).toBe(count + 1);
    expect(ids.has("late")).toBe(true);
  });

  it.each([
    ["NaN", Number.NaN, "/value/0"],
    ["-Infinity", Number.NEGATIVE_INFINITY, "/value/0"],
    ["a Set", new Set([1]), "/value/0"],
    ["a Uint8Array", new Uint8Array(2), "/value/0"],
    ["a bigint", 1n, "/value/0"],
  ])("refuses %s, which JSON can't carry to the server", async (found, value, path) => {
    const database = await oldDatabase();
    await database.notes.insert({ id: "odd", value: [value] });
    const error = await failure(all(readRxDatabase(database)));
    expect(error).toMatchObject({
      code: "E_MIGRATION",
      message: expect.stringContaining(found),
      data: { collection: "notes", id: "odd", path },
    });
  });

  it("takes dates as ISO text, and leaves the document in RxDB as it is", async () => {
    const database = await oldDatabase();
    await database.personas.insert(oldPersona("Ada"));
    await database.memoryEntities.insert(oldMemory("m", "persona-Ada", { when: new Date(0) }));
    const records = await all(readRxDatabase(database));
    expect(records.at(-1)).toMatchObject({ document: { when: "1970-01-01T00:00:00.000Z" } });
    expect(await database.memoryEntities.count().exec()).toBe(1);
  });

  it("refuses a database of another copy of rxdb, whose local documents it could not see", async () => {
    const error = await failure(all(readRxDatabase({ name: "other", collections: {} })));
    expect(error).toMatchObject({ code: "E_MIGRATION", message: expect.stringContaining("copy") });
  });
});
