import { describe, expect, it } from "vitest";
import { type JsonObject, SidecarError } from "../../src/client/index.ts";
import { applyPatch, type Patch, reconcile } from "../../src/live/patch.ts";
import { below, seeded } from "../support/random.ts";

const a = { id: "a", n: 1 };
const b = { id: "b", n: 2 };
const c = { id: "c", n: 3 };

/** The rule of L2, by the letter and slowly: what `applyPatch` must equal. */
function byTheLetter(
  rows: readonly JsonObject[],
  primaryKey: string,
  { remove, upsert, order }: Patch,
): readonly JsonObject[] {
  const gone = new Set([...remove, ...upsert.map(({ row }) => row[primaryKey])]);
  const result = rows.filter((row) => !gone.has(row[primaryKey] ?? null));
  for (const { at, row } of [...upsert].sort((x, y) => x.at - y.at)) result.splice(at, 0, row);
  if (!order) return result;
  return order.flatMap((id) => result.filter((row) => row[primaryKey] === id));
}

/** The patch between two results, as the server's `core/patch.py` makes it. */
function diff(before: readonly JsonObject[], after: readonly JsonObject[]): Patch {
  const old = new Map(before.map((row) => [row.id, row]));
  const next = new Map(after.map((row) => [row.id, row]));
  const upsert = after.flatMap((row, at) => {
    const known = old.get(row.id ?? null);
    return known !== undefined && JSON.stringify(known) === JSON.stringify(row)
      ? []
      : [{ at, row: { ...row } }];
  });
  const touched = new Set(upsert.map(({ row }) => row.id));
  const kept = (rows: readonly JsonObject[]) =>
    rows
      .map(({ id }) => String(id))
      .filter((id) => next.has(id) && old.has(id) && !touched.has(id));
  return {
    remove: before.map(({ id }) => String(id)).filter((id) => !next.has(id)),
    upsert,
    ...(kept(before).join() === kept(after).join()
      ? {}
      : { order: after.map(({ id }) => String(id)) }),
  };
}

/** A result whose rows are named and ordered at random. */
function result(random: () => number): JsonObject[] {
  const rows = new Map<string, JsonObject>();
  for (let count = below(12, random); count > 0; count--) {
    const id = `id${below(15, random)}`;
    rows.set(id, { id, n: below(3, random), nested: { list: [below(2, random)] } });
  }
  return [...rows.values()].sort(() => random() - 0.5);
}

describe("applyPatch", () => {
  it("takes out what left, and inserts what came where it belongs", () => {
    expect(applyPatch([a, b], "id", { remove: ["a"], upsert: [{ at: 0, row: c }] })).toEqual([
      c,
      b,
    ]);
  });

  it("puts rows in the order that is given", () => {
    const patch = { remove: [], upsert: [], order: ["c", "a", "b"] };
    expect(applyPatch([a, b, c], "id", patch)).toEqual([c, a, b]);
  });

  it("keeps the objects of rows that did not change", () => {
    const [first, second] = applyPatch([a, b], "id", {
      remove: [],
      upsert: [{ at: 1, row: { ...b, n: 9 } }],
    });
    expect(first).toBe(a);
    expect(second).toEqual({ id: "b", n: 9 });
  });

  it("keeps the object of a row that only moved", () => {
    const moved = applyPatch([a, b], "id", {
      remove: [],
      upsert: [{ at: 0, row: { n: 2, id: "b" } }],
    });
    expect(moved).toEqual([b, a]);
    expect(moved[0]).toBe(b);
  });

  it("returns the very same rows when nothing differs", () => {
    const rows = [a, b];
    expect(applyPatch(rows, "id", { remove: [], upsert: [{ at: 1, row: { ...b } }] })).toBe(rows);
  });

  it("leaves the rows it was given as they are", () => {
    const rows = Object.freeze([a, b]);
    applyPatch(rows, "id", { remove: ["a", "b"], upsert: [{ at: 0, row: c }] });
    expect(rows).toEqual([a, b]);
  });

  it("refuses a patch that does not fit", () => {
    const misfit = { remove: [], upsert: [], order: ["nobody"] };
    expect(() => applyPatch([a], "id", misfit)).toThrow(SidecarError);
    expect(() => applyPatch([{ name: "x" }], "id", { remove: [], upsert: [] })).toThrow(/text id/);
  });

  it("leads from any result to any other, and does what L2 says by the letter", () => {
    for (let seed = 1; seed <= 500; seed++) {
      const random = seeded(seed);
      let rows: readonly JsonObject[] = result(random);
      for (let step = 0; step < 10; step++) {
        const target = result(random);
        const patch = diff(rows, target);
        const next = applyPatch(rows, "id", patch);
        expect(next, `seed ${seed}, step ${step}`).toEqual(target);
        expect(next, `seed ${seed}, step ${step}`).toEqual(byTheLetter(rows, "id", patch));
        const before = new Map(rows.map((row) => [JSON.stringify(row), row]));
        for (const row of next) {
          const same = before.get(JSON.stringify(row));
          if (same !== undefined) expect(row, `seed ${seed}, step ${step}`).toBe(same);
        }
        rows = next;
      }
    }
  });
});

describe("reconcile", () => {
  it("returns the very same rows when nothing differs", () => {
    const rows = [a, b];
    expect(reconcile(rows, "id", [{ ...a }, { ...b }])).toBe(rows);
    expect(reconcile(rows, null, [{ ...a }, { ...b }])).toBe(rows);
  });

  it("keeps the objects of equal rows wherever they went", () => {
    const next = reconcile([a, b], "id", [{ ...b }, { ...a, n: 5 }]);
    expect(next[0]).toBe(b);
    expect(next[1]).toEqual({ id: "a", n: 5 });
  });
});
