import { describe, expect, it } from "vitest";
import { compare } from "../../example/old-app/compare.ts";
import type { Document } from "../../example/old-app/documents.ts";

const AT = Date.UTC(2025, 2, 1, 12);

/** The differences of one memory before and after, quarantined or not. */
function differences(
  before: Document | null,
  after: Document | null,
  quarantined?: Document,
): string[] {
  return compare(
    "memoryEntities",
    new Map(before ? [["m", before]] : []),
    new Map(after ? [["m", after]] : []),
    new Map(quarantined ? [["m", quarantined]] : []),
  ).differences;
}

describe("the demo's comparison", () => {
  it.each([
    ["an ISO string", new Date(AT).toISOString()],
    ["an ISO string with an offset", "2025-03-01T14:00:00+02:00"],
    ["seconds", AT / 1000],
    ["milliseconds", AT],
  ])("takes a timestamp written as %s for the same moment", (_form, createdAt) => {
    expect(differences({ createdAt }, { createdAt: AT })).toEqual([]);
  });

  it.each<[string, Document, Document]>([
    ["a moment off by a millisecond", { createdAt: AT }, { createdAt: AT + 1 }],
    [
      "a date in a field that is no timestamp",
      { since: "2025-03-01" },
      { since: 1_740_787_200_000 },
    ],
    ["importance 0 that became a default", { importance: 0 }, { importance: 50 }],
    ["null that became absent", { importance: null }, {}],
    ["absent that became null", {}, { importance: null }],
    ["an empty string that became null", { summary: "" }, { summary: null }],
    ["a number that became text", { importance: 1 }, { importance: "1" }],
    ["an array that became an object", { tags: ["a"] }, { tags: { 0: "a" } }],
    ["a lost field deep in an array", { content: [{ a: [1, {}] }] }, { content: [{ a: [1] }] }],
    ["a field of nobody's", {}, { memoryTier: "hot" }],
    ["items in another order", { tags: ["a", "b"] }, { tags: ["b", "a"] }],
  ])("finds %s", (_change, before, after) => {
    expect(differences(before, after)).not.toEqual([]);
  });

  it("does not mind the order of fields, nor undefined, which JSON cannot say", () => {
    expect(differences({ a: 1, b: 2, c: undefined }, { b: 2, a: 1 })).toEqual([]);
  });

  it("wants every document in the store or in the quarantine, and not in both", () => {
    expect(differences({ a: 1 }, null)).toEqual(["memoryEntities/m: lost"]);
    expect(differences({ a: 1 }, null, { a: 1 })).toEqual([]);
    expect(differences({ a: 1 }, { a: 1 }, { a: 1 })).toHaveLength(1);
    expect(differences(null, { a: 1 })).toEqual(["memoryEntities/m: not in RxDB"]);
  });

  it("wants a quarantined document as it was, timestamps too", () => {
    const createdAt = new Date(AT).toISOString();
    expect(differences({ createdAt }, null, { createdAt })).toEqual([]);
    expect(differences({ createdAt }, null, { createdAt: AT })).toHaveLength(1);
  });

  it("names a date that is none, which only the log can keep", () => {
    const before = new Map([["m", { createdAt: "last Tuesday" }]]);
    const found = compare("memoryEntities", before, new Map([["m", {}]]), new Map());
    expect(found.differences).toEqual([]);
    expect(found.undated).toEqual([{ id: "m", field: "createdAt", value: "last Tuesday" }]);
  });
});
