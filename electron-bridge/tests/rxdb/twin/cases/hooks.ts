import type { RxCollection } from "rxdb";
import { behaviour } from "../behaviour.ts";
import { type Plain, plain, refusal } from "../plain.ts";
import { filled, ids, people } from "../schemas.ts";

/** Note each hook that runs, with what it is given that has no meta fields. */
function noted(collection: RxCollection): Plain[] {
  const notes: Plain[] = [];
  const note = (hook: string) => (data: Record<string, unknown>) => {
    notes.push(plain([hook, data.id, data.name, data.age]));
  };
  collection.preInsert(note("preInsert"), false);
  collection.postInsert(note("postInsert"), false);
  collection.preSave(note("preSave"), false);
  collection.postSave(note("postSave"), false);
  collection.preRemove(note("preRemove"), false);
  collection.postRemove(note("postRemove"), false);
  return notes;
}

behaviour(
  "hooks run around an insert",
  async (stage) => {
    const collection = await filled(stage);
    const notes = noted(collection);
    await collection.insert({ id: "d", name: "Dan", age: 1 });
    return notes;
  },
  [
    ["preInsert", "d", "Dan", 1],
    ["postInsert", "d", "Dan", 1],
  ],
);

behaviour(
  "hooks run around each document of a bulk",
  async (stage) => {
    const collection = await filled(stage);
    const notes = noted(collection);
    await collection.bulkInsert([
      { id: "d", name: "Dan", age: 1 },
      { id: "e", name: "Eve", age: 2 },
    ]);
    return notes;
  },
  [
    ["preInsert", "d", "Dan", 1],
    ["preInsert", "e", "Eve", 2],
    ["postInsert", "d", "Dan", 1],
    ["postInsert", "e", "Eve", 2],
  ],
);

behaviour(
  "hooks run around a change",
  async (stage) => {
    const collection = await filled(stage);
    const notes = noted(collection);
    const document = await collection.findOne("a").exec(true);
    const patched = await document.patch({ age: 41 });
    await patched.incrementalPatch({ age: 42 });
    return notes;
  },
  [
    ["preSave", "a", "Alice", 41],
    ["postSave", "a", "Alice", 41],
    ["preSave", "a", "Alice", 42],
    ["postSave", "a", "Alice", 42],
  ],
);

behaviour(
  "hooks run around a removal",
  async (stage) => {
    const collection = await filled(stage);
    const notes = noted(collection);
    await (await collection.findOne("a").exec(true)).remove();
    await collection.bulkRemove(["b"]);
    return notes;
  },
  [
    ["preRemove", "a", "Alice", 40],
    ["postRemove", "a", "Alice", 40],
    ["preRemove", "b", "Bob", 30],
    ["postRemove", "b", "Bob", 30],
  ],
);

behaviour(
  "an incremental removal is a change too",
  async (stage) => {
    const collection = await filled(stage);
    const notes = noted(collection);
    await (await collection.findOne("a").exec(true)).incrementalRemove();
    return notes;
  },
  [
    ["preRemove", "a", "Alice", 40],
    ["preSave", "a", "Alice", 40],
    ["postSave", "a", "Alice", 40],
    ["postRemove", "a", "Alice", 40],
  ],
);

behaviour(
  "an upsert tries to insert, then changes",
  async (stage) => {
    const collection = await filled(stage);
    const notes = noted(collection);
    await collection.upsert({ id: "d", name: "Dan", age: 1 });
    await collection.upsert({ id: "a", name: "Anna", age: 41 });
    return notes;
  },
  [
    ["preInsert", "d", "Dan", 1],
    ["postInsert", "d", "Dan", 1],
    ["preInsert", "a", "Anna", 41],
    ["preSave", "a", "Anna", 41],
    ["postSave", "a", "Anna", 41],
  ],
);

behaviour(
  "after a refused write no hook runs",
  async (stage) => {
    const collection = await filled(stage);
    const notes = noted(collection);
    const document = await collection.findOne("a").exec(true);
    await refusal(() => collection.insert({ id: "a", name: "Another", age: 1 }));
    await refusal(() => document.patch({ age: -1 }));
    return notes;
  },
  [
    ["preInsert", "a", "Another", 1],
    ["preSave", "a", "Alice", -1],
  ],
);

behaviour(
  "preInsert may change the document, its defaults being filled",
  async ({ open }) => {
    const { schema } = people;
    const db = await open({
      people: {
        schema: {
          ...schema,
          properties: { ...schema.properties, age: { type: "integer", default: 18 } },
        },
      },
    });
    db.people.preInsert((data: { name: string; age: number }) => {
      data.name = data.name.trim();
      data.age += 1;
    }, false);
    return await db.people.insert({ id: "a", name: " Alice " });
  },
  { id: "a", name: "Alice", age: 19 },
);

behaviour(
  "preInsert may give the primary key",
  async ({ open }) => {
    const db = await open({ people });
    db.people.preInsert((data: { id: string; name: string }) => {
      data.id = data.name.toLowerCase();
    }, false);
    return (await db.people.insert({ name: "Alice" })).primary;
  },
  "alice",
);

behaviour(
  "a hook is waited for",
  async ({ open }) => {
    const db = await open({ people });
    db.people.preInsert(async (data: { name: string }) => {
      await new Promise((resolve) => setTimeout(resolve, 0));
      data.name = "late";
    }, false);
    return await db.people.insert({ id: "a", name: "early" });
  },
  { id: "a", name: "late" },
);

