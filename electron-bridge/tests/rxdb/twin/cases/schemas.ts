import { behaviour, type Stage } from "../behaviour.ts";
import { failure, refusal } from "../plain.ts";
import { filled, people, schema, three } from "../schemas.ts";

const { properties } = schema;

/** What adding a collection with such a schema fails with. */
async function added({ open }: Stage, change: object): Promise<string> {
  const db = await open({});
  return await refusal(() => db.addCollections({ people: { schema: { ...schema, ...change } } }));
}

behaviour(
  "a collection knows its schema",
  async (stage) => {
    const { schema: its } = await filled(stage);
    return [its.primaryPath, its.version, Object.keys(its.jsonSchema.properties).includes("name")];
  },
  ["id", 0, true],
);

behaviour(
  "a primary key may have another name",
  async ({ open }) => {
    const db = await open({ people: { schema: { ...schema, primaryKey: "name", required: [] } } });
    const document = await db.people.insert({ name: "Alice" });
    const found = await db.people.findOne("Alice").exec();
    return [document.primary, found === document, await db.people.find().exec()];
  },
  ["Alice", true, [{ name: "Alice" }]],
);

behaviour(
  "a composite primary key is made of fields",
  async ({ open }) => {
    const db = await open({ people: composite });
    const document = await db.people.insert({ name: "Alice", age: 40 });
    return [document.primary, document, await db.people.findOne("Alice|40").exec()];
  },
  [
    "Alice|40",
    { id: "Alice|40", name: "Alice", age: 40 },
    { id: "Alice|40", name: "Alice", age: 40 },
  ],
);

const composite = {
  schema: {
    ...schema,
    primaryKey: { key: "id", fields: ["name", "age"], separator: "|" },
    required: ["id", "name", "age"],
  },
};

behaviour(
  "a composite primary key may be told if it is right",
  async ({ open }) => {
    const db = await open({ people: composite });
    const right = await db.people.insert({ id: "Alice|40", name: "Alice", age: 40 });
    return [
      right.primary,
      await refusal(() => db.people.insert({ id: "wrong", name: "Bob", age: 30 })),
      await refusal(() => db.people.insert({ name: "Carol" })),
    ];
  },
  ["Alice|40", "DOC19", "DOC18"],
);

behaviour(
  "an upsert finds the document of a composite primary key",
  async ({ open }) => {
    const db = await open({ people: composite });
    await db.people.insert({ name: "Alice", age: 40 });
    await db.people.upsert({ name: "Alice", age: 40, active: true });
    return db.people.find().exec();
  },
  [{ id: "Alice|40", name: "Alice", age: 40, active: true }],
);

behaviour(
  "the fields of a composite primary key cannot change",
  async ({ open }) => {
    const db = await open({ people: composite });
    const document = await db.people.insert({ name: "Alice", age: 40 });
    return [
      await refusal(() => document.patch({ age: 41 })),
      await refusal(() => document.incrementalPatch({ age: 41 })),
    ];
  },
  ["DOC9", "DOC9"],
);

behaviour(
  "defaults are filled where a field is missing, not where it is null, zero or empty",
  async ({ open }) => {
    const db = await open({ people: { schema: defaulted } });
    await db.people.insert({ id: "a" });
    await db.people.insert({ id: "b", name: "", age: 0, active: false, tags: [] });
    await db.people.insert({ id: "c", name: undefined });
    return db.people.find().exec();
  },
  [
    { id: "a", name: "nobody", age: 18, active: true, tags: ["new"] },
    { id: "b", name: "", age: 0, active: false, tags: [] },
    { id: "c", name: "nobody", age: 18, active: true, tags: ["new"] },
  ],
);

const defaulted = {
  ...schema,
  properties: {
    ...properties,
    name: { ...properties.name, default: "nobody" },
    age: { ...properties.age, default: 18 },
    active: { type: "boolean", default: true },
    tags: { ...properties.tags, default: ["new"] },
  },
  required: ["id"],
} as const;

