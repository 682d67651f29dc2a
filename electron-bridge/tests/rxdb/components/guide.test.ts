/** docs/moving-components.md tells of every hook and option, and what it shows compiles. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { run } from "../../../src/codemod/command.ts";
import * as react from "../../../src/rxdb/react/index.ts";
import * as hooks from "../../../src/rxdb/rxdb-hooks/index.ts";
import { faults } from "../../support/compile.ts";

const guide = readFileSync(
  join(import.meta.dirname, "../../../../docs/moving-components.md"),
  "utf8",
);

it("the guide names every hook of both entries", () => {
  const names = [...Object.keys(react), ...Object.keys(hooks)];
  expect(names.filter((name) => !guide.includes(`\`${name}`))).toEqual([]);
});

it("the guide names every option of the codemod", () => {
  let help = "";
  run(["--help"], { out: (text) => (help = text), error: () => {} });
  const options = new Set(help.match(/--[a-z-]+/g));
  expect(options.size).toBeGreaterThan(2);
  expect([...options].filter((option) => !guide.includes(option))).toEqual([]);
});

it("the guide shows code that compiles", () => {
  const blocks = [...guide.matchAll(/^```tsx\n(.*?)^```/gms)];
  const files = blocks.map(([, code = ""], at): [string, string] => [
    join(import.meta.dirname, `guide-${at}.tsx`),
    code,
  ]);
  expect(files.length).toBeGreaterThan(0);
  expect(faults(new Map(files))).toEqual([]);
}, 90_000);
