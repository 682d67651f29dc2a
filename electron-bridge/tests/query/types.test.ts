import { describe, expectTypeOf, it } from "vitest";
import {
  type DataOf,
  type Documents,
  type JsonObject,
  type LiveQuery,
  type PersonasDocument,
  type SidecarClient,
  sql,
  table,
  tables,
} from "../../src/client/index.ts";

declare const client: SidecarClient;
const { personas, conversations, memoryEntities } = tables;

/** Nothing here runs: that it compiles is the test. */
function types(check: () => unknown): void {
  void check;
}

describe("a selector", () => {
  it("takes each operator where the field's type has it", () => {
    types(() => [
      personas.where({
        name: { $regex: "^a", $options: "i", $like: "a%", $ilike: "A%", $contains: "b" },
        usageCount: { $mod: [2, 0], $gt: 1, $lte: 9, $ne: 5 },
        avatar: { $exists: true, $type: ["string", "null"], $not: { $like: "x%" } },
        "personality.traits": { $size: 2, $elemMatch: { $regex: "^c" }, $contains: "curious" },
        "settings.privacyLevel": { $in: ["low", "high"] },
        $or: [{ isActive: true }, { $nor: [{ lastUsed: null }, { "settings.autoLearn": false }] }],
      }),
      conversations.where({
        messages: { $elemMatch: { role: "user", timestamp: { $gt: 5 }, "metadata.mood": "gay" } },
        "messages.role": "user",
        "messages.0.content": { $contains: "tea" },
        "messages.1": { $exists: true },
        "messages.metadata.anything.below": { $gt: 1, $regex: "x" },
        topics: "tea",
      }),
      memoryEntities.where({
        tags: ["a", "b"],
        embedding: { $mod: [2, 1] },
        content: { kind: "note" },
        "content.kind": { $elemMatch: { size: { $gt: 1 } }, $mod: [2, 1], $contains: 5 },
      }),
    ]);
  });

  it("refuses operators on fields of other types", () => {
    types(() => [
      // @ts-expect-error: a number has no pattern
      personas.where({ usageCount: { $regex: "1" } }),
      // @ts-expect-error: a boolean is like nothing
      personas.where({ isActive: { $like: "t%" } }),
      // @ts-expect-error: a text has no remainder
      personas.where({ name: { $mod: [2, 0] } }),
      // @ts-expect-error: a text has no size
      personas.where({ name: { $size: 2 } }),
      // @ts-expect-error: a number has no elements
      personas.where({ usageCount: { $elemMatch: { $gt: 1 } } }),
      // @ts-expect-error: a number contains nothing
      personas.where({ usageCount: { $contains: 1 } }),
      // @ts-expect-error: the elements are texts
      memoryEntities.where({ tags: { $contains: 1 } }),
      // @ts-expect-error: $exists is true or false
      personas.where({ name: { $exists: 1 } }),
      // @ts-expect-error: no such type
      personas.where({ name: { $type: "text" } }),
      // @ts-expect-error: no such operator
      personas.where({ name: { $near: 1 } }),
      // @ts-expect-error: no such field of an element
      conversations.where({ messages: { $elemMatch: { author: "x" } } }),
      // @ts-expect-error: no such value
      conversations.where({ messages: { $elemMatch: { role: "nobody" } } }),
      // @ts-expect-error: $not takes operators
      personas.where({ name: { $not: "a" } }),
      // @ts-expect-error: the value of $in is an array
      personas.where({ name: { $in: "a" } }),
    ]);
  });

  it("refuses fields, paths and values the table has not", () => {
    types(() => [
      // @ts-expect-error: no such field
      personas.where({ nobody: 1 }),
      // @ts-expect-error: no such path
      personas.where({ "personality.mood": "calm" }),
      // @ts-expect-error: nothing is below a text
      personas.where({ "name.first": "Ada" }),
      // @ts-expect-error: a boolean
      personas.where({ isActive: "yes" }),
      // @ts-expect-error: not one of its values
      personas.where({ "settings.privacyLevel": "none" }),
      // @ts-expect-error: of other elements
      personas.where({ "personality.traits": 5 }),
      // @ts-expect-error: also within $or
      personas.where({ $or: [{ nobody: 1 }] }),
      // @ts-expect-error: no such role
      conversations.where({ "messages.role": "nobody" }),
    ]);
  });

  it("takes any path of a collection the schema does not declare", () => {
    types(() => table("notes").where({ "a.b": { $gt: 1 }, c: null, $or: [{ d: [1] }] }));
  });

  it("takes the paths of a type that holds itself", () => {
    interface Tree {
      id: string;
      name: string;
      children: Tree[];
      parent?: Tree;
    }
    types(() => [
      table<Tree>("trees").where({ "children.name": "a", "parent.parent.name": { $like: "x" } }),
      table<Tree>("trees").select("id", "children.children.name").orderBy("parent.name"),
      // @ts-expect-error: no such field
      table<Tree>("trees").where({ "children.size": 1 }),
    ]);
  });
});

