import type { Random } from "./random.ts";
import * as words from "./words.ts";

/** What the old app stored: RxDB checks nothing in production, so neither does this type. */
export type Document = Record<string, unknown>;

const START = Date.UTC(2024, 0, 8, 7, 30);
const DAY = 86_400_000;

/** A moment within the 600 days of the sample, in ms. */
export function moment(random: Random): number {
  return START + random.integer(0, 600) * DAY + random.integer(0, DAY - 1);
}

/** Write one moment in a form that some version of the old app wrote. Whole seconds stay exact. */
export function written(random: Random, at: number): string | number {
  const seconds = Math.floor(at / 1000);
  switch (random.integer(0, 4)) {
    case 0:
      return at;
    case 1:
      return seconds;
    case 2:
      return new Date((seconds + 7200) * 1000).toISOString().replace(".000Z", "+02:00");
    default:
      return new Date(at).toISOString();
  }
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function persona(random: Random, number: number): Document {
  const role = random.pick(words.ROLES);
  const traits = random.some(words.TRAITS, random.integer(1, 4));
  const created = moment(random);
  const used = created + random.integer(1, 90) * DAY;
  const emoji = random.next() < 0.15 ? ` ${random.pick(words.EMOJI)}` : "";
  return {
    id: `persona-${String(number).padStart(3, "0")}`,
    name: `${random.pick(words.FIRST_NAMES)} the ${role}${emoji}`,
    description: capitalised(`${traits.join(", ")} ${role.toLowerCase()}.`),
    avatar: random.next() < 0.4 ? null : `avatars/${number % 24}.png`,
    personality: {
      traits,
      temperament: random.pick(words.TEMPERAMENTS),
      communicationStyle: random.pick(words.STYLES),
    },
    settings: {
      memoryRetention: random.integer(0, 100),
      privacyLevel: random.pick(words.PRIVACY_LEVELS),
      autoLearn: random.next() < 0.5,
    },
    isActive: number === 1,
    createdAt: written(random, created),
    updatedAt: written(random, used),
    lastUsed: written(random, used),
    usageCount: random.integer(0, 240),
  };
}

export function memory(random: Random, number: number, personaId: string): Document {
  const created = moment(random);
  const sentence = [words.SUBJECTS, words.VERBS, words.OBJECTS]
    .map((part) => random.pick<string>(part))
    .join(" ");
  const emoji = random.next() < 0.1 ? ` ${random.pick(words.EMOJI)}` : "";
  return {
    id: `memory-${String(number).padStart(5, "0")}`,
    personaId,
    type: random.pick(words.MEMORY_TYPES),
    name: capitalised(sentence) + emoji,
    content: {
      text: `${sentence}.`,
      confidence: random.integer(0, 1000) / 1000,
      source: { kind: "chat", turn: random.integer(1, 400) },
    },
    summary: sentence,
    tags: random.some(words.TAGS, random.integer(0, 4)),
    importance: random.integer(1, 100),
    memoryTier: random.pick(words.MEMORY_TIERS),
    connectionCount: 0,
    lastAccessed: written(random, created + random.integer(0, 30) * DAY),
    createdAt: written(random, created),
    updatedAt: written(random, created + random.integer(0, DAY)),
  };
}

export function conversation(random: Random, number: number, personaId: string): Document {
  const created = moment(random);
  const messages = Array.from({ length: random.integer(1, 6) }, (_unused, turn) => ({
    id: `message-${number}-${turn}`,
    role: turn % 2 === 0 ? "user" : "assistant",
    content: `${random.pick(words.VERBS)} ${random.pick(words.OBJECTS)}?`,
    timestamp: created + turn * 20_000,
  }));
  return {
    id: `conversation-${String(number).padStart(3, "0")}`,
    personaId,
    sessionId: `session-${random.integer(1, 20)}`,
    messages,
    summary: null,
    topics: random.some(words.TAGS, 2),
    importance: random.integer(0, 100),
    isArchived: random.next() < 0.3,
    createdAt: written(random, created),
    updatedAt: written(random, created + 60_000),
  };
}

export function relationship(random: Random, from: string, to: string): Document {
  return {
    fromId: from,
    toId: to,
    kind: random.pick(["knows", "mentors", "disagrees with"]),
    strength: random.integer(0, 100) / 100,
    since: new Date(moment(random)).toISOString(),
  };
}

export const SETTINGS: readonly Document[] = [
  { key: "theme", value: "light" },
  { key: "window", value: { x: -8, y: 0, width: 1440, height: 900, maximised: false } },
  { key: "shortcuts", value: { "Ctrl+K": "search", "": null, "a.b": ["$set", "__proto__"] } },
  { key: "zoom", value: 0 },
  { key: "lastBackup", value: null },
  { key: "greeting", value: "" },
  { key: "experiments" },
  { key: "ui/🎨", value: [1, 1.5, 1e21, -0.25, 9_007_199_254_740_991] },
];
