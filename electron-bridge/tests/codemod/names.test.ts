/**
 * The codemod's table of names is what our entries export, types too.
 *
 * After a change of an entry: `npx vitest run tests/codemod/names -u` writes the table.
 */

import { join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const entries = {
  rxdb: join(root, "src/rxdb/index.ts"),
  react: join(root, "src/rxdb/react/index.ts"),
  rxdbHooks: join(root, "src/rxdb/rxdb-hooks/index.ts"),
} as const;

const HEAD = `/**
 * What our entries export, by the module whose names they have.
 *
 * A table, because the codemod reads the app's sources and not our types; a test holds it to the entries
 * and writes it.
 */
export const names = {
`;

it("the table is what the entries export", async () => {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(Object.values(entries), options);
  const checker = program.getTypeChecker();
  const lists = Object.entries(entries).map(([module, path]) => {
    const file = program.getSourceFile(path);
    const symbol = file && checker.getSymbolAtLocation(file);
    const exported = symbol ? checker.getExportsOfModule(symbol) : [];
    const lines = exported.map(({ name }) => `    "${name}",\n`).sort();
    expect(lines.length).toBeGreaterThan(5);
    return `  ${module}: [\n${lines.join("")}  ],\n`;
  });
  await expect(`${HEAD}${lists.join("")}} as const;\n`).toMatchFileSnapshot(
    join(root, "src/codemod/names.ts"),
  );
}, 60_000);
