import { behaviour } from "../behaviour.ts";
import { refusal } from "../plain.ts";
import { filled, ids } from "../schemas.ts";

interface Person {
  name: string;
  age: number;
}

const older = { selector: { age: { $gte: 30 } } };

behaviour(
  "a query patches what it finds, and answers with that",
  async (stage) => {
    const collection = await filled(stage);
    const patched = await collection.find(older).patch({ active: true });
    return [patched, await collection.find().exec()];
  },
  [
    [
      { id: "a", name: "Alice", age: 40, active: true },
      { id: "b", name: "Bob", age: 30, active: true },
    ],
    [
      { id: "a", name: "Alice", age: 40, active: true },
      { id: "b", name: "Bob", age: 30, active: true },
      { id: "c", name: "Carol", age: 20 },
    ],
  ],
);

behaviour(
  "a query updates what it finds",
  async (stage) => {
    const collection = await filled(stage);
    const updated = await collection.find(older).update({ $inc: { age: 1 } });
    return updated.map(({ age }: Person) => age);
  },
  [41, 31],
);

behaviour(
  "a query modifies what it finds",
  async (stage) => {
    const collection = await filled(stage);
    const modified = await collection
      .find(older)
      .modify((data: Person) => ({ ...data, name: data.name.toUpperCase() }));
    return modified.map(({ name }) => name);
  },
  ["ALICE", "BOB"],
);

behaviour(
  "a query changes incrementally what it finds",
  async (stage) => {
    const collection = await filled(stage);
    await collection.find(older).incrementalPatch({ active: true });
    await collection
      .find(older)
      .incrementalModify((data: Person) => ({ ...data, age: data.age + 1 }));
    return await collection.find(older).exec();
  },
  [
    { id: "a", name: "Alice", age: 41, active: true },
    { id: "b", name: "Bob", age: 31, active: true },
  ],
);

behaviour(
  "a query removes what it finds, and answers with that",
  async (stage) => {
    const collection = await filled(stage);
    const removed = await collection.find(older).remove();
    return [
      ids(removed),
      removed.map(({ deleted }) => deleted),
      ids(await collection.find().exec()),
    ];
  },
  [["a", "b"], [true, true], ["c"]],
);

behaviour(
  "a query removes incrementally what it finds",
  async (stage) => {
    const collection = await filled(stage);
    const removed = await collection.find(older).incrementalRemove();
    return [ids(removed), ids(await collection.find().exec())];
  },
  [["a", "b"], ["c"]],
);

behaviour(
  "a query for one changes it, and answers with it or null",
  async (stage) => {
    const collection = await filled(stage);
    return [
      await collection.findOne("a").patch({ age: 41 }),
      await collection.findOne("a").update({ $inc: { age: 1 } }),
      await collection.findOne("a").modify((data: Person) => ({ ...data, age: data.age + 1 })),
      await collection.findOne("x").patch({ age: 1 }),
      await collection.findOne("x").update({ $inc: { age: 1 } }),
      await collection.findOne("x").modify((data: Person) => data),
    ];
  },
  [
    { id: "a", name: "Alice", age: 41 },
    { id: "a", name: "Alice", age: 42 },
    { id: "a", name: "Alice", age: 43 },
    null,
    null,
    null,
  ],
);

behaviour(
  "a query for one removes it, and answers with it or null",
  async (stage) => {
    const collection = await filled(stage);
    const removed = await collection.findOne("a").remove();
    return [
      removed?.primary,
      removed?.deleted,
      await collection.findOne("a").remove(),
      ids(await collection.find().exec()),
    ];
  },
  ["a", true, null, ["b", "c"]],
);

behaviour(
  "a query for one that must remove fails where there is none",
  async (stage) => {
    const collection = await filled(stage);
    return [
      await refusal(() =>
        Reflect.apply(collection.findOne("x").remove, collection.findOne("x"), [true]),
      ),
      await refusal(() => Reflect.apply(collection.find().remove, collection.find(), [true])),
    ];
  },
  ["QU10", "QU9"],
);

behaviour(
  "a query by primary keys changes what it finds, and answers with a map",
  async (stage) => {
    const collection = await filled(stage);
    const patched = await collection.findByIds(["b", "x", "a"]).patch({ age: 1 });
    const removed = await collection.findByIds(["c", "x"]).remove();
    return [
      patched instanceof Map,
      [...patched.keys()].sort(),
      [...removed.keys()],
      await collection.find().exec(),
    ];
  },
  [
    true,
    ["a", "b"],
    ["c"],
    [
      { id: "a", name: "Alice", age: 1 },
      { id: "b", name: "Bob", age: 1 },
    ],
  ],
);

behaviour(
  "a query that finds nothing changes nothing",
  async (stage) => {
    const collection = await filled(stage);
    const none = collection.find({ selector: { age: 1 } });
    return [await none.patch({ age: 2 }), await none.remove(), await collection.count().exec()];
  },
  [[], [], 3],
);

behaviour(
  "a query changes within its window only",
  async (stage) => {
    const collection = await filled(stage);
    await collection.find({ sort: [{ age: "asc" }], limit: 1 }).patch({ active: true });
    await collection.find().sort("-age").limit(1).remove();
    return await collection.find().exec();
  },
  [
    { id: "b", name: "Bob", age: 30 },
    { id: "c", name: "Carol", age: 20, active: true },
  ],
);

behaviour(
  "a query's change that the schema forbids is refused",
  async (stage) => {
    const collection = await filled(stage);
    return [
      await refusal(() => collection.find(older).patch({ age: -1 })),
      await refusal(() => collection.findOne("a").patch({ shoes: 2 })),
      await collection.find(older).exec(),
    ];
  },
  [
    "VD2",
    "VD2",
    [
      { id: "a", name: "Alice", age: 40 },
      { id: "b", name: "Bob", age: 30 },
    ],
  ],
);
