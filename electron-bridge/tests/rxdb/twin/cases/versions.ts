import { behaviour } from "../behaviour.ts";
import { refusal } from "../plain.ts";
import { people, schema, three } from "../schemas.ts";

interface Person {
  name: string;
  age?: number;
}

const later = { ...schema, version: 1 } as const;

behaviour(
  "a collection of a later version opens with its strategies",
  async ({ open }) => {
    const db = await open({
      people: { schema: later, migrationStrategies: { 1: (person: Person) => person } },
    });
    await db.people.bulkInsert(three);
    return [db.people.schema.version, await db.people.count().exec()];
  },
  [1, 3],
);

behaviour(
  "a later version without its strategies is refused",
  async ({ open }) => {
    const db = await open({});
    const strategy = (person: Person) => person;
    const added = (migrationStrategies: Record<string, typeof strategy>) =>
      refusal(() => db.addCollections({ people: { schema: later, migrationStrategies } }));
    return [
      await added({}),
      await added({ 2: strategy }),
      await added({ 1: strategy, 2: strategy }),
      await refusal(() => db.addCollections({ people: { schema: later } })),
    ];
  },
  ["COL12", "COL13", "COL12", "COL12"],
);

behaviour(
  "documents of an earlier version are changed by the strategies",
  async ({ open }) => {
    const db = await open({ people });
    await db.people.bulkInsert(three);
    await db.people.close();
    const { people: migrated } = await db.addCollections({
      people: {
        schema: later,
        migrationStrategies: {
          1: (person: Person) =>
            person.name === "Bob" ? null : { ...person, name: person.name.toUpperCase() },
        },
      },
    });
    return await migrated.find().exec();
  },
  [
    { id: "a", name: "ALICE", age: 40 },
    { id: "c", name: "CAROL", age: 20 },
  ],
);

behaviour(
  "strategies run one after the other, and may wait",
  async ({ open }) => {
    const db = await open({ people });
    await db.people.insert({ id: "a", name: "Alice" });
    await db.people.close();
    const notes: number[] = [];
    const grown = (by: number) => async (person: Person) => {
      notes.push(by);
      return { ...person, age: (person.age ?? 0) + by };
    };
    const { people: migrated } = await db.addCollections({
      people: {
        schema: { ...schema, version: 2 },
        migrationStrategies: { 1: grown(1), 2: grown(2) },
      },
    });
    return [notes, await migrated.find().exec()];
  },
  [[1, 2], [{ id: "a", name: "Alice", age: 3 }]],
);
