import type { RxQuery } from "rxdb";
import { behaviour } from "../behaviour.ts";
import { type Plain, refusal } from "../plain.ts";
import { filled, ids } from "../schemas.ts";

const built: [string, (query: RxQuery) => RxQuery, string[]][] = [
  ["where().eq()", (query) => query.where("name").eq("Bob"), ["b"]],
  ["where().equals()", (query) => query.where("name").equals("Bob"), ["b"]],
  ["where().ne()", (query) => query.where("name").ne("Bob"), ["a", "c"]],
  ["where().gt()", (query) => query.where("age").gt(30), ["a"]],
  ["where().gte()", (query) => query.where("age").gte(30), ["a", "b"]],
  ["where().lt()", (query) => query.where("age").lt(30), ["c"]],
  ["where().lte()", (query) => query.where("age").lte(30), ["b", "c"]],
  ["where().in()", (query) => query.where("name").in(["Bob", "Eve"]), ["b"]],
  ["where().nin()", (query) => query.where("name").nin(["Bob", "Eve"]), ["a", "c"]],
  ["where().regex()", (query) => query.where("name").regex("^.[ao]"), ["b", "c"]],
  [
    "where().regex() with options",
    (query) => query.where("name").regex({ $regex: "^b", $options: "i" }),
    ["b"],
  ],
  ["where().exists()", (query) => query.where("tags").exists(true), []],
  ["a range of one field", (query) => query.where("age").gt(20).lt(40), ["b"]],
  ["two fields", (query) => query.where("age").gt(20).where("name").ne("Bob"), ["a"]],
  ["where() with a selector", (query) => query.where({ age: { $gt: 20 }, name: "Bob" }), ["b"]],
  ["or()", (query) => query.or([{ name: "Bob" }, { age: 20 }]), ["b", "c"]],
  ["nor()", (query) => query.nor([{ name: "Bob" }, { age: 20 }]), ["a"]],
  ["and()", (query) => query.and([{ name: "Bob" }, { age: 20 }]), []],
  ["sort() by a field", (query) => query.sort("age"), ["c", "b", "a"]],
  ["sort() downwards", (query) => query.sort("-age"), ["a", "b", "c"]],
  ["sort() by an object", (query) => query.sort({ age: "asc" }), ["c", "b", "a"]],
  ["sort() by an object downwards", (query) => query.sort({ id: "desc" }), ["c", "b", "a"]],
  ["limit()", (query) => query.sort("age").limit(2), ["c", "b"]],
  ["skip()", (query) => query.sort("age").skip(2), ["a"]],
  [
    "all of it",
    (query) => query.where("age").gt(10).where("name").ne("Eve").sort("-age").skip(1).limit(1),
    ["b"],
  ],
];

for (const [what, build, found] of built) {
  behaviour(
    `a query is built by ${what}`,
    async (stage) => {
      const collection = await filled(stage);
      return ids(await build(collection.find()).exec());
    },
    found,
  );
}

behaviour(
  "elemMatch is built",
  async (stage) => {
    const collection = await filled(stage);
    await collection.insert({ id: "d", name: "Dan", marks: [{ of: "art", points: 3 }] });
    const query = collection
      .find()
      .where("marks")
      .elemMatch({ of: "art", points: { $gt: 2 } });
    return ids(await query.exec());
  },
  ["d"],
);

behaviour(
  "the size of an array and a rest are built",
  async (stage) => {
    const collection = await filled(stage);
    await collection.insert({ id: "d", name: "Dan", tags: ["x"] });
    // RxDB's types do not know them so.
    const built = (field: string, method: "size" | "mod", value: unknown): Promise<Plain> => {
      const query = Object(collection.find().where(field));
      return query[method](value).exec();
    };
    return [await built("tags", "size", 1), await built("age", "mod", [20, 10])];
  },
  [[{ id: "d", name: "Dan", tags: ["x"] }], [{ id: "b", name: "Bob", age: 30 }]],
);

behaviour(
  "building leaves the query as it was",
  async (stage) => {
    const collection = await filled(stage);
    const all = collection.find();
    const old = all.where("age").gt(20);
    const oldest = old.sort("-age").limit(1);
    return [ids(await all.exec()), ids(await old.exec()), ids(await oldest.exec())];
  },
  [["a", "b", "c"], ["a", "b"], ["a"]],
);

behaviour(
  "a query that was given is built on",
  async (stage) => {
    const collection = await filled(stage);
    const query = collection.find({ selector: { age: { $gt: 20 } }, sort: [{ age: "asc" }] });
    return ids(await query.where("name").ne("Bob").exec());
  },
  ["a"],
);

behaviour(
  "findOne is built too",
  async (stage) => {
    const collection = await filled(stage);
    return [
      await collection.findOne().where("name").eq("Bob").exec(),
      await collection.findOne().where("name").eq("Eve").exec(),
      await collection.findOne().sort("age").exec(),
    ];
  },
  [{ id: "b", name: "Bob", age: 30 }, null, { id: "c", name: "Carol", age: 20 }],
);

behaviour(
  "count is built too",
  async (stage) => {
    const collection = await filled(stage, undefined, { allowSlowCount: true });
    return await collection.count().where("age").gt(20).exec();
  },
  2,
);

behaviour(
  "findByIds is not built on",
  async (stage) => {
    const collection = await filled(stage);
    return refusal(() => collection.findByIds(["a"]).where("age").gt(20));
  },
  "QU17",
);

behaviour(
  "an operator needs a field",
  async (stage) => {
    const collection = await filled(stage);
    return [
      await refusal(() => collection.find().gt(20)),
      await refusal(() => collection.find().eq(20)),
      await refusal(() => collection.find().in([20])),
    ];
  },
  ["MQ5", "MQ5", "MQ5"],
);

behaviour(
  "a wrong call of the builder is refused",
  async (stage) => {
    const collection = await filled(stage);
    const call = (method: "where" | "sort", given: unknown) =>
      refusal(() => Reflect.apply(collection.find()[method], collection.find(), [given]));
    const pattern = (given: unknown) => {
      const query = collection.find().where("name");
      return refusal(() => Reflect.apply(query.regex, query, [given]));
    };
    return [await call("where", [7]), await call("sort", { age: "up" }), await pattern(/a/)];
  },
  ["MQ1", "MQ7", "QU16"],
);

behaviour(
  "a sort that is built replaces nothing",
  async (stage) => {
    const collection = await filled(stage);
    await collection.insert({ id: "0", name: "Carol", age: 40 });
    return ids(await collection.find().sort("-name").sort("age").exec());
  },
  ["c", "0", "b", "a"],
);

behaviour(
  "an equal value and an operator on it are both kept",
  async (stage) => {
    const collection = await filled(stage);
    const query = collection
      .find({ selector: { age: 30 } })
      .where("age")
      .gt(30);
    return [query.mangoQuery, ids(await query.exec())];
  },
  [{ selector: { age: { $eq: 30, $gt: 30 } } }, []],
);
