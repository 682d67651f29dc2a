/** Databases as real apps have them after some years: what is in each, and what can't be stored of it. */

import { collectionOf, type Database, type Document, type Schema, schema } from "./database.ts";

/** One database. */
export interface Profile {
  readonly schemas: Readonly<Record<string, Schema>>;
  /** Documents by collection. */
  readonly documents?: Readonly<Record<string, readonly Document[]>>;
  /** What else the old app did. */
  readonly fill?: (database: Database) => Promise<unknown>;
  /** `collection/id` of what the quarantine is to hold, and nothing else. */
  readonly quarantined?: readonly string[];
  /** Local documents to compare: of a collection, or of the database (null). */
  readonly locals?: readonly (readonly [collection: string | null, id: string])[];
  /** A document of this collection that the app makes; `{id}` where it says nothing. */
  readonly fresh?: Readonly<Record<string, (id: string) => Document>>;
  /** What the app changes in the store, and what RxDB is to have for it. */
  readonly changes?: readonly {
    readonly collection: string;
    readonly id: string;
    readonly stored: Document;
    readonly returned: Document;
  }[];
}

const AT = Date.UTC(2024, 4, 6, 7, 8, 9);

const persona = (id: string, more: Document = {}): Document => ({
  id,
  name: id,
  description: "",
  personality: { traits: [], temperament: "calm", communicationStyle: "brief" },
  settings: { memoryRetention: 0, privacyLevel: "low", autoLearn: false },
  isActive: false,
  createdAt: AT,
  updatedAt: AT,
  ...more,
});

const memory = (id: string, personaId: unknown, more: Document = {}): Document => ({
  id,
  personaId,
  type: "text",
  name: id,
  content: { text: id },
  summary: id,
  tags: [],
  importance: 0,
  lastAccessed: AT,
  createdAt: AT,
  updatedAt: AT,
  ...more,
});

const plain = schema();
const wide = schema({ properties: { id: { type: "string", maxLength: 600 } } });
const rank = { type: "number", minimum: 0, maximum: 1000, multipleOf: 1 } as const;
const text = { type: "string", maxLength: 40 } as const;

const some = (count: number, one: (at: number) => Document = () => ({})): Document[] =>
  Array.from({ length: count }, (_unused, at) => ({ id: `d${at}`, ...one(at) }));

const dateForms = [
  AT,
  AT / 1000,
  AT / 1000 + 0.5,
  0,
  -1,
  new Date(AT).toISOString(),
  "2024-05-06T09:08:09+02:00",
  "2024-05-06T07:08:09.123456Z",
  "2024-05-06",
  "Mon, 06 May 2024 07:08:09 GMT",
  "Mon May 06 2024 09:08:09 GMT+0200 (Central European Summer Time)",
  "last Tuesday",
  "",
  null,
  {},
];

const large = "0123456789abcdef".repeat(65_536);

