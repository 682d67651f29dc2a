import type { RxCollection } from "rxdb";
import { getRxStorageMemory } from "rxdb/plugins/storage-memory";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Checkpoints, Entry } from "../../src/migration/batch.ts";
import { Feed } from "../../src/migration/feed.ts";
import type { AnyRxDatabase } from "../../src/migration/index.ts";
import { rxDatabase } from "../../src/migration/sources.ts";
import { oldDatabase, oldMemory, oldPersona } from "../support/rxdb.ts";
import { failure } from "../support/wait.ts";

function feedOf(database: AnyRxDatabase, onHint?: () => void): Feed {
  const feed = new Feed(rxDatabase(database), onHint);
  onTestFinished(() => feed.close());
  return feed;
}

/** What a round gives, and the checkpoints after it. */
async function round(feed: Feed, all = true) {
  const entries: Entry[] = [];
  for await (const entry of feed.round(all)) entries.push(entry);
  const checkpoints: Checkpoints = Object.assign({}, ...entries.map((one) => one.checkpoints));
  const seen = entries.flatMap(({ record }) => {
    if ("schema" in record) return [];
    if ("document" in record) return `${record.collection} ${record.document.id}`;
    return `local ${record.collection} ${record.local.id}`;
  });
  return { entries, seen, checkpoints };
}

/** Write as a window does whose clock stands elsewhere; in one window RxDB's own never goes back. */
async function writeAt(collection: RxCollection, id: string, lwt: number): Promise<void> {
  const document = { id, _deleted: false, _attachments: {}, _rev: "1-window", _meta: { lwt } };
  const { originalStorageInstance } = collection.storageInstance;
  const { error } = await originalStorageInstance.bulkWrite([{ document }], "another window");
  expect(error).toEqual([]);
}

