import type { Document } from "./documents.ts";
import type { Random } from "./random.ts";
import { EMOJI } from "./words.ts";

/** One way in which documents of a real app differ from its schema. */
export interface Awkwardness {
  kind: string;
  count: number;
  /** The new schema cannot hold such a document: it must end in the quarantine, with a reason. */
  quarantined?: boolean;
  apply(document: Document, random: Random): void;
}

function set(field: string, value: unknown): Awkwardness["apply"] {
  return (document) => {
    document[field] = value;
  };
}

function unset(field: string): Awkwardness["apply"] {
  return (document) => {
    delete document[field];
  };
}

function addUnknownFields(document: Document, random: Random): void {
  document.favouriteColour = `hsl(${random.integer(0, 359)} 60% 50%)`;
  document["a.b"] = { "": false, $set: [null, 0, "", []], "🔑": { deep: { deeper: [[1], [{}]] } } };
  document.名前 = "日本語 \u2028 ﷺ \u0000 e\u0301";
  document["quote\"'`;--"] = random.pick(EMOJI);
}

function addNestedUnknownFields(document: Document): void {
  document.settings = { memoryRetention: 0, privacyLevel: "low", autoLearn: false, theme: "dusk" };
}

export const AWKWARD_PERSONAS: readonly Awkwardness[] = [
  { kind: "indexed field null", count: 25, apply: set("lastUsed", null) },
  { kind: "indexed field missing", count: 15, apply: unset("lastUsed") },
  { kind: "fields the schema does not know", count: 20, apply: addUnknownFields },
  { kind: "unknown field in a nested object", count: 6, apply: addNestedUnknownFields },
  { kind: "personality missing", count: 3, apply: unset("personality") },
  { kind: "settings missing", count: 3, apply: unset("settings") },
  { kind: "boolean missing", count: 4, apply: unset("isActive") },
  { kind: "empty string", count: 4, apply: set("description", "") },
  { kind: "no name", count: 1, quarantined: true, apply: unset("name") },
];

export const AWKWARD_MEMORIES: readonly Awkwardness[] = [
  { kind: "importance 0", count: 120, apply: set("importance", 0) },
  { kind: "indexed field null", count: 60, apply: set("importance", null) },
  { kind: "indexed field missing", count: 90, apply: unset("importance") },
  { kind: "fields the schema does not know", count: 100, apply: addUnknownFields },
  {
    kind: "emoji in the id",
    count: 12,
    apply: (document, random) => {
      document.id = `${String(document.id)}-${random.pick(EMOJI)}`;
    },
  },
  { kind: "tags missing", count: 20, apply: unset("tags") },
  { kind: "tags null", count: 10, apply: set("tags", null) },
  {
    kind: "soft-deleted by the app",
    count: 40,
    apply: (document) => {
      document.deletedAt = document.updatedAt;
    },
  },
  {
    kind: "embedding",
    count: 50,
    apply: (document, random) => {
      document.embedding = Array.from({ length: 12 }, () => random.next() * 2 - 1);
      document.embeddingModel = "sample-12";
    },
  },
  {
    kind: "numbers at the edge",
    count: 10,
    apply: set("content", {
      tiny: 5e-324,
      huge: 1.7976931348623157e308,
      sum: 0.1 + 0.2,
      safe: Number.MAX_SAFE_INTEGER,
      beyond: 2 ** 53 + 2,
      whole: 1e21,
    }),
  },
  {
    kind: "text where a number belongs",
    count: 3,
    quarantined: true,
    apply: set("importance", "high"),
  },
  {
    kind: "text where an object belongs",
    count: 2,
    quarantined: true,
    apply: set("content", "plain"),
  },
  { kind: "fraction where integers are usual", count: 8, apply: set("importance", 72.5) },
  { kind: "a date that is none", count: 2, apply: set("createdAt", "last Tuesday") },
  {
    kind: "half an emoji, which no UTF-8 can hold",
    count: 2,
    quarantined: true,
    apply: set("summary", "\ud83c cut off"),
  },
  {
    kind: "a Date object, which RxDB stores as {}",
    count: 2,
    apply: (document) => {
      document.createdAt = new Date(0);
    },
  },
  {
    kind: "a field name that begins with _",
    count: 2,
    quarantined: true,
    apply: set("_draft", true),
  },
  { kind: "no name", count: 2, quarantined: true, apply: unset("name") },
];
