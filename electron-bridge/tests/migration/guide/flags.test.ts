import { describe, expect, it } from "vitest";
import { type FlagStorage, mirrorMigrationFlags } from "../../../src/migration/guide/flags.ts";
import { oldDatabase, oldPersona } from "../../support/rxdb.ts";
import { connectTo, startClient } from "../../support/sidecar.ts";
import { cutOver, rollBack, slow, toDual } from "./moving.ts";

/** A Storage of a Map. */
function storage(): { readonly flags: FlagStorage; readonly items: Map<string, string> } {
  const items = new Map<string, string>();
  const flags = {
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, value: string) => void items.set(name, value),
    removeItem: (name: string) => void items.delete(name),
  };
  return { flags, items };
}

describe("the flags of the guide", () => {
  it("follow the store: set by the switch, gone with the rollback, whoever writes into them", async () => {
    const { client } = await startClient();
    const database = await oldDatabase();
    await database.personas.insert(oldPersona("Ada"));
    const { flags, items } = storage();
    items.set("migration-complete", "true");
    const end = mirrorMigrationFlags(client, flags);
    await expect.poll(() => items.size, slow).toBe(0);

    const migration = await toDual(client, database);
    expect(items.size).toBe(0);
    await cutOver(client, migration);
    await expect.poll(() => items.size, slow).toBe(3);
    const { backup, switched } = await client.request("migrate.status", {});
    const { events } = await client.events.list({ after: (switched ?? 0) - 1, limit: 1 });
    expect(Object.fromEntries(items)).toEqual({
      "migration-complete": "true",
      "migration-date": new Date(events[0]?.at ?? 0).toISOString(),
      "final-backup": backup?.path,
    });

    await rollBack(client, migration);
    await expect.poll(() => items.size, slow).toBe(0);
    end();
  });

  it("are set again where they were lost, with the same date", async () => {
    const { client } = await startClient();
    const database = await oldDatabase();
    await cutOver(client, await toDual(client, database));
    const [first, second] = [storage(), storage()];
    mirrorMigrationFlags(client, first.flags);
    await expect.poll(() => first.items.size, slow).toBe(3);
    mirrorMigrationFlags(client, second.flags);
    await expect.poll(() => second.items.size, slow).toBe(3);
    expect(second.items).toEqual(first.items);
  });

  it("are left alone where there is no storage", async () => {
    const client = connectTo({ url: "ws://127.0.0.1:1/rpc", token: "none" });
    expect(() => mirrorMigrationFlags(client, undefined)()).not.toThrow();
  });
});
