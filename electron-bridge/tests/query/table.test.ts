import { describe, expect, expectTypeOf, it } from "vitest";
import {
  type DataOf,
  type Documents,
  type JsonObject,
  type PersonasDocument,
  sql,
  tables,
} from "../../src/client/index.ts";

describe("TableQuery", () => {
  it("says the query as plain JSON", () => {
    const query = tables.personas
      .where({ isActive: true })
      .orderBy("lastUsed", "desc")
      .orderBy("name")
      .skip(5)
      .limit(10);
    expect(JSON.parse(JSON.stringify(query))).toEqual({
      from: "personas",
      selector: { isActive: true },
      sort: [{ lastUsed: "desc" }, { name: "asc" }],
      skip: 5,
      limit: 10,
    });
  });

  it("leaves the query a step began from as it is", () => {
    tables.personas.where({ isActive: true }).first();
    expect(tables.personas.toJSON()).toEqual({ from: "personas" });
  });

  it("compares a field by operator", () => {
    expect(tables.memoryEntities.where("importance", ">", 50).toJSON().selector).toEqual({
      importance: { $gt: 50 },
    });
    expect(tables.memoryEntities.where("type", "IN", ["text", "image"]).toJSON().selector).toEqual({
      type: { $in: ["text", "image"] },
    });
    expect(tables.memoryEntities.where("deletedAt", null).toJSON().selector).toEqual({
      deletedAt: null,
    });
  });

  it("narrows with each where, also on the same field", () => {
    const query = tables.memoryEntities.where({ personaId: "p" }).where("importance", ">", 1);
    expect(query.toJSON().selector).toEqual({ personaId: "p", importance: { $gt: 1 } });
    expect(query.where("importance", "<", 9).toJSON().selector).toEqual({
      $and: [{ personaId: "p", importance: { $gt: 1 } }, { importance: { $lt: 9 } }],
    });
  });

  it("refuses undefined, which JSON would drop so that all rows match", () => {
    const absent: { readonly id?: string } = {};
    // @ts-expect-error: and so does the type
    expect(() => tables.personas.where({ id: absent.id })).toThrow(/id is undefined/);
    // @ts-expect-error: and so does the type
    expect(() => tables.personas.where("id", "=", absent.id)).toThrow(/undefined/);
    // @ts-expect-error: and so does the type
    expect(() => tables.personas.where("id", "~", "x")).toThrow(/no operator/);
  });

  it("knows what each query results in", () => {
    expectTypeOf<DataOf<typeof tables.personas>>().toEqualTypeOf<readonly PersonasDocument[]>();
    const first = tables.personas.where({ isActive: true }).first();
    expectTypeOf<DataOf<typeof first>>().toEqualTypeOf<PersonasDocument | null>();
    const count = tables.personas.count();
    expectTypeOf<DataOf<typeof count>>().toEqualTypeOf<number>();
    const named = tables.personas.select("id", "name").first();
    expectTypeOf<DataOf<typeof named>>().toEqualTypeOf<Pick<
      PersonasDocument,
      "id" | "name"
    > | null>();
    const rows = sql<{ readonly n: number }>("SELECT 1 AS n");
    expectTypeOf<DataOf<typeof rows>>().toEqualTypeOf<readonly { readonly n: number }[]>();
  });

  it("knows what plain JSON results in", () => {
    expectTypeOf<DataOf<{ from: "personas" }>>().toEqualTypeOf<readonly PersonasDocument[]>();
    expectTypeOf<
      DataOf<{ from: "personas"; first: true }>
    >().toEqualTypeOf<PersonasDocument | null>();
    expectTypeOf<DataOf<{ from: "personas"; count: true }>>().toEqualTypeOf<number>();
    expectTypeOf<DataOf<{ from: "relationships" }>>().toEqualTypeOf<readonly JsonObject[]>();
    expectTypeOf<DataOf<{ from: "personas"; fields: readonly ["id"] }>>().toEqualTypeOf<
      readonly Pick<PersonasDocument, "id">[]
    >();
  });

  it("refuses fields and values the table has not", () => {
    // @ts-expect-error: no such field
    tables.personas.orderBy("nobody");
    // @ts-expect-error: a boolean
    tables.personas.where({ isActive: "yes" });
    expectTypeOf<keyof Documents>().toEqualTypeOf<
      "conversations" | "memoryEntities" | "memoryLinks" | "personas"
    >();
  });
});
