import { behaviour } from "../behaviour.ts";
import { emissions } from "../emissions.ts";
import { refusal } from "../plain.ts";
import { filled, ids, people, schema, three } from "../schemas.ts";

behaviour(
  "a collection is found by its name, on the database and among its collections",
  async ({ open }) => {
    const db = await open({ people });
    const { name, database } = db.people;
    return [db.people === db.collections.people, name, Object.is(database, db)];
  },
  [true, "people", true],
);

behaviour(
  "a database says what is a database, a collection, a document and a query",
  async ({ open, isRxDatabase, isRxCollection, isRxDocument, isRxQuery }) => {
    const db = await open({ people });
    const document = await db.people.insert({ id: "a", name: "Alice" });
    return [db, db.people, document, db.people.find(), {}, null].map((value) => [
      isRxDatabase(value),
      isRxCollection(value),
      isRxDocument(value),
      isRxQuery(value),
    ]);
  },
  [
    [true, false, false, false],
    [false, true, false, false],
    [false, false, true, false],
    [false, false, false, true],
    [false, false, false, false],
    [false, false, false, false],
  ],
);

behaviour(
  "collections may be added later, and are what addCollections answers with",
  async ({ open }) => {
    const db = await open({});
    const before = Object.keys(db.collections);
    const added = await db.addCollections({ people, others: people });
    return [
      before,
      Object.keys(db.collections).sort(),
      Object.keys(added).sort(),
      Reflect.get(db, "others") === added.others,
    ];
  },
  [[], ["others", "people"], ["others", "people"], true],
);

behaviour(
  "a database knows its name",
  async ({ open, name }) => {
    const told = name();
    const db = await open({}, { name: told });
    return db.name === told;
  },
  true,
);

behaviour(
  "a collection that is there cannot be added again",
  async ({ open }) => {
    const db = await open({ people });
    return refusal(() => db.addCollections({ people }));
  },
  "DB3",
);

behaviour(
  "a collection's name may not begin with an underscore",
  async ({ open }) => {
    const db = await open({});
    return refusal(() => db.addCollections({ _people: people }));
  },
  "UT2",
);

behaviour(
  "a collection's name may not be one of the database's own",
  async ({ open }) => {
    const db = await open({});
    return [
      await refusal(() => db.addCollections({ close: people })),
      await refusal(() => db.addCollections({ collections: people })),
      await refusal(() => db.addCollections({ insertLocal: people })),
    ];
  },
  ["DB5", "DB5", "DB5"],
);

behaviour(
  "a collection's name must begin with a small letter",
  async ({ open }) => {
    const db = await open({});
    return [
      await refusal(() => db.addCollections({ People: people })),
      await refusal(() => db.addCollections({ "1people": people })),
      await refusal(() => db.addCollections({ "the people": people })),
      Object.keys(await db.addCollections({ "people-2_b": people })),
    ];
  },
  ["UT2", "UT2", "UT2", ["people-2_b"]],
);

behaviour(
  "a database's name must begin with a small letter and have no dollar",
  async ({ open }) => [
    await refusal(() => open({}, { name: "Big" })),
    await refusal(() => open({}, { name: "" })),
    await refusal(() => open({}, { name: "twin$" })),
  ],
  ["UT2", "UT1", "DB13"],
);

behaviour(
  "a collection that was removed may be added anew, and is empty",
  async ({ open }) => {
    const db = await open({ people });
    await db.people.bulkInsert(three);
    await db.people.remove();
    const after = Object.keys(db.collections);
    const { people: anew } = await db.addCollections({ people });
    return [after, await anew.find().exec()];
  },
  [[], []],
);

behaviour(
  "a collection that was removed may come back with another schema",
  async ({ open }) => {
    const db = await open({ people });
    await db.people.insert({ id: "a", name: "Alice" });
    await db.people.remove();
    const { people: anew } = await db.addCollections({
      people: { schema: { ...schema, required: ["id"], properties: { id, shoes } } },
    });
    await anew.insert({ id: "a", shoes: 2 });
    return await anew.find().exec();
  },
  [{ id: "a", shoes: 2 }],
);

const { id } = schema.properties;
const shoes = { type: "integer" } as const;

behaviour(
  "another window of a database may not give a collection another schema",
  async ({ open, name }) => {
    const told = name();
    await open({ people }, { name: told });
    return refusal(() =>
      open({ people: { schema: { ...schema, required: ["id"] } } }, { name: told }),
    );
  },
  "DB6",
);

behaviour(
  "a closed collection refuses to be asked or told",
  async (stage) => {
    const collection = await filled(stage);
    const answer = await collection.close();
    return [
      answer,
      collection.closed,
      await refusal(() => collection.find()),
      await refusal(() => collection.findOne("a")),
      await refusal(() => collection.findByIds(["a"])),
      await refusal(() => collection.count()),
      await refusal(() => collection.insert({ id: "d", name: "Dan" })),
      await refusal(() => collection.upsert({ id: "d", name: "Dan" })),
      await refusal(() => collection.bulkRemove(["a"])),
      await refusal(() => collection.incrementalUpsert({ id: "d", name: "Dan" })),
    ];
  },
  [true, true, "COL21", "COL21", "COL21", "COL21", "COL21", "COL21", "COL21", "COL21"],
);

