import { describe, expect, it } from "vitest";
import { type Readable, writable } from "../../../src/client/readable.ts";
import type { Side } from "../../../src/migration/guide/side.ts";
import type { Source } from "../../../src/migration/guide/source.ts";
import { type Switched, switching } from "../../../src/migration/guide/switching.ts";

/** A source that a test gives values to, and that tells how often it is read. */
function driven() {
  const begun = new Set<{
    readonly next: (value: string) => void;
    readonly fail: (error: unknown) => void;
  }>();
  const source: Source<string> = (next, fail) => {
    const one = { next, fail };
    begun.add(one);
    return () => begun.delete(one);
  };
  return {
    source,
    readers: () => begun.size,
    give: (value: string) => begun.forEach(({ next }) => void next(value)),
    fail: (error: unknown) => begun.forEach((one) => void one.fail(error)),
  };
}

function setUp(start: Side | undefined, { moved = false } = {}) {
  const side = writable<Side | undefined>(start);
  const [rxdb, store] = [driven(), driven()];
  const value = switching({ side, moved: () => moved, rxdb: rxdb.source, store: store.source });
  return { side, rxdb, store, value };
}

/** Every value that is shown from now on. */
function shown(value: Readable<Switched<string>>): { values: unknown[]; leave: () => void } {
  const values: unknown[] = [];
  const leave = value.subscribe(() => values.push(value.getSnapshot().value));
  return { values, leave };
}

describe("switching", () => {
  it("reads the side that is the truth, and no other", () => {
    const { side, rxdb, store, value } = setUp("rxdb");
    shown(value);
    expect([rxdb.readers(), store.readers()]).toEqual([1, 0]);
    side.set("store");
    expect([rxdb.readers(), store.readers()]).toEqual([0, 1]);
    side.set("rxdb");
    expect([rxdb.readers(), store.readers()]).toEqual([1, 0]);
  });

  it("shows what it has until the other side gives its own", () => {
    const { side, rxdb, store, value } = setUp("rxdb");
    const { values } = shown(value);
    rxdb.give("old");
    side.set("store");
    rxdb.give("late");
    expect(value.getSnapshot().value).toBe("old");
    store.give("new");
    side.set("rxdb");
    rxdb.give("again");
    expect(values).toEqual(["old", "new", "again"]);
  });

  it("reads RxDB while nobody knows, and hears of no error then", () => {
    const { side, rxdb, value } = setUp(undefined);
    shown(value);
    rxdb.fail(new Error("closed"));
    expect(value.getSnapshot().error).toBeUndefined();
    side.set("rxdb");
    expect(rxdb.readers()).toBe(1);
    rxdb.give("there");
    expect(value.getSnapshot()).toEqual({ value: "there", error: undefined });
  });

  it("waits for the store where this origin has moved before", () => {
    const { side, rxdb, store, value } = setUp(undefined, { moved: true });
    shown(value);
    expect([rxdb.readers(), store.readers()]).toEqual([0, 0]);
    side.set("store");
    expect([rxdb.readers(), store.readers()]).toEqual([0, 1]);
  });

  it("goes on with the side it reads when nobody knows any more", () => {
    const { side, store, value } = setUp("store");
    shown(value);
    side.set(undefined);
    store.give("still");
    expect(value.getSnapshot().value).toBe("still");
  });

  it("keeps an error beside the last value until the next one", () => {
    const { rxdb, value } = setUp("rxdb");
    shown(value);
    const error = new Error("broken");
    rxdb.give("good");
    rxdb.fail(error);
    expect(value.getSnapshot()).toEqual({ value: "good", error });
    rxdb.give("good");
    expect(value.getSnapshot()).toEqual({ value: "good", error: undefined });
  });

  it("shows no rows of the other side when the one that is the truth fails", () => {
    const { side, rxdb, store, value } = setUp("rxdb");
    shown(value);
    rxdb.give("old");
    side.set("store");
    const error = new Error("no such table");
    store.fail(error);
    expect(value.getSnapshot()).toEqual({ value: undefined, error });
  });

  it("is read while someone listens, keeps its value, and begins again", () => {
    const { side, rxdb, store, value } = setUp("rxdb");
    const first = shown(value);
    const second = shown(value);
    expect(rxdb.readers()).toBe(1);
    rxdb.give("kept");
    first.leave();
    first.leave();
    expect(rxdb.readers()).toBe(1);
    second.leave();
    side.set("store");
    expect([rxdb.readers(), store.readers()]).toEqual([0, 0]);
    expect(value.getSnapshot().value).toBe("kept");
    shown(value);
    expect(store.readers()).toBe(1);
  });
});
