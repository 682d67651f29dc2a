import { expect, test } from "vitest";
import { behaviours } from "./behaviour.ts";
import "./cases/index.ts";
import { exceptions } from "./exceptions.ts";

test("there are as many behaviours as issue 6 asks for, each with a name of its own", () => {
  const names = behaviours.map(({ name }) => name);
  expect(names.length).toBeGreaterThanOrEqual(150);
  expect(new Set(names).size).toBe(names.length);
});

test("an exception is one of a behaviour, says why, and sees something else", () => {
  for (const [name, { saw, because }] of Object.entries(exceptions)) {
    const told = behaviours.find((one) => one.name === name);
    expect(told, name).toBeDefined();
    expect(saw, name).not.toEqual(told?.saw);
    expect(because).not.toBe("");
  }
});
