/** Each step, asked of a real sidecar. */

import { describe, expect, it } from "vitest";
import { events, type MemoryEntitiesDocument, tables } from "../../src/client/index.ts";
import { persona } from "../support/personas.ts";
import { startClient } from "../support/sidecar.ts";
import { failure, untilData } from "../support/wait.ts";

const { memoryEntities: memories } = tables;

/** A sidecar with Ada, who remembers four things. */
async function remembering() {
  const { client } = await startClient();
  const ada = persona("Ada");
  const memory = (name: string, importance: number, more: { tags: string[]; content: object }) =>
    events.memoryEntityCreated({
      id: name,
      personaId: ada.args.id,
      type: "text",
      name,
      summary: `${name} of the garden`,
      importance,
      tags: more.tags,
      content: { ...more.content },
    });
  await client.commit([
    ada,
    memory("Green tea", 80, {
      tags: ["tea", "calm"],
      content: { kind: "drink", source: { at: 1 } },
    }),
    memory("Black tea", 60, { tags: ["tea"], content: { kind: "drink", source: { at: 2 } } }),
    memory("Grün", 60, { tags: ["colour"], content: { kind: "word" } }),
    memory("Train", 10, {
      tags: [],
      content: { kind: "way", stops: [{ at: "Ulm" }, { at: "Bonn" }] },
    }),
  ]);
  return { client, personaId: ada.args.id };
}

const names = (rows: readonly Pick<MemoryEntitiesDocument, "name">[]) =>
  rows.map(({ name }) => name);

describe("the steps", () => {
  it("where, with each operator", async () => {
    const { client } = await remembering();
    const sorted = memories.orderBy("name");
    const found = async (query: typeof sorted) => names(await client.query(query));
    expect(await found(sorted.where("name", "LIKE", "Gr%n%"))).toEqual(["Green tea", "Grün"]);
    expect(await found(sorted.where("name", "ILIKE", "%TEA"))).toEqual(["Black tea", "Green tea"]);
    expect(await found(sorted.where("tags", "CONTAINS", "calm"))).toEqual(["Green tea"]);
    expect(await found(sorted.where("importance", ">=", 80))).toEqual(["Green tea"]);
    expect(await found(sorted.where("content.kind", "NOT IN", ["drink", "way"]))).toEqual(["Grün"]);
    expect(
      await found(
        sorted.where({
          importance: { $mod: [20, 0], $not: { $gt: 70 } },
          tags: { $size: 1, $elemMatch: { $regex: "^T", $options: "i" } },
          embedding: { $exists: false },
          $nor: [{ name: { $type: "number" } }],
        }),
      ),
    ).toEqual(["Black tea"]);
    expect(
      await found(sorted.where("content.stops.at", "Ulm").where({ $or: [{ type: "text" }] })),
    ).toEqual(["Train"]);
  });

  it("search, best first, with the text around what matched", async () => {
    const { client } = await remembering();
    const rows = await client.query(
      memories.search("garden green*").select("name", "_rank", "_snippet"),
    );
    expect(names(rows)).toEqual(["Green tea"]);
    expect(rows[0]?._rank).toBeTypeOf("number");
    expect(rows[0]?._snippet).toContain("Green");
    const narrowed = memories.where({ name: "Black tea" }).search("tea").where("name", "!=", "x");
    expect(names(await client.query(narrowed))).toEqual(["Black tea"]);
    expect(await client.query(memories.search("tea").count())).toBe(2);
    expect(await client.query(memories.search("tea").distinct("content.kind"))).toEqual([
      { content: { kind: "drink" } },
    ]);
    const sorted = memories.search("tea").orderBy("name").limit(1);
    const [first] = await client.query(sorted);
    if (first === undefined) throw new Error("a tea is found");
    expect(names(await client.query(sorted.after(first)))).toEqual(["Green tea"]);
  });

  it("orderBy, skip and limit", async () => {
    const { client } = await remembering();
    const query = memories.orderBy("content.kind", "desc").orderBy("name").skip(1).limit(2);
    expect(names(await client.query(query))).toEqual(["Train", "Black tea"]);
  });

  it("after, page by page, also behind a row that is gone", async () => {
    const { client } = await remembering();
    const page = memories.orderBy("importance", "desc").orderBy("name").limit(2);
    const [, last] = await client.query(page);
    if (last === undefined) throw new Error("the first page has two rows");
    expect(last.name).toBe("Black tea");
    await client.commit(events.documentDeleted({ collection: "memoryEntities", id: last.id }));
    expect(names(await client.query(page.after(last)))).toEqual(["Grün", "Train"]);
    const part = { id: last.id, importance: last.importance, name: last.name };
    expect(names(await client.query(page.after(part)))).toEqual(["Grün", "Train"]);
  });

  it("select, nested as in the document", async () => {
    const { client } = await remembering();
    const rows = await client.query(
      memories.where({ name: "Train" }).select("name", "content.stops.at", "_seq"),
    );
    expect(rows).toEqual([
      { name: "Train", content: { stops: [{ at: "Ulm" }, { at: "Bonn" }] }, _seq: 5 },
    ]);
  });

  it("distinct", async () => {
    const { client } = await remembering();
    const query = memories.distinct("content.kind", "importance").orderBy("importance", "desc");
    expect(await client.query(query.orderBy("content.kind").skip(1).limit(2))).toEqual([
      { content: { kind: "drink" }, importance: 60 },
      { content: { kind: "word" }, importance: 60 },
    ]);
  });

  it("groupBy and aggregate", async () => {
    const { client } = await remembering();
    const groups = memories
      .groupBy("content.kind")
      .aggregate({
        n: { count: true },
        sum: { sum: "importance" },
        mean: { avg: "importance" },
        least: { min: "name" },
        most: { max: "content.source.at" },
      })
      .orderBy("n", "desc")
      .orderBy("content.kind");
    expect(await client.query(groups)).toEqual([
      { content: { kind: "drink" }, n: 2, sum: 140, mean: 70, least: "Black tea", most: 2 },
      { content: { kind: "way" }, n: 1, sum: 10, mean: 10, least: "Train", most: null },
      { content: { kind: "word" }, n: 1, sum: 60, mean: 60, least: "Grün", most: null },
    ]);
    expect(await client.query(memories.groupBy("importance").limit(1))).toEqual([
      { importance: 10 },
    ]);
    const whole = memories.where("importance", ">", 50).aggregate({ n: { count: true } });
    expect(await client.query(whole.first({ required: true }))).toEqual({ n: 3 });
  });

  it("first, with null, an error or a fallback where there is none", async () => {
    const { client } = await remembering();
    const none = memories.where({ id: "none" }).select("id", "name");
    const fallback = { id: "none", name: "nothing" };
    expect(await client.query(none.first())).toBeNull();
    expect(await client.query(none.first({ fallback }))).toEqual(fallback);
    const error = await failure(client.query(none.first({ required: true })));
    expect(error.code).toBe("E_NOT_FOUND");
    const one = memories.orderBy("importance").select("name").first({ required: true });
    expect(await client.query(one)).toEqual({ name: "Train" });
  });

  it("count", async () => {
    const { client } = await remembering();
    expect(await client.query(memories.where({ tags: "tea" }).orderBy("name").count())).toBe(2);
  });
});

