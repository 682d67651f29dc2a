/** A stretch of a text, and what takes its place; offsets are UTF-16 code units, `end` is exclusive. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Lines that change together: `line` is where they begin, counted from 1. */
export interface Hunk {
  readonly line: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** Return the text with the edits made, and every other byte as it was. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = "";
  let at = 0;
  for (const { start, end, text: replacement } of outermost(edits)) {
    result += text.slice(at, start) + replacement;
    at = end;
  }
  return result + text.slice(at);
}

/** Return the lines that edits change, before and after. */
export function hunks(text: string, edits: readonly Edit[]): Hunk[] {
  const groups: { start: number; end: number; edits: Edit[] }[] = [];
  for (const edit of outermost(edits)) {
    const start = lineStart(text, edit.start);
    const end = lineEnd(text, Math.max(edit.start, edit.end - 1));
    const last = groups.at(-1);
    if (last !== undefined && start <= last.end) {
      last.end = Math.max(last.end, end);
      last.edits.push(edit);
    } else {
      groups.push({ start, end, edits: [edit] });
    }
  }
  return groups.map((group) => {
    const before = text.slice(group.start, group.end);
    const after = applyEdits(
      before,
      group.edits.map((edit) => ({
        ...edit,
        start: edit.start - group.start,
        end: edit.end - group.start,
      })),
    );
    return {
      line: text.slice(0, group.start).split("\n").length,
      removed: lines(before),
      added: lines(after),
    };
  });
}

/** Return the offset at which the line of another begins. */
export function lineStart(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1;
}

/** Return the offset after the line of another, its line feed included. */
export function lineEnd(text: string, at: number): number {
  const feed = text.indexOf("\n", at);
  return feed === -1 ? text.length : feed + 1;
}

/** In order, without those inside of another: a statement that goes takes with it what would change in it. */
function outermost(edits: readonly Edit[]): Edit[] {
  const result: Edit[] = [];
  let reached = 0;
  for (const edit of edits.toSorted(byPlace)) {
    if (edit.start < reached) continue;
    result.push(edit);
    reached = edit.end;
  }
  return result;
}

/** An insertion comes before what begins where it is, and a larger edit before those in it. */
function byPlace(a: Edit, b: Edit): number {
  const inserts = Number(b.start === b.end) - Number(a.start === a.end);
  return a.start - b.start || inserts || b.end - a.end;
}

function lines(text: string): string[] {
  const all = text.split(/\r?\n/);
  if (all.at(-1) === "") all.pop();
  return all;
}
