import { writeFileSync } from "node:fs";
import { applyEdits, type Edit, hunks } from "./edits.ts";
import { readText } from "./files.ts";
import { rewrite } from "./rewrite.ts";
import { parse } from "./source.ts";

/** What came of one file. */
export interface Outcome {
  readonly path: string;
  readonly changed: boolean;
  /** The change as lines of a diff. */
  readonly diff: readonly string[];
  /** What is left to the file's author, each with `path:line` before it. */
  readonly remarks: readonly string[];
}

/** What {@link moveFile} may be told. */
export interface MoveOptions {
  readonly endpoint: string;
  readonly dryRun: boolean;
}

/** Move one file from RxDB to the facade; one that cannot be read or parsed is left alone, and told. */
export function moveFile(path: string, { endpoint, dryRun }: MoveOptions): Outcome {
  const unchanged = (...remarks: string[]): Outcome => ({
    path,
    changed: false,
    diff: [],
    remarks,
  });
  const text = attempt(() => readText(path));
  if (text instanceof Error) return unchanged(`${path}: cannot be read (${text.message})`);
  if (!text.includes("rxdb")) return unchanged();
  const at = (position: number): string => `${path}:${text.slice(0, position).split("\n").length}`;
  const source = parse(path, text);
  if ("message" in source) {
    return unchanged(`${at(source.position)}: cannot be parsed (${source.message}); left alone`);
  }
  const { edits, remarks } = rewrite(source, endpoint);
  const left = remarks.map(({ position, why }) => `${at(position)}: ${why}`);
  if (edits.length === 0) return unchanged(...left);
  const failure = dryRun ? undefined : attempt(() => writeFileSync(path, applyEdits(text, edits)));
  if (failure instanceof Error) return unchanged(`${path}: cannot be written (${failure.message})`);
  return { path, changed: true, diff: diff(text, edits), remarks: left };
}

function attempt<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

function diff(text: string, edits: readonly Edit[]): string[] {
  return hunks(text, edits).flatMap(({ line, removed, added }) => [
    `@@ line ${line}`,
    ...removed.map((one) => `-${one}`),
    ...added.map((one) => `+${one}`),
  ]);
}
