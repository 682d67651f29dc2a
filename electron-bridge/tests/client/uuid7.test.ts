import { expect, it } from "vitest";
import { uuid7 } from "../../src/client/index.ts";

it("makes version 7, with the time in front", () => {
  const time = Date.UTC(2025, 5, 1);
  const id = uuid7(time);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toBe(time);
});

it("makes a new one each time, and later ones sort later", () => {
  const ids = [uuid7(1), uuid7(2), uuid7(0x1_0000), uuid7(0x1_0000_0000)];
  expect([...ids].sort()).toEqual(ids);
  expect(uuid7(1)).not.toBe(ids[0]);
});
