import { describe, expect, it, onTestFinished } from "vitest";
import { type SidecarClient, tables } from "../../src/client/index.ts";
import {
  type AnyRxDatabase,
  RxDatabaseMigration,
  readRxDatabase,
  watchMigration,
} from "../../src/migration/index.ts";
import { oldDatabase, oldMemory, oldPersona } from "../support/rxdb.ts";
import {
  connectTo,
  type Sidecar,
  startClient,
  startSidecar,
  temporary,
} from "../support/sidecar.ts";
import { failure, until } from "../support/wait.ts";

async function opened(client: SidecarClient, database: AnyRxDatabase) {
  const migration = await RxDatabaseMigration.open(client, database);
  onTestFinished(() => migration.close());
  return migration;
}

/** The live documents of an RxDatabase by collection, as the app sees them. */
async function contents(database: AnyRxDatabase): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  for await (const record of readRxDatabase(database)) {
    if (!("document" in record)) continue;
    const { _meta, _rev, _deleted, ...fields } = record.document;
    if (_deleted === true) found.delete(`${record.collection} ${fields.id}`);
    else found.set(`${record.collection} ${fields.id}`, fields);
  }
  return found;
}

/** Several starts of a sidecar on one store; clients find the one there is. */
async function restartable() {
  const dataDir = temporary();
  let sidecar: Sidecar = await startSidecar(dataDir);
  return {
    client: () =>
      connectTo(() => sidecar.endpoint, {
        retry: { attempts: 1000, minDelay: 20, maxDelay: 200 },
      }),
    kill: async () => {
      await sidecar.kill();
      sidecar = await startSidecar(dataDir);
    },
  };
}