describe("where by operator", () => {
  it("takes the operator's value for the field's type", () => {
    types(() => [
      personas.where("name", "LIKE", "A%"),
      personas.where("settings.memoryRetention", ">=", 5),
      memoryEntities.where("tags", "CONTAINS", "tea"),
      conversations.where("messages.role", "NOT IN", ["user", null]),
      memoryEntities.where("content.size", "<", 5),
      // @ts-expect-error: a number is like nothing
      personas.where("usageCount", "LIKE", "1%"),
      // @ts-expect-error: a boolean contains nothing
      personas.where("isActive", "CONTAINS", "t"),
      // @ts-expect-error: the elements are texts
      memoryEntities.where("tags", "CONTAINS", 5),
      // @ts-expect-error: the values are texts
      personas.where("name", "IN", [1]),
      // @ts-expect-error: no such field
      personas.where("nobody", "=", 1),
    ]);
  });
});

describe("the other steps", () => {
  it("refuse paths there are not", () => {
    types(() => [
      // @ts-expect-error: no such field
      personas.orderBy("nobody"),
      // @ts-expect-error: a sort does not fan out
      conversations.orderBy("messages.role"),
      conversations.orderBy("messages.length").orderBy("messages.0.timestamp"),
      // @ts-expect-error: no such path
      personas.select("personality.mood"),
      // @ts-expect-error: nothing to select
      personas.select(),
      // @ts-expect-error: no such path
      personas.distinct("nobody"),
      // @ts-expect-error: no such path
      personas.groupBy("nobody"),
      // @ts-expect-error: a text has no sum
      personas.aggregate({ sum: { sum: "name" } }),
      // @ts-expect-error: no such aggregate
      personas.aggregate({ sum: { median: "usageCount" } }),
      // @ts-expect-error: groups are sorted by what they have
      personas.groupBy("isActive").orderBy("name"),
      // @ts-expect-error: a name of a field it is grouped by
      personas.groupBy("isActive").aggregate({ isActive: { count: true } }),
      // @ts-expect-error: not that way
      personas.orderBy("name", "down"),
      // @ts-expect-error: the fallback is a row
      personas.first({ fallback: { id: "none" } }),
      personas.select("id").first({ fallback: { id: "none" } }),
    ]);
  });
});

