/** The memories of an app, about 600 bytes of JSON each, the same in every run. */

import type { MemoryEntityCreatedArgs } from "@pjais/electron-bridge";
import type { DocumentSchema } from "../peers/peer.ts";

type Numbers = "importance" | "connectionCount" | "lastAccessed" | "createdAt" | "updatedAt";

/** A memory as its event takes it, which is its whole document: nothing is left to defaults. */
export type Memory = MemoryEntityCreatedArgs & Record<Numbers, number> & { memoryTier: string };

export const PERSONAS = 20;

const SENTENCE = "The user prefers short answers, green tea and trains that leave on time. ";
const TYPES = ["fact", "event", "preference"];

/** Return the memory of a number; a higher one was accessed later. */
export function memory(number: number, personas = PERSONAS): Memory {
  return {
    id: memoryId(number),
    personaId: `p${number % personas}`,
    type: TYPES[number % TYPES.length] ?? "fact",
    name: `Memory ${number}`,
    content: { text: SENTENCE.repeat(3), source: { kind: "chat", turn: number % 40 } },
    summary: SENTENCE,
    tags: [`tag${number % 17}`, `tag${number % 5}`],
    importance: (number * 7919) % 101,
    memoryTier: "hot",
    connectionCount: 0,
    lastAccessed: accessed(number),
    createdAt: 1_750_000_000_000 + number * 1000,
    updatedAt: 1_755_000_000_000 + number * 1000,
  };
}

/** Return when the memory of a number was last accessed. */
export function accessed(number: number): number {
  return 1_760_000_000_000 + number * 1000;
}

export function memoryId(number: number): string {
  return `m${String(number).padStart(7, "0")}`;
}

/** Return the memories from one number to another, that one left out. */
export function memories(from: number, to: number, personas = PERSONAS): Memory[] {
  return Array.from({ length: to - from }, (_, at) => memory(from + at, personas));
}

const text = { type: "string", maxLength: 100 } as const;
const time = { type: "integer", minimum: 0, maximum: 1e13, multipleOf: 1 } as const;

/** Memories in RxDB; the indexes are those of the sidecar's table. */
export const memorySchema: DocumentSchema = {
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
};
