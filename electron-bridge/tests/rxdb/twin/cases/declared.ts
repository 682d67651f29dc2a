/** Collections that the sidecar's app declares tables for, and RxDB knows nothing special of. */

import { behaviour, type Stage } from "../behaviour.ts";
import { emissions } from "../emissions.ts";
import { refusal } from "../plain.ts";
import { ids } from "../schemas.ts";

const text = { type: "string" } as const;
const number = { type: "number" } as const;
const object = { type: "object" } as const;

const personas = {
  schema: {
    version: 0,
    primaryKey: "id",
    type: "object",
    properties: {
      id: { type: "string", maxLength: 100 },
      name: text,
      description: text,
      avatar: { type: ["string", "null"] },
      personality: object,
      settings: object,
      isActive: { type: "boolean" },
      createdAt: number,
      updatedAt: number,
      lastUsed: { type: ["number", "null"] },
      usageCount: number,
      mood: text,
    },
    required: ["id", "name"],
  },
} as const;

const memoryEntities = {
  schema: {
    version: 0,
    primaryKey: "id",
    type: "object",
    properties: {
      id: { type: "string", maxLength: 100 },
      personaId: text,
      type: text,
      name: text,
      content: object,
      summary: text,
      tags: { type: "array", items: text },
      importance: { type: "number", minimum: 0, maximum: 100, multipleOf: 1 },
      memoryTier: text,
      connectionCount: number,
      lastAccessed: number,
      createdAt: number,
      updatedAt: number,
      deletedAt: number,
    },
    required: ["id", "name", "importance"],
    indexes: ["importance"],
  },
} as const;

/** A persona with all that an app gives it. */
const ada = {
  id: "ada",
  name: "Ada",
  description: "Counts",
  personality: { traits: ["curious"], temperament: "calm", communicationStyle: "brief" },
  settings: { memoryRetention: 80, privacyLevel: "medium", autoLearn: true },
  isActive: true,
  createdAt: 1_715_000_000_000,
  updatedAt: 1_715_000_000_001,
  usageCount: 2,
};

const memory = {
  id: "m1",
  personaId: "ada",
  type: "text",
  name: "Engine",
  content: { text: "An engine" },
  summary: "engine",
  tags: ["x"],
  importance: 0,
  memoryTier: "active",
  connectionCount: 0,
  lastAccessed: 1,
  createdAt: 2,
  updatedAt: 3,
};

async function opened({ open }: Stage) {
  return await open({ personas, memoryEntities });
}

behaviour(
  "a persona is kept as it was inserted",
  async (stage) => {
    const db = await opened(stage);
    const inserted = await db.personas.insert(ada);
    return [inserted, await db.personas.find().exec()];
  },
  [ada, [ada]],
);

behaviour(
  "a persona with some fields only has no others",
  async (stage) => {
    const db = await opened(stage);
    const inserted = await db.personas.insert({ id: "bob", name: "Bob" });
    return [inserted, await db.personas.find().exec()];
  },
  [{ id: "bob", name: "Bob" }, [{ id: "bob", name: "Bob" }]],
);

behaviour(
  "a persona without its times gets none",
  async (stage) => {
    const db = await opened(stage);
    const { createdAt, updatedAt, usageCount, ...timeless } = ada;
    await db.personas.insert(timeless);
    return Object.keys((await db.personas.findOne("ada").exec(true)).toJSON()).sort();
  },
  ["description", "id", "isActive", "name", "personality", "settings"],
);

behaviour(
  "null and absent are two things",
  async (stage) => {
    const db = await opened(stage);
    await db.personas.insert({ ...ada, avatar: null });
    await db.personas.insert({ ...ada, id: "eve" });
    const found = await db.personas.find({ selector: { avatar: { $exists: true } } }).exec();
    return [ids(found), await db.personas.findOne("eve").exec()];
  },
  [["ada"], { ...ada, id: "eve" }],
);

behaviour(
  "a field that no column is for is kept and found by",
  async (stage) => {
    const db = await opened(stage);
    await db.personas.insert({ ...ada, mood: "glad" });
    await db.personas.insert({ ...ada, id: "eve" });
    return await db.personas.find({ selector: { mood: "glad" } }).exec();
  },
  [{ ...ada, mood: "glad" }],
);

behaviour(
  "a patch of a persona changes these fields and no other",
  async (stage) => {
    const db = await opened(stage);
    const document = await db.personas.insert(ada);
    const renamed = await document.patch({ name: "Ada L." });
    const moody = await renamed.patch({ mood: "glad" });
    const stamped = await moody.patch({ name: "Ada", updatedAt: 5, usageCount: 3 });
    return [renamed, stamped, await db.personas.findOne("ada").exec()];
  },
  [
    { ...ada, name: "Ada L." },
    { ...ada, mood: "glad", updatedAt: 5, usageCount: 3 },
    { ...ada, mood: "glad", updatedAt: 5, usageCount: 3 },
  ],
);

behaviour(
  "a field of a persona is taken away",
  async (stage) => {
    const db = await opened(stage);
    const document = await db.personas.insert(ada);
    await document.update({ $unset: { usageCount: "", settings: "" } });
    const { usageCount, settings, ...rest } = ada;
    const found = await db.personas.findOne("ada").exec(true);
    return JSON.stringify(found.toJSON()) === JSON.stringify(rest)
      ? "as it was but for them"
      : found;
  },
  "as it was but for them",
);

