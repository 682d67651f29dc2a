import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { run } from "../../src/codemod/command.ts";
import { temporary } from "../support/sidecar.ts";

/** What a run of the command came to. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Run the command as `npx electron-bridge` does. */
export function command(...args: string[]): Ran {
  let out = "";
  let error = "";
  const code = run(args, {
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
  });
  return { code, out, error };
}

/** A directory with files, which goes after the test. */
export function folder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = temporary();
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return root;
}

/** Move one file; a second run must find nothing more to change. */
export function move(
  text: string,
  { name = "file.ts", endpoint = "sidecar" } = {},
): { readonly text: string; readonly left: readonly string[]; readonly code: number } {
  const path = join(folder({ [name]: text }), name);
  const { code, out } = command("codemod", path, "--endpoint", endpoint);
  const moved = readFileSync(path, "utf8");
  const again = command("codemod", path, "--endpoint", endpoint);
  expect(readFileSync(path, "utf8"), "a second run changed something").toBe(moved);
  expect(again.out).toContain("files read: 1, changed: 0");
  const left = [...out.matchAll(/^ {2}.*?:(\d+: .*)$/gm)].map(([, remark = ""]) => remark);
  return { text: moved, left, code };
}
