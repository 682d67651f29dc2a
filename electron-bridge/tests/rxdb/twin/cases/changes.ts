import { behaviour } from "../behaviour.ts";
import { failure, refusal } from "../plain.ts";
import { filled, ids } from "../schemas.ts";

interface Person {
  id: string;
  name: string;
  age: number;
  tags?: string[];
  _deleted?: boolean;
}

behaviour(
  "patch changes some fields, and answers with the new document",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    const patched = await document.patch({ age: 41, active: true });
    return [patched, document.toJSON(), patched === document];
  },
  [{ id: "a", name: "Alice", age: 41, active: true }, { id: "a", name: "Alice", age: 40 }, false],
);

behaviour(
  "patch replaces an object whole",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    const one = await document.patch({ address: { city: "Rome", geo: { lat: 1 } } });
    return await one.patch({ address: { city: "Oslo" } });
  },
  { id: "a", name: "Alice", age: 40, address: { city: "Oslo" } },
);

behaviour(
  "patch with undefined takes a field away",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    const patched = await document.patch({ age: undefined });
    return [patched.age, await collection.find({ selector: { age: { $exists: false } } }).exec()];
  },
  ["undefined", [{ id: "a", name: "Alice" }]],
);

behaviour(
  "patch with nothing is a write all the same",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    const patched = await document.patch({});
    return [patched, patched === document, patched.revision === document.revision];
  },
  [{ id: "a", name: "Alice", age: 40 }, false, false],
);

behaviour(
  "patch of a document that changed since is a conflict",
  async (stage) => {
    const collection = await filled(stage);
    const old = await collection.findOne("a").exec(true);
    await old.patch({ age: 41 });
    const error = Object(await failure(() => old.patch({ age: 99 })));
    const { writeError, id } = error.parameters;
    return [
      error.code,
      id,
      writeError.status,
      writeError.documentInDb.age,
      await collection.findOne("a").exec(),
    ];
  },
  ["CONFLICT", "a", 409, 41, { id: "a", name: "Alice", age: 41 }],
);

behaviour(
  "every change of a document that changed since is a conflict, but the incremental ones",
  async (stage) => {
    const collection = await filled(stage);
    const old = await collection.findOne("a").exec(true);
    await old.patch({ age: 41 });
    return [
      await refusal(() => old.patch({ age: 1 })),
      await refusal(() => old.modify((data: Person) => ({ ...data, age: 1 }))),
      await refusal(() => old.update({ $set: { age: 1 } })),
      await refusal(() => old.remove()),
      await old.incrementalPatch({ active: true }),
      await old.incrementalModify((data: Person) => ({ ...data, age: data.age + 1 })),
      await old.incrementalUpdate({ $inc: { age: 1 } }),
      (await old.incrementalRemove()).deleted,
    ];
  },
  [
    "CONFLICT",
    "CONFLICT",
    "CONFLICT",
    "CONFLICT",
    { id: "a", name: "Alice", age: 41, active: true },
    { id: "a", name: "Alice", age: 42, active: true },
    { id: "a", name: "Alice", age: 43, active: true },
    true,
  ],
);

behaviour(
  "of two patches at once one conflicts",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    const codes = await Promise.all([
      refusal(() => document.patch({ age: 1 })),
      refusal(() => document.patch({ age: 2 })),
    ]);
    return [codes, (await collection.findOne("a").exec(true)).age];
  },
  [["none", "CONFLICT"], 1],
);

behaviour(
  "modify is given a copy, and answers with the new document",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    const modified = await document.modify((data: Person) => {
      data.age += 1;
      data.tags = ["new"];
      return data;
    });
    return [modified, document.age];
  },
  [{ id: "a", name: "Alice", age: 41, tags: ["new"] }, 40],
);

behaviour(
  "modify waits for its function",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    return await document.modify(async (data: Person) => {
      const { length } = await collection.find().exec();
      return { ...data, age: length };
    });
  },
  { id: "a", name: "Alice", age: 3 },
);

behaviour(
  "modify whose function fails fails with that, and writes nothing",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    const fail = (data: Person) => {
      data.age = 0;
      throw new RangeError("no");
    };
    return [
      await refusal(() => document.modify(fail)),
      await refusal(() => document.incrementalModify(fail)),
      await collection.findOne("a").exec(),
    ];
  },
  ["RangeError", "RangeError", { id: "a", name: "Alice", age: 40 }],
);

behaviour(
  "modify takes a field away",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    return await document.modify(({ age: _, ...data }: Person) => data);
  },
  { id: "a", name: "Alice" },
);

behaviour(
  "modify can remove",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    const removed = await document.modify((data: Person) => ({ ...data, _deleted: true }));
    return [removed.deleted, ids(await collection.find().exec())];
  },
  [true, ["b", "c"]],
);

behaviour(
  "modify that answers with nothing is a TypeError",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    return refusal(() => document.modify(() => undefined));
  },
  "TypeError",
);

