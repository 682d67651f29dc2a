import { behaviour } from "../behaviour.ts";
import { emissions } from "../emissions.ts";
import { refusal } from "../plain.ts";
import { filled, ids, people } from "../schemas.ts";

behaviour(
  "upserts of one document at once end with one of them, whole",
  async (stage) => {
    const collection = await filled(stage);
    const fields = [{ name: "One", age: 1 }, { name: "Two", active: true }, { name: "Three" }];
    const written = await Promise.all(
      fields.map((each) => collection.upsert({ id: "d", ...each })),
    );
    const { id, ...found } = (await collection.findOne("d").exec(true)).toMutableJSON();
    return [
      written.length,
      id,
      fields.some((each) => JSON.stringify(each) === JSON.stringify(found)),
    ];
  },
  [3, "d", true],
);

behaviour(
  "one query that is run twice at once answers the same twice",
  async (stage) => {
    const collection = await filled(stage);
    const [one, two] = await Promise.all([collection.find().exec(), collection.find().exec()]);
    return [ids(one), one.every((document, at) => document === two[at])];
  },
  [["a", "b", "c"], true],
);

behaviour(
  "writes that nobody waits for are all written",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    const writes = [
      collection.insert({ id: "d", name: "Dan" }),
      document.incrementalPatch({ age: 1 }),
      collection.upsert({ id: "b", name: "Bert" }),
      collection.bulkRemove(["c"]),
    ];
    await Promise.all(writes);
    return await collection.find().exec();
  },
  [
    { id: "a", name: "Alice", age: 1 },
    { id: "b", name: "Bert" },
    { id: "d", name: "Dan" },
  ],
);

behaviour(
  "a document that is removed while it is changed incrementally is gone in the end",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    await Promise.all([document.incrementalPatch({ age: 1 }), document.incrementalRemove()]);
    return await collection.findOne("a").exec();
  },
  null,
);

behaviour(
  "incrementalUpserts of several documents at once are all there",
  async (stage) => {
    const collection = await filled(stage);
    const written = await Promise.all(
      ["a", "d", "b", "e"].map((id) => collection.incrementalUpsert({ id, name: id })),
    );
    return [ids(written), (await collection.find().exec()).map(({ name }) => name)];
  },
  [
    ["a", "d", "b", "e"],
    ["a", "b", "Carol", "d", "e"],
  ],
);

behaviour(
  "closing waits for the writes that are under way",
  async ({ open, name }) => {
    const told = name();
    const [one, two] = [
      await open({ people }, { name: told }),
      await open({ people }, { name: told }),
    ];
    const codes = ["a", "b", "c"].map((id) => refusal(() => one.people.insert({ id, name: id })));
    const log = emissions(two.people.find().$, ids);
    await log.untilLast(["a", "b", "c"]);
    await one.close();
    return [await Promise.all(codes), (await log.end()).at(-1)];
  },
  [
    ["none", "none", "none"],
    ["a", "b", "c"],
  ],
);

behaviour(
  "a component that mounts, leaves and mounts again sees the newest",
  async (stage) => {
    const collection = await filled(stage);
    const mount = () => emissions(collection.find({ sort: [{ age: "asc" }], limit: 2 }).$, ids);
    // As React's StrictMode does it.
    await mount().end();
    const log = mount();
    await log.until(1);
    await collection.insert({ id: "d", name: "Dan", age: 1 });
    await log.until(2);
    return log.end();
  },
  [
    ["c", "b"],
    ["d", "c"],
  ],
);

behaviour(
  "twenty queries that are observed are all told",
  async (stage) => {
    const collection = await filled(stage);
    const logs = Array.from({ length: 20 }, (_, at) =>
      emissions(collection.find({ selector: { age: { $gte: at } } }).$, ({ length }) => length),
    );
    await Promise.all(logs.map((log) => log.until(1)));
    await collection.insert({ id: "d", name: "Dan", age: 10 });
    await Promise.all(logs.slice(0, 11).map((log) => log.until(2)));
    return (await Promise.all(logs.map((log) => log.end()))).map(({ length }) => length);
  },
  [...Array.from({ length: 11 }, () => 2), ...Array.from({ length: 9 }, () => 1)],
);
