/** The RxDB of an app that moves: personas, and memories of theirs. */

import { addRxPlugin, createRxDatabase, type RxCollection, type RxDatabase } from "rxdb";
import { RxDBJsonDumpPlugin } from "rxdb/plugins/json-dump";
import { getRxStorageDexie } from "rxdb/plugins/storage-dexie";
import { type Memory, memorySchema } from "../app/documents.ts";
import type { DocumentSchema } from "../peers/peer.ts";
import type { Persona } from "./documents.ts";

addRxPlugin(RxDBJsonDumpPlugin);

export type OldCollections = {
  readonly personas: RxCollection<Persona>;
  readonly memoryEntities: RxCollection<Memory>;
};

export type OldDatabase = RxDatabase<OldCollections>;

const text = { type: "string", maxLength: 100 } as const;

const personaSchema: DocumentSchema = {
  version: 0,
  type: "object",
  primaryKey: "id",
  properties: { id: text, name: text, description: { type: "string" } },
  required: ["id", "name"],
  indexes: [],
};

/** Open one on Dexie as in production: no dev-mode plugin, no validator, one window. */
export async function openOld(name: string): Promise<OldDatabase> {
  const database = await createRxDatabase<OldCollections>({
    name,
    storage: getRxStorageDexie(),
    multiInstance: false,
  });
  await database.addCollections({
    personas: { schema: personaSchema },
    memoryEntities: { schema: memorySchema },
  });
  return database;
}
