/** The memories as LiveStore keeps them: columns and indexes are those of the sidecar's table. */

import { Events, makeSchema, Schema, State } from "@livestore/livestore";

const { integer, json, real, text } = State.SQLite;

export const memoryEntities = State.SQLite.table({
  name: "memoryEntities",
  columns: {
    id: text({ primaryKey: true }),
    personaId: text(),
    type: text(),
    name: text(),
    content: json(),
    summary: text(),
    tags: json(),
    importance: real(),
    memoryTier: text(),
    connectionCount: integer(),
    lastAccessed: integer(),
    createdAt: integer(),
    updatedAt: integer(),
  },
  indexes: [
    { name: "persona", columns: ["personaId", "importance"] },
    { name: "lastAccessed", columns: ["lastAccessed"] },
    { name: "importance", columns: ["importance"] },
    { name: "memoryTier", columns: ["memoryTier"] },
  ],
});

export const events = {
  memoriesImported: Events.synced({
    name: "v1.MemoriesImported",
    schema: Schema.Struct({ memories: Schema.Array(memoryEntities.rowSchema) }),
  }),
  memoryRenamed: Events.synced({
    name: "v1.MemoryRenamed",
    schema: Schema.Struct({ id: Schema.String, name: Schema.String }),
  }),
};

const materializers = State.SQLite.materializers(events, {
  "v1.MemoriesImported": ({ memories }) => memories.map((one) => memoryEntities.insert(one)),
  "v1.MemoryRenamed": ({ id, name }) => memoryEntities.update({ name }).where({ id }),
});

export const schema = makeSchema({
  events,
  state: State.SQLite.makeState({ tables: { memoryEntities }, materializers }),
});
