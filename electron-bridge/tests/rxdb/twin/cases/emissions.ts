import { behaviour } from "../behaviour.ts";
import { emissions } from "../emissions.ts";
import { filled, ids, indexed, people } from "../schemas.ts";

behaviour(
  "a query emits its result, and again on each change of it",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.find().$, ids);
    await log.until(1);
    await collection.insert({ id: "d", name: "Dan" });
    await log.until(2);
    const document = await collection.findOne("a").exec(true);
    await document.patch({ age: 41 });
    await log.until(3);
    await document.getLatest().remove();
    await log.until(4);
    return log.end();
  },
  [
    ["a", "b", "c"],
    ["a", "b", "c", "d"],
    ["a", "b", "c", "d"],
    ["b", "c", "d"],
  ],
);

behaviour(
  "a query emits nothing before it has a result, and not at once",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.find().$, ids);
    const atOnce = log.seen.length;
    await log.until(1);
    return [atOnce, await log.end()];
  },
  [0, [["a", "b", "c"]]],
);

behaviour(
  "a query that finds nothing emits an empty result",
  async ({ open }) => {
    const db = await open({ people });
    const log = emissions(db.people.find().$);
    await log.until(1);
    await db.people.insert({ id: "a", name: "Alice" });
    await log.until(2);
    return log.end();
  },
  [[], [{ id: "a", name: "Alice" }]],
);

behaviour(
  "a query emits nothing for a change that is none of its documents'",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.find({ selector: { age: { $gte: 30 } } }).$, ids);
    await log.until(1);
    await collection.insert({ id: "d", name: "Dan", age: 10 });
    await (await collection.findOne("c").exec(true)).patch({ age: 25 });
    await (await collection.findOne("c").exec(true)).remove();
    await collection.insert({ id: "e", name: "Eve", age: 50 });
    await log.until(2);
    return log.end();
  },
  [
    ["a", "b"],
    ["a", "b", "e"],
  ],
);

behaviour(
  "a query emits when one of its documents changes, whichever field",
  async (stage) => {
    const collection = await filled(stage);
    const query = collection.find({ selector: { age: { $gte: 30 } } });
    const log = emissions(query.$);
    await log.until(1);
    await (await collection.findOne("a").exec(true)).patch({ tags: ["new"] });
    await log.until(2);
    return (await log.end()).at(-1);
  },
  [
    { id: "a", name: "Alice", age: 40, tags: ["new"] },
    { id: "b", name: "Bob", age: 30 },
  ],
);

behaviour(
  "a query emits when a document is written as it was",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.find({ selector: { id: "a" } }).$);
    await log.until(1);
    await (await collection.findOne("a").exec(true)).patch({ age: 40 });
    await log.until(2);
    return log.end();
  },
  [[{ id: "a", name: "Alice", age: 40 }], [{ id: "a", name: "Alice", age: 40 }]],
);

behaviour(
  "a document that comes to match is emitted, one that ceases to is not",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.find({ selector: { age: { $gte: 30 } } }).$, ids);
    await log.until(1);
    await (await collection.findOne("c").exec(true)).patch({ age: 35 });
    await log.until(2);
    await (await collection.findOne("a").exec(true)).patch({ age: 1 });
    await log.until(3);
    return log.end();
  },
  [
    ["a", "b"],
    ["a", "b", "c"],
    ["b", "c"],
  ],
);

behaviour(
  "one bulk write is one emission",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.find().$, ids);
    await log.until(1);
    await collection.bulkInsert([
      { id: "d", name: "Dan" },
      { id: "e", name: "Eve" },
    ]);
    await log.until(2);
    await collection.bulkRemove(["a", "b", "c"]);
    await log.until(3);
    return log.end();
  },
  [
    ["a", "b", "c"],
    ["a", "b", "c", "d", "e"],
    ["d", "e"],
  ],
);

behaviour(
  "a refused write is no emission",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.find().$, ids);
    await log.until(1);
    await collection.bulkInsert([{ id: "a", name: "Another" }]);
    await collection.bulkInsert([{ id: "d" }]);
    await collection.bulkRemove(["x"]);
    await collection.insert({ id: "e", name: "Eve" });
    await log.until(2);
    return log.end();
  },
  [
    ["a", "b", "c"],
    ["a", "b", "c", "e"],
  ],
);

behaviour(
  "findOne emits null until there is one, and null when it is gone",
  async ({ open }) => {
    const db = await open({ people });
    const log = emissions(db.people.findOne("a").$);
    await log.until(1);
    const document = await db.people.insert({ id: "a", name: "Alice" });
    await log.until(2);
    const patched = await document.patch({ age: 40 });
    await log.until(3);
    await patched.remove();
    await log.until(4);
    await db.people.insert({ id: "a", name: "Anna" });
    await log.until(5);
    return log.end();
  },
  [
    null,
    { id: "a", name: "Alice" },
    { id: "a", name: "Alice", age: 40 },
    null,
    { id: "a", name: "Anna" },
  ],
);

behaviour(
  "findOne emits nothing for another document",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.findOne("a").$, (document) => document?.age ?? null);
    await log.until(1);
    await (await collection.findOne("b").exec(true)).patch({ age: 31 });
    await collection.insert({ id: "d", name: "Dan" });
    await (await collection.findOne("a").exec(true)).patch({ age: 41 });
    await log.until(2);
    return log.end();
  },
  [40, 41],
);

behaviour(
  "count emits when the number changes, and only then",
  async (stage) => {
    const collection = await filled(stage, indexed);
    const log = emissions(collection.count({ selector: { age: { $gt: 20 } } }).$);
    await log.until(1);
    await collection.insert({ id: "d", name: "Dan", age: 50 });
    await log.until(2);
    await (await collection.findOne("a").exec(true)).patch({ name: "Anna" });
    await collection.insert({ id: "e", name: "Eve", age: 1 });
    await (await collection.findOne("b").exec(true)).remove();
    await log.until(3);
    return log.end();
  },
  [2, 3, 2],
);

behaviour(
  "findByIds emits a map, and another when one of its documents changes",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.findByIds(["a", "x"]).$, (found) => [...found.keys()]);
    await log.until(1);
    await (await collection.findOne("b").exec(true)).patch({ age: 31 });
    await collection.insert({ id: "x", name: "Xenia" });
    await log.until(2);
    await (await collection.findOne("a").exec(true)).remove();
    await log.until(3);
    return log.end();
  },
  [["a"], ["a", "x"], ["x"]],
);

behaviour(
  "queries that are built emit too",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.find().where("age").gt(20).sort("-age").limit(1).$, ids);
    await log.until(1);
    await collection.insert({ id: "d", name: "Dan", age: 99 });
    await log.until(2);
    return log.end();
  },
  [["a"], ["d"]],
);
