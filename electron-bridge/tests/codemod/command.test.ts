/** The command: what it reads, writes, tells and returns. */

import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { command, folder } from "./support.ts";

const before = `import { createRxDatabase } from "rxdb";\n`;
const after = `import { createRxDatabase } from "@pjais/electron-bridge/rxdb";\n`;

describe("electron-bridge codemod", () => {
  it("moves all sources below a directory, and nothing else", () => {
    const moved = ["a.ts", "b/c.tsx", "b/d.mjs", "e.cjs", "f.jsx", "g.mts"];
    const kept = [
      "node_modules/x/i.js",
      "dist/i.js",
      ".cache/i.ts",
      "b/node_modules/i.js",
      "h.json",
    ];
    const root = folder(Object.fromEntries([...moved, ...kept].map((name) => [name, before])));
    const { code, out } = command("codemod", root);
    expect(code).toBe(0);
    expect(out).toContain("files read: 6, changed: 6, left to you: 0");
    for (const name of moved) expect(readFileSync(join(root, name), "utf8"), name).toBe(after);
    for (const name of kept) expect(readFileSync(join(root, name), "utf8"), name).toBe(before);
  });

  it("takes files by their names, each once", () => {
    const root = folder({ "dist/a.ts": before, "b.ts": before });
    const path = join(root, "dist/a.ts");
    expect(command("codemod", path, path).out).toContain("files read: 1, changed: 1");
    expect(readFileSync(join(root, "b.ts"), "utf8")).toBe(before);
  });

  it("follows no link to a directory, which might lead around in a circle", () => {
    const root = folder({ "src/a.ts": before });
    symlinkSync(join(root, "src"), join(root, "src/again"));
    expect(command("codemod", root).out).toContain("files read: 1, changed: 1");
  });

  it("changes nothing with --dry-run, and shows what would change", () => {
    const root = folder({ "a.ts": `// one\n${before}` });
    const { code, out } = command("codemod", root, "--dry-run");
    expect(code).toBe(0);
    expect(readFileSync(join(root, "a.ts"), "utf8")).toBe(`// one\n${before}`);
    expect(out).toBe(`${join(root, "a.ts")}
@@ line 2
-${before}+${after}
files read: 1, to change: 1, left to you: 0
`);
  });

  it("tells of a file that cannot be parsed, leaves it alone and goes on", () => {
    const broken = `import { isRxQuery } from "rxdb";\nconst x = {;\n`;
    const root = folder({ "a.ts": broken, "b.ts": before });
    const { code, out } = command("codemod", root);
    expect(code).toBe(1);
    expect(out).toMatch(/a\.ts:2: cannot be parsed \(.+\); left alone/);
    expect(readFileSync(join(root, "a.ts"), "utf8")).toBe(broken);
    expect(readFileSync(join(root, "b.ts"), "utf8")).toBe(after);
  });

  it("tells of a file that is not UTF-8, and leaves it alone", () => {
    const bytes = Buffer.from(`import { isRxQuery } from "rxdb"; // caf\xe9\n`, "latin1");
    const root = folder({ "a.ts": bytes });
    const { code, out } = command("codemod", root);
    expect(code).toBe(1);
    expect(out).toMatch(/a\.ts: cannot be read \(.*utf-8/i);
    expect(readFileSync(join(root, "a.ts")).equals(bytes)).toBe(true);
  });

  it("does not read as a program what has nothing to do with RxDB", () => {
    const root = folder({ "a.ts": "const x = {;" });
    expect(command("codemod", root)).toMatchObject({ code: 0 });
  });

  it("writes the endpoint it is given", () => {
    const root = folder({
      "a.ts": `import { getRxStorageDexie } from "rxdb/plugins/storage-dexie";\nconst storage = getRxStorageDexie();\n`,
    });
    command("codemod", root, "--endpoint", "await window.sidecar.endpoint()");
    expect(readFileSync(join(root, "a.ts"), "utf8")).toContain(
      "const storage = getRxStorageSidecar(await window.sidecar.endpoint());",
    );
  });
});

describe("called wrongly it changes nothing, says why and exits with 2", () => {
  it.each([
    ["codemod SRC missing", /There is no missing/],
    ["codemod SRC SRC/notes.md", /notes\.md is neither/],
    ["codemod", /Which files/],
    ["migrate SRC", /no command migrate/],
    ["codemod SRC --force", /--force/],
    ["codemod SRC --endpoint", /endpoint/],
  ])("%s", (line, why) => {
    const root = folder({ "a.ts": before, "notes.md": before });
    const { code, error, out } = command(...line.replaceAll("SRC", root).split(" "));
    expect(code).toBe(2);
    expect(error).toMatch(why);
    expect(error).toContain("--help");
    expect(out).toBe("");
    expect(readFileSync(join(root, "a.ts"), "utf8")).toBe(before);
  });

  it("without a command it shows its help", () => {
    expect(command()).toEqual({ ...command("--help"), code: 2 });
  });
});

describe("--help", () => {
  it("tells of every option, the exit codes, and shows a call that works", () => {
    const { code, out } = command("codemod", "--help");
    expect(code).toBe(0);
    for (const told of ["--dry-run", "--endpoint", "--help", "Exit code: 0", "node_modules"]) {
      expect(out).toContain(told);
    }
    const src = join(folder({ "src/a.ts": before }), "src");
    const [example = ""] = /codemod src\/ --dry-run/.exec(out) ?? [];
    expect(command(...example.replace("src/", src).split(" ")).code).toBe(0);
  });

  it("fits a terminal", () => {
    expect(
      command("--help")
        .out.split("\n")
        .filter((line) => line.length > 100),
    ).toEqual([]);
  });
});

it("an empty directory is nothing to do", () => {
  const root = folder({});
  mkdirSync(join(root, "src"));
  expect(command("codemod", join(root, "src"))).toMatchObject({ code: 0 });
});
