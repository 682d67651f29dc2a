import { behaviour } from "../behaviour.ts";
import { emissions } from "../emissions.ts";
import { filled, people, three } from "../schemas.ts";

behaviour(
  "equal queries are one object",
  async (stage) => {
    const collection = await filled(stage);
    const selector = { age: 30, name: "Bob" };
    const pairs: [unknown, unknown][] = [
      [collection.find(), collection.find()],
      [collection.find(), collection.find({})],
      [collection.find({ selector }), collection.find({ selector: { ...selector } })],
      [collection.find({ selector }), collection.find({ selector: { name: "Bob", age: 30 } })],
      [
        collection.find({ selector }),
        collection.find({ selector: { age: { $eq: 30 }, name: "Bob" } }),
      ],
      [collection.findOne("a"), collection.findOne("a")],
      [collection.findOne("a"), collection.findOne({ selector: { id: "a" } })],
      [collection.count(), collection.count()],
      [collection.findByIds(["a", "b"]), collection.findByIds(["a", "b"])],
    ];
    return pairs.map(([one, two]) => one === two);
  },
  [true, true, true, true, true, true, true, true, true],
);

behaviour(
  "other queries are other objects",
  async (stage) => {
    const collection = await filled(stage);
    const all: unknown[] = [
      collection.find(),
      collection.find({ selector: { age: 30 } }),
      collection.find({ selector: { age: 31 } }),
      collection.find({ selector: { age: "30" } }),
      collection.find({ limit: 1 }),
      collection.find({ sort: [{ age: "asc" }] }),
      collection.find({ sort: [{ age: "desc" }] }),
      collection.findOne(),
      collection.count(),
      collection.findByIds(["a", "b"]),
      collection.findByIds(["b", "a"]),
    ];
    return [all.length, new Set(all).size];
  },
  [11, 11],
);

behaviour(
  "equal queries of two collections are two objects",
  async ({ open }) => {
    const db = await open({ people, others: people });
    const queries: unknown[] = [db.people.find(), db.others.find()];
    return queries[0] === queries[1];
  },
  false,
);

behaviour(
  "an equal query that is built is the one that was asked",
  async (stage) => {
    const collection = await filled(stage);
    const one = collection.find().where("age").gt(20);
    return [
      one === collection.find().where("age").gt(20),
      one.mangoQuery,
      collection.find({ selector: { age: { $gt: 20 } } }).mangoQuery,
    ];
  },
  [true, { selector: { age: { $gt: 20 } } }, { selector: { age: { $gt: 20 } } }],
);

behaviour(
  "the observable of a query is one object",
  async (stage) => {
    const collection = await filled(stage);
    const { $: observable } = collection.find();
    return observable === collection.find().$;
  },
  true,
);

behaviour(
  "each answer is a new array of the same documents",
  async (stage) => {
    const collection = await filled(stage);
    const query = collection.find();
    const [one, two] = [await query.exec(), await query.exec()];
    return [one === two, one.map((document, at) => document === two[at])];
  },
  [false, [true, true, true]],
);

behaviour(
  "an answer that is changed changes no other",
  async (stage) => {
    const collection = await filled(stage);
    const query = collection.find();
    const one = await query.exec();
    one.length = 0;
    return (await query.exec()).length;
  },
  3,
);

behaviour(
  "a document is one object, whoever finds it",
  async (stage) => {
    const collection = await filled(stage);
    const found = await collection.findOne("a").exec();
    const [first] = await collection.find().exec();
    const [old] = await collection.find({ selector: { age: 40 } }).exec();
    const byId = (await collection.findByIds(["a"]).exec()).get("a");
    return [found === first, found === old, found === byId, found === found?.getLatest()];
  },
  [true, true, true, true],
);

behaviour(
  "a document that was inserted is the one that is found",
  async ({ open }) => {
    const db = await open({ people });
    const inserted = await db.people.insert({ id: "a", name: "Alice" });
    const { success } = await db.people.bulkInsert([{ id: "b", name: "Bob" }]);
    return [
      inserted === (await db.people.findOne("a").exec()),
      success[0] === (await db.people.findOne("b").exec()),
    ];
  },
  [true, true],
);

behaviour(
  "a document that changed is another object, the others are the same",
  async (stage) => {
    const collection = await filled(stage);
    const query = collection.find();
    const before = await query.exec();
    await before[1]?.patch({ age: 31 });
    const after = await query.exec();
    return after.map((document, at) => document === before[at]);
  },
  [true, false, true],
);

behaviour(
  "what a change answers with is the document that is found next",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    const patched = await document.patch({ age: 41 });
    const found = await collection.findOne("a").exec();
    return [patched === found, patched === document, document.getLatest() === patched];
  },
  [true, false, true],
);

behaviour(
  "each emission is a new array, of the same documents where they did not change",
  async (stage) => {
    const collection = await filled(stage);
    const seen: unknown[][] = [];
    const log = emissions(collection.find().$, (documents) => {
      seen.push(documents);
      return documents.length;
    });
    await log.until(1);
    await collection.insert({ id: "d", name: "Dan" });
    await log.until(2);
    await log.end();
    const [one = [], two = []] = seen;
    return [one === two, three.map((_, at) => one[at] === two[at])];
  },
  [false, [true, true, true]],
);

behaviour(
  "findByIds answers with the same map until something changes",
  async (stage) => {
    const collection = await filled(stage);
    const query = collection.findByIds(["a", "b"]);
    const [one, two] = [await query.exec(), await query.exec()];
    await one.get("a")?.patch({ age: 41 });
    return [one === two, one === (await query.exec())];
  },
  [true, false],
);
