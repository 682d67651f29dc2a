/** What pages said that they write, and whether a side has it. */

import { type Write, written } from "./writes.ts";

/** The writes of all windows, by document, in the order each document was written. */
export class Ledger {
  /** How many writes were acknowledged. */
  acknowledged = 0;
  readonly #writes = new Map<string, Write[]>();

  note(write: Write): void {
    const writes = this.#writes.get(write.id) ?? [];
    if (write.acknowledged) {
      this.acknowledged += 1;
      writes.pop();
    }
    this.#writes.set(write.id, [...writes, write]);
  }

  /** How often each document was written. */
  get counts(): Record<string, number> {
    return Object.fromEntries([...this.#writes].map(([id, writes]) => [id, writes.at(-1)?.n ?? 0]));
  }

  /** Return what a side has wrong: documents as JSON against the last acknowledged writes. */
  wrong(documents: readonly string[]): string[] {
    const found = new Map<unknown, string>();
    const wrong: string[] = [];
    for (const text of documents) {
      const { id } = JSON.parse(text);
      if (found.has(id)) wrong.push(`${id} is there twice`);
      found.set(id, sorted(text));
    }
    for (const [id, writes] of this.#writes) {
      const has = found.get(id);
      found.delete(id);
      const expected = possible(writes).map((one) => contentOf(one));
      if (expected.includes(has)) continue;
      const last = writes
        .slice(-4)
        .map((one) => JSON.stringify(one))
        .join(" ");
      wrong.push(`${id}: ${has?.slice(0, 80) ?? "nothing"} is there after ${last}`);
    }
    return [...wrong, ...[...found.keys()].map((id) => `${id} was never written`)];
  }

  /** Return what the quarantine has that is not an older write of RxDB's. */
  strange(documents: readonly string[]): string[] {
    return documents.filter((text) => {
      const { _rev, _meta, _attachments, _deleted, ...document } =
        JSON.parse(text).document ?? JSON.parse(text);
      const writes = this.#writes.get(document.id) ?? [];
      const content = sorted(JSON.stringify(document));
      const same = (one: Write) =>
        one.side === "rxdb" && (_deleted === true ? one.deleted : contentOf(one) === content);
      return !writes.some(same);
    });
  }
}

/** The last acknowledged write, and those after it of which nobody knows. */
function possible(writes: readonly Write[]): (Write | undefined)[] {
  const last = writes.findLastIndex(({ acknowledged }) => acknowledged);
  return last < 0 ? [undefined, ...writes] : writes.slice(last);
}

function contentOf(write: Write | undefined): string | undefined {
  if (write === undefined || write.deleted) return undefined;
  return sorted(JSON.stringify(written(write.id, write.n)));
}

/** A document's JSON with its members in one order. */
function sorted(text: string): string {
  const entries: [string, unknown][] = Object.entries(JSON.parse(text));
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