describe("the feed of an RxDatabase", () => {
  it("gives each write once, and nothing when nothing was written", async () => {
    const database = await oldDatabase();
    const feed = feedOf(database);
    await database.notes.insert({ id: "n1", name: "first" });
    expect((await round(feed)).seen).toEqual(["notes n1"]);
    expect((await round(feed)).entries).toEqual([]);
    const note = await database.notes.insert({ id: "n2", name: "second" });
    await note.incrementalPatch({ name: "third" });
    await database.insertLocal("settings", { theme: "dark" });
    const { seen, entries } = await round(feed, false);
    expect(seen).toEqual(["notes n2", "local null settings"]);
    expect(entries[0]?.record).toMatchObject({ document: { name: "third" } });
    expect(feed.more).toBe(false);
  });

  it("gives deletions, of local documents too", async () => {
    const database = await oldDatabase();
    const feed = feedOf(database);
    const note = await database.notes.insert({ id: "n1", name: "note" });
    const local = await database.notes
      .insert({ id: "n2" })
      .then(() => database.memoryEntities.insertLocal("cursor", { at: 1 }));
    await round(feed);
    await note.remove();
    await local.remove();
    expect((await round(feed)).entries.map(({ record }) => record)).toMatchObject([
      { collection: "notes", document: { id: "n1", _deleted: true } },
      { collection: "memoryEntities", local: { id: "cursor", deleted: true } },
    ]);
  });

  it("gives what was written first before what may refer to it, across collections", async () => {
    const database = await oldDatabase();
    for (let at = 0; at < 40; at++) {
      await database.personas.insert(oldPersona(`p${at}`));
      await database.memoryEntities.insert(oldMemory(`m${at}`, `persona-p${at}`));
    }
    const { seen } = await round(feedOf(database));
    expect(seen).toHaveLength(80);
    for (let at = 0; at < 40; at++) {
      expect(seen.slice(2 * at, 2 * at + 2)).toEqual([
        `personas persona-p${at}`,
        `memoryEntities memory-m${at}`,
      ]);
    }
  });

  it("walks a bulk write, whose documents all have the same time, once", async () => {
    const database = await oldDatabase();
    const ids = Array.from({ length: 450 }, (_, at) => `n${String(at).padStart(3, "0")}`);
    await database.notes.bulkInsert(ids.map((id) => ({ id })));
    const asked = vi.spyOn(database.notes.storageInstance, "query");
    const { seen } = await round(feedOf(database));
    expect(seen).toEqual(ids.map((id) => `notes ${id}`));
    const [, ...rest] = asked.mock.calls;
    expect(rest.length).toBeGreaterThan(1);
    for (const [{ queryPlan }] of rest) expect(queryPlan.selectorSatisfiedByIndex).toBe(true);
  });

  it("goes on from checkpoints, in another window and another start", async () => {
    const database = await oldDatabase();
    await database.notes.bulkInsert(
      // One write: all of one time, told apart by their ids.
      Array.from({ length: 30 }, (_, at) => ({ id: `n${String(at).padStart(2, "0")}` })),
    );
    const entries: Entry[] = [];
    for await (const entry of feedOf(database).round()) entries.push(entry);
    const documents = entries.filter(({ record }) => "document" in record);
    expect(documents).toHaveLength(30);
    for (const at of [0, 9, 10, 28]) {
      const feed = feedOf(database);
      feed.rewind(JSON.parse(JSON.stringify(documents[at]?.checkpoints)));
      const { seen } = await round(feed);
      expect(seen).toHaveLength(29 - at);
    }
  });

  it("tells the schemas again after it was set back, and once where collections are added", async () => {
    const database = await oldDatabase();
    const feed = feedOf(database);
    const schemas = async () =>
      (await round(feed)).entries.flatMap(({ record }) =>
        "schema" in record ? record.collection : [],
      );
    expect(await schemas()).toEqual(["personas", "memoryEntities", "notes"]);
    expect(await schemas()).toEqual([]);
    const more = await database.addCollections({
      more: {
        schema: {
          version: 0,
          primaryKey: "key",
          type: "object",
          properties: { key: { type: "string", maxLength: 10 } },
        },
      },
    });
    await more.more.insert({ key: "k" });
    const { entries } = await round(feed);
    expect(entries.map(({ record }) => record)).toMatchObject([
      { collection: "more", schema: { primaryKey: "key" } },
      { collection: "more", document: { key: "k" } },
    ]);
    feed.rewind({});
    expect(await schemas()).toHaveLength(4);
  });

  it("misses no write whose clock was set back", async () => {
    const database = await oldDatabase();
    const feed = feedOf(database);
    await database.notes.insert({ id: "n1", name: "now" });
    await round(feed);
    await writeAt(database.notes, "n2", Date.now() - 3_600_000);
    expect(feed.more).toBe(true);
    expect((await round(feed, false)).seen).toEqual(["notes n2"]);
    expect((await round(feed)).seen).toEqual([]);
  });

  it("gives what was written with a clock ahead in the round after, and what comes then too", async () => {
    const database = await oldDatabase();
    const feed = feedOf(database);
    await writeAt(database.notes, "n1", Date.now() + 3_600_000);
    expect((await round(feed)).seen).toEqual([]);
    expect(feed.more).toBe(true);
    expect((await round(feed, false)).seen).toEqual(["notes n1"]);
    await database.notes.insert({ id: "n2", name: "now" });
    expect((await round(feed, false)).seen).toEqual(["notes n2"]);
    expect(feed.more).toBe(false);
  });

  it("misses nothing that is written while it reads, as often as it is", async () => {
    const database = await oldDatabase();
    const feed = feedOf(database);
    const latest = new Map<string, number>();
    const given = new Map<unknown, unknown>();
    const take = async (all: boolean) => {
      for await (const { record } of feed.round(all)) {
        if ("document" in record) given.set(record.document.id, record.document.importance);
      }
    };
    let writing = true;
    const writes = (async () => {
      for (let at = 0; at < 600; at++) {
        const id = `n${at % 50}`;
        await database.notes.incrementalUpsert({ id, importance: at });
        latest.set(id, at);
      }
      writing = false;
    })();
    while (writing) await take(Math.random() < 0.5);
    await writes;
    await take(true);
    await take(false);
    expect(given).toEqual(latest);
    expect(feed.more).toBe(false);
  });

  it("hears of what other windows write", async () => {
    const storage = getRxStorageMemory();
    const database = await oldDatabase({ storage });
    const other = await oldDatabase({ storage, name: database.name });
    let hint = (): void => {};
    const hinted = new Promise<void>((resolve) => {
      hint = resolve;
    });
    const feed = feedOf(database, hint);
    await round(feed);
    await other.notes.insert({ id: "n1", name: "from another window" });
    await hinted;
    expect((await round(feed, false)).seen).toEqual(["notes n1"]);
  });

  it("misses no write that comes between a page and its answer, and is behind it", async () => {
    const database = await oldDatabase();
    const feed = feedOf(database);
    await round(feed);
    await database.notes.insert({ id: "n1" });
    const { storageInstance } = database.notes;
    const read = storageInstance.query.bind(storageInstance);
    vi.spyOn(storageInstance, "query").mockImplementationOnce(async (query) => {
      const page = await read(query);
      await writeAt(database.notes, "n2", Date.now() - 1000);
      return page;
    });
    expect((await round(feed)).seen).toEqual(["notes n1", "notes n2"]);
  });

  it("gives again what was not safe when it is set back, late documents too", async () => {
    const database = await oldDatabase();
    const feed = feedOf(database);
    await database.notes.insert({ id: "n1" });
    const { checkpoints } = await round(feed);
    await writeAt(database.notes, "late", Date.now() - 1000);
    await database.notes.insert({ id: "n2" });
    expect((await round(feed)).seen).toEqual(["notes n2", "notes late"]);
    feed.rewind(checkpoints);
    expect((await round(feed)).seen).toEqual(["notes n2", "notes late"]);
    expect((await round(feed)).seen).toEqual([]);
  });

  it("takes attachments as they are with the document, also when they change while it reads", async () => {
    const database = await oldDatabase();
    const { storageInstance } = database.notes;
    const note = await database.notes.insert({ id: "n1" });
    const picture = { id: "picture", type: "text/plain" };
    await note.putAttachment({ ...picture, data: new Blob(["before"]) });
    const read = storageInstance.getAttachmentData.bind(storageInstance);
    // Between the document and its attachment there is another write.
    vi.spyOn(storageInstance, "getAttachmentData").mockImplementationOnce(async (...which) => {
      await note.getLatest().putAttachment({ ...picture, data: new Blob(["after"]) });
      return read(...which);
    });
    const { entries } = await round(feedOf(database));
    const [attachment] = note.getLatest().allAttachments();
    expect(entries.at(-1)?.record).toMatchObject({
      document: {
        _rev: note.getLatest().revision,
        _attachments: { picture: { digest: attachment?.digest, data: btoa("after") } },
      },
    });
  });

  it("ends with an error of its own when RxDB is closed under it", async () => {
    const database = await oldDatabase();
    const feed = feedOf(database);
    await round(feed);
    await database.close();
    const error = await failure(round(feed));
    expect(error).toMatchObject({ code: "E_MIGRATION", data: { closed: true } });
  });
});