behaviour(
  "a hook that fails stops the write with its error",
  async (stage) => {
    const collection = await filled(stage);
    const stop = () => {
      throw new RangeError("no");
    };
    const document = await collection.findOne("a").exec(true);
    collection.preInsert(stop, false);
    collection.preSave(stop, false);
    collection.preRemove(stop, false);
    return [
      await refusal(() => collection.insert({ id: "d", name: "Dan" })),
      await refusal(() => document.patch({ age: 1 })),
      await refusal(() => document.incrementalPatch({ age: 1 })),
      await refusal(() => document.remove()),
      await collection.findOne("a").exec(),
      ids(await collection.find().exec()),
    ];
  },
  [
    "RangeError",
    "RangeError",
    "RangeError",
    "RangeError",
    { id: "a", name: "Alice", age: 40 },
    ["a", "b", "c"],
  ],
);

behaviour(
  "a preInsert that fails stops a bulk whole",
  async (stage) => {
    const collection = await filled(stage);
    collection.preInsert((data: { id: string }) => {
      if (data.id === "e") throw new RangeError("no");
    }, false);
    const given = ["d", "e"].map((id) => ({ id, name: id }));
    return [await refusal(() => collection.bulkInsert(given)), await collection.count().exec()];
  },
  ["RangeError", 3],
);

behaviour(
  "hooks in series run one after the other, then those in parallel at once",
  async ({ open }) => {
    const db = await open({ people });
    const notes: string[] = [];
    const slow = (name: string) => async () => {
      notes.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 0));
      notes.push(`${name} ends`);
    };
    db.people.preInsert(slow("p"), true);
    db.people.preInsert(slow("q"), true);
    db.people.preInsert(slow("s"), false);
    db.people.preInsert(slow("t"), false);
    await db.people.insert({ id: "a", name: "Alice" });
    return notes;
  },
  ["s begins", "s ends", "t begins", "t ends", "p begins", "q begins", "p ends", "q ends"],
);

behaviour(
  "postInsert is given the document",
  async ({ open, isRxDocument }) => {
    const db = await open({ people });
    let given: unknown;
    db.people.postInsert((_data: object, document: unknown) => {
      given = document;
    }, false);
    const inserted = await db.people.insert({ id: "a", name: "Alice" });
    return [isRxDocument(given), given === inserted];
  },
  [true, true],
);

behaviour(
  "preSave may change what is written",
  async (stage) => {
    const collection = await filled(stage);
    collection.preSave((data: { active: boolean }) => {
      data.active = true;
    }, false);
    const patched = await (await collection.findOne("a").exec(true)).patch({ age: 41 });
    return [
      patched,
      await (await collection.findOne("b").exec(true)).incrementalPatch({ age: 31 }),
    ];
  },
  [
    { id: "a", name: "Alice", age: 41, active: true },
    { id: "b", name: "Bob", age: 31, active: true },
  ],
);

behaviour(
  "preSave is given what was before",
  async (stage) => {
    const collection = await filled(stage);
    const notes: Plain[] = [];
    collection.preSave((data: { age: number }, before: { age: number }) => {
      notes.push([before.age, data.age]);
    }, false);
    const document = await collection.findOne("a").exec(true);
    const patched = await document.patch({ age: 41 });
    await patched.incrementalPatch({ age: 42 });
    return notes;
  },
  [
    [40, 41],
    [41, 42],
  ],
);

behaviour(
  "preRemove is given the document",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    let same = false;
    collection.preRemove((_data: object, given: unknown) => {
      same = given === document;
    }, false);
    await document.remove();
    return same;
  },
  true,
);

behaviour(
  "postCreate sees each document once, and may add to it",
  async ({ open }) => {
    const db = await open({ people });
    const notes: string[] = [];
    db.people.postCreate((data: { name: string }, document: object) => {
      notes.push(data.name);
      Object.defineProperty(document, "shout", { get: () => `${data.name}!` });
    });
    const inserted = await db.people.insert({ id: "a", name: "Alice" });
    await db.people.find().exec();
    await inserted.patch({ name: "Anna" });
    const [found] = await db.people.find().exec();
    return [notes, inserted.shout, found.shout];
  },
  [["Alice", "Anna"], "Alice!", "Anna!"],
);

behaviour(
  "a hook's this is the collection",
  async ({ open }) => {
    const db = await open({ people });
    let same = false;
    db.people.preInsert(function (this: unknown) {
      same = this === db.people;
    }, false);
    await db.people.insert({ id: "a", name: "Alice" });
    return same;
  },
  true,
);

behaviour(
  "what is no hook is refused",
  async (stage) => {
    const collection = await filled(stage);
    const hook = (name: string, ...args: unknown[]) =>
      refusal(() => Reflect.apply(Reflect.get(collection, name), collection, args));
    const nothing = () => undefined;
    return [
      await hook("preInsert", "text", false),
      await hook("postCreate", nothing, true),
      await hook("addHook", "during", "insert", nothing),
      await hook("addHook", "pre", "read", nothing),
    ];
  },
  ["COL7", "COL10", "COL8", "COL9"],
);

behaviour(
  "hooks are of one collection",
  async ({ open }) => {
    const db = await open({ people, others: people });
    const notes = noted(db.people);
    await db.others.insert({ id: "a", name: "Alice" });
    return notes;
  },
  [],
);

behaviour(
  "a hook may write to another collection",
  async ({ open }) => {
    const db = await open({ people, others: people });
    db.people.postInsert(async (data: { id: string; name: string }) => {
      await db.others.insert({ id: data.id, name: `${data.name} too` });
    }, false);
    await db.people.insert({ id: "a", name: "Alice" });
    return await db.others.find().exec();
  },
  [{ id: "a", name: "Alice too" }],
);
