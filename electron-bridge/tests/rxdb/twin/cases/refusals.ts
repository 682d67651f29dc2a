import type { RxCollection } from "rxdb";
import { behaviour } from "../behaviour.ts";
import { failure, refusal } from "../plain.ts";
import { filled } from "../schemas.ts";

/** What is written without types: calls that the types would refuse. */
function untyped(collection: RxCollection) {
  const call =
    (method: "find" | "findOne" | "count") =>
    (...args: unknown[]) =>
      refusal(() => {
        const query = Reflect.apply(collection[method], collection, args);
        return query.exec();
      });
  return { find: call("find"), findOne: call("findOne"), count: call("count") };
}

behaviour(
  "findOne takes no limit",
  async (stage) => {
    const { findOne } = untyped(await filled(stage));
    return await findOne({ limit: 5 });
  },
  "QU6",
);

behaviour(
  "findOne takes a text or a query",
  async (stage) => {
    const { findOne } = untyped(await filled(stage));
    return [await findOne(7), await findOne(["a"])];
  },
  ["COL6", "COL6"],
);

behaviour(
  "find takes no text",
  async (stage) => {
    const { find } = untyped(await filled(stage));
    return await find("a");
  },
  "COL5",
);

behaviour(
  "a query has only what queries have",
  async (stage) => {
    const { find, findOne, count } = untyped(await filled(stage));
    return [
      await find({ name: "Alice" }),
      await findOne({ where: {} }),
      await count({ name: "Alice" }),
      await find([]),
      await find(7),
    ];
  },
  ["QU11", "QU11", "QU11", "QU11", "QU11"],
);

behaviour(
  "a query asks for fields the schema has",
  async (stage) => {
    const { find, findOne } = untyped(await filled(stage));
    return [
      await find({ selector: { shoes: 2 } }),
      await findOne({ selector: { shoes: 2 } }),
      await find({ sort: [{ shoes: "asc" }] }),
    ];
  },
  ["QU13", "QU13", "QU13"],
);

behaviour(
  "a query takes no regular expression that is an object",
  async (stage) => {
    const { find } = untyped(await filled(stage));
    return [
      await find({ selector: { name: { $regex: /a/ } } }),
      await find({ selector: { $or: [{ name: { $regex: /a/ } }] } }),
    ];
  },
  ["QU16", "QU16"],
);

behaviour(
  "a query takes nothing that is undefined",
  async (stage) => {
    const { find } = untyped(await filled(stage));
    return [
      await find({ selector: { name: undefined } }),
      await find({ selector: { age: { $gt: undefined } } }),
      await find({ selector: undefined }),
    ];
  },
  ["QU19", "QU19", "none"],
);

behaviour(
  "a query names an index the schema has",
  async (stage) => {
    const { find } = untyped(await filled(stage));
    return await find({ index: ["age"] });
  },
  "QU12",
);

behaviour(
  "a count has no window",
  async (stage) => {
    const { count } = untyped(await filled(stage));
    return [await count({ limit: 1 }), await count({ skip: 1 })];
  },
  ["QU15", "QU15"],
);

behaviour(
  "an unknown operator is refused",
  async (stage) => {
    const { find } = untyped(await filled(stage));
    return [
      (await find({ selector: { name: { $near: "Alice" } } })) === "none",
      (await find({ selector: { $where: "true" } })) === "none",
    ];
  },
  [false, false],
);

behaviour(
  "an error of RxDB's says so",
  async (stage) => {
    const collection = await filled(stage);
    const error = Object(await failure(() => collection.findOne("x").exec(true)));
    return [
      error.rxdb,
      error.code,
      error.typeError,
      error.parameters.collection,
      error instanceof Error,
      error.message.includes("QU10"),
    ];
  },
  [true, "QU10", false, "people", true, true],
);

behaviour(
  "what is of a wrong type is a TypeError",
  async (stage) => {
    const collection = await filled(stage);
    const wrong: object = { name: "Alice" };
    const error = Object(await failure(() => collection.find(wrong)));
    return [error.code, error.typeError, error instanceof TypeError];
  },
  ["QU11", true, true],
);

behaviour(
  "a query that is wrong in itself is refused when it is asked, others when they are run",
  async (stage) => {
    const collection = await filled(stage);
    const wrong: object = { name: "Alice" };
    const unknown = collection.find({ selector: { shoes: 2 } });
    return [
      await refusal(() => {
        collection.find(wrong);
      }),
      await refusal(() => unknown.exec()),
    ];
  },
  ["QU11", "QU13"],
);

const keys: [string, string, string][] = [
  ["is empty", "", "DOC20"],
  ["begins with a space", " a", "DOC21"],
  ["ends with a space", "a ", "DOC21"],
  ["has a line break", "a\nb", "DOC22"],
  ["has a double quote", 'a"b', "DOC23"],
];

for (const [what, id, code] of keys) {
  behaviour(
    `a primary key that ${what} is refused`,
    async (stage) => {
      const collection = await filled(stage);
      return await refusal(() => collection.insert({ id, name: "Nobody" }));
    },
    code,
  );
}

behaviour(
  "what JSON cannot say is refused",
  async (stage) => {
    const collection = await filled(stage);
    return [
      await refusal(() =>
        collection.insert({ id: "d", name: "Dan", address: { at: new Date(0) } }),
      ),
      await refusal(() => collection.insert({ id: "d", name: "Dan", address: { at: () => 1 } })),
    ];
  },
  ["DOC24", "DOC24"],
);

behaviour(
  "a document without a primary key is refused",
  async (stage) => {
    const collection = await filled(stage);
    return [
      await refusal(() => collection.insert({ name: "Dan" })),
      await refusal(() => collection.upsert({ name: "Dan" })),
      await refusal(() => collection.bulkUpsert([{ name: "Dan" }])),
      await refusal(() => collection.incrementalUpsert({ name: "Dan" })),
    ];
  },
  ["VD2", "COL3", "COL3", "COL4"],
);