behaviour(
  "an upsert of a persona replaces it",
  async (stage) => {
    const db = await opened(stage);
    await db.personas.insert(ada);
    await db.personas.upsert({ id: "ada", name: "Ada II" });
    await db.personas.upsert({ ...ada, id: "eve" });
    return await db.personas.find().exec();
  },
  [
    { id: "ada", name: "Ada II" },
    { ...ada, id: "eve" },
  ],
);

behaviour(
  "a persona is removed, and may come back",
  async (stage) => {
    const db = await opened(stage);
    const document = await db.personas.insert(ada);
    await db.memoryEntities.insert(memory);
    const removed = await document.remove();
    const between = await db.personas.find().exec();
    await db.personas.insert({ ...ada, name: "Ada II" });
    return [
      removed.deleted,
      between,
      (await db.personas.findOne("ada").exec(true)).name,
      ids(await db.memoryEntities.find().exec()),
    ];
  },
  [true, [], "Ada II", ["m1"]],
);

behaviour(
  "two personas may be active",
  async (stage) => {
    const db = await opened(stage);
    await db.personas.bulkInsert([ada, { ...ada, id: "eve", isActive: false }]);
    await db.personas.findOne("eve").patch({ isActive: true });
    return ids(await db.personas.find({ selector: { isActive: true } }).exec());
  },
  ["ada", "eve"],
);

behaviour(
  "a stale persona conflicts",
  async (stage) => {
    const db = await opened(stage);
    const document = await db.personas.insert(ada);
    await document.patch({ name: "Ada II" });
    return [
      await refusal(() => document.patch({ name: "Ada III" })),
      await refusal(() => db.personas.insert(ada)),
      await refusal(() => document.remove()),
    ];
  },
  ["CONFLICT", "CONFLICT", "CONFLICT"],
);

behaviour(
  "a persona whose fields are of other types is refused",
  async (stage) => {
    const db = await opened(stage);
    const document = await db.personas.insert(ada);
    return [
      await refusal(() => db.personas.insert({ ...ada, id: "eve", name: 7 })),
      await refusal(() => document.patch({ isActive: "yes" })),
      await db.personas.count().exec(),
    ];
  },
  ["VD2", "VD2", 1],
);

behaviour(
  "a persona that is otherwise than its collection's schema says is refused",
  async (stage) => {
    const db = await opened(stage);
    return [
      await refusal(() => db.personas.insert({ ...ada, shoes: 2 })),
      await refusal(() => db.memoryEntities.insert({ ...memory, importance: 101 })),
    ];
  },
  ["VD2", "VD2"],
);

behaviour(
  "a live query of personas emits each change of them",
  async (stage) => {
    const db = await opened(stage);
    const query = db.personas.find({ selector: { isActive: true }, sort: [{ name: "asc" }] });
    const log = emissions(query.$, (found) => found.map(({ name }) => name));
    await log.until(1);
    const document = await db.personas.insert(ada);
    await log.until(2);
    await db.personas.insert({ ...ada, id: "aba", name: "Aba" });
    await log.until(3);
    await document.patch({ isActive: false });
    await log.until(4);
    return log.end();
  },
  [[], ["Ada"], ["Aba", "Ada"], ["Aba"]],
);

behaviour(
  "a memory is kept as it was inserted, found by what it has, and removed",
  async (stage) => {
    const db = await opened(stage);
    const { success } = await db.memoryEntities.bulkInsert([
      memory,
      { ...memory, id: "m2", importance: 70, tags: [] },
      { id: "m3", name: "Bare", importance: 1 },
    ]);
    const found = await db.memoryEntities.find({ selector: { importance: { $lt: 50 } } }).exec();
    await db.memoryEntities.findOne("m1").remove();
    return [success.length, found, ids(await db.memoryEntities.find().exec())];
  },
  [3, [memory, { id: "m3", name: "Bare", importance: 1 }], ["m3", "m2"]],
);

behaviour(
  "a memory is patched",
  async (stage) => {
    const db = await opened(stage);
    const document = await db.memoryEntities.insert(memory);
    const patched = await document.patch({ importance: 90, tags: ["y"] });
    await patched.incrementalUpdate({ $inc: { connectionCount: 1 }, $push: { tags: "z" } });
    await document.incrementalPatch({ deletedAt: 7 });
    return await db.memoryEntities.find().exec();
  },
  [{ ...memory, importance: 90, tags: ["y", "z"], connectionCount: 1, deletedAt: 7 }],
);

behaviour(
  "personas and their memories tell what happens to them",
  async (stage) => {
    const db = await opened(stage);
    const log = emissions(db.$, ({ collectionName, operation, documentId }) => [
      collectionName,
      operation,
      documentId,
    ]);
    const document = await db.personas.insert(ada);
    await db.memoryEntities.insert(memory);
    const patched = await document.patch({ name: "Ada II" });
    await patched.remove();
    await log.until(4);
    return log.end();
  },
  [
    ["personas", "INSERT", "ada"],
    ["memoryEntities", "INSERT", "m1"],
    ["personas", "UPDATE", "ada"],
    ["personas", "DELETE", "ada"],
  ],
);
