/**
 * Where rows come from: the forms in which an app asks RxDB and the store, as one.
 *
 * A source may be begun many times. What was begun gives values until it is ended, and none after.
 */

import type { LiveDataOf, LiveInput, SidecarClient } from "../../client/index.ts";
import { isObject } from "../../client/json.ts";

/** Begins to give values; returns what ends that. */
export type Source<T> = (next: (value: T) => void, fail: (error: unknown) => void) => () => void;

/** An Observable of RxDB, of rxjs, or of this package's facade. */
export interface ObservableLike<T> {
  subscribe(observer: { next: (value: T) => void; error: (error: unknown) => void }): {
    unsubscribe(): void;
  };
  // Never called: from the last signature, types infer what an Observable gives.
  subscribe(next: (value: T) => void): { unsubscribe(): void };
}

/** What stays live in RxDB: an Observable, or a query, which has one. */
export type RxLive<T> = ObservableLike<T> | { readonly $: ObservableLike<T> };

/** What is asked of RxDB: something live, or a function that asks, for that or for a promise. */
export type RxSource<T> = RxLive<T> | (() => RxLive<T> | PromiseLike<T>);

/** Return what is asked, where a function asks. */
export function asked<T>(given: RxSource<T>): RxLive<T> | PromiseLike<T> {
  return typeof given === "function" ? given() : given;
}

/** Make a source of what is asked of RxDB. */
export function rxdbSource<T>(given: RxSource<T>): Source<T> {
  return guarded((next, fail) => {
    const found = asked(given);
    if ("then" in found) return once(found, next, fail);
    const observable = "$" in found ? found.$ : found;
    const subscription = observable.subscribe({ next, error: fail });
    return () => subscription.unsubscribe();
  });
}

/** Make a source of what is asked of the store: a query, which stays live, or a function that asks. */
export function storeSource<const Q extends LiveInput>(
  client: SidecarClient,
  given: Q | (() => Q),
): Source<LiveDataOf<Q>>;
export function storeSource<T>(client: SidecarClient, given: () => PromiseLike<T> | T): Source<T>;
export function storeSource(
  client: SidecarClient,
  given: LiveInput | (() => unknown),
): Source<unknown>;
export function storeSource(
  client: SidecarClient,
  given: LiveInput | (() => unknown),
): Source<unknown> {
  return guarded((next, fail) => {
    const found = typeof given === "function" ? given() : given;
    if (!isLiveInput(found)) return once(found, next, fail);
    return client.subscribe(found, ({ status, data, error }) => {
      if (status === "ready") next(data);
      else if (status === "error") fail(error);
    });
  });
}

function once<T>(
  found: PromiseLike<T> | T,
  next: (value: T) => void,
  fail: (error: unknown) => void,
): () => void {
  let ended = false;
  Promise.resolve(found).then(
    (value) => ended || next(value),
    (error: unknown) => ended || fail(error),
  );
  return () => {
    ended = true;
  };
}

/** A source that can't begin has failed; what it says after its end is not heard. */
function guarded<T>(begin: Source<T>): Source<T> {
  return (next, fail) => {
    try {
      return begin(next, fail);
    } catch (error) {
      fail(error);
      return () => {};
    }
  };
}

function isLiveInput(value: unknown): value is LiveInput {
  if (!isObject(value)) return false;
  return ["toJSON", "from", "sql", "inputs"].some((name) => name in value);
}
