import {
  addRxPlugin,
  createRxDatabase,
  type RxCollection,
  type RxDatabase,
  type RxStorage,
} from "rxdb";
import { RxDBAttachmentsPlugin } from "rxdb/plugins/attachments";
import { RxDBLocalDocumentsPlugin } from "rxdb/plugins/local-documents";
import { getRxStorageMemory } from "rxdb/plugins/storage-memory";
import { onTestFinished } from "vitest";
import { uuid7 } from "../../src/client/index.ts";

addRxPlugin(RxDBAttachmentsPlugin);
addRxPlugin(RxDBLocalDocumentsPlugin);

type Document = Record<string, unknown>;

/** The collections of an old app. */
export type OldCollections = {
  readonly personas: RxCollection<Document>;
  readonly memoryEntities: RxCollection<Document>;
  readonly notes: RxCollection<Document>;
};

const collection = (indexes: string[] = []) => ({
  version: 0,
  primaryKey: "id",
  type: "object",
  properties: {
    id: { type: "string", maxLength: 100 },
    name: { type: "string", maxLength: 100 },
    importance: { type: "number", minimum: 0, maximum: 100, multipleOf: 1 },
  },
  required: ["id", ...indexes],
  indexes,
  attachments: {},
});

/** Where a database is. */
export interface OldDatabaseOptions {
  readonly name?: string;
  /** The same name and storage make another window's database of the same documents. */
  readonly storage?: RxStorage<unknown, unknown>;
}

/** An RxDB database in memory, as an app of RxDB 17 has it; closed after the test. */
export async function oldDatabase({
  name = `old-${uuid7()}`,
  storage = getRxStorageMemory(),
}: OldDatabaseOptions = {}): Promise<RxDatabase<OldCollections>> {
  const database = await createRxDatabase<OldCollections>({
    name,
    // RxDB opens a name once per storage in a process, but not so in two windows.
    storage: { ...storage, name: uuid7() },
    localDocuments: true,
  });
  onTestFinished(async () => {
    await database.close();
  });
  await database.addCollections({
    personas: { schema: collection() },
    memoryEntities: { schema: collection(["importance"]), localDocuments: true },
    notes: { schema: collection() },
  });
  return database;
}

/** A persona as an old app stored it. */
export function oldPersona(name: string, more: Document = {}): Document {
  return {
    id: `persona-${name}`,
    name,
    description: "",
    personality: { traits: [], temperament: "calm", communicationStyle: "brief" },
    settings: { memoryRetention: 0, privacyLevel: "low", autoLearn: false },
    isActive: false,
    createdAt: "2024-05-06T07:08:09.123Z",
    updatedAt: 1_715_000_000_000,
    ...more,
  };
}

/** A memory as an old app stored it. */
export function oldMemory(name: string, personaId: string, more: Document = {}): Document {
  return {
    id: `memory-${name}`,
    personaId,
    type: "text",
    name,
    content: { text: name },
    summary: name,
    tags: [],
    importance: 50,
    lastAccessed: 1_715_000_000_000,
    createdAt: 1_715_000_000_000,
    updatedAt: 1_715_000_000_000,
    ...more,
  };
}
