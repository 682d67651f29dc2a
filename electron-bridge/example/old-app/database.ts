import { addRxPlugin, createRxDatabase, type RxCollection, type RxDatabase } from "rxdb";
import { RxDBAttachmentsPlugin } from "rxdb/plugins/attachments";
import { RxDBJsonDumpPlugin } from "rxdb/plugins/json-dump";
import { RxDBLocalDocumentsPlugin } from "rxdb/plugins/local-documents";
import { getRxStorageDexie } from "rxdb/plugins/storage-dexie";
import type { Document } from "./documents.ts";
import type { CollectionName } from "./sample.ts";

export const DATABASE_NAME = "pjais";
export type OldDatabase = RxDatabase<Record<CollectionName, RxCollection<Document>>>;

const id = { type: "string", maxLength: 100 } as const;
const number = { type: "number", minimum: 0, maximum: 1e15, multipleOf: 0.01 } as const;
const text = { type: "string", maxLength: 40 } as const;

/** The old app's schemas. Nothing checks them: an Electron app ships without a validator. */
const schemas = {
  personas: {
    version: 0,
    type: "object",
    primaryKey: "id",
    properties: {
      id,
      name: { type: "string" },
      description: { type: "string" },
      avatar: { type: ["string", "null"] },
      personality: { type: "object" },
      settings: { type: "object" },
      isActive: { type: "boolean" },
      createdAt: { type: "string" },
      updatedAt: { type: "string" },
      lastUsed: text,
      usageCount: { type: "number" },
    },
    required: ["id", "name", "lastUsed"],
    indexes: ["lastUsed"],
    attachments: {},
  },
  memoryEntities: {
    version: 0,
    type: "object",
    primaryKey: "id",
    properties: {
      id,
      personaId: id,
      type: { type: "string" },
      name: { type: "string" },
      content: { type: "object" },
      summary: { type: "string" },
      tags: { type: "array", items: { type: "string" } },
      importance: number,
      memoryTier: { type: "string" },
      lastAccessed: text,
    },
    required: ["id", "personaId", "importance"],
    indexes: ["importance", ["personaId", "importance"]],
  },
  conversations: {
    version: 0,
    type: "object",
    primaryKey: "id",
    properties: { id, personaId: id, messages: { type: "array" } },
    required: ["id", "personaId"],
  },
  settings: {
    version: 0,
    type: "object",
    primaryKey: "key",
    properties: { key: id },
    required: ["key"],
  },
  relationships: {
    version: 0,
    type: "object",
    primaryKey: { key: "id", fields: ["fromId", "toId"], separator: "|" },
    properties: { id: { ...id, maxLength: 250 }, fromId: id, toId: id, strength: number },
    required: ["id", "fromId", "toId", "strength"],
    indexes: ["strength"],
  },
} as const;

addRxPlugin(RxDBAttachmentsPlugin);
addRxPlugin(RxDBJsonDumpPlugin);
addRxPlugin(RxDBLocalDocumentsPlugin);

export async function openOldDatabase(): Promise<OldDatabase> {
  const database: OldDatabase = await createRxDatabase({
    name: DATABASE_NAME,
    storage: getRxStorageDexie(),
    localDocuments: true,
  });
  await database.addCollections({
    personas: { schema: schemas.personas, localDocuments: true },
    memoryEntities: { schema: schemas.memoryEntities },
    conversations: { schema: schemas.conversations },
    settings: { schema: schemas.settings },
    relationships: { schema: schemas.relationships },
  });
  return database;
}