behaviour(
  "incremental changes at once all happen, in order",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        document.incrementalModify((data: Person) => ({
          ...data,
          age: data.age + 1,
          tags: [...(data.tags ?? []), `${at}`],
        })),
      ),
    );
    return await collection.findOne("a").exec();
  },
  { id: "a", name: "Alice", age: 50, tags: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] },
);

behaviour(
  "incremental changes of several kinds at once all happen",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    await Promise.all([
      document.incrementalPatch({ name: "Anna" }),
      document.incrementalUpdate({ $inc: { age: 2 } }),
      document.incrementalModify((data: Person) => ({ ...data, tags: ["x"] })),
      document.incrementalUpdate({ $push: { tags: "y" } }),
    ]);
    return await collection.findOne("a").exec();
  },
  { id: "a", name: "Anna", age: 42, tags: ["x", "y"] },
);

behaviour(
  "an incremental change that fails does not stop the others",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    const codes = await Promise.all([
      refusal(() => document.incrementalPatch({ name: "Anna" })),
      refusal(() =>
        document.incrementalModify(() => {
          throw new RangeError("no");
        }),
      ),
      refusal(() => document.incrementalUpdate({ $inc: { age: 1 } })),
    ]);
    return [codes, await collection.findOne("a").exec()];
  },
  [["none", "RangeError", "none"], { id: "a", name: "Anna", age: 41 }],
);

behaviour(
  "incrementalPatch answers with the newest document",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    const patched = await document.incrementalPatch({ age: 41 });
    return [patched, patched === document.getLatest(), document.age];
  },
  [{ id: "a", name: "Alice", age: 41 }, true, 40],
);

behaviour(
  "remove answers with the deleted document",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    const removed = await document.remove();
    return [
      removed.deleted,
      document.deleted,
      removed.primary,
      removed,
      ids(await collection.find().exec()),
    ];
  },
  [true, false, "a", { id: "a", name: "Alice", age: 40 }, ["b", "c"]],
);

behaviour(
  "a deleted document cannot change or be removed again",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    const removed = await document.remove();
    return [
      await refusal(() => removed.patch({ age: 1 })),
      await refusal(() => removed.modify((data: Person) => data)),
      await refusal(() => removed.update({ $set: { age: 1 } })),
      await refusal(() => removed.remove()),
    ];
  },
  ["DOC11", "DOC11", "DOC11", "DOC13"],
);

behaviour(
  "who has the document as it was before it was removed gets a conflict",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    await document.remove();
    return [
      await refusal(() => document.patch({ age: 1 })),
      await refusal(() => document.remove()),
    ];
  },
  ["CONFLICT", "CONFLICT"],
);

behaviour(
  "incrementalRemove removes what changed since",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    await document.patch({ age: 41 });
    const removed = await document.incrementalRemove();
    return [removed.deleted, removed.age, await collection.findOne("a").exec()];
  },
  [true, 41, null],
);

behaviour(
  "changes of several documents at once do not disturb each other",
  async (stage) => {
    const collection = await filled(stage);
    const documents = await collection.find().exec();
    await Promise.all(documents.map((document) => document.patch({ age: document.age + 1 })));
    return (await collection.find().exec()).map(({ age }) => age);
  },
  [41, 31, 21],
);

behaviour(
  "a document that another change made stale may be read anew and changed",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    await collection.upsert({ id: "a", name: "Anna" });
    const first = await refusal(() => document.patch({ age: 1 }));
    return [first, await document.getLatest().patch({ age: 1 })];
  },
  ["CONFLICT", { id: "a", name: "Anna", age: 1 }],
);

behaviour(
  "a field that is undefined in an object is no field",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    const patched = await document.patch({ address: { city: undefined, geo: { lat: 1 } } });
    const selector = { "address.city": { $exists: true } };
    return [patched, await collection.find({ selector }).exec()];
  },
  [{ id: "a", name: "Alice", age: 40, address: { geo: { lat: 1 } } }, []],
);

behaviour(
  "what a patch is given is not kept",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    const address = { city: "Rome" };
    await document.patch({ address });
    // Some freeze what they were given, others have a copy.
    await refusal(() => {
      address.city = "Oslo";
    });
    return [
      document.getLatest().address.city,
      (await collection.findOne("a").exec(true)).get("address.city"),
    ];
  },
  ["Rome", "Rome"],
);

behaviour(
  "arrays of a document are used as arrays",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.insert({ id: "d", name: "Dan", tags: ["y", "x"] });
    return [
      Array.isArray(document.tags),
      document.tags.map((tag: string) => tag.toUpperCase()),
      [...document.tags].sort(),
      document.tags.includes("x"),
      structuredClone(document.toJSON()),
    ];
  },
  [true, ["Y", "X"], ["x", "y"], true, { id: "d", name: "Dan", tags: ["y", "x"] }],
);
