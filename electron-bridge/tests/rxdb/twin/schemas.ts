import type { RxCollection, RxCollectionCreator } from "rxdb";
import type { Options, Stage } from "./behaviour.ts";

/** People, without an index. */
export const schema = {
  version: 0,
  primaryKey: "id",
  type: "object",
  properties: {
    id: { type: "string", maxLength: 40 },
    name: { type: "string", maxLength: 40 },
    age: { type: "integer", minimum: 0, maximum: 200, multipleOf: 1 },
    active: { type: "boolean" },
    tags: { type: "array", items: { type: "string" } },
    address: {
      type: "object",
      properties: {
        city: { type: "string" },
        geo: { type: "object", properties: { lat: { type: "number" } } },
      },
    },
    marks: {
      type: "array",
      items: { type: "object", properties: { of: { type: "string" }, points: { type: "number" } } },
    },
    friend: { type: "string", ref: "people" },
    friends: { type: "array", ref: "people", items: { type: "string" } },
  },
  required: ["id", "name"],
} as const;

/** A collection of people. */
export const people: RxCollectionCreator = { schema };

/** People with an index, which is the order of a query that asks for none. */
export const indexed: RxCollectionCreator = {
  schema: { ...schema, required: ["id", "name", "age"], indexes: ["age"] },
};

/** Persons of three ages, in no order. */
export const three = [
  { id: "b", name: "Bob", age: 30 },
  { id: "a", name: "Alice", age: 40 },
  { id: "c", name: "Carol", age: 20 },
];

/** A collection with these three. */
export async function filled(
  { open }: Stage,
  creator: RxCollectionCreator = people,
  options: Options = {},
): Promise<RxCollection> {
  const { people: collection } = await open({ people: creator }, options);
  await collection.bulkInsert(three);
  return collection;
}

/** The primary keys of documents. */
export function ids(documents: readonly { readonly primary: string }[]): string[] {
  return documents.map(({ primary }) => primary);
}
