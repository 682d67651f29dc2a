/**
 * The live queries of one client.
 *
 * 1. Equal queries, whatever the order of their keys, share one subscription and one snapshot.
 * 2. A query starts when it is first asked for, so that a component's data is on its way before its
 *    effects run, and ends a moment after its last reader left, so that a remount finds it warm.
 * 3. On a new connection every query subscribes again with the head it had; its readers see new data
 *    or nothing.
 * 4. What the server says of several queries at once is shown at once.
 * 5. The server keeps no subscription that it could not begin; one that failed by load, or by what is
 *    stored, is asked for again with back-off.
 */

import { backoff, defaultRetry } from "../client/backoff.ts";
import type { Outcome } from "../client/calls.ts";
import { SidecarError } from "../client/errors.ts";
import { canonical, isObject } from "../client/json.ts";
import { type Readable, together, writable } from "../client/readable.ts";
import {
  type LiveSnapshot,
  type LiveValue,
  loading,
  readAnswer,
  withAnswer,
  withError,
  withNotification,
} from "./snapshot.ts";

/** A query whose result is kept up to date while someone reads it. */
export interface LiveQuery<Data> extends Readable<LiveSnapshot<Data>> {
  /** Resolves when the first result or error is there; the same promise every time. Never rejects. */
  readonly settled: () => Promise<void>;
}

/** Where live queries get their results from. */
export interface LiveSource {
  /** Send `subscribe`; `settle` is called once, with what the server answered. */
  subscribe(query: unknown, since: number | undefined, settle: (outcome: Outcome) => void): void;
  /** Send `unsubscribe`, if there is a connection. */
  unsubscribe(subscription: string): void;
}

/** How long a query without readers is kept, in milliseconds. */
export const LINGER = 1000;

/** The live queries of one client, by the canonical text of the query. */
export class LiveQueries {
  readonly #source: LiveSource;
  readonly #entries = new Map<string, Entry>();
  /** All that run; one that was revived may share its key with a younger one. */
  readonly #running = new Set<Entry>();
  readonly #subscribed = new Map<string, Entry>();
  /** Notifications that are shown with the next one. */
  #received: Notified[] = [];
  #resumed: Promise<unknown> = Promise.resolve();

  constructor(source: LiveSource) {
    this.#source = source;
  }

  /** Return the live query that everyone who asks for an equal one shares. */
  get(query: unknown): LiveQuery<LiveValue> {
    const key = canonical(query);
    const entry = this.#entries.get(key) ?? new Entry(key, this.#source, this.#registry);
    entry.start();
    return entry;
  }

  /**
   * Take the params of a `subscription` notification; with `more`, show them with the next.
   *
   * @throws SidecarError `E_PROTOCOL` when they do not fit the query's rows.
   */
  receive(params: unknown): void {
    if (!isObject(params)) return;
    this.#received.push(params);
    if (params.more !== true) this.show();
  }