behaviour(
  "a collection is closed once",
  async (stage) => {
    const collection = await filled(stage);
    return [collection.closed, await collection.close(), await collection.close()];
  },
  [false, true, false],
);

behaviour(
  "a removed collection refuses to be asked",
  async (stage) => {
    const collection = await filled(stage);
    await collection.remove();
    return [collection.closed, await refusal(() => collection.find())];
  },
  [true, "COL21"],
);

behaviour(
  "a closed collection is no more among the database's",
  async ({ open }) => {
    const db = await open({ people, others: people });
    await db.people.close();
    return [Object.keys(db.collections), db.people === undefined];
  },
  [["others"], true],
);

behaviour(
  "a collection that was closed has its documents when it is added again",
  async ({ open }) => {
    const db = await open({ people });
    await db.people.bulkInsert(three);
    await db.people.close();
    const { people: again } = await db.addCollections({ people });
    return ids(await again.find().exec());
  },
  ["a", "b", "c"],
);

behaviour(
  "a document of a closed collection refuses to change",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    await collection.close();
    return [document.name, await refusal(() => document.patch({ name: "Anna" }))];
  },
  ["Alice", "COL21"],
);

behaviour(
  "a database is closed once, however often it is told",
  async ({ open }) => {
    const db = await open({ people });
    const { people: collection } = db;
    return [db.closed, await db.close(), await db.close(), db.closed, collection.closed];
  },
  [false, true, true, true, true],
);

behaviour(
  "a database that was closed has its documents when it is opened again",
  async ({ open, name }) => {
    const told = name();
    const first = await open({ people }, { name: told });
    // Another window: memory keeps what some window has open.
    await open({ people }, { name: told });
    await first.people.bulkInsert(three);
    await first.close();
    const again = await open({ people }, { name: told });
    return ids(await again.people.find().exec());
  },
  ["a", "b", "c"],
);

behaviour(
  "a removed database answers with its collections' names, and is empty when opened again",
  async ({ open, name }) => {
    const told = name();
    const first = await open({ people, others: people }, { name: told });
    await first.people.bulkInsert(three);
    const removed = await first.remove();
    const again = await open({ people }, { name: told });
    return [removed.sort(), first.closed, await again.people.find().exec()];
  },
  [["others", "people"], true, []],
);

behaviour(
  "a database that is open is not opened again, unless another window does",
  async ({ open, name }) => {
    const told = name();
    await open({}, { name: told });
    return refusal(() => open({}, { name: told, ignoreDuplicate: false }));
  },
  "DB8",
);

behaviour(
  "a database that is opened again may close the one before",
  async ({ open, name }) => {
    const told = name();
    const before = await open({ people }, { name: told });
    const options = { name: told, ignoreDuplicate: false, closeDuplicates: true };
    const after = await open({ people }, options);
    await after.people.insert({ id: "a", name: "Alice" });
    return [before.closed, after.closed, await refusal(() => before.people)];
  },
  [true, false, "none"],
);

behaviour(
  "two databases share nothing",
  async ({ open }) => {
    const [one, two] = [await open({ people }), await open({ people })];
    await one.people.bulkInsert(three);
    return [ids(await one.people.find().exec()), ids(await two.people.find().exec())];
  },
  [["a", "b", "c"], []],
);

behaviour(
  "two collections share nothing",
  async ({ open }) => {
    const db = await open({ people, others: people });
    await db.people.bulkInsert(three);
    await db.others.insert({ id: "a", name: "Another" });
    return [
      (await db.people.findOne("a").exec(true)).name,
      (await db.others.findOne("a").exec(true)).name,
      await db.others.count().exec(),
    ];
  },
  ["Alice", "Another", 1],
);

behaviour(
  "a database tells which collections come and go",
  async ({ open }) => {
    const db = await open({});
    const told = emissions(db.collections$, ({ type, collection }) => [type, collection.name]);
    const { people: collection } = await db.addCollections({ people });
    await collection.close();
    return told.end();
  },
  [
    ["ADDED", "people"],
    ["CLOSED", "people"],
  ],
);

behaviour(
  "a closed database ends what observes it",
  async ({ open }) => {
    const db = await open({ people });
    let ended = 0;
    const complete = () => {
      ended += 1;
    };
    db.$.subscribe({ complete });
    db.people.$.subscribe({ complete });
    await db.close();
    return ended;
  },
  2,
);

behaviour(
  "a database has room for a dozen collections",
  async ({ open }) => {
    const names = Array.from({ length: 12 }, (_, at) => `people${at}`);
    const db = await open(Object.fromEntries(names.map((name) => [name, people])));
    return Object.keys(db.collections).length;
  },
  12,
);

behaviour(
  "a database that is idle says so",
  async ({ open }) => {
    const db = await open({ people });
    const written = db.people.insert({ id: "a", name: "Alice" });
    await db.requestIdlePromise();
    await written;
    return await db.people.count().exec();
  },
  1,
);
