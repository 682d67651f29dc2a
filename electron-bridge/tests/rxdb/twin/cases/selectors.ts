import { behaviour } from "../behaviour.ts";
import { filled, ids, people } from "../schemas.ts";

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
  "a limit of zero finds nothing",
  async (stage) => {
    const collection = await filled(stage);
    return await collection.find({ limit: 0 }).exec();
  },
  [],
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
