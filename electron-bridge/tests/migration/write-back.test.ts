import { getRxStorageMemory } from "rxdb/plugins/storage-memory";
import { wrappedValidateAjvStorage } from "rxdb/plugins/validate-ajv";
import { describe, expect, it } from "vitest";
import type { AnyRxDatabase } from "../../src/migration/index.ts";
import { rxDatabase } from "../../src/migration/sources.ts";
import {
  nothingWritten,
  type Wanted,
  type WrittenBack,
  writeBack,
} from "../../src/migration/write-back.ts";
import { oldDatabase } from "../support/rxdb.ts";

async function write(database: AnyRxDatabase, ...wanted: Wanted[]): Promise<WrittenBack> {
  const told = nothingWritten();
  await writeBack(rxDatabase(database), wanted, told);
  return told;
}

function note(id: string, content: Wanted["content"]): Wanted {
  return { collection: "notes", local: false, id, content };
}

function local(id: string, data: object | null, collection: string | null = null): Wanted {
  return { collection, local: true, id, content: data && { id, data } };
}

describe("writing back into RxDB", () => {
  it("inserts, changes and deletes, and RxDB's own queries and hooks see how", async () => {
    const database = await oldDatabase();
    await database.notes.bulkInsert([
      { id: "changed", name: "before", free: [1] },
      { id: "deleted", name: "gone soon" },
    ]);
    database.notes.preSave(() => {
      throw new Error("a hook of the app");
    }, false);
    const shown: string[][] = [];
    const query = database.notes.find({ sort: [{ id: "asc" }] }).$;
    const watching = query.subscribe((all) => shown.push(all.map((one) => `${one.get("name")}`)));
    const told = await write(
      database,
      note("changed", { id: "changed", name: "after" }),
      note("deleted", null),
      note("new", { id: "new", name: "new" }),
      note("never", null),
    );
    expect(told).toEqual({ written: 3, unchanged: 1, narrowed: [], refused: [] });
    const changed = await database.notes.findOne("changed").exec(true);
    expect(changed.toJSON()).toEqual({ id: "changed", name: "after" });
    expect(changed.revision).toMatch(/^2-/);
    expect((await database.notes.find().exec()).map(({ primary }) => primary)).toEqual([
      "changed",
      "new",
    ]);
    await expect.poll(() => shown.at(-1)).toEqual(["after", "new"]);
    watching.unsubscribe();
  });

  it("leaves alone what RxDB wrote later than a document says it was true until", async () => {
    const database = await oldDatabase();
    await database.notes.bulkInsert([{ id: "newer", n: 2 }, { id: "gone" }]);
    const at = Date.now();
    await write(
      database,
      { ...note("newer", { id: "newer", n: 1 }), before: at - 60_000 },
      { ...note("gone", null), before: at + 60_000 },
      { ...note("new", { id: "new" }), before: at - 60_000 },
    );
    const found = (await database.notes.find().exec()).map((one) => one.toJSON());
    expect(found).toEqual([{ id: "new" }, { id: "newer", n: 2 }]);
  });

  it("leaves alone what RxDB has with the same content, so it can be repeated", async () => {
    const database = await oldDatabase();
    const wanted = [
      note("n1", { id: "n1", name: "same", nested: { b: 1, a: [null] } }),
      local("settings", { theme: "dark" }),
      local("cursor", { at: 1 }, "memoryEntities"),
      local("gone", null),
    ];
    expect(await write(database, ...wanted)).toMatchObject({ written: 3, unchanged: 1 });
    const before = await database.notes.findOne("n1").exec(true);
    expect(await write(database, ...wanted)).toMatchObject({ written: 0, unchanged: 4 });
    expect((await database.notes.findOne("n1").exec(true)).revision).toBe(before.revision);
  });

  it("takes the last of several of one document", async () => {
    const database = await oldDatabase();
    await write(
      database,
      note("n1", { id: "n1", name: "one" }),
      note("n1", { id: "n1", name: "two" }),
    );
    expect((await database.notes.findOne("n1").exec(true)).get("name")).toBe("two");
  });

  it("brings back a document that RxDB has deleted", async () => {
    const database = await oldDatabase();
    await (await database.notes.insert({ id: "n1", name: "before" })).remove();
    await write(database, note("n1", { id: "n1", name: "back" }));
    const back = await database.notes.findOne("n1").exec(true);
    expect(back.get("name")).toBe("back");
    expect(back.revision).toMatch(/^3-/);
  });

  it("keeps attachments, and dates that are no text", async () => {
    const database = await oldDatabase();
    const when = new Date(0);
    const before = await database.notes.insert({ id: "n1", name: "before" });
    await before.putAttachment({ id: "a", data: new Blob(["text"]), type: "text/plain" });
    await before.getLatest().incrementalPatch({ when });
    await write(database, note("n1", { id: "n1", name: "after", when: when.toISOString() }));
    const after = await database.notes.findOne("n1").exec(true);
    expect(after.get("name")).toBe("after");
    expect(after.toJSON()).toMatchObject({ when });
    expect(await after.getAttachment("a")?.getStringData()).toBe("text");
  });

  it("writes and deletes local documents, which the app sees at once", async () => {
    const database = await oldDatabase();
    const settings = await database.insertLocal("settings", { theme: "light" });
    await database.insertLocal("gone", {});
    await write(
      database,
      local("settings", { theme: "dark" }),
      local("gone", null),
      local("new", { at: 1 }, "memoryEntities"),
    );
    expect(settings.getLatest().get("theme")).toBe("dark");
    expect(await database.getLocal("gone")).toBeNull();
    expect((await database.memoryEntities.getLocal("new"))?.get("at")).toBe(1);
  });

  it("wins over the app that writes at the same time, and loses none of its own", async () => {
    const database = await oldDatabase();
    await database.notes.insert({ id: "n1", count: 0 });
    let writing = true;
    const app = (async () => {
      for (let at = 0; writing; at++) {
        const found = await database.notes.findOne("n1").exec(true);
        await found.incrementalPatch({ count: at });
      }
    })();
    const all = Array.from({ length: 100 }, (_, at) => note(`new${at}`, { id: `new${at}` }));
    const told = await write(database, note("n1", { id: "n1", name: "store" }), ...all);
    writing = false;
    await app;
    expect(told).toMatchObject({ written: 101, refused: [] });
    expect((await database.notes.findOne("n1").exec(true)).get("name")).toBe("store");
  });

  it("leaves out what a validator refuses and can go, and tells what", async () => {
    const storage = wrappedValidateAjvStorage({ storage: getRxStorageMemory() });
    const database = await oldDatabase({ storage });
    const wanted = [
      note("n1", { id: "n1", name: "fine" }),
      note("n2", { id: "n2", name: null, "a/b": 1, importance: 3 }),
      note("n3", { id: "n3", importance: "much" }),
    ];
    const told = await write(database, ...wanted);
    expect(told).toMatchObject({
      written: 2,
      narrowed: [{ collection: "notes", id: "n2", removed: ["/name", "/a~1b"] }],
      refused: [{ collection: "notes", id: "n3", reason: expect.stringContaining("number") }],
    });
    expect((await database.notes.findOne("n2").exec(true)).toJSON()).toEqual({
      id: "n2",
      importance: 3,
    });
    expect(await write(database, ...wanted)).toMatchObject({ written: 0, unchanged: 2 });
  });

  it("tells what has no place in RxDB, and writes the rest", async () => {
    const database = await oldDatabase();
    const told = await write(
      database,
      { ...note("x", { id: "x" }), collection: "unknown" },
      local("x", {}, "personas"),
      note("n1", { id: "n1" }),
    );
    expect(told).toMatchObject({
      written: 1,
      refused: [
        { collection: "unknown", id: "x" },
        { collection: "personas", id: "x" },
      ],
    });
  });
});
