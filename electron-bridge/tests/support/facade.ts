import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import type { Endpoint } from "../../src/client/index.ts";
import {
  createRxDatabase,
  getRxStorageSidecar,
  type RxCollection,
  type RxCollectionCreator,
  type RxDatabase,
} from "../../src/rxdb/index.ts";

/** A person of the tests. */
export interface Person {
  id: string;
  name: string;
  age?: number;
}

/** A collection of people. */
export const people: RxCollectionCreator<Person> = {
  schema: {
    version: 0,
    primaryKey: "id",
    type: "object",
    properties: {
      id: { type: "string", maxLength: 40 },
      name: { type: "string" },
      age: { type: "number" },
    },
    required: ["id", "name"],
  },
};

/** Open a database of a sidecar, with a connection of its own; closed after the test. */
export async function databaseOf<Collections = { readonly people: RxCollection<Person> }>(
  endpoint: Endpoint,
  collections: { readonly [name: string]: RxCollectionCreator } = { people },
): Promise<RxDatabase<Collections>> {
  const storage = getRxStorageSidecar(endpoint, { webSocket: WebSocket });
  const database = await createRxDatabase<Collections>({
    name: "tests",
    storage,
    ignoreDuplicate: true,
    localDocuments: true,
  });
  onTestFinished(async () => {
    await database.close();
  });
  await database.addCollections(collections);
  return database;
}
