/** What the facade has not: each is in docs/rxdb.md, and says so when it is called. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { missing } from "../../src/rxdb/unsupported.ts";
import { databaseOf, people } from "../support/facade.ts";
import { startSidecar } from "../support/sidecar.ts";

const guide = readFileSync(join(import.meta.dirname, "../../../docs/rxdb.md"), "utf8");

it("says of each member what is missing", async () => {
  const { endpoint } = await startSidecar();
  const database = await databaseOf(endpoint);
  const document = await database.people.insert({ id: "a", name: "Ada" });
  const found = { document, collection: database.people, database };
  for (const [kind, of] of Object.entries(found)) {
    const names =
      Object.entries(missing)
        .find(([key]) => key === kind)?.[1]
        .split(" ") ?? [];
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const member: unknown = Reflect.get(of, name);
      const call = `${kind}.${name}`;
      const unsupported = expect.objectContaining({ code: "UNSUPPORTED", parameters: { call } });
      expect(member, call).toBeTypeOf("function");
      if (typeof member === "function") expect(() => member()).toThrow(unsupported);
      expect(guide).toContain(name);
    }
  }
});

it("refuses what would be silently lost", async () => {
  const { endpoint } = await startSidecar();
  const unsupported = { code: "UNSUPPORTED" };
  const { schema } = people;
  for (const creator of [
    { schema: { ...schema, encrypted: ["name"] } },
    { schema: { ...schema, crdt: { field: "name" } } },
    { schema, autoMigrate: false },
  ]) {
    await expect(databaseOf(endpoint, { people: creator })).rejects.toMatchObject(unsupported);
  }
  const { people: collection } = await databaseOf(endpoint);
  const file = { id: "cv", type: "text/plain", data: new Blob(["Ada"]) };
  const withFile = Object.assign({ id: "a", name: "Ada" }, { _attachments: [file] });
  await expect(collection.insert(withFile)).rejects.toMatchObject(unsupported);
  await expect(collection.upsert(withFile)).rejects.toMatchObject(unsupported);
  expect(await collection.count().exec()).toBe(0);
});
