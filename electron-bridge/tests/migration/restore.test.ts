import { describe, expect, it } from "vitest";
import { RxDatabaseMigration, restoreBackup } from "../../src/migration/index.ts";
import { oldDatabase, oldPersona } from "../support/rxdb.ts";
import { startClient } from "../support/sidecar.ts";
import { failure } from "../support/wait.ts";

describe("restoreBackup", () => {
  it("brings a backup back into RxDB: documents, attachments, local documents, deletions", async () => {
    const { client } = await startClient();
    const database = await oldDatabase();
    await database.personas.insert(oldPersona("Ada", { favouriteColour: "teal", score: 0 }));
    const note = await database.notes.insert({ id: "n1", name: "with a picture" });
    const bytes = new Uint8Array(20_000).map((_, at) => at % 251);
    await note.putAttachment({ id: "p.bin", data: new Blob([bytes]), type: "image/png" });
    await (await database.notes.insert({ id: "gone", name: "was here" })).remove();
    await database.insertLocal("settings", { theme: "dark" });
    await database.memoryEntities.insertLocal("cursor", { at: 7 });
    const migration = await RxDatabaseMigration.open(client, database);
    await migration.run();
    await migration.close();
    const [backup] = (await client.request("backup.list", {})).backups;
    const name = backup?.name ?? "";

    const fresh = await oldDatabase();
    await fresh.notes.bulkInsert([{ id: "gone" }, { id: "of its own" }]);
    const told = await restoreBackup(client, name, fresh);
    expect(told).toEqual({ written: 5, unchanged: 0, narrowed: [], refused: [] });
    const ada = await fresh.personas.findOne("persona-Ada").exec(true);
    expect(ada.toJSON()).toEqual(oldPersona("Ada", { favouriteColour: "teal", score: 0 }));
    const kept = await fresh.notes.findOne("n1").exec(true);
    const picture = await kept.getAttachment("p.bin")?.getData();
    expect(new Uint8Array((await picture?.arrayBuffer()) ?? [])).toEqual(bytes);
    expect((await fresh.notes.find().exec()).map(({ primary }) => primary)).toEqual([
      "n1",
      "of its own",
    ]);
    expect((await fresh.getLocal("settings"))?.get("theme")).toBe("dark");
    expect((await fresh.memoryEntities.getLocal("cursor"))?.get("at")).toBe(7);
    expect(await restoreBackup(client, name, fresh)).toMatchObject({ written: 0, unchanged: 5 });
  });

  it("writes nothing into a database that has no place for a collection", async () => {
    const { client } = await startClient();
    const database = await oldDatabase();
    await database.personas.insert(oldPersona("Ada"));
    const migration = await RxDatabaseMigration.open(client, database);
    await migration.run();
    await migration.close();
    const [backup] = (await client.request("backup.list", {})).backups;
    const smaller = await oldDatabase();
    await smaller.notes.close();
    expect(await failure(restoreBackup(client, backup?.name ?? "", smaller))).toMatchObject({
      code: "E_MIGRATION",
      data: { collections: ["notes"] },
    });
    expect(await smaller.personas.count().exec()).toBe(0);
    expect((await failure(restoreBackup(client, "none.json", smaller))).code).toBe("E_NOT_FOUND");
  });
});
