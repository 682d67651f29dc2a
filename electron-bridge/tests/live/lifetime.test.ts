import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { defaultRetry } from "../../src/client/backoff.ts";
import type { Outcome } from "../../src/client/calls.ts";
import { SidecarError } from "../../src/client/index.ts";
import { LINGER, LiveQueries } from "../../src/live/live.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** The live queries of a source whose answers come when the test says so. */
function setup() {
  const asked: { since: number | undefined; settle: (outcome: Outcome) => void }[] = [];
  const ended: string[] = [];
  const live = new LiveQueries({
    subscribe: (_query, since, settle) => asked.push({ since, settle }),
    unsubscribe: (subscription) => ended.push(subscription),
  });
  const answer = (at: number, rows: readonly object[], head = 1): void =>
    asked[at]?.settle({
      ok: true,
      result: { subscription: `s${at}`, rows, head, primaryKey: "id" },
    });
  return { live, asked, ended, answer };
}

describe("a live query's life", () => {
  it("ends the subscription whose answer comes after its reader left", () => {
    const { live, asked, ended, answer } = setup();
    live.get({ from: "a" });
    answer(0, []);
    live.lost();
    live.resume();
    expect(asked[1]?.since).toBe(1);
    vi.advanceTimersByTime(LINGER);
    answer(1, []);
    expect(ended).toEqual(["s1"]);
  });

  it("waits for the first result, however long it takes", () => {
    const { live, ended, answer } = setup();
    const first = live.get({ from: "a" });
    vi.advanceTimersByTime(LINGER * 10);
    expect(live.get({ from: "a" })).toBe(first);
    answer(0, []);
    vi.advanceTimersByTime(LINGER - 1);
    expect(ended).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(ended).toEqual(["s0"]);
  });

  it("ends a moment after its last reader left, however often it changes meanwhile", () => {
    const { live, ended, answer } = setup();
    const leave = live.get({ from: "a" }).subscribe(() => {});
    answer(0, []);
    leave();
    for (let head = 2; head < 12; head++) {
      expect(ended).toEqual([]);
      live.receive({ subscription: "s0", head, result: { rows: [{ id: `${head}` }] } });
      vi.advanceTimersByTime(LINGER / 10);
    }
    expect(ended).toEqual(["s0"]);
  });

  it("shows what the server says of several at once when all of it is there", () => {
    const { live, answer } = setup();
    const [first, second] = [live.get({ from: "a" }), live.get({ from: "b" })];
    answer(0, []);
    answer(1, []);
    const seen: unknown[] = [];
    for (const one of [first, second]) {
      one.subscribe(() => seen.push([first.getSnapshot().head, second.getSnapshot().head]));
    }
    const result = { rows: [{ id: "x" }] };
    live.receive({ subscription: "s0", head: 2, result, more: true });
    expect(seen).toEqual([]);
    live.receive({ subscription: "s1", head: 2, result });
    expect(seen).toEqual([
      [2, 2],
      [2, 2],
    ]);
    live.receive({ subscription: "s0", head: 3, result: { rows: [] }, more: true });
    live.show();
    expect(first.getSnapshot().head).toBe(3);
  });

  it("waits for a required row that its subscription does not have yet", () => {
    const { live, asked } = setup();
    const query = live.get({ from: "a", first: "required" });
    query.subscribe(() => {});
    const error = { code: -32009, message: "none", data: { code: "E_NOT_FOUND", hint: "add it" } };
    const result = { subscription: "s0", error, head: 4, primaryKey: null };
    asked[0]?.settle({ ok: true, result });
    expect(query.getSnapshot()).toMatchObject({ status: "error", error: { code: "E_NOT_FOUND" } });
    vi.advanceTimersByTime(60_000);
    expect(asked).toHaveLength(1);
    live.receive({ subscription: "s0", head: 5, result: { row: { id: "x" } } });
    expect(query.getSnapshot()).toMatchObject({ status: "ready", data: { id: "x" }, head: 5 });
  });

  it("asks again, ever more slowly, when it failed by load or by what is stored", () => {
    const { live, asked, answer } = setup();
    const query = live.get({ from: "a" });
    const leave = query.subscribe(() => {});
    const fail = (at: number): void =>
      asked[at]?.settle({ ok: false, error: new SidecarError("E_TIMEOUT", "slow") });
    fail(0);
    const failed = query.getSnapshot();
    expect(failed).toMatchObject({ status: "error", error: { code: "E_TIMEOUT" } });
    for (let at = 1; at < 30; at++) {
      vi.advanceTimersByTime(defaultRetry.maxDelay);
      expect(asked).toHaveLength(at + 1);
      fail(at);
    }
    expect(query.getSnapshot()).toBe(failed);
    vi.advanceTimersByTime(defaultRetry.maxDelay);
    answer(30, [{ id: "x" }]);
    expect(query.getSnapshot()).toMatchObject({ status: "ready", data: [{ id: "x" }] });
    leave();
    vi.advanceTimersByTime(60_000);
    expect(asked).toHaveLength(31);
  });

  it("does not ask again for what can mean nothing", () => {
    const { live, asked } = setup();
    live.get({ from: "a" }).subscribe(() => {});
    asked[0]?.settle({ ok: false, error: new SidecarError("E_QUERY", "no such operator") });
    vi.advanceTimersByTime(60_000);
    expect(asked).toHaveLength(1);
  });

  it("asks again for SQL, which may fail by what is stored", () => {
    const { live, asked, answer } = setup();
    const query = live.get({ sql: "SELECT sum(age) AS n FROM a" });
    query.subscribe(() => {});
    const error = new SidecarError("E_QUERY", "SQLite: integer overflow", {
      data: { path: "/sql" },
    });
    asked[0]?.settle({ ok: false, error });
    vi.advanceTimersByTime(defaultRetry.maxDelay);
    answer(1, [{ n: 0 }]);
    expect(query.getSnapshot()).toMatchObject({ status: "ready", data: [{ n: 0 }] });
  });

  it("tells nobody of a patch that changes nothing for it: 2 and 2.0 are two to the server", () => {
    const { live, answer } = setup();
    const query = live.get({ from: "a" });
    answer(0, [{ id: "x", n: 2 }]);
    const before = query.getSnapshot();
    const patch = { remove: [], upsert: [{ at: 0, row: { id: "x", n: 2 } }] };
    live.receive({ subscription: "s0", head: 3, patch });
    expect(query.getSnapshot()).toBe(before);
  });

  it("resumes from the head of its data, not from that of an error", () => {
    const { live, asked, answer } = setup();
    live.get({ from: "a" }).subscribe(() => {});
    answer(0, [], 5);
    const error = { code: -32006, message: "slow", data: { code: "E_TIMEOUT", hint: "narrow it" } };
    live.receive({ subscription: "s0", head: 8, error });
    live.lost();
    live.resume();
    expect(asked[1]?.since).toBe(5);
  });

  it("subscribes again on a new connection, once, also where a revived one shares its query", () => {
    const { live, asked, answer } = setup();
    const old = live.get({ from: "a" });
    answer(0, [{ id: "x" }], 5);
    vi.advanceTimersByTime(LINGER);
    const young = live.get({ from: "a" });
    young.subscribe(() => {});
    answer(1, [], 7);
    old.subscribe(() => {});
    answer(2, [{ id: "y" }], 8);
    expect(old.getSnapshot().data).toEqual([{ id: "y" }]);
    live.lost();
    live.resume();
    live.resume();
    expect(
      asked
        .slice(3)
        .map(({ since }) => since)
        .sort(),
    ).toEqual([7, 8]);
  });

  it("has resumed once each that was shown is answered on the new connection", async () => {
    const { live, asked, answer } = setup();
    live.get({ from: "a" }).subscribe(() => {});
    answer(0, []);
    live.get({ from: "slow" });
    live.lost();
    live.resume();
    const resumed = vi.fn();
    void live.resumed().then(resumed);
    await vi.advanceTimersByTimeAsync(0);
    expect(resumed).not.toHaveBeenCalled();
    answer(asked.length - 1, []);
    await vi.advanceTimersByTimeAsync(0);
    expect(resumed).toHaveBeenCalledOnce();
  });

  it("keeps its data when there is no connection, and its snapshot when nothing changed meanwhile", () => {
    const { live, asked, answer } = setup();
    const query = live.get({ from: "a" });
    query.subscribe(() => {});
    answer(0, [{ id: "x" }]);
    const before = query.getSnapshot();
    live.lost();
    live.resume();
    asked[1]?.settle({ ok: false, error: new SidecarError("E_CONNECTION_FAILED", "gone") });
    expect(query.getSnapshot()).toBe(before);
    live.resume();
    answer(2, [{ id: "x" }], 9);
    expect(query.getSnapshot()).toBe(before);
    live.receive({ subscription: "s2", head: 10, patch: { remove: ["x"], upsert: [] } });
    expect(query.getSnapshot()).toMatchObject({ data: [], head: 10 });
  });

  it("shows an error with the last data, and recovers", () => {
    const { live, answer } = setup();
    const query = live.get({ from: "a" });
    query.subscribe(() => {});
    answer(0, [{ id: "x" }]);
    const error = { code: -32006, message: "slow", data: { code: "E_TIMEOUT", hint: "narrow it" } };
    live.receive({ subscription: "s0", head: 2, error });
    expect(query.getSnapshot()).toMatchObject({
      status: "error",
      data: [{ id: "x" }],
      error: { code: "E_TIMEOUT" },
    });
    live.receive({ subscription: "s0", head: 3, result: { rows: [{ id: "x" }] } });
    expect(query.getSnapshot()).toMatchObject({ status: "ready", data: [{ id: "x" }], head: 3 });
  });

  it("refuses a notification that says nothing it knows", () => {
    const { live, answer } = setup();
    live.get({ from: "a" });
    answer(0, []);
    expect(() => live.receive({ subscription: "s0", head: 2 })).toThrow(SidecarError);
    expect(() => live.receive({ subscription: "unknown", head: 2 })).not.toThrow();
  });
});
