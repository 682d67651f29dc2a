import { describe, expect, it } from "vitest";
import { sql, table, tables } from "../../src/client/index.ts";

interface Note {
  id: string;
  text: string;
  pinned?: boolean;
  author: { name: string } | null;
}

const notes = table<Note, "id", true>("notes");
const asked = (query: { toJSON(): object }): unknown => JSON.parse(JSON.stringify(query));

describe("a query by steps", () => {
  it("says the query as plain JSON", () => {
    const query = tables.personas
      .where({ isActive: true })
      .orderBy("lastUsed", "desc")
      .orderBy("personality.temperament")
      .skip(5)
      .limit(10)
      .select("id", "personality.traits", "_seq");
    expect(asked(query)).toEqual({
      from: "personas",
      selector: { isActive: true },
      sort: [{ lastUsed: "desc" }, { "personality.temperament": "asc" }],
      skip: 5,
      limit: 10,
      fields: ["id", "personality.traits", "_seq"],
    });
  });

  it("leaves the query a step began from as it is", () => {
    tables.personas.where({ isActive: true }).first();
    expect(asked(tables.personas)).toEqual({ from: "personas" });
  });

  it("may be chosen by a condition on the way", () => {
    const pinned = notes.where({ pinned: true });
    const of = (text: string) =>
      (text === "" ? pinned : pinned.search(text)).orderBy("text").limit(3);
    expect(of("tea").toJSON().selector).toEqual({ pinned: true, $search: "tea" });
    expect(of("").toJSON().selector).toEqual({ pinned: true });
  });
});

describe("where", () => {
  it("compares a field by operator", () => {
    const compared = [
      [tables.memoryEntities.where("importance", ">", 50), { importance: { $gt: 50 } }],
      [tables.memoryEntities.where("type", "IN", ["a", "b"]), { type: { $in: ["a", "b"] } }],
      [tables.memoryEntities.where("name", "LIKE", "Gr%"), { name: { $like: "Gr%" } }],
      [tables.memoryEntities.where("name", "ILIKE", "gr%"), { name: { $ilike: "gr%" } }],
      [tables.memoryEntities.where("tags", "CONTAINS", "tea"), { tags: { $contains: "tea" } }],
      [tables.memoryEntities.where("deletedAt", null), { deletedAt: null }],
      [tables.conversations.where("messages.role", "user"), { "messages.role": "user" }],
    ] as const;
    for (const [query, selector] of compared) expect(query.toJSON().selector).toEqual(selector);
  });

  it("narrows with each step, also on the same field", () => {
    const query = tables.memoryEntities.where({ personaId: "p" }).where("importance", ">", 1);
    expect(query.toJSON().selector).toEqual({ personaId: "p", importance: { $gt: 1 } });
    expect(query.where("importance", "<", 9).toJSON().selector).toEqual({
      $and: [{ personaId: "p", importance: { $gt: 1 } }, { importance: { $lt: 9 } }],
    });
  });

  it("keeps the words searched for beside the fields, whatever is narrowed then", () => {
    const query = notes.where({ text: "a" }).search("green tea").where({ text: "b" });
    expect(query.toJSON().selector).toEqual({
      $and: [{ text: "a" }, { text: "b" }],
      $search: "green tea",
    });
  });

  it("refuses what JSON cannot carry and would drop, so that more rows match", () => {
    const absent: { readonly id?: string } = {};
    // @ts-expect-error: and so does the type
    expect(() => tables.personas.where({ id: absent.id })).toThrow(
      new TypeError(
        "where.id is undefined, which JSON cannot carry. Leave the member out, or compare with null.",
      ),
    );
    // @ts-expect-error: and so does the type
    expect(() => tables.personas.where("id", "=", absent.id)).toThrow(/id\.\$eq is undefined/);
    // @ts-expect-error: and so does the type
    expect(() => tables.personas.where({ name: /^a/i })).toThrow(
      /where\.name is a RegExp.* Write {"\$regex":"\^a","\$options":"i"}/,
    );
    // @ts-expect-error: and so does the type
    expect(() => tables.personas.where({ name: { $regex: /a/ } })).toThrow(/\$regex is a RegExp/);
    // @ts-expect-error: and so does the type
    expect(() => tables.personas.where({ name: () => "a" })).toThrow(TypeError);
    // @ts-expect-error: and so does the type
    expect(() => tables.memoryEntities.where("content.kind", /a/)).toThrow(/RegExp/);
    // @ts-expect-error: and so does the type
    expect(() => tables.personas.where({ createdAt: new Date(0) })).toThrow(/getTime\(\)/);
    expect(() => tables.personas.where("createdAt", ">", Number.NaN)).toThrow(/finite/);
  });

  it("refuses operators there are not, and $search", () => {
    // @ts-expect-error: and so does the type
    expect(() => tables.personas.where("id", "~", "x")).toThrow(/~ is no operator. There are =,/);
    // @ts-expect-error: and so does the type
    expect(() => notes.where({ $search: "tea" })).toThrow(/search\(text\)/);
    // @ts-expect-error: and so does the type
    expect(() => notes.where(undefined)).toThrow(/takes a selector/);
    // @ts-expect-error: and so does the type
    expect(() => notes.where(/a/)).toThrow(/where is a RegExp/);
  });
});

