import { behaviour } from "../behaviour.ts";
import { emissions } from "../emissions.ts";
import { filled, ids } from "../schemas.ts";

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
