import { behaviour } from "../behaviour.ts";
import { failure, refusal } from "../plain.ts";
import { filled, ids, people } from "../schemas.ts";

behaviour(
  "insert answers with the document",
  async ({ open, isRxDocument }) => {
    const db = await open({ people });
    const document = await db.people.insert({ id: "a", name: "Alice", tags: ["x"] });
    return [isRxDocument(document), document, document.primary, document.name, document.tags];
  },
  [true, { id: "a", name: "Alice", tags: ["x"] }, "a", "Alice", ["x"]],
);

behaviour(
  "insert of what is there is a conflict, and says what is there",
  async (stage) => {
    const collection = await filled(stage);
    const error = Object(await failure(() => collection.insert({ id: "a", name: "Another" })));
    const { writeError, id, data } = error.parameters;
    const { name, age } = writeError.documentInDb;
    return [
      error.code,
      error.rxdb,
      id,
      data.name,
      writeError.status,
      writeError.isError,
      writeError.documentId,
      { name, age },
      await collection.findOne("a").exec(),
    ];
  },
  [
    "CONFLICT",
    true,
    "a",
    "Another",
    409,
    true,
    "a",
    { name: "Alice", age: 40 },
    { id: "a", name: "Alice", age: 40 },
  ],
);

behaviour(
  "what was removed may be inserted again",
  async (stage) => {
    const collection = await filled(stage);
    await (await collection.findOne("a").exec(true)).remove();
    const document = await collection.insert({ id: "a", name: "Anna" });
    return [document, document.deleted, ids(await collection.find().exec())];
  },
  [{ id: "a", name: "Anna" }, false, ["a", "b", "c"]],
);

behaviour(
  "values are kept as they are",
  async ({ open }) => {
    const db = await open({ people });
    const address = {
      zero: 0,
      empty: "",
      no: false,
      nothing: null,
      list: [],
      object: {},
      deep: { list: [{ a: [1, [2]] }] },
      unicode: "\u{1f600}\u0000é",
      small: 5e-324,
      big: 9007199254740991,
      part: 0.1,
      minus: -1.5,
    };
    await db.people.insert({ id: "a", name: "", age: 0, active: false, tags: [], address });
    return await db.people.findOne("a").exec();
  },
  {
    id: "a",
    name: "",
    age: 0,
    active: false,
    tags: [],
    address: {
      zero: 0,
      empty: "",
      no: false,
      nothing: null,
      list: [],
      object: {},
      deep: { list: [{ a: [1, [2]] }] },
      unicode: "\u{1f600}\u0000é",
      small: 5e-324,
      big: 9007199254740991,
      part: 0.1,
      minus: -1.5,
    },
  },
);

behaviour(
  "insertIfNotExists inserts what is not there, and answers with what is",
  async (stage) => {
    const collection = await filled(stage);
    const inserted = await collection.insertIfNotExists({ id: "d", name: "Dan" });
    const there = await collection.insertIfNotExists({ id: "a", name: "Another" });
    return [
      inserted,
      there,
      inserted === (await collection.findOne("d").exec()),
      there === (await collection.findOne("a").exec()),
    ];
  },
  [{ id: "d", name: "Dan" }, { id: "a", name: "Alice", age: 40 }, true, true],
);

behaviour(
  "insertIfNotExists does not insert what the schema forbids",
  async (stage) => {
    const collection = await filled(stage);
    const error: unknown = await collection
      .insertIfNotExists({ id: "d" })
      .catch((reason: unknown) => reason);
    // RxDB throws the write error itself, without an error around it.
    const { parameters, status = parameters?.writeError.status } = Object(error);
    return [status, await collection.count().exec()];
  },
  [422, 3],
);

behaviour(
  "upsert inserts what is not there",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.upsert({ id: "d", name: "Dan" });
    return [document, document === (await collection.findOne("d").exec())];
  },
  [{ id: "d", name: "Dan" }, true],
);

