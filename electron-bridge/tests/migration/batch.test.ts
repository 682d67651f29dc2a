import { describe, expect, it } from "vitest";
import { batches, type Entry } from "../../src/migration/batch.ts";

async function* entries(...texts: readonly string[]): AsyncGenerator<Entry> {
  for (const [at, text] of texts.entries()) {
    const record = { collection: "c", document: { text } };
    yield { record, text: JSON.stringify(record), checkpoints: { [at % 2 ? "odd" : "even"]: at } };
  }
}

async function sizes(limits: { count: number; length: number }, ...texts: readonly string[]) {
  const result: number[] = [];
  for await (const { records } of batches(entries(...texts), limits)) result.push(records.length);
  return result;
}

describe("batches", () => {
  it("hold no more records than allowed", async () => {
    expect(await sizes({ count: 2, length: 1000 }, "a", "b", "c")).toEqual([2, 1]);
  });

  it("hold no more text than allowed, but one record that is larger goes alone", async () => {
    const length = 120;
    const large = "x".repeat(500);
    expect(await sizes({ count: 9, length }, "a", "b", large, "c", "d")).toEqual([2, 1, 2]);
  });

  it("say how far each storage is read with their own records, and no further", async () => {
    const found: unknown[] = [];
    for await (const { checkpoints } of batches(entries("a", "b", "c"), {
      count: 2,
      length: 1000,
    })) {
      found.push(checkpoints);
    }
    expect(found).toEqual([{ even: 0, odd: 1 }, { even: 2 }]);
  });

  it("are none when there is nothing", async () => {
    expect(await sizes({ count: 2, length: 10 })).toEqual([]);
  });
});