export const profiles: Readonly<Record<string, Profile>> = {
  "indexed fields missing or null": {
    schemas: {
      notes: schema({ properties: { rank, flag: { type: "boolean" }, label: text } }, [
        "rank",
        "flag",
        "label",
      ]),
    },
    documents: {
      notes: [
        ...some(12, (at) => ({ rank: at, flag: true, label: "" })),
        { id: "rank missing", flag: false, label: "x" },
        { id: "rank null", rank: null, flag: false, label: "x" },
        { id: "flag missing", rank: 0, label: "x" },
        { id: "all missing" },
        { id: "all null", rank: null, flag: null, label: null },
      ],
    },
    // On Dexie a boolean that is missing in an index comes back as false.
    fresh: { notes: (id) => ({ id, flag: false }) },
  },
  "13 collections": {
    schemas: Object.fromEntries(Array.from({ length: 13 }, (_unused, at) => [`c${at}`, plain])),
    documents: Object.fromEntries(Array.from({ length: 13 }, (_unused, at) => [`c${at}`, some(3)])),
  },
  tombstones: {
    schemas: { notes: plain },
    documents: { notes: some(20, (n) => ({ n })) },
    fill: async (database) => {
      const notes = collectionOf(database, "notes");
      await notes.bulkRemove(some(12).map(({ id }) => String(id)));
      await notes.insert({ id: "d1", n: "again" });
    },
  },
  attachments: {
    schemas: { files: schema({ attachments: {} }) },
    documents: { files: some(4) },
    fill: async (database) => {
      const files = collectionOf(database, "files");
      const bytes = Uint8Array.from({ length: 70_000 }, (_unused, at) => at % 256);
      for (const id of ["d0", "d1", "d2"]) {
        const document = await files.findOne(id).exec(true);
        const type = "application/octet-stream";
        const data = new Blob([bytes], { type });
        await document.putAttachment({ id: "voice 🎤.bin", type, data });
        const empty = new Blob([], { type: "text/plain" });
        await document.getLatest().putAttachment({ id: "a/b", type: "text/plain", data: empty });
      }
      const removed = await files.findOne("d2").exec(true);
      await removed.getAttachment("a/b")?.remove();
    },
  },
  "local documents": {
    schemas: { notes: plain, others: plain },
    documents: { notes: some(3) },
    fill: async (database) => {
      const notes = collectionOf(database, "notes");
      await database.insertLocal("settings", { theme: "dark", "a.b": null, deep: [{ "": 0 }] });
      await database.insertLocal("gone", { n: 1 });
      await (await database.getLocal("gone"))?.remove();
      await notes.insertLocal("settings", { sort: "name" });
      await notes.insertLocal("gone", { n: 1 });
      await (await notes.getLocal("gone"))?.remove();
      await collectionOf(database, "others").insertLocal("🦊", { n: -0.5 });
    },
    locals: [
      [null, "settings"],
      [null, "gone"],
      [null, "new"],
      ["notes", "settings"],
      ["notes", "gone"],
      ["others", "🦊"],
    ],
  },
  "fields no schema knows": {
    schemas: { notes: plain, personas: plain },
    documents: {
      notes: [
        ...some(3),
        {
          id: "odd names",
          "a.b": { "": false, $set: [null, 0, "", []], "🔑": [[1], [{}]] },
          名前: "日本語 \u2028 ﷺ \u0000 e\u0301",
          "quote\"'`;--": "🧑‍🚀",
          constructor: 1,
        },
        { id: "numbers", tiny: 5e-324, huge: 1.7976931348623157e308, sum: 0.1 + 0.2, whole: 1e21 },
        { id: "safe", most: Number.MAX_SAFE_INTEGER, beyond: 2 ** 53 + 2, zero: -0 },
      ],
      personas: [
        persona("p", {
          favourite: "teal",
          settings: { memoryRetention: 0, privacyLevel: "low", autoLearn: false, theme: "dusk" },
        }),
      ],
    },
    fresh: { personas: persona },
  },
  "documents of 1 MB": {
    schemas: { notes: plain },
    documents: { notes: some(6, (n) => ({ n, large })) },
  },
  "every form of a date": {
    schemas: { personas: schema({ properties: { createdAt: { type: "string" } } }) },
    documents: {
      personas: dateForms.map((form, at) =>
        persona(`p${String(at).padStart(2, "0")}`, {
          createdAt: form,
          updatedAt: form,
          lastUsed: form,
        }),
      ),
    },
    fresh: { personas: persona },
    changes: [
      ["p00", AT + 1000, AT + 1000],
      ["p01", AT + 2000, AT / 1000 + 2],
      ["p05", AT + 5, new Date(AT + 5).toISOString()],
      ["p06", AT + 5, new Date(AT + 5).toISOString()],
      ["p11", AT + 5, new Date(AT + 5).toISOString()],
      ["p13", AT + 5, new Date(AT + 5).toISOString()],
      // Without a former form the schema says what it is.
      ["of the store", AT + 5, new Date(AT + 5).toISOString()],
    ].map(([id, stored, returned]) => ({
      collection: "personas",
      id: String(id),
      stored: { createdAt: stored },
      returned: { createdAt: returned },
    })),
  },
  "ids of every kind": {
    schemas: { notes: wide, links: composite() },
    documents: {
      notes: [
        "a/b/../c",
        `"quoted" 'and' \`ticked\``,
        "🦊🧑‍🚀",
        "x".repeat(512),
        "🦊".repeat(256),
        "|pipe|",
        " space ",
        "%2F?#&=",
        "__proto__",
        "Ä",
        "A\u0308",
        "a",
        "A",
        "\u0000",
        "'; DROP TABLE notes; --",
      ].map((id, n) => ({ id, n })),
      links: [
        { from: "a|b", to: "c" },
        { from: "a", to: "b|c" },
      ].map((one, n) => ({ ...one, id: `${one.from}\u0001${one.to}`, n })),
    },
    fresh: { links: (id) => ({ id: `${id}\u0001x`, from: id, to: "x" }) },
  },
  "references to what is not there": {
    schemas: { personas: plain, memoryEntities: schema({ properties: { rank } }) },
    documents: {
      personas: [persona("p")],
      memoryEntities: [
        memory("kept", "p"),
        memory("kept too", "p"),
        memory("orphan", "nobody"),
        memory("orphan of a removed one", "gone"),
        memory("of null", null),
      ],
    },
    fill: async (database) => {
      const personas = collectionOf(database, "personas");
      await personas.insert(persona("gone"));
      await personas.findOne("gone").remove();
    },
    quarantined: [
      "memoryEntities/of null",
      "memoryEntities/orphan",
      "memoryEntities/orphan of a removed one",
    ],
    fresh: { personas: persona, memoryEntities: (id) => memory(id, "p") },
  },
  "documents the store can't hold": {
    schemas: { personas: plain, notes: schema({ properties: { rank } }, ["rank"]) },
    documents: {
      personas: [persona("p"), persona("no name", { name: undefined }), persona("q")],
      notes: [
        ...some(3, (at) => ({ rank: at })),
        { id: "half an emoji", rank: 1, text: "\ud83c cut off" },
        { id: "engine's name", rank: 1, _draft: true },
        { id: "text as a number", rank: "high" },
      ],
    },
    quarantined: [
      "notes/engine's name",
      "notes/half an emoji",
      "notes/text as a number",
      "personas/no name",
    ],
    fresh: { personas: persona, notes: (id) => ({ id, rank: 1 }) },
  },
  "the same name many times": {
    schemas: { personas: plain },
    documents: { personas: ["a", "b", "c", "d"].map((id) => persona(id, { name: "Ada" })) },
    fresh: { personas: persona },
  },
  "an encrypted field": {
    schemas: {
      notes: schema({ properties: { secret: { type: "object" } }, encrypted: ["secret"] }),
    },
    documents: { notes: some(5, (n) => ({ n, secret: { pin: [n, null, "🔑"] } })) },
  },
  "no collections": { schemas: {} },
  "collections without documents": {
    schemas: { notes: plain, personas: plain },
    fresh: { personas: persona },
  },
};

/** A database of so many documents. */
export function manyDocuments(count: number): Profile {
  return {
    schemas: { notes: schema({ properties: { rank } }, ["rank"]) },
    documents: {
      notes: some(count, (at) => ({
        rank: at % 1000,
        text: `note ${at} `.repeat(12),
        tags: ["a", `${at % 7}`],
      })),
    },
  };
}

function composite(): Schema {
  return {
    version: 0,
    type: "object",
    primaryKey: { key: "id", fields: ["from", "to"], separator: "\u0001" },
    properties: {
      id: { type: "string", maxLength: 250 },
      from: { type: "string", maxLength: 100 },
      to: { type: "string", maxLength: 100 },
    },
    required: ["id", "from", "to"],
  };
}
