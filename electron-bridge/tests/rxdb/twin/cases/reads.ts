import { behaviour } from "../behaviour.ts";
import { refusal } from "../plain.ts";
import { filled, ids, indexed, people, three } from "../schemas.ts";

behaviour(
  "find answers with all documents, in the order of the primary key",
  async (stage) => {
    const collection = await filled(stage);
    return await collection.find().exec();
  },
  [
    { id: "a", name: "Alice", age: 40 },
    { id: "b", name: "Bob", age: 30 },
    { id: "c", name: "Carol", age: 20 },
  ],
);

behaviour(
  "find answers in the order of the first index where the schema has one",
  async (stage) => {
    const collection = await filled(stage, indexed);
    return ids(await collection.find().exec());
  },
  ["c", "b", "a"],
);

behaviour(
  "find answers with none where there is none",
  async ({ open }) => {
    const db = await open({ people });
    return [
      await db.people.find().exec(),
      await db.people.find({ selector: { name: "Alice" } }).exec(),
      (await db.people.findByIds(["a"]).exec()).size,
      await db.people.count().exec(),
    ];
  },
  [[], [], 0, 0],
);

behaviour(
  "findOne finds by primary key, or null",
  async (stage) => {
    const collection = await filled(stage);
    return [await collection.findOne("b").exec(), await collection.findOne("x").exec()];
  },
  [{ id: "b", name: "Bob", age: 30 }, null],
);

behaviour(
  "findOne finds the first that a query finds, or null",
  async (stage) => {
    const collection = await filled(stage);
    return [
      await collection.findOne({ selector: { age: { $lt: 40 } } }).exec(),
      await collection.findOne({ selector: { age: { $gt: 40 } } }).exec(),
      await collection.findOne({ sort: [{ age: "asc" }] }).exec(),
      await collection.findOne().exec(),
    ];
  },
  [
    { id: "b", name: "Bob", age: 30 },
    null,
    { id: "c", name: "Carol", age: 20 },
    { id: "a", name: "Alice", age: 40 },
  ],
);

behaviour(
  "findOne may skip",
  async (stage) => {
    const collection = await filled(stage);
    const query: object = { sort: [{ age: "asc" }], skip: 1 };
    return (await collection.findOne(query).exec(true)).primary;
  },
  "b",
);

behaviour(
  "findOne that must find fails where there is none",
  async (stage) => {
    const collection = await filled(stage);
    return [
      await collection.findOne("a").exec(true),
      await refusal(() => collection.findOne("x").exec(true)),
      await refusal(() => collection.findOne({ selector: { age: 1 } }).exec(true)),
    ];
  },
  [{ id: "a", name: "Alice", age: 40 }, "QU10", "QU10"],
);

behaviour(
  "only findOne can be told that it must find",
  async (stage) => {
    const collection = await filled(stage);
    return [
      await refusal(() => collection.find().exec(true)),
      await refusal(() => collection.count().exec(true)),
      await refusal(() => collection.findByIds(["a"]).exec(true)),
    ];
  },
  ["QU9", "QU9", "QU9"],
);

behaviour(
  "findByIds answers with a map of those that are there",
  async (stage) => {
    const collection = await filled(stage);
    const found = await collection.findByIds(["c", "x", "a"]).exec();
    return [found instanceof Map, found.size, found.get("c"), found.has("x")];
  },
  [true, 2, { id: "c", name: "Carol", age: 20 }, false],
);

behaviour(
  "findByIds answers in the order it was asked",
  async (stage) => {
    const collection = await filled(stage);
    // Documents that were read before: those that were not come last, in the storage's order.
    await collection.find().exec();
    return [
      ...(await collection.findByIds(["c", "a", "b"]).exec()).keys(),
      ...(await collection.findByIds(["b", "a", "b"]).exec()).keys(),
    ];
  },
  ["c", "a", "b", "b", "a"],
);

behaviour(
  "count counts",
  async (stage) => {
    const collection = await filled(stage, indexed);
    return [
      await collection.count().exec(),
      await collection.count({ selector: { age: { $gt: 20 } } }).exec(),
      await collection.count({ selector: { age: 99 } }).exec(),
    ];
  },
  [3, 2, 0],
);

behaviour(
  "count counts slowly where it is allowed",
  async (stage) => {
    const collection = await filled(stage, people, { allowSlowCount: true });
    return await collection.count({ selector: { name: { $regex: "o" } } }).exec();
  },
  2,
);

behaviour(
  "count refuses to be slow where it is not allowed",
  async (stage) => {
    const collection = await filled(stage);
    return await refusal(() => collection.count({ selector: { name: "Bob" } }).exec());
  },
  "QU14",
);