describe("after", () => {
  it("says where a row stands, and nothing else of it", () => {
    const row = { id: "n1", text: "tea", pinned: true, author: { name: "Ada" } };
    const query = notes.orderBy("author.name").orderBy("pinned").after(row).limit(3);
    expect(asked(query)).toEqual({
      from: "notes",
      sort: [{ "author.name": "asc" }, { pinned: "asc" }],
      after: { id: "n1", author: { name: "Ada" }, pinned: true },
      limit: 3,
    });
  });

  it("leaves out what the row has not", () => {
    const row: Note = JSON.parse('{"id": "n1"}');
    expect(notes.orderBy("pinned", "desc").after(row).toJSON().after).toEqual({ id: "n1" });
  });

  it("needs an order and the primary key", () => {
    // @ts-expect-error: and so says the type
    expect(() => notes.after({ id: "n1" })).toThrow(/call orderBy before/);
    // @ts-expect-error: and so says the type
    expect(() => notes.orderBy("text").after({ text: "a" })).toThrow(/no id/);
    // @ts-expect-error: the type says that it needs the field sorted by, too
    notes.orderBy("text").after({ id: "n1" });
  });
});

describe("first and count", () => {
  it("say what results", () => {
    const found = notes.where({ pinned: true });
    const fallback: Note = { id: "", text: "none", author: null };
    expect(asked(found.first())).toMatchObject({ first: true });
    expect(asked(found.first({ required: true }))).toMatchObject({ first: "required" });
    expect(asked(found.first({ fallback }))).toMatchObject({ first: true, fallback });
    expect(asked(found.count())).toMatchObject({ count: true });
  });

  it("refuse two answers to finding none", () => {
    const fallback: Note = { id: "", text: "none", author: null };
    // @ts-expect-error: and so does the type
    expect(() => notes.first({ required: true, fallback })).toThrow(/required or a fallback/);
  });
});

describe("groups", () => {
  it("say what they are grouped by, counted and sorted by", () => {
    const query = tables.memoryEntities
      .where({ deletedAt: null })
      .groupBy("personaId", "content.kind")
      .aggregate({ n: { count: true }, mean: { avg: "importance" } })
      .orderBy("n", "desc")
      .orderBy("content.kind")
      .limit(5);
    expect(asked(query)).toEqual({
      from: "memoryEntities",
      selector: { deletedAt: null },
      groupBy: ["personaId", "content.kind"],
      aggregate: { n: { count: true }, mean: { avg: "importance" } },
      sort: [{ n: "desc" }, { "content.kind": "asc" }],
      limit: 5,
    });
    expect(asked(tables.personas.aggregate({ uses: { sum: "usageCount" } }))).toEqual({
      from: "personas",
      aggregate: { uses: { sum: "usageCount" } },
    });
  });

  it("or are the distinct values of some fields", () => {
    expect(asked(notes.distinct("author.name", "pinned").orderBy("pinned").skip(1))).toEqual({
      from: "notes",
      fields: ["author.name", "pinned"],
      distinct: true,
      sort: [{ pinned: "asc" }],
      skip: 1,
    });
  });
});