describe("the move of a live RxDatabase", () => {
  it("follows what the app writes, switches, takes late writes, and goes all the way back", async () => {
    const { client } = await startClient();
    const database = await oldDatabase();
    await database.personas.bulkInsert([oldPersona("Ada"), oldPersona("Bob"), oldPersona("Eve")]);
    await database.memoryEntities.insert(oldMemory("m", "persona-Ada"));
    await database.insertLocal("settings", { theme: "light" });
    const migration = await opened(client, database);
    expect(migration.status.getSnapshot()).toEqual({ migration: null, state: "idle" });

    const report = await migration.run();
    expect(report.verification?.passed).toBe(true);
    expect(migration.status.getSnapshot().state).toBe("dual");

    // RxDB is the truth: what is written there follows by itself.
    const following = client.live(tables.personas.where({ name: "Ada Lovelace" }).count());
    const ada = await database.personas.findOne("persona-Ada").exec(true);
    await ada.incrementalPatch({ name: "Ada Lovelace", favouriteColour: "teal" });
    await until(following, ({ data }) => data === 1);
    await database.personas.findOne("persona-Bob").remove();
    await database.notes.insert({ id: "n1", name: "note" });
    const settings = await database.getLocal("settings");
    await settings?.incrementalPatch({ theme: "dark" });

    const status = await migration.cutover();
    expect(status).toMatchObject({ state: "switched", feeding: true });
    expect(await client.query(tables.personas.count())).toBe(2);
    expect(await client.query({ from: "notes" })).toMatchObject([{ id: "n1", name: "note" }]);

    // Late writes of a component that still has RxDB.
    await database.notes.insert({ id: "late", name: "late" });
    await migration.drained();
    expect(await client.query({ from: "notes", count: true })).toBe(2);

    // The store is the truth.
    const insert = (collection: string, document: object) => ({
      name: "v1.DocumentInserted",
      args: { collection, document },
    });
    await client.commit([
      {
        name: "v1.DocumentPatched",
        args: { collection: "personas", id: "persona-Ada", patch: { name: "Countess" } },
      },
      { name: "v1.DocumentDeleted", args: { collection: "personas", id: "persona-Eve" } },
      insert("notes", { id: "n2", name: "of the store", free: [0, null, ""] }),
    ]);
    const back = await migration.rollback();
    expect(back).toMatchObject({
      state: "rolled-back",
      written: { written: 3, narrowed: [], refused: [] },
    });
    const after = await contents(database);
    expect(after.get("personas persona-Ada")).toMatchObject({
      name: "Countess",
      favouriteColour: "teal",
      createdAt: "2024-05-06T07:08:09.123Z",
    });
    expect(after.has("personas persona-Eve")).toBe(false);
    expect(after.get("notes n2")).toEqual({ id: "n2", name: "of the store", free: [0, null, ""] });
    expect((await database.getLocal("settings"))?.get("theme")).toBe("dark");
    expect((await migration.verify()).passed).toBe(true);

    // A component that still has the store.
    await client.commit(insert("notes", { id: "n3", name: "late in the store" }));
    const n3 = database.notes.findOne("n3").$;
    await new Promise<void>((resolve) => {
      const watching = n3.subscribe((found) => {
        if (found === null) return;
        resolve();
        queueMicrotask(() => watching.unsubscribe());
      });
    });
  });

  it("loses and doubles nothing that is written through copy, import, switch and after", async () => {
    const { client } = await startClient();
    const database = await oldDatabase();
    await database.notes.bulkInsert(
      Array.from({ length: 500 }, (_, at) => ({ id: `n${at}`, at: -1 })),
    );
    const migration = await opened(client, database);
    let writing = true;
    const app = (async () => {
      for (let at = 0; writing; at++) {
        await database.notes.incrementalUpsert({ id: `n${(at * 7) % 600}`, at });
        if (at % 5 === 0) await database.notes.findOne(`n${(at * 11) % 600}`).remove();
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    await migration.run();
    await migration.cutover();
    writing = false;
    await app;
    await migration.drained();
    const stored = await client.query({ from: "notes" });
    const here = new Map([...(await contents(database)).values()].map((one) => [one, one]));
    expect(stored).toHaveLength(here.size);
    const verification = await migration.verify();
    expect(verification.differences).toEqual([]);
    expect(verification.passed).toBe(true);
  });

  it("goes on after the server was killed: while it copies, imports, follows, switches and returns", async () => {
    const server = await restartable();
    const client = server.client();
    const database = await oldDatabase();
    await database.notes.bulkInsert(
      Array.from({ length: 1200 }, (_, at) => ({ id: `n${at}`, name: `${at}` })),
    );
    const migration = await opened(client, database);
    const killed = new Set<string>();
    let restart: Promise<void> = Promise.resolve();
    await migration.run({
      onProgress: ({ phase, done }) => {
        if (killed.has(phase) || done === 0) return;
        if (phase !== "read" && phase !== "importing") return;
        killed.add(phase);
        restart = restart.then(server.kill);
      },
    });
    await restart;
    expect(killed).toEqual(new Set(["read", "importing"]));
    expect(await client.query({ from: "notes", count: true })).toBe(1200);

    const killing = server.kill();
    await database.notes.insert({ id: "while it was gone", name: "x" });
    const [status] = await Promise.all([migration.cutover(), killing]);
    expect(status.state).toBe("switched");
    expect(await client.query({ from: "notes", count: true })).toBe(1201);

    await client.commit({
      name: "v1.DocumentInserted",
      args: { collection: "notes", document: { id: "store", name: "store" } },
    });
    const [back] = await Promise.all([migration.rollback(), server.kill()]);
    expect(back.state).toBe("rolled-back");
    expect(await database.notes.count().exec()).toBe(1202);
    expect((await migration.verify()).passed).toBe(true);
  }, 90_000);

  it("resumes in another start of the app, where the first ended", async () => {
    const { client, sidecar } = await startClient();
    const database = await oldDatabase();
    await database.notes.insert({ id: "n1" });
    const first = await RxDatabaseMigration.open(client, database);
    await first.run();
    await first.close();
    await database.notes.insert({ id: "n2" });
    const second = await opened(connectTo(sidecar.endpoint), database);
    expect(second.status.getSnapshot().state).toBe("dual");
    second.resume();
    await until(client.live({ from: "notes", count: true }), ({ data }) => data === 2);
  });

  it("is driven by one window; another one waits, asks it to drain, and takes over when it ends", async () => {
    const { client, sidecar } = await startClient();
    const database = await oldDatabase();
    await database.notes.insert({ id: "n1" });
    const leading = connectTo(sidecar.endpoint);
    const [first, second] = [await opened(leading, database), await opened(client, database)];
    const reports = await Promise.all([first.run(), second.run()]);
    expect(reports[0]).toEqual(reports[1]);

    await database.notes.insert({ id: "n2" });
    await second.drained();
    expect(await client.query({ from: "notes", count: true })).toBe(2);

    leading.close();
    await database.notes.insert({ id: "n3" });
    await second.drained();
    expect(await client.query({ from: "notes", count: true })).toBe(3);
    expect((await second.cutover()).state).toBe("switched");
  });

  it("is begun anew by nobody but run(), when another window has rolled it back", async () => {
    const { client, sidecar } = await startClient();
    const database = await oldDatabase();
    const first = await opened(connectTo(sidecar.endpoint), database);
    const second = await opened(client, database);
    await Promise.all([first.run(), second.run()]);
    // To run again while it follows is nothing new.
    await Promise.all([first.run(), second.run()]);
    const { migration } = await first.rollback();
    await until(second.status, ({ state }) => state === "rolled-back");
    expect((await failure(second.drained())).code).toBe("E_MIGRATION");
    await second.run();
    expect(second.status.getSnapshot()).toMatchObject({ state: "dual" });
    expect(second.status.getSnapshot().migration).not.toBe(migration);
  });

  it("tells every window where it is", async () => {
    const { client, sidecar } = await startClient();
    const other = watchMigration(connectTo(sidecar.endpoint));
    expect(other.getSnapshot()).toBeUndefined();
    await until(other, (position) => position?.state === "idle");
    const migration = await opened(client, await oldDatabase());
    await migration.run();
    const { migration: id } = migration.status.getSnapshot();
    await until(other, (position) => position?.state === "dual" && position.migration === id);
    await migration.rollback();
    await until(other, (position) => position?.state === "rolled-back");
  });

  it("refuses to switch while a document can't be moved, and switches once it is mended", async () => {
    const { client } = await startClient();
    const database = await oldDatabase();
    const migration = await opened(client, database);
    await migration.run();
    const odd = await database.notes.insert({ id: "odd", value: Number.NaN });
    expect(await failure(migration.cutover())).toMatchObject({
      code: "E_MIGRATION",
      data: { collection: "notes", id: "odd", path: "/value" },
    });
    await odd.incrementalPatch({ value: 1 });
    expect((await migration.cutover()).state).toBe("switched");
    expect(await client.query({ from: "notes" })).toMatchObject([{ id: "odd", value: 1 }]);
  });

  it("reads all once more before it switches, if it was not there all the time", async () => {
    const { client, sidecar } = await startClient();
    const database = await oldDatabase();
    await database.notes.insert({ id: "n1", name: "now" });
    const first = await RxDatabaseMigration.open(connectTo(sidecar.endpoint), database);
    await first.run();
    await first.close();
    // Nobody listens, and the clock was set back.
    const { originalStorageInstance } = database.notes.storageInstance;
    const lwt = Date.now() - 3_600_000;
    await originalStorageInstance.bulkWrite(
      [{ document: { id: "n2", _deleted: false, _attachments: {}, _rev: "1-x", _meta: { lwt } } }],
      "another window",
    );
    const second = await opened(client, database);
    await second.cutover();
    expect(await client.query({ from: "notes", count: true })).toBe(2);
  });

  it("finishes in another start a rollback that was cut off", async () => {
    const { client } = await startClient();
    const database = await oldDatabase();
    await database.notes.bulkInsert([{ id: "n1" }, { id: "n2" }]);
    const first = await opened(client, database);
    await first.run();
    const { migration } = await first.cutover();
    await client.commit({
      name: "v1.DocumentDeleted",
      args: { collection: "notes", id: "n1" },
    });
    await first.close();
    await client.request("migrate.rollback", { migration: migration ?? "" });
    const second = await opened(client, database);
    expect(await failure(second.run())).toMatchObject({
      code: "E_MIGRATION",
      data: { state: "rolling-back" },
    });
    expect((await second.rollback()).state).toBe("rolled-back");
    expect((await contents(database)).has("notes n1")).toBe(false);
    // Once more changes nothing, and RxDB is the app's again.
    await database.notes.insert({ id: "n1", name: "again" });
    expect((await second.rollback()).written).toMatchObject({ written: 0 });
    expect((await contents(database)).get("notes n1")).toEqual({ id: "n1", name: "again" });
  });

  it("ends with an error of its own when RxDB is closed; the state stays", async () => {
    const { client } = await startClient();
    const database = await oldDatabase();
    await database.notes.insert({ id: "n1" });
    const migration = await opened(client, database);
    await migration.run();
    await database.close();
    expect(await failure(migration.drained())).toMatchObject({ code: "E_MIGRATION" });
    expect(await failure(migration.cutover())).toMatchObject({ code: "E_MIGRATION" });
    expect((await client.request("migrate.status", {})).state).toBe("dual");
  });

  it("refuses what makes no sense where it stands", async () => {
    const { client } = await startClient();
    const migration = await opened(client, await oldDatabase());
    for (const refused of ["drained", "cutover", "rollback"] as const) {
      expect((await failure(migration[refused]())).code).toBe("E_MIGRATION");
    }
    migration.resume();
    expect(migration.status.getSnapshot().state).toBe("idle");
  });
});
