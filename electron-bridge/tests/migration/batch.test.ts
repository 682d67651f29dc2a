import { describe, expect, it } from "vitest";
import { batches } from "../../src/migration/batch.ts";
import type { MigrationRecord } from "../../src/migration/index.ts";

async function* records(...texts: readonly string[]): AsyncGenerator<MigrationRecord> {
  for (const text of texts) yield { collection: "c", document: { text } };
}

async function sizes(limits: { count: number; length: number }, ...texts: readonly string[]) {
  const result: number[] = [];
  for await (const batch of batches(records(...texts), limits)) result.push(batch.length);
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

  it("are none when there is nothing", async () => {
    expect(await sizes({ count: 2, length: 10 })).toEqual([]);
  });
});