describe("steps that don't go together", () => {
  const row: Note = { id: "n1", text: "tea", author: null };
  const sorted = notes.orderBy("text");
  const grouped = notes.groupBy("text");

  // Each is written as JavaScript has it; that the type refuses it too is what the comments check.
  const refused: Record<string, () => unknown> = {
    // @ts-expect-error: no count of a page
    "count after limit": () => notes.limit(1).count(),
    // @ts-expect-error: no count of a page
    "count after skip": () => notes.skip(1).count(),
    // @ts-expect-error: no count of a page
    "count after after": () => sorted.after(row).count(),
    // @ts-expect-error: a count has no fields
    "count after select": () => notes.select("id").count(),
    // @ts-expect-error: groups have names to count by
    "count after groupBy": () => grouped.count(),
    // @ts-expect-error: groups have names to count by
    "count after distinct": () => notes.distinct("text").count(),
    // @ts-expect-error: the fields would be others
    "select after select": () => notes.select("id").select("text"),
    // @ts-expect-error: groups have the fields they have
    "select after groupBy": () => grouped.select("text"),
    // @ts-expect-error: groups have the fields they have
    "select after distinct": () => notes.distinct("text").select("text"),
    // @ts-expect-error: the order would be another
    "orderBy after after": () => sorted.after(row).orderBy("id"),
    // @ts-expect-error: groups have no key
    "after after groupBy": () => grouped.orderBy("text").after(row),
    // @ts-expect-error: a further search
    "search after search": () => notes.search("a").search("b"),
    // @ts-expect-error: it narrows documents
    "where after groupBy": () => grouped.where({ text: "a" }),
    // @ts-expect-error: it narrows documents
    "search after aggregate": () => notes.aggregate({ n: { count: true } }).search("a"),
    // @ts-expect-error: groups are sorted after they are made
    "groupBy after orderBy": () => sorted.groupBy("text"),
    // @ts-expect-error: a page of groups is taken after they are made
    "groupBy after limit": () => notes.limit(1).groupBy("text"),
    // @ts-expect-error: as with groups
    "distinct after orderBy": () => sorted.distinct("text"),
    // @ts-expect-error: as with groups
    "aggregate after skip": () => notes.skip(1).aggregate({ n: { count: true } }),
    // @ts-expect-error: the groups are made
    "groupBy after groupBy": () => grouped.groupBy("id"),
  };

  it.each(Object.entries(refused))("are refused: %s", (name, call) => {
    const [step, by] = name.split(" after ");
    expect(call).toThrow(TypeError);
    expect(call).toThrow(`${step} can't come after ${by}`);
  });

  it("are refused where a result is final", () => {
    // @ts-expect-error: a row has no rows
    expect(() => notes.first().limit(1)).toThrow(TypeError);
    // @ts-expect-error: a number has no rows
    expect(() => notes.count().where({ id: "a" })).toThrow(TypeError);
  });

  it("are refused where the table has no such thing", () => {
    // @ts-expect-error: it declares no search
    tables.personas.search;
    // @ts-expect-error: _rank comes from a search
    notes.select("_rank");
    expect(notes.search("tea").select("id", "_rank").toJSON().fields).toEqual(["id", "_rank"]);
  });
});

describe("a step's argument", () => {
  it("is refused where JSON would make another of it", () => {
    expect(() => notes.limit(Number.NaN)).toThrow(/limit is NaN/);
    // @ts-expect-error: and so does the type
    expect(() => notes.skip(undefined)).toThrow(/skip is undefined/);
    // @ts-expect-error: and so does the type
    expect(() => sql("SELECT ?", [undefined])).toThrow(/params\[0\] is undefined/);
  });
});