describe("what a query by steps results in", () => {
  it("is rows, the first or their number", () => {
    expectTypeOf<DataOf<typeof personas>>().toEqualTypeOf<readonly PersonasDocument[]>();
    const some = personas.where({ isActive: true }).orderBy("name").skip(1).limit(2);
    expectTypeOf<DataOf<typeof some>>().toEqualTypeOf<readonly PersonasDocument[]>();
    const first = some.first();
    expectTypeOf<DataOf<typeof first>>().toEqualTypeOf<PersonasDocument | null>();
    const required = some.first({ required: true });
    expectTypeOf<DataOf<typeof required>>().toEqualTypeOf<PersonasDocument>();
    const named = personas.select("id", "name").first({ fallback: { id: "", name: "nobody" } });
    expectTypeOf<DataOf<typeof named>>().toEqualTypeOf<Pick<PersonasDocument, "id" | "name">>();
    const count = personas.count();
    expectTypeOf<DataOf<typeof count>>().toEqualTypeOf<number>();
    const rows = sql<{ readonly n: number }>("SELECT 1 AS n");
    expectTypeOf<DataOf<typeof rows>>().toEqualTypeOf<readonly { readonly n: number }[]>();
  });

  it("is the whole row where it selects *, with what the engine knows of it", () => {
    const whole = conversations.select("*", "_seq");
    expectTypeOf<DataOf<typeof whole>[number]["messages"]>().toEqualTypeOf<
      Documents["conversations"]["messages"]
    >();
    expectTypeOf<DataOf<typeof whole>[number]["_seq"]>().toEqualTypeOf<number>();
    const plain = { from: "personas", fields: ["*", "_seq"] } as const;
    expectTypeOf<DataOf<typeof plain>[number]["name" | "_seq"]>().toEqualTypeOf<string | number>();
  });

  it("is nested as the paths it selects", () => {
    const parts = conversations.select("id", "messages.role", "messages.metadata.mood", "_seq");
    expectTypeOf<DataOf<typeof parts>>().toEqualTypeOf<
      readonly {
        id: string;
        messages: {
          role: "user" | "assistant" | "system";
          metadata?: { mood?: unknown } | undefined;
        }[];
        readonly _seq: number;
      }[]
    >();
    const found = table<{ id: string; text: string }, "id", true>("notes")
      .search("tea")
      .select("text", "_rank", "_snippet");
    expectTypeOf<DataOf<typeof found>>().toEqualTypeOf<
      readonly {
        text: string;
        readonly _rank: number;
        readonly _snippet: readonly string[];
      }[]
    >();
  });

  it("is one row a group", () => {
    const groups = memoryEntities.groupBy("personaId", "content.kind").aggregate({
      n: { count: true },
      total: { sum: "importance" },
      mean: { avg: "importance" },
      last: { max: "lastAccessed" },
      name: { min: "name" },
    });
    expectTypeOf<DataOf<typeof groups>>().toEqualTypeOf<
      readonly {
        personaId: string;
        content: { kind?: unknown };
        n: number;
        total: number;
        mean: number | null;
        last: number | null;
        name: string | null;
      }[]
    >();
    const whole = personas.aggregate({ n: { count: true } }).first({ required: true });
    expectTypeOf<DataOf<typeof whole>>().toEqualTypeOf<{ n: number }>();
    const distinct = personas.distinct("settings.privacyLevel");
    expectTypeOf<DataOf<typeof distinct>>().toEqualTypeOf<
      readonly { settings: { privacyLevel: "low" | "medium" | "high" } }[]
    >();
  });

  it("is JSON where nothing is known", () => {
    const notes = table("notes");
    expectTypeOf<DataOf<typeof notes>>().toEqualTypeOf<readonly JsonObject[]>();
  });
});

describe("what plain JSON results in", () => {
  it("is rows, the first or their number", () => {
    expectTypeOf<DataOf<{ from: "personas" }>>().toEqualTypeOf<readonly PersonasDocument[]>();
    expectTypeOf<
      DataOf<{ from: "personas"; first: true }>
    >().toEqualTypeOf<PersonasDocument | null>();
    expectTypeOf<
      DataOf<{ from: "personas"; first: "required" }>
    >().toEqualTypeOf<PersonasDocument>();
    expectTypeOf<
      DataOf<{ from: "memoryLinks"; fields: ["id"]; first: true; fallback: { id: "" } }>
    >().toEqualTypeOf<{ id: string } | { id: "" }>();
    expectTypeOf<DataOf<{ from: "personas"; count: true }>>().toEqualTypeOf<number>();
    expectTypeOf<DataOf<{ from: "relationships" }>>().toEqualTypeOf<readonly JsonObject[]>();
    expectTypeOf<keyof Documents>().toEqualTypeOf<
      "conversations" | "memoryEntities" | "memoryLinks" | "personas" | "uiState"
    >();
  });

  it("is the part, or the groups, that the query names", () => {
    types(async () => {
      const parts = await client.query({
        from: "personas",
        fields: ["id", "personality.traits", "_seq"],
      });
      expectTypeOf(parts).toEqualTypeOf<
        readonly { id: string; personality: { traits: string[] }; readonly _seq: number }[]
      >();
      const groups = await client.query({
        from: "memoryEntities",
        groupBy: ["personaId"],
        aggregate: { n: { count: true }, top: { max: "importance" } },
      });
      expectTypeOf(groups).toEqualTypeOf<
        readonly { personaId: string; n: number; top: number | null }[]
      >();
      const whole = await client.query({
        from: "personas",
        aggregate: { n: { count: true } },
        first: "required",
      });
      expectTypeOf(whole).toEqualTypeOf<{ n: number }>();
      const distinct = client.live({ from: "personas", fields: ["name"], distinct: true });
      expectTypeOf(distinct).toEqualTypeOf<LiveQuery<readonly { name: string }[]>>();
      const computed: string[] = [];
      const some = await client.query({ from: "personas", fields: computed });
      expectTypeOf(some).toEqualTypeOf<readonly JsonObject[]>();
      const first = await client.query({ from: "personas", first: true, fallback: { id: "" } });
      expectTypeOf(first).toEqualTypeOf<PersonasDocument | { readonly id: "" }>();
    });
  });
});
