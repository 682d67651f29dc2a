import { describe, expect, it } from "vitest";
import { tables } from "../../src/client/index.ts";
import { canonical, sameJson } from "../../src/client/json.ts";

describe("canonical", () => {
  it("is one text for equal values, whatever the order of keys", () => {
    expect(canonical({ b: [{ d: 1, c: 2 }], a: null })).toBe(
      canonical({ a: null, b: [{ c: 2, d: 1 }] }),
    );
    expect(canonical([1, 2])).not.toBe(canonical([2, 1]));
  });

  it("takes a builder's query for the JSON it stands for", () => {
    expect(canonical(tables.personas.limit(1))).toBe(canonical({ limit: 1, from: "personas" }));
  });
});

describe("sameJson", () => {
  it.each([
    [{ a: [1, { b: null }] }, { a: [1, { b: null }] }, true],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: 1 }, { a: 1, b: null }, false],
    [{ a: null }, { b: null }, false],
    [[1], { 0: 1 }, false],
    [[1, 2], [1], false],
    [null, {}, false],
    ["1", 1, false],
    [new Map([[1, 2]]), new Map(), false],
    [new Date(1), new Date(2), false],
  ])("compares %j and %j: %s", (a, b, same) => {
    expect(sameJson(a, b)).toBe(same);
    expect(sameJson(b, a)).toBe(same);
  });
});