  /** Show what waits for `more`: whatever else the server sends, no more comes before it. */
  show(): void {
    if (this.#received.length === 0) return;
    const received = this.#received;
    this.#received = [];
    together(() => {
      for (const one of received) {
        // Without an entry it is the last word of a subscription that was just ended.
        this.#subscribed.get(String(one.subscription))?.receive(one);
      }
    });
  }

  /** The connection ended: its subscriptions are gone. */
  lost(): void {
    this.#received = [];
    for (const entry of this.#subscribed.values()) entry.lost();
    this.#subscribed.clear();
  }

  /** There is a new connection: subscribe again. */
  resume(): void {
    for (const entry of this.#running) entry.resume();
    const shown = [...this.#running].filter((one) => one.getSnapshot().status !== "loading");
    this.#resumed = Promise.all(shown.map((one) => one.answered()));
  }

  /** Resolves when what was shown before the connection is answered on it; never rejects. */
  resumed(): Promise<unknown> {
    return this.#resumed;
  }

  readonly #registry: Registry = {
    started: (entry) => {
      this.#running.add(entry);
      if (!this.#entries.has(entry.key)) this.#entries.set(entry.key, entry);
    },
    subscribed: (subscription, entry) => {
      this.#subscribed.set(subscription, entry);
    },
    stopped: (entry, subscription) => {
      this.#running.delete(entry);
      if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
      if (subscription !== undefined) this.#subscribed.delete(subscription);
    },
  };
}

type Notified = { readonly [key: string]: unknown };

/** Where entries enter and leave their owner's maps. */
interface Registry {
  readonly started: (entry: Entry) => void;
  readonly subscribed: (subscription: string, entry: Entry) => void;
  readonly stopped: (entry: Entry, subscription: string | undefined) => void;
}

class Entry implements LiveQuery<LiveValue> {
  readonly key: string;
  readonly #source: LiveSource;
  readonly #registry: Registry;
  readonly #snapshot = writable<LiveSnapshot<LiveValue>>(loading);
  readonly #settled: Promise<void>;
  #settle = (): void => {};
  #running = false;
  #readers = 0;
  #linger: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  /** How often in a row `subscribe` failed. */
  #failures = 0;
  /** Stands for the `subscribe` call under way whose answer counts. */
  #asking: symbol | undefined;
  #answered: Promise<void> = Promise.resolve();
  #subscription: string | undefined;
  #primaryKey: string | null = null;
  #head: number | undefined;

  constructor(key: string, source: LiveSource, registry: Registry) {
    this.key = key;
    this.#source = source;
    this.#registry = registry;
    this.#settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  readonly getSnapshot = (): LiveSnapshot<LiveValue> => this.#snapshot.getSnapshot();

  readonly settled = (): Promise<void> => this.#settled;

  /** Resolves when the last `subscribe` call is answered; what waits runs after it was taken. */
  answered(): Promise<void> {
    return this.#answered;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    const leave = this.#snapshot.subscribe(listener);
    let reading = true;
    this.#readers += 1;
    this.#wake();
    // A hidden tree may come back to a query that ended meanwhile.
    this.start();
    return () => {
      leave();
      if (!reading) return;
      reading = false;
      this.#readers -= 1;
      this.#rest();
    };
  };

  start(): void {
    if (!this.#running) {
      this.#running = true;
      this.#registry.started(this);
      this.#ask();
    }
    this.#rest();
  }

  resume(): void {
    // A call that is still under way is sent again by itself.
    if (this.#asking === undefined) this.#ask();
  }

  lost(): void {
    this.#subscription = undefined;
  }

  receive(params: Notified): void {
    // The data that stays beside an error is as of the head before.
    if (typeof params.head === "number" && !("error" in params)) this.#head = params.head;
    this.#set(withNotification(this.getSnapshot(), this.#primaryKey, params));
  }

  #ask(): void {
    clearTimeout(this.#again);
    const asking = Symbol("subscribe");
    this.#asking = asking;
    this.#answered = new Promise((resolve) => {
      this.#source.subscribe(JSON.parse(this.key), this.#head, (outcome) => {
        resolve();
        if (this.#asking === asking) this.#take(outcome);
        // Its reader left while it was under way.
        else if (outcome.ok) this.#discard(outcome.result);
      });
    });
  }

  #take(outcome: Outcome): void {
    this.#asking = undefined;
    if (!outcome.ok) {
      this.#fail(outcome.error);
      return;
    }
    this.#failures = 0;
    const subscription = subscriptionOf(outcome.result);
    if (subscription !== undefined) {
      this.#subscription = subscription;
      this.#registry.subscribed(subscription, this);
    }
    // A required row that is not there yet: the subscription is, and brings it.
    if (isObject(outcome.result) && "error" in outcome.result) {
      const error = SidecarError.fromWire(outcome.result.error);
      this.#set(withError(this.getSnapshot(), error));
      return;
    }
    const answer = readAnswer(outcome.result);
    this.#primaryKey = answer.primaryKey;
    this.#head = answer.head;
    this.#set(withAnswer(this.getSnapshot(), answer));
  }

  #fail(cause: unknown): void {
    const error = SidecarError.is(cause)
      ? cause
      : new SidecarError("E_INTERNAL", "The live query failed", { cause });
    const before = this.getSnapshot();
    // That there is no connection changes no data: the connection's own state tells.
    const keeps = before.status === "ready" && unconnected.has(error.code);
    this.#set(keeps ? before : withError(before, error));
    // What SQL says may fail by what is stored: a sum too large, JSON that is none.
    if (!mendable.has(error.code) && error.data.path !== "/sql") return;
    this.#failures += 1;
    const delay = backoff(this.#failures, defaultRetry, Math.random());
    this.#again = setTimeout(() => this.#ask(), delay);
  }

  #discard(result: unknown): void {
    const subscription = subscriptionOf(result);
    if (subscription !== undefined) this.#source.unsubscribe(subscription);
  }

  #set(snapshot: LiveSnapshot<LiveValue>): void {
    this.#settle();
    this.#snapshot.set(snapshot);
    // A change is no reason to stay longer.
    if (this.#linger === undefined) this.#rest();
  }

  /** Without readers, end in a moment; but not before the first result, which a suspended reader awaits. */
  #rest(): void {
    if (this.#readers > 0 || !this.#running || this.getSnapshot().status === "loading") return;
    this.#wake();
    this.#linger = setTimeout(() => this.#stop(), LINGER);
  }

  #wake(): void {
    clearTimeout(this.#linger);
    this.#linger = undefined;
  }

  #stop(): void {
    this.#running = false;
    this.#wake();
    clearTimeout(this.#again);
    this.#asking = undefined;
    if (this.#subscription !== undefined) this.#source.unsubscribe(this.#subscription);
    this.#registry.stopped(this, this.#subscription);
    this.#subscription = undefined;
  }
}

const unconnected = new Set<string>(["E_CONNECTION_LOST", "E_CONNECTION_FAILED", "E_CLOSED"]);
/** Failures that go away without a change of the query. */
const mendable = new Set<string>([
  "E_UNKNOWN_COLLECTION",
  "E_TIMEOUT",
  "E_TOO_LARGE",
  "E_BUSY",
  "E_STORAGE",
]);

function subscriptionOf(result: unknown): string | undefined {
  return isObject(result) && typeof result.subscription === "string"
    ? result.subscription
    : undefined;
}
