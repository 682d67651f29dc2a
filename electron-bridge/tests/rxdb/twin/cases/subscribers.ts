import { behaviour } from "../behaviour.ts";
import { emissions } from "../emissions.ts";
import { filled, ids } from "../schemas.ts";

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
