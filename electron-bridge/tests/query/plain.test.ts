import { describe, expect, it } from "vitest";
import { tables } from "../../src/client/index.ts";
import { checkQuery } from "../../src/query/plain.ts";

describe("a plain query", () => {
  it("may hold whatever JSON carries", () => {
    const selector = Object.assign(Object.create(null), { a: [null, true, 1.5, "x", { b: {} }] });
    expect(() => checkQuery({ from: "notes", selector })).not.toThrow();
  });

  it("may be one made by steps", () => {
    expect(() => checkQuery(tables.personas.where({ name: "Ada" }))).not.toThrow();
    expect(() => checkQuery(tables.personas.count())).not.toThrow();
  });

  class Name {}
  it.each([
    [undefined, "undefined", "Leave the member out, or compare with null."],
    [/a/i, "a RegExp", 'Write {"$regex":"a","$options":"i"}.'],
    [new Date(0), "a Date", "Times are numbers: write date.getTime()."],
    [Number.POSITIVE_INFINITY, "Infinity", "Write a finite number."],
    [() => 1, "a Function", "A query is made of null,"],
    [5n, "a BigInt", "A query is made of null,"],
    [Symbol("a"), "a Symbol", "A query is made of null,"],
    [new Map(), "a Map", "A query is made of null,"],
    [new Name(), "an object of a class", "A query is made of null,"],
  ])("may not hold %s", (value, kind, hint) => {
    const query = { from: "notes", selector: { $or: [{ a: 1 }, { b: { $in: [value] } }] } };
    expect(() => checkQuery(query)).toThrow(
      `query.selector.$or[1].b.$in[0] is ${kind}, which JSON cannot carry. ${hint}`,
    );
  });

  it("may have no holes in its arrays, which JSON fills with null", () => {
    const values: string[] = [];
    values[1] = "a";
    expect(() => checkQuery({ from: "notes", selector: { a: { $in: values } } })).toThrow(
      /\$in\[0\] is undefined/,
    );
  });
});
