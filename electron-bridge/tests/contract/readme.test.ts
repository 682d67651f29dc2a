import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { faults } from "../support/compile.ts";

const readme = readFileSync(join(import.meta.dirname, "../../../README.md"), "utf8");

it("the README's component type-checks against the package", () => {
  const source = /```tsx\n(.*?)```/s.exec(readme)?.[1] ?? "";
  expect(source).toContain("export function App");
  expect(faults(new Map([[join(import.meta.dirname, "readme.tsx"), source]]))).toEqual([]);
}, 60_000);