behaviour(
  "deleted documents are not found",
  async (stage) => {
    const collection = await filled(stage, indexed);
    await (await collection.findOne("b").exec(true)).remove();
    return [
      ids(await collection.find().exec()),
      await collection.findOne("b").exec(),
      (await collection.findByIds(["a", "b"]).exec()).size,
      await collection.count().exec(),
    ];
  },
  [["c", "a"], null, 1, 2],
);

behaviour(
  "a query that was answered is answered anew after a change",
  async (stage) => {
    const collection = await filled(stage);
    const query = collection.find({ selector: { age: { $gte: 30 } } });
    const before = ids(await query.exec());
    await collection.insert({ id: "d", name: "Dan", age: 50 });
    const between = ids(await query.exec());
    await (await collection.findOne("a").exec(true)).patch({ age: 1 });
    return [before, between, ids(await query.exec())];
  },
  [
    ["a", "b"],
    ["a", "b", "d"],
    ["b", "d"],
  ],
);

behaviour(
  "a query sees the write that was awaited before it",
  async (stage) => {
    const collection = await filled(stage);
    const seen: number[] = [];
    for (const id of ["d", "e", "f"]) {
      await collection.insert({ id, name: id });
      seen.push((await collection.find().exec()).length);
    }
    return seen;
  },
  [4, 5, 6],
);

behaviour(
  "a query knows its collection and what it asks",
  async (stage) => {
    const collection = await filled(stage);
    const query = collection.find({ selector: { age: 30 }, limit: 5 });
    return [
      query.collection === collection,
      query.op,
      query.mangoQuery,
      collection.findOne("a").op,
      collection.count().op,
      collection.findByIds(["a"]).op,
    ];
  },
  [true, "find", { selector: { age: 30 }, limit: 5 }, "findOne", "count", "findByIds"],
);

behaviour(
  "a query that is given is not changed",
  async (stage) => {
    const collection = await filled(stage);
    const given = { selector: { age: 30 }, sort: [{ age: "asc" } as const] };
    const ids = ["b", "a"];
    await collection.find(given).exec();
    await collection.findOne(given).exec();
    await collection.find(given).where("name").eq("Bob").exec();
    await collection.findByIds(ids).exec();
    return [given, ids];
  },
  [{ selector: { age: 30 }, sort: [{ age: "asc" }] }, ["b", "a"]],
);

behaviour(
  "documents of one bulk are found by another query at once",
  async ({ open }) => {
    const db = await open({ people });
    const [, found] = await Promise.all([
      db.people.bulkInsert(three).then(() => undefined),
      db.people
        .bulkInsert([{ id: "d", name: "Dan" }])
        .then(() => db.people.findByIds(["d"]).exec()),
    ]);
    return [...found.keys()];
  },
  ["d"],
);

behaviour(
  "findByIds of nothing is an empty map",
  async (stage) => {
    const collection = await filled(stage);
    return [
      (await collection.findByIds([]).exec()).size,
      await collection.find({ selector: { id: { $in: [] } } }).exec(),
    ];
  },
  [0, []],
);

behaviour(
  "no query is a query for all",
  async (stage) => {
    const collection = await filled(stage);
    return [
      ids(await collection.find(undefined).exec()),
      ids(await collection.find({ selector: {} }).exec()),
      (await collection.findOne(undefined).exec(true)).primary,
      await collection.count(undefined).exec(),
    ];
  },
  [["a", "b", "c"], ["a", "b", "c"], "a", 3],
);

behaviour(
  "a document has its fields in the order they were written",
  async ({ open, name }) => {
    const told = name();
    const one = await open({ people }, { name: told });
    const two = await open({ people }, { name: told });
    await one.people.insert({ tags: ["x"], name: "Alice", active: true, id: "a", age: 1 });
    const found = await two.people.findOne("a").exec(true);
    return Object.keys(found.toJSON());
  },
  ["tags", "name", "active", "id", "age"],
);

behaviour(
  "a document of another window's is found by what is in its objects",
  async ({ open, name }) => {
    const told = name();
    const one = await open({ people }, { name: told });
    const two = await open({ people }, { name: told });
    const address = { city: "Rome", geo: { lat: -0.5 }, empty: {}, list: [[], [null]] };
    await one.people.insert({ id: "a", name: "Alice", address });
    return await two.people.find({ selector: { "address.geo.lat": { $lt: 0 } } }).exec();
  },
  [
    {
      id: "a",
      name: "Alice",
      address: { city: "Rome", geo: { lat: -0.5 }, empty: {}, list: [[], [null]] },
    },
  ],
);