behaviour(
  "an upsert fills defaults anew",
  async ({ open }) => {
    const db = await open({ people: { schema: defaulted } });
    await db.people.insert({ id: "a", name: "Alice", age: 40 });
    return await db.people.upsert({ id: "a" });
  },
  { id: "a", name: "nobody", age: 18, active: true, tags: ["new"] },
);

behaviour(
  "a patch fills no defaults",
  async ({ open }) => {
    const db = await open({ people: { schema: defaulted } });
    const document = await db.people.insert({ id: "a" });
    return await document.update({ $unset: { age: "", name: "" } });
  },
  { id: "a", active: true, tags: ["new"] },
);

behaviour(
  "a document that the schema does not allow is refused with what is wrong",
  async (stage) => {
    const collection = await filled(stage);
    const wrong = await failure(() => collection.insert({ id: "d", name: "Dan", age: "old" }));
    const { code, parameters } = Object(wrong);
    const { status, documentId, validationErrors } = parameters.writeError;
    return [
      code,
      parameters.id,
      parameters.collection,
      status,
      documentId,
      validationErrors.map(({ keyword, instancePath }: Record<string, unknown>) => [
        keyword,
        instancePath,
      ]),
    ];
  },
  ["VD2", "d", "people", 422, "d", [["type", "/age"]]],
);

const invalid: [string, object][] = [
  ["of another type", { id: "d", name: 7 }],
  ["without what is required", { id: "d" }],
  ["with a field the schema has not", { id: "d", name: "Dan", shoes: 2 }],
  ["with too long a text", { id: "d", name: "D".repeat(41) }],
  ["with too big a number", { id: "d", name: "Dan", age: 201 }],
  ["with a part of a whole number", { id: "d", name: "Dan", age: 1.5 }],
  ["with null where the schema says text", { id: "d", name: null }],
  ["with a wrong item in an array", { id: "d", name: "Dan", tags: ["a", 1] }],
  ["with a wrong field in an object", { id: "d", name: "Dan", address: { city: 1 } }],
  ["with too long a primary key", { id: "d".repeat(41), name: "Dan" }],
];

for (const [what, document] of invalid) {
  behaviour(
    `a document ${what} is refused`,
    async (stage) => {
      const collection = await filled(stage);
      return [
        await refusal(() => collection.insert(document)),
        await refusal(() => collection.upsert(document)),
        await collection.count().exec(),
      ];
    },
    ["VD2", "VD2", 3],
  );
}

behaviour(
  "an object may have fields the schema does not name",
  async (stage) => {
    const collection = await filled(stage);
    return await collection.insert({ id: "d", name: "Dan", address: { street: "Via Appia" } });
  },
  { id: "d", name: "Dan", address: { street: "Via Appia" } },
);

behaviour(
  "a change that the schema does not allow is refused",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    return [
      await refusal(() => document.patch({ age: -1 })),
      await refusal(() => document.modify((data: object) => ({ ...data, shoes: 2 }))),
      await refusal(() => document.update({ $unset: { name: "" } })),
      await refusal(() => document.incrementalPatch({ age: -1 })),
      await collection.findOne("a").exec(),
    ];
  },
  ["VD2", "VD2", "VD2", "COL20", { id: "a", name: "Alice", age: 40 }],
);

behaviour(
  "a final field cannot change",
  async ({ open }) => {
    const db = await open({ people: { schema: fixed } });
    const document = await db.people.insert({ id: "a", name: "Alice" });
    return [
      await refusal(() => document.patch({ name: "Anna" })),
      await refusal(() => document.incrementalPatch({ name: "Anna" })),
      await refusal(() => document.modify((data: object) => ({ ...data, name: "Anna" }))),
      await document.patch({ name: "Alice", age: 40 }),
    ];
  },
  ["DOC9", "DOC9", "DOC9", { id: "a", name: "Alice", age: 40 }],
);

