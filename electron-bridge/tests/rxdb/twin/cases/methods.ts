import { behaviour, type Stage } from "../behaviour.ts";
import { refusal } from "../plain.ts";
import { filled, people } from "../schemas.ts";

behaviour(
  "statics are methods of the collection",
  async (stage) => {
    const collection = await filled(stage, {
      ...people,
      statics: {
        async older(this: typeof collection, than: number) {
          const found = await this.find({ selector: { age: { $gt: than } } }).exec();
          return found.map(({ name }) => name);
        },
      },
    });
    const older: unknown = Reflect.get(collection, "older");
    return typeof older === "function" ? await older(20) : older;
  },
  ["Alice", "Bob"],
);

behaviour(
  "methods are methods of documents",
  async (stage) => {
    const collection = await filled(stage, {
      ...people,
      methods: {
        greet(this: { name: string }, word: string) {
          return `${word} ${this.name}`;
        },
        birthday(this: { age: number; patch(fields: object): Promise<unknown> }) {
          return this.patch({ age: this.age + 1 });
        },
      },
    });
    const document = await collection.findOne("a").exec(true);
    const { greet } = document;
    const older = await document.birthday();
    return [document.greet("Hello"), greet("Good-bye"), older, older.greet("Hello")];
  },
  ["Hello Alice", "Good-bye Alice", { id: "a", name: "Alice", age: 41 }, "Hello Alice"],
);

/** What adding a collection with these fails with. */
async function added(
  { open }: Stage,
  more: Partial<Record<"statics" | "methods", Record<string, unknown>>>,
): Promise<string> {
  const db = await open({});
  const creator: object = { ...people, ...more };
  return await refusal(() => Reflect.apply(db.addCollections, db, [{ people: creator }]));
}

const nothing = () => undefined;

behaviour(
  "statics that collections or documents have themselves are refused",
  async (stage) => [
    await added(stage, { statics: { find: nothing } }),
    await added(stage, { statics: { insert: nothing } }),
    await added(stage, { statics: { primary: nothing } }),
    await added(stage, { statics: { _secret: nothing } }),
    await added(stage, { statics: { word: "text" } }),
  ],
  ["COL17", "COL17", "COL17", "COL15", "COL16"],
);

behaviour(
  "methods that documents or schemas have themselves are refused",
  async (stage) => [
    await added(stage, { methods: { patch: nothing } }),
    await added(stage, { methods: { toJSON: nothing } }),
    await added(stage, { methods: { name: nothing } }),
    await added(stage, { methods: { name$: nothing } }),
    await added(stage, { methods: { _secret: nothing } }),
    await added(stage, { methods: { word: "text" } }),
  ],
  ["COL17", "COL17", "COL18", "COL18", "COL15", "COL16"],
);

behaviour(
  "a collection's options are kept",
  async ({ open }) => {
    const db = await open({ people: { ...people, options: { colour: "red" } } });
    return db.people.options;
  },
  { colour: "red" },
);

behaviour(
  "a collection's methods may be taken from it and called",
  async (stage) => {
    const collection = await filled(stage, {
      ...people,
      statics: {
        whose(this: { name: string }) {
          return this.name;
        },
      },
    });
    const whose: unknown = Reflect.get(collection, "whose");
    return typeof whose === "function" ? whose() : null;
  },
  "people",
);
