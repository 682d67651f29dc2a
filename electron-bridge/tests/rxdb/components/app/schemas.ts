import type { RxJsonSchema } from "rxdb";

export interface Persona {
  id: string;
  name: string;
  description: string;
  personality: { traits: string[]; temperament: string; communicationStyle: string };
  settings: { memoryRetention: number; privacyLevel: string; autoLearn: boolean };
  isActive: boolean;
  createdAt: number;
  updatedAt: number;
  usageCount: number;
}

const id = { type: "string", maxLength: 100 } as const;
const text = { type: "string" } as const;
const count = { type: "integer", minimum: 0, maximum: 1e15, multipleOf: 1 } as const;

export const personaSchema: RxJsonSchema<Persona> = {
  version: 0,
  primaryKey: "id",
  type: "object",
  properties: {
    id,
    name: { type: "string", maxLength: 100 },
    description: text,
    personality: {
      type: "object",
      properties: {
        traits: { type: "array", items: text },
        temperament: text,
        communicationStyle: text,
      },
    },
    settings: {
      type: "object",
      properties: { memoryRetention: count, privacyLevel: text, autoLearn: { type: "boolean" } },
    },
    isActive: { type: "boolean", default: false },
    createdAt: count,
    updatedAt: count,
    usageCount: { ...count, default: 0 },
  },
  required: ["id", "name"],
};

export interface Memory {
  id: string;
  personaId: string;
  type: string;
  name: string;
  content: { text: string };
  summary: string;
  tags: string[];
  importance: number;
  lastAccessed: number;
  createdAt: number;
  updatedAt: number;
}

export const memorySchema: RxJsonSchema<Memory> = {
  version: 0,
  primaryKey: "id",
  type: "object",
  properties: {
    id,
    personaId: { ...id, ref: "personas" },
    type: text,
    name: { type: "string", maxLength: 100 },
    content: { type: "object", properties: { text } },
    summary: text,
    tags: { type: "array", items: text },
    importance: { ...count, maximum: 100 },
    lastAccessed: count,
    createdAt: count,
    updatedAt: count,
  },
  required: ["id", "personaId", "name", "importance"],
  indexes: ["importance"],
};

export interface Team {
  name: string;
  motto: string;
}

export const teamSchema: RxJsonSchema<Team> = {
  version: 0,
  primaryKey: "name",
  type: "object",
  properties: { name: id, motto: text },
  required: ["name", "motto"],
};

export interface Hero {
  name: string;
  color: string;
  hp: number;
  team?: string;
}

export const heroSchema: RxJsonSchema<Hero> = {
  version: 0,
  primaryKey: "name",
  type: "object",
  properties: {
    name: id,
    color: text,
    hp: { type: "integer", minimum: 0, maximum: 100, multipleOf: 1 },
    team: { ...id, ref: "teams" },
  },
  required: ["name", "color", "hp"],
};
