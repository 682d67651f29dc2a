import { behaviour } from "../behaviour.ts";
import { failure, refusal } from "../plain.ts";
import { filled, ids, people, three } from "../schemas.ts";

behaviour(
  "bulkInsert answers with the documents in the order they were given",
  async ({ open }) => {
    const db = await open({ people });
    const { success, error } = await db.people.bulkInsert(three);
    return [success, error];
  },
  [
    [
      { id: "b", name: "Bob", age: 30 },
      { id: "a", name: "Alice", age: 40 },
      { id: "c", name: "Carol", age: 20 },
    ],
    [],
  ],
);

behaviour(
  "bulkInsert inserts what it can, and says what it could not",
  async (stage) => {
    const collection = await filled(stage);
    const { success, error } = await collection.bulkInsert([
      { id: "d", name: "Dan" },
      { id: "a", name: "Another" },
      { id: "e", name: "Eve" },
      { id: "f" },
    ]);
    return [
      ids(success),
      error.map(({ status, documentId, isError }) => [status, documentId, isError]),
      ids(await collection.find().exec()),
    ];
  },
  [
    ["d", "e"],
    [
      [409, "a", true],
      [422, "f", true],
    ],
    ["a", "b", "c", "d", "e"],
  ],
);

behaviour(
  "a conflict of a bulk says what was to be written, and what is there",
  async (stage) => {
    const collection = await filled(stage);
    const { error } = await collection.bulkInsert([{ id: "a", name: "Another" }]);
    const { documentInDb, writeRow } = Object(error[0]);
    return [documentInDb.name, documentInDb.age, writeRow.document.name];
  },
  ["Alice", 40, "Another"],
);

behaviour(
  "a failed validation of a bulk says what is wrong",
  async (stage) => {
    const collection = await filled(stage);
    const { error } = await collection.bulkInsert([{ id: "d", name: "Dan", age: "old" }]);
    const { validationErrors, writeRow } = Object(error[0]);
    const [{ keyword, instancePath }] = validationErrors;
    return [keyword, instancePath, writeRow.document.name];
  },
  ["type", "/age", "Dan"],
);

behaviour(
  "a bulk with the same primary key twice is refused whole",
  async (stage) => {
    const collection = await filled(stage);
    const twice = [
      { id: "d", name: "Dan" },
      { id: "e", name: "Eve" },
      { id: "d", name: "Daniel" },
    ];
    const error = Object(await failure(() => collection.bulkInsert(twice)));
    return [
      error.code,
      error.parameters.duplicateIds,
      await refusal(() => collection.bulkUpsert(twice)),
      await collection.count().exec(),
    ];
  },
  ["COL22", ["d"], "COL22", 3],
);

behaviour(
  "an empty bulk does nothing",
  async (stage) => {
    const collection = await filled(stage);
    return [
      await collection.bulkInsert([]),
      await collection.bulkUpsert([]),
      await collection.bulkRemove([]),
      await collection.count().exec(),
    ];
  },
  [{ success: [], error: [] }, { success: [], error: [] }, { success: [], error: [] }, 3],
);

behaviour(
  "bulkUpsert inserts and replaces, and answers with the inserted first",
  async (stage) => {
    const collection = await filled(stage);
    const { success, error } = await collection.bulkUpsert([
      { id: "a", name: "Anna" },
      { id: "d", name: "Dan" },
      { id: "b", name: "Bert" },
      { id: "e", name: "Eve" },
    ]);
    return [success, error, (await collection.findOne("a").exec(true)).age];
  },
  [
    [
      { id: "d", name: "Dan" },
      { id: "e", name: "Eve" },
      { id: "a", name: "Anna" },
      { id: "b", name: "Bert" },
    ],
    [],
    "undefined",
  ],
);

behaviour(
  "bulkUpsert says what the schema forbids, and writes the rest",
  async (stage) => {
    const collection = await filled(stage);
    const { success, error } = await collection.bulkUpsert([{ id: "d" }, { id: "e", name: "Eve" }]);
    return [ids(success), error.map(({ status, documentId }) => [status, documentId])];
  },
  [["e"], [[422, "d"]]],
);

behaviour(
  "bulkRemove removes by primary keys, and does not mind those that are not there",
  async (stage) => {
    const collection = await filled(stage);
    const { success, error } = await collection.bulkRemove(["c", "x", "a"]);
    return [
      ids(success).sort(),
      success.map(({ deleted }) => deleted),
      error,
      ids(await collection.find().exec()),
    ];
  },
  [["a", "c"], [true, true], [], ["b"]],
);

behaviour(
  "bulkRemove removes documents",
  async (stage) => {
    const collection = await filled(stage);
    const documents = await collection.find({ selector: { age: { $gt: 20 } } }).exec();
    const { success } = await collection.bulkRemove(documents);
    return [ids(success), ids(await collection.find().exec())];
  },
  [["a", "b"], ["c"]],
);

behaviour(
  "bulkRemove of a document that changed since is a conflict of that one",
  async (stage) => {
    const collection = await filled(stage);
    const documents = await collection.find().exec();
    await documents[0]?.patch({ age: 41 });
    const { success, error } = await collection.bulkRemove(documents);
    return [
      ids(success),
      error.map(({ status, documentId }) => [status, documentId]),
      ids(await collection.find().exec()),
    ];
  },
  [["b", "c"], [[409, "a"]], ["a"]],
);

behaviour(
  "bulkRemove by primary keys removes what changed since",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    await document.patch({ age: 41 });
    const { success, error } = await collection.bulkRemove(["a"]);
    return [ids(success), error];
  },
  [["a"], []],
);

behaviour(
  "bulkInsert brings back what was removed",
  async (stage) => {
    const collection = await filled(stage);
    await collection.bulkRemove(["a", "b"]);
    const { success, error } = await collection.bulkInsert([
      { id: "a", name: "Anna" },
      { id: "c", name: "Conny" },
    ]);
    return [ids(success), error.length, ids(await collection.find().exec())];
  },
  [["a"], 1, ["a", "c"]],
);

behaviour(
  "a bulk of hundreds is inserted and removed",
  async ({ open }) => {
    const db = await open({ people });
    const many = Array.from({ length: 400 }, (_, at) => ({ id: `p${at}`, name: `n${at}` }));
    const inserted = await db.people.bulkInsert(many);
    const removed = await db.people.bulkRemove(many.slice(100).map(({ id }) => id));
    return [inserted.success.length, removed.success.length, await db.people.count().exec()];
  },
  [400, 300, 100],
);