describe("a live query", () => {
  it("of groups follows the commits", async () => {
    const { client, personaId } = await remembering();
    const live = client.live(
      memories
        .where({ personaId })
        .groupBy("memoryTier")
        .aggregate({ n: { count: true } }),
    );
    expect(await untilData(live)).toEqual([{ memoryTier: "hot", n: 4 }]);
    await client.commit(events.memoryTierChanged({ id: "Train", tier: "cold" }));
    expect(live.getSnapshot().data).toEqual([
      { memoryTier: "cold", n: 1 },
      { memoryTier: "hot", n: 3 },
    ]);
  });

  it("of a row that must be there is an error while it is gone", async () => {
    const { client, personaId } = await remembering();
    const live = client.live(tables.personas.where({ id: personaId }).first({ required: true }));
    expect((await untilData(live)).name).toBe("Ada");
    await client.commit(events.documentDeleted({ collection: "personas", id: personaId }));
    expect(live.getSnapshot().error?.code).toBe("E_NOT_FOUND");
    await client.commit(persona("Ada again", { id: personaId }));
    expect((await untilData(live)).name).toBe("Ada again");
  });
});

describe("a plain query", () => {
  it("is refused where JSON would make another of it", async () => {
    const { client } = await startClient();
    const query = { from: "personas", selector: { name: /^A/ } };
    await expect(client.query(query)).rejects.toThrow(TypeError);
    expect(() => client.live(query)).toThrow(/query\.selector\.name is a RegExp/);
    expect(() => client.subscribe(query, () => {})).toThrow(TypeError);
  });
});
