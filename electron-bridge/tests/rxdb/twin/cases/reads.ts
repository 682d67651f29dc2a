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

const selectors: [string, object, string[]][] = [
  ["an equal value", { name: "Bob" }, ["b"]],
  ["an equal value, said with its operator", { name: { $eq: "Bob" } }, ["b"]],
  ["two fields", { name: "Bob", age: 40 }, []],
  ["a range", { age: { $gt: 20, $lte: 40 } }, ["a", "b"]],
  ["all but one", { age: { $ne: 30 } }, ["a", "c", "d"]],
  ["one of some", { name: { $in: ["Carol", "Alice", "Eve"] } }, ["a", "c"]],
  ["none of some", { name: { $nin: ["Carol", "Alice"] } }, ["b", "d"]],
  ["primary keys", { id: { $in: ["c", "a", "x"] } }, ["a", "c"]],
  ["a range of primary keys", { id: { $gt: "b" } }, ["c", "d"]],
  ["a field that is there", { tags: { $exists: true } }, ["d"]],
  ["a field that is missing", { tags: { $exists: false } }, ["a", "b", "c"]],
  ["an item of an array", { tags: "x" }, ["d"]],
  ["the size of an array", { tags: { $size: 2 } }, ["d"]],
  ["a text's pattern", { name: { $regex: "^[A-C]" } }, ["a", "b", "c"]],
  ["a text's pattern in any case", { name: { $regex: "^a", $options: "i" } }, ["a"]],
  ["a rest", { age: { $mod: [20, 0] } }, ["a", "c"]],
  ["a type", { age: { $type: "number" } }, ["a", "b", "c"]],
  ["a field of an object", { "address.city": "Rome" }, ["d"]],
  ["a field of an object in an array", { "marks.points": { $gt: 2 } }, ["d"]],
  ["an object in an array", { marks: { $elemMatch: { of: "art", points: 1 } } }, ["d"]],
  ["not", { age: { $not: { $gt: 20 } } }, ["c", "d"]],
  ["and", { $and: [{ age: { $gt: 20 } }, { name: { $ne: "Bob" } }] }, ["a"]],
  ["or", { $or: [{ age: 20 }, { name: "Bob" }] }, ["b", "c"]],
  ["nor", { $nor: [{ age: 20 }, { name: "Bob" }] }, ["a", "d"]],
];

for (const [what, selector, found] of selectors) {
  behaviour(
    `a selector finds by ${what}`,
    async (stage) => {
      const collection = await filled(stage);
      await collection.insert({
        id: "d",
        name: "Dan",
        tags: ["x", "y"],
        address: { city: "Rome" },
        marks: [
          { of: "art", points: 1 },
          { of: "maths", points: 3 },
        ],
      });
      return ids(await collection.find({ selector }).exec());
    },
    found,
  );
}

behaviour(
  "documents are sorted by some fields, and by the primary key where these are equal",
  async (stage) => {
    const collection = await filled(stage);
    await collection.insert({ id: "0", name: "Carol", age: 40 });
    const sorted = async (...sort: Record<string, "asc" | "desc">[]) =>
      ids(await collection.find({ sort }).exec()).join("");
    return [
      await sorted({ age: "asc" }),
      await sorted({ age: "desc" }),
      await sorted({ name: "desc" }, { age: "asc" }),
      await sorted({ name: "desc" }, { age: "desc" }),
      await sorted({ id: "desc" }),
    ];
  },
  ["cb0a", "0abc", "c0ba", "0cba", "cba0"],
);

behaviour(
  "a window of the sorted documents is found",
  async (stage) => {
    const collection = await filled(stage);
    const sort = [{ age: "asc" } as const];
    return [
      ids(await collection.find({ sort, limit: 2 }).exec()),
      ids(await collection.find({ sort, skip: 1 }).exec()),
      ids(await collection.find({ sort, skip: 1, limit: 1 }).exec()),
      ids(await collection.find({ sort, skip: 9 }).exec()),
      ids(await collection.find({ sort, limit: 9 }).exec()),
    ];
  },
  [["c", "b"], ["b", "a"], ["b"], [], ["c", "b", "a"]],
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
  "texts are ordered by their UTF-16 code units",
  async ({ open }) => {
    const db = await open({ people });
    const names = ["\u{1f600}", "\uff5e", "z", "Z", "é", "10", "9", "a"];
    await db.people.bulkInsert(names.map((name, at) => ({ id: `${at}`, name })));
    const found = await db.people.find({ sort: [{ name: "asc" }] }).exec();
    return found.map((document) => document.name);
  },
  ["10", "9", "Z", "a", "z", "é", "\u{1f600}", "\uff5e"],
);

behaviour(
  "a missing field is sorted before any value",
  async (stage) => {
    const collection = await filled(stage);
    await collection.insert({ id: "0", name: "Nobody" });
    return [
      ids(await collection.find({ sort: [{ age: "asc" }] }).exec()),
      ids(await collection.find({ sort: [{ age: "desc" }] }).exec()),
    ];
  },
  [
    ["0", "c", "b", "a"],
    ["a", "b", "c", "0"],
  ],
);

behaviour(
  "a hundred documents are found in pages",
  async ({ open }) => {
    const db = await open({ people });
    const many = Array.from({ length: 100 }, (_, at) => ({
      id: `p${String(at).padStart(3, "0")}`,
      name: `n${at % 7}`,
      age: (at * 37) % 101,
    }));
    await db.people.bulkInsert(many);
    const page = await db.people.find({ sort: [{ age: "desc" }], skip: 40, limit: 3 }).exec();
    return [page.map(({ age }) => age), (await db.people.find().exec()).length];
  },
  [[59, 58, 57], 100],
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
  "a limit of zero finds nothing",
  async (stage) => {
    const collection = await filled(stage);
    return await collection.find({ limit: 0 }).exec();
  },
  [],
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
  "documents are sorted by a field of an object",
  async ({ open }) => {
    const db = await open({ people });
    const cities = ["Rome", "Athens", "Paris"];
    await db.people.bulkInsert(
      cities.map((city, at) => ({ id: `${at}`, name: city, address: { city } })),
    );
    await db.people.insert({ id: "x", name: "Nowhere" });
    const found = await db.people.find({ sort: [{ "address.city": "desc" }] }).exec();
    return found.map(({ name }) => name);
  },
  ["Rome", "Paris", "Athens", "Nowhere"],
);

behaviour(
  "a window of documents that are found by primary key",
  async (stage) => {
    const collection = await filled(stage);
    const selector = { id: { $in: ["c", "a", "b", "a"] } };
    return [
      ids(await collection.find({ selector, sort: [{ age: "asc" }] }).exec()),
      ids(await collection.find({ selector, skip: 1, limit: 1 }).exec()),
      ids(await collection.find({ selector: { id: "a", age: 1 } }).exec()),
      ids(await collection.find({ selector: { id: "a" }, limit: 1 }).exec()),
    ];
  },
  [["c", "b", "a"], ["b"], [], ["a"]],
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
