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
  "a sorted query emits when the order changes",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.find({ sort: [{ age: "asc" }] }).$, ids);
    await log.until(1);
    await (await collection.findOne("c").exec(true)).patch({ age: 99 });
    await log.until(2);
    await collection.insert({ id: "d", name: "Dan", age: 35 });
    await log.until(3);
    return log.end();
  },
  [
    ["c", "b", "a"],
    ["b", "a", "c"],
    ["b", "d", "a", "c"],
  ],
);

behaviour(
  "a sort downwards keeps equal documents in the order of their keys",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.find({ sort: [{ age: "desc" }] }).$, ids);
    await log.until(1);
    await collection.insert({ id: "0", name: "Zero", age: 40 });
    await log.until(2);
    await collection.insert({ id: "z", name: "Zoe", age: 40 });
    await log.until(3);
    return log.end();
  },
  [
    ["a", "b", "c"],
    ["0", "a", "b", "c"],
    ["0", "a", "z", "b", "c"],
  ],
);

behaviour(
  "a limited query emits as its window changes",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.find({ sort: [{ age: "asc" }], limit: 2 }).$, ids);
    await log.until(1);
    await collection.insert({ id: "d", name: "Dan", age: 10 });
    await log.until(2);
    await (await collection.findOne("d").exec(true)).remove();
    await log.until(3);
    await (await collection.findOne("b").exec(true)).remove();
    await log.until(4);
    return log.end();
  },
  [
    ["c", "b"],
    ["d", "c"],
    ["c", "b"],
    ["c", "a"],
  ],
);

behaviour(
  "a limited query emits nothing for what is behind its window",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.find({ sort: [{ age: "asc" }], limit: 2 }).$, ids);
    await log.until(1);
    await collection.insert({ id: "d", name: "Dan", age: 50 });
    await (await collection.findOne("a").exec(true)).remove();
    await collection.insert({ id: "e", name: "Eve", age: 1 });
    await log.until(2);
    return log.end();
  },
  [
    ["c", "b"],
    ["e", "c"],
  ],
);

behaviour(
  "a query that skips emits as its window moves",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.find({ sort: [{ age: "asc" }], skip: 1, limit: 1 }).$, ids);
    await log.until(1);
    await collection.insert({ id: "d", name: "Dan", age: 10 });
    await log.until(2);
    await collection.insert({ id: "e", name: "Eve", age: 90 });
    await (await collection.findOne("d").exec(true)).remove();
    await log.until(3);
    return log.end();
  },
  [["b"], ["c"], ["b"]],
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
  "findOne emits the next that matches",
  async (stage) => {
    const collection = await filled(stage);
    const query = collection.findOne({ selector: { age: { $gte: 30 } }, sort: [{ age: "asc" }] });
    const log = emissions(query.$, (document) => document?.primary ?? null);
    await log.until(1);
    await (await collection.findOne("b").exec(true)).remove();
    await log.until(2);
    await (await collection.findOne("a").exec(true)).remove();
    await log.until(3);
    return log.end();
  },
  ["b", "a", null],
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
  "who subscribes later is told the last result",
  async (stage) => {
    const collection = await filled(stage);
    const query = collection.find();
    const first = emissions(query.$, ids);
    await first.until(1);
    await collection.insert({ id: "d", name: "Dan" });
    await first.until(2);
    const second = emissions(query.$, ids);
    await second.until(1);
    return [(await first.end()).length, await second.end()];
  },
  [2, [["a", "b", "c", "d"]]],
);

behaviour(
  "who subscribes while it is observed is told at once",
  async (stage) => {
    const collection = await filled(stage);
    const query = collection.find();
    const first = emissions(query.$, ids);
    await first.until(1);
    const second = emissions(query.$, ids);
    const atOnce = second.seen.length;
    await first.end();
    await second.end();
    return atOnce;
  },
  1,
);

behaviour(
  "who left is told nothing more",
  async (stage) => {
    const collection = await filled(stage);
    const [gone, stays] = [
      emissions(collection.find().$, ids),
      emissions(collection.find().$, ids),
    ];
    await Promise.all([gone.until(1), stays.until(1)]);
    await gone.end();
    await collection.insert({ id: "d", name: "Dan" });
    await stays.until(2);
    return [gone.seen.length, (await stays.end()).length];
  },
  [1, 2],
);

behaviour(
  "a query that nobody observed for a while is up to date when it is observed again",
  async (stage) => {
    const collection = await filled(stage);
    const query = collection.find();
    const first = emissions(query.$, ids);
    await first.until(1);
    await first.end();
    await collection.insert({ id: "d", name: "Dan" });
    await (await collection.findOne("a").exec(true)).remove();
    const second = emissions(query.$, ids);
    await second.untilLast(["b", "c", "d"]);
    return (await second.end()).at(-1);
  },
  ["b", "c", "d"],
);

behaviour(
  "what is emitted is what exec answers with",
  async (stage) => {
    const collection = await filled(stage);
    const query = collection.find({ selector: { age: { $gt: 20 } } });
    let same: boolean[] = [];
    const executed = await query.exec();
    const log = emissions(query.$, (emitted) => {
      same = emitted.map((document, at) => document === executed[at]);
    });
    await log.until(1);
    await log.end();
    return same;
  },
  [true, true],
);

behaviour(
  "after a write was awaited, exec has what will be emitted",
  async (stage) => {
    const collection = await filled(stage);
    const query = collection.find();
    const log = emissions(query.$, ids);
    await log.until(1);
    await collection.insert({ id: "d", name: "Dan" });
    const executed = ids(await query.exec());
    await log.until(2);
    return [executed, (await log.end()).at(-1)];
  },
  [
    ["a", "b", "c", "d"],
    ["a", "b", "c", "d"],
  ],
);

behaviour(
  "each subscriber has an array of its own",
  async (stage) => {
    const collection = await filled(stage);
    const query = collection.find();
    const lengths: number[] = [];
    const emptied = emissions(query.$, (documents) => {
      documents.length = 0;
    });
    await emptied.until(1);
    await collection.insert({ id: "d", name: "Dan" });
    await emptied.until(2);
    await emptied.end();
    lengths.push((await query.exec()).length);
    return lengths;
  },
  [4],
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

behaviour(
  "a query that is refused tells its observers so",
  async (stage) => {
    const collection = await filled(stage);
    const refused = collection.find({ selector: { shoes: 2 } }).$;
    return await new Promise((resolve) => {
      refused.subscribe({ error: resolve, next: () => resolve("a result") });
    });
  },
  "QU13",
);

behaviour(
  "a burst of writes ends with the last result",
  async (stage) => {
    const collection = await filled(stage);
    const log = emissions(collection.find({ sort: [{ id: "asc" }] }).$, ids);
    await log.until(1);
    await Promise.all(["d", "e", "f", "g"].map((id) => collection.insert({ id, name: id })));
    await log.untilLast(["a", "b", "c", "d", "e", "f", "g"]);
    return (await log.end()).at(-1);
  },
  ["a", "b", "c", "d", "e", "f", "g"],
);
