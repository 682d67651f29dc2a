import {
  connect,
  type Endpoint,
  type MemoryEntitiesDocument,
  tables,
} from "@pjais/electron-bridge";
import { createRxDatabase, type RxCollection, type RxDatabase, uncacheRxQuery } from "rxdb";
import { getRxStorageDexie } from "rxdb/plugins/storage-dexie";
import type { Question } from "./plan.ts";

/** A memory, with the fields that the benchmarks themselves need. */
export type Memory = Pick<MemoryEntitiesDocument, "id" | "name" | "importance">;

/** Documents, or their number. */
export type Answer = number | readonly Memory[];

/** One of the stores that are compared. */
export interface Peer {
  ask(question: Question): Promise<Answer>;
  /** Drop results it remembers, so that the next question is one it was never asked. */
  forget(): void;
}

/** Our client, over the socket. */
export function sidecarPeer(endpoint: Endpoint): Peer {
  const client = connect(endpoint);
  return {
    async ask(question) {
      const found: unknown = await client.query(question);
      return typeof found === "number" ? found : memories(found);
    },
    // It remembers results of live queries only.
    forget: () => undefined,
  };
}

/**
 * RxDB as an app has it in production: no dev-mode plugin, no validator, one window.
 *
 * RxDB remembers the results of its last 100 queries and answers an equal one from there, as
 * `client.live` does for us. What is measured on both sides is a query not asked before, so it
 * forgets each query after it ran; the documents it may keep, as it does in an app.
 */
export function dexiePeer(collection: RxCollection<Memory>): Peer {
  return {
    async ask({ from: _, first, count, ...query }) {
      if (count) return await collection.count(query).exec();
      if (!first) return await collection.find(query).exec();
      const found = await collection.findOne(query).exec();
      return found ? [found] : [];
    },
    forget() {
      const cache = collection._queryCache;
      for (const query of [...cache._map.values()]) uncacheRxQuery(cache, query);
    },
  };
}

const text = { type: "string", maxLength: 100 } as const;
const time = { type: "integer", minimum: 0, maximum: 1e13, multipleOf: 1 } as const;

/** The indexes are those of the sidecar's table. */
const schema = {
  version: 0,
  type: "object",
  primaryKey: "id",
  properties: {
    id: text,
    personaId: text,
    type: { type: "string" },
    name: { type: "string" },
    content: { type: "object" },
    summary: { type: "string" },
    tags: { type: "array", items: { type: "string" } },
    importance: { type: "integer", minimum: 0, maximum: 100, multipleOf: 1 },
    memoryTier: text,
    connectionCount: { type: "integer" },
    lastAccessed: time,
    createdAt: time,
    updatedAt: time,
  },
  required: ["id", "personaId", "importance", "lastAccessed", "memoryTier"],
  indexes: [["personaId", "importance"], "lastAccessed", "importance", "memoryTier"],
} as const;

/** Open RxDB's database for one size of the store, empty the first time. */
export async function openDexie(documents: number): Promise<RxCollection<Memory>> {
  const database: RxDatabase<{ memoryEntities: RxCollection<Memory> }> = await createRxDatabase({
    name: `memories-${documents}`,
    storage: getRxStorageDexie(),
    multiInstance: false,
  });
  return (await database.addCollections({ memoryEntities: { schema } })).memoryEntities;
}

/** Insert memories, some at a time. */
export async function fillDexie(
  collection: RxCollection<Memory>,
  memories: AsyncIterable<readonly Memory[]>,
): Promise<void> {
  for await (const some of memories) {
    const { error } = await collection.bulkInsert([...some]);
    if (error.length > 0) throw new Error(`RxDB refused ${error.length} documents.`);
  }
}

/** Read all memories of a sidecar, in batches. */
export async function* memoriesOf(
  endpoint: Endpoint,
): AsyncGenerator<readonly MemoryEntitiesDocument[]> {
  const batch = 2_000;
  const client = connect(endpoint);
  try {
    for (let last = ""; ; ) {
      const above = tables.memoryEntities.where({ id: { $gt: last } });
      const rows = await client.query(above.orderBy("id", "asc").limit(batch));
      yield rows;
      const end = rows.at(-1);
      if (end === undefined || rows.length < batch) return;
      last = end.id;
    }
  } finally {
    client.close();
  }
}

function memories(found: unknown): readonly Memory[] {
  const rows: unknown[] = Array.isArray(found) ? found : found === null ? [] : [found];
  if (rows.every(isMemory)) return rows;
  throw new Error("The sidecar answered with something else than memories.");
}

function isMemory(row: unknown): row is Memory {
  return typeof row === "object" && row !== null && "id" in row && typeof row.id === "string";
}
