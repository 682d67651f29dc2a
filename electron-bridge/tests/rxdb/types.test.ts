/** What the compiler makes of an app's code: the same as with RxDB's own types. */

import { map, type Observable, type Subscription } from "rxjs";
import { describe, expectTypeOf, it } from "vitest";
import {
  type ExtractDocumentTypeFromTypedRxJsonSchema,
  type RxCollection,
  type RxDatabase,
  type RxDocument,
  type RxJsonSchema,
  type RxQuery,
  toTypedRxJsonSchema,
} from "../../src/rxdb/index.ts";

const literal = toTypedRxJsonSchema({
  version: 0,
  primaryKey: "id",
  type: "object",
  properties: {
    id: { type: "string", maxLength: 40 },
    name: { type: "string" },
    age: { type: "integer" },
    mood: { type: "string", enum: ["glad", "sad"] },
    tags: { type: "array", items: { type: "string" } },
    address: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
  required: ["id", "name"],
  indexes: ["name"],
});
type Hero = ExtractDocumentTypeFromTypedRxJsonSchema<typeof literal>;
const schema: RxJsonSchema<Hero> = literal;

interface Methods {
  greet(to: string): string;
}
interface Statics {
  oldest(): Promise<number>;
}
type Heroes = RxCollection<Hero, Methods, Statics>;
type HeroDocument = RxDocument<Hero, Methods>;
type Database = RxDatabase<{ heroes: Heroes }>;

describe("the types", () => {
  it("say what a schema's documents are", () => {
    expectTypeOf<Hero>().toEqualTypeOf<{
      id: string;
      name: string;
      age?: number;
      mood?: "glad" | "sad";
      tags?: string[];
      address?: { city: string };
    }>();
    expectTypeOf(schema.version).toEqualTypeOf<number>();
  });

  it("know a document's fields, its observables and its methods", () => {
    expectTypeOf<HeroDocument["name"]>().toEqualTypeOf<string>();
    expectTypeOf<HeroDocument["name$"]>().toExtend<Observable<string>>();
    expectTypeOf<HeroDocument["greet"]>().returns.toEqualTypeOf<string>();
    expectTypeOf<HeroDocument["patch"]>().parameter(0).toEqualTypeOf<Partial<Hero>>();
    expectTypeOf<HeroDocument["toMutableJSON"]>().returns.toExtend<Hero>();
    expectTypeOf<HeroDocument["$"]>().toExtend<Observable<HeroDocument>>();
  });

  it("know what queries result in", () => {
    type Result<Query> = Query extends RxQuery<Hero, infer Found, Methods, unknown> ? Found : never;
    expectTypeOf<Result<ReturnType<Heroes["find"]>>>().toEqualTypeOf<HeroDocument[]>();
    expectTypeOf<Result<ReturnType<Heroes["findOne"]>>>().toEqualTypeOf<HeroDocument | null>();
    expectTypeOf<Result<ReturnType<Heroes["count"]>>>().toEqualTypeOf<number>();
    expectTypeOf<Result<ReturnType<Heroes["findByIds"]>>>().toEqualTypeOf<
      Map<string, HeroDocument>
    >();
    expectTypeOf<Heroes["oldest"]>().returns.resolves.toEqualTypeOf<number>();
    expectTypeOf<Database["heroes"]>().toEqualTypeOf<Heroes>();
  });

  it("take what an app writes, and nothing else", () => {
    const write = async ({ heroes }: Database): Promise<void> => {
      const inserted = await heroes.insert({ id: "a", name: "Ada" });
      await inserted.incrementalModify((hero) => ({ ...hero, age: (hero.age ?? 0) + 1 }));
      await inserted.update({ $inc: { age: 1 }, $set: { "address.city": "Rome" } });
      const query = heroes.find({
        selector: { age: { $gt: 18 }, "address.city": "Rome", $or: [{ mood: "glad" }] },
        sort: [{ name: "desc" }],
      });
      const names = query.$.pipe(map((found) => found.map((one) => one.greet(one.name))));
      expectTypeOf(names).toExtend<Observable<string[]>>();
      const subscription: Subscription = query.$.subscribe(([first]) => first?.greet("you"));
      subscription.unsubscribe();
      const found: HeroDocument = await heroes.findOne("a").exec(true);
      await heroes.find().where("age").gt(18).sort("-age").limit(10).exec();
      await heroes.bulkRemove([found]);
      // @ts-expect-error A hero has a name.
      await heroes.insert({ id: "b" });
      // @ts-expect-error An age is a number.
      await found.patch({ age: "7" });
    };
    expectTypeOf(write).returns.resolves.toBeVoid();
  });
});
