/** docs/react.md tells of every hook, and what it shows compiles. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import * as react from "../../src/react/index.ts";
import { faults } from "../support/compile.ts";

const guide = readFileSync(join(import.meta.dirname, "../../../docs/react.md"), "utf8");

const prelude = `import { computed, tables, type Computed, type SidecarClient } from "@pjais/electron-bridge";
import { useClientDocument, useQuery, useRow } from "@pjais/electron-bridge/react";
declare const client: SidecarClient;
`;

it("the guide to React names every export", () => {
  const missing = Object.keys(react).filter((name) => !guide.includes(`\`${name}`));
  expect(missing).toEqual([]);
});

it("the guide to React shows code that compiles", () => {
  const blocks = [...guide.matchAll(/^```(tsx?)\n(.*?)^```/gms)];
  const files = blocks.map(([, language = "", code = ""], at): [string, string] => {
    const known = language === "ts" ? "declare const byTier: Computed<{ hot: number }>;\n" : "";
    const text = code.startsWith("import") ? code : prelude + known + code;
    return [join(import.meta.dirname, `guide-${at}.${language}`), text];
  });
  expect(files.length).toBeGreaterThan(4);
  expect(faults(new Map(files))).toEqual([]);
}, 90_000);
