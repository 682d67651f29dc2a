import { expect, test } from "vitest";
import { behaviours } from "./behaviour.ts";
import "./cases/index.ts";

test("there are as many behaviours as issue 6 asks for, each with a name of its own", () => {
  const names = behaviours.map(({ name }) => name);
  expect(names.length).toBeGreaterThanOrEqual(150);
  expect(new Set(names).size).toBe(names.length);
});