const fixed = {
  ...schema,
  properties: { ...properties, name: { ...properties.name, final: true } },
} as const;

behaviour(
  "a final field cannot be observed",
  async ({ open }) => {
    const db = await open({ people: { schema: fixed } });
    const document = await db.people.insert({ id: "a", name: "Alice" });
    return refusal(() => document.get$("name"));
  },
  "DOC3",
);

behaviour(
  "a primary key cannot change",
  async (stage) => {
    const collection = await filled(stage);
    const document = await collection.findOne("a").exec(true);
    return [
      await refusal(() => document.patch({ id: "z" })),
      await refusal(() => document.modify((data: object) => ({ ...data, id: "z" }))),
      await refusal(() => document.incrementalPatch({ id: "z" })),
      await collection.count().exec(),
    ];
  },
  ["DOC9", "DOC9", "DOC9", 3],
);

const schemas: [string, object, string][] = [
  ["without a primary key", { primaryKey: undefined }, "SC30"],
  ["with a primary key it has no field for", { primaryKey: "key" }, "SC33"],
  [
    "with a primary key that is no text",
    { properties: { ...properties, id: { type: "integer", maxLength: 9 } } },
    "SC16",
  ],
  [
    "with a primary key of any length",
    { properties: { ...properties, id: { type: "string" } } },
    "SC39",
  ],
  ["without a version", { version: undefined }, "SC11"],
  ["with a version below zero", { version: -1 }, "SC11"],
  ["with an index on the primary key", { indexes: ["id"] }, "SC13"],
  ["with indexes that are no list", { indexes: "age" }, "SC18"],
  [
    "with an index on text of any length",
    {
      properties: { ...properties, name: { type: "string" } },
      indexes: ["name"],
    },
    "SC34",
  ],
  ["with an index on a list", { required: ["id", "tags"], indexes: ["tags"] }, "SC36"],
  [
    "with a field that documents have themselves",
    { properties: { ...properties, revision: { type: "string" } } },
    "SC17",
  ],
  [
    "with a default within an object",
    {
      properties: {
        ...properties,
        address: { type: "object", properties: { city: { type: "string", default: "Rome" } } },
      },
    },
    "SC7",
  ],
  [
    "with a field that begins with an underscore",
    { properties: { ...properties, _secret: { type: "string" } } },
    "SC1",
  ],
  [
    "with a field whose name has a dollar",
    { properties: { ...properties, name$: { type: "string" } } },
    "SC1",
  ],
];

for (const [what, change, code] of schemas) {
  behaviour(`a schema ${what} is refused`, (stage) => added(stage, change), code);
}

behaviour(
  "what is inserted is not changed, and not kept",
  async ({ open }) => {
    const db = await open({ people: { schema: defaulted } });
    const given = { id: "a", address: { city: "Rome" } };
    const document = await db.people.insert(given);
    // Some freeze what they were given, others have a copy.
    await refusal(() => {
      given.address.city = "Oslo";
    });
    return [Object.keys(given), document.address.city, await db.people.findOne("a").exec()];
  },
  [
    ["id", "address"],
    "Rome",
    {
      id: "a",
      name: "nobody",
      age: 18,
      active: true,
      tags: ["new"],
      address: { city: "Rome" },
    },
  ],
);

behaviour(
  "documents of another shape than the last are documents of the same collection",
  async ({ open }) => {
    const { people: collection } = await open({ people });
    await collection.insert({ id: "x", name: "X", marks: [{ of: "art", points: 1.5 }] });
    await collection.insert({ id: "y", name: "Y", address: { geo: { lat: -1e-7 } } });
    await collection.bulkInsert(three);
    return await collection.find({ selector: { id: { $gte: "x" } } }).exec();
  },
  [
    { id: "x", name: "X", marks: [{ of: "art", points: 1.5 }] },
    { id: "y", name: "Y", address: { geo: { lat: -1e-7 } } },
  ],
);