behaviour(
  "upsert replaces what is there, and merges nothing",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.upsert({ id: "a", name: "Anna", active: true });
    return [document, await collection.findOne("a").exec()];
  },
  [
    { id: "a", name: "Anna", active: true },
    { id: "a", name: "Anna", active: true },
  ],
);

behaviour(
  "upsert does not care what was read before",
  async (stage) => {
    const collection = await filled(stage);
    const old = await collection.findOne("a").exec(true);
    await old.patch({ age: 41 });
    await collection.upsert({ id: "a", name: "Anna" });
    await collection.upsert({ id: "a", name: "Annie" });
    return [old.name, old.getLatest().name];
  },
  ["Alice", "Annie"],
);

behaviour(
  "upsert brings back what was removed",
  async (stage) => {
    const collection = await filled(stage);
    await (await collection.findOne("a").exec(true)).remove();
    await collection.upsert({ id: "a", name: "Anna" });
    return ids(await collection.find().exec());
  },
  ["a", "b", "c"],
);

behaviour(
  "upsert of a document that was found writes its fields",
  async (stage) => {
    const collection = await filled(stage);
    const json = (await collection.findOne("a").exec(true)).toMutableJSON();
    json.age = 41;
    return await collection.upsert(json);
  },
  { id: "a", name: "Alice", age: 41 },
);

behaviour(
  "incrementalUpsert inserts, then replaces",
  async (stage) => {
    const collection = await filled(stage);
    const one = await collection.incrementalUpsert({ id: "d", name: "Dan", age: 1 });
    const two = await collection.incrementalUpsert({ id: "d", name: "Daniel" });
    return [one, two, await collection.findOne("d").exec()];
  },
  [
    { id: "d", name: "Dan", age: 1 },
    { id: "d", name: "Daniel" },
    { id: "d", name: "Daniel" },
  ],
);

behaviour(
  "incrementalUpserts of one document at once follow each other",
  async (stage) => {
    const collection = await filled(stage);
    const written = await Promise.all(
      [1, 2, 3, 4].map((age) => collection.incrementalUpsert({ id: "d", name: "Dan", age })),
    );
    return [written.length, written.at(-1)?.age, await collection.findOne("d").exec()];
  },
  [4, 4, { id: "d", name: "Dan", age: 4 }],
);

behaviour(
  "inserts of one document at once: one wins, the others conflict",
  async (stage) => {
    const collection = await filled(stage);
    const codes = await Promise.all(
      ["1", "2", "3"].map((name) => refusal(() => collection.insert({ id: "d", name }))),
    );
    return [codes.sort(), await collection.count().exec()];
  },
  [["CONFLICT", "CONFLICT", "none"], 4],
);

behaviour(
  "inserts at once are all there",
  async ({ open }) => {
    const db = await open({ people });
    const keys = Array.from({ length: 30 }, (_, at) => `p${at + 10}`);
    await Promise.all(keys.map((id) => db.people.insert({ id, name: id })));
    return (await db.people.find().exec()).length;
  },
  30,
);

behaviour(
  "a document's revision grows with each write",
  async ({ open }) => {
    const db = await open({ people });
    const one = await db.people.insert({ id: "a", name: "Alice" });
    const two = await one.patch({ age: 1 });
    const three = await two.patch({ age: 2 });
    const heights = [one, two, three].map(({ revision }) => Number.parseInt(revision, 10));
    return [
      heights.every((height, at) => at === 0 || height > (heights[at - 1] ?? 0)),
      new Set([one.revision, two.revision, three.revision]).size,
    ];
  },
  [true, 3],
);

behaviour(
  "a field that is undefined is no field",
  async ({ open }) => {
    const db = await open({ people });
    await db.people.insert({ id: "a", name: "Alice", age: undefined });
    const found = await db.people.findOne({ selector: { age: { $exists: false } } }).exec(true);
    return [found.primary, found.age];
  },
  ["a", "undefined"],
);
