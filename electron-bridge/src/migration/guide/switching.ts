/**
 * A value that comes from RxDB or from the store, whichever is the truth.
 *
 * 1. Only the side that is the truth is asked, and only while someone listens.
 * 2. When the truth moves, the value stays until the other side has given its own: nobody sees a gap.
 * 3. While nobody knows where the truth is (the sidecar is starting, or gone), RxDB is asked, unless
 *    this origin has moved before. What fails then is not told, because the store may have the truth.
 * 4. An error stands beside the last value of the same side, and goes with the next one. A side that fails
 *    before it gave any value leaves none: what the other side had is no answer any more.
 */

import { type Readable, writable } from "../../client/readable.ts";
import type { Side } from "./side.ts";
import type { Source } from "./source.ts";

/** The value at one moment. */
export interface Switched<T> {
  /** Undefined before the first one. */
  readonly value: T | undefined;
  /** What the side that is the truth failed with; undefined while it does well. */
  readonly error: unknown;
}

/** Where a value that changes over comes from. */
export interface SwitchingFrom<T> {
  /** Where the truth is; undefined while that is not known. */
  readonly side: Readable<Side | undefined>;
  /** Whether this origin's data has moved, as far as it remembers. */
  readonly moved: () => boolean;
  readonly rxdb: Source<T>;
  readonly store: Source<T>;
}

/** Make a value that changes over by itself. */
export function switching<T>(from: SwitchingFrom<T>): Readable<Switched<T>> {
  const state = writable<Switched<T>>({ value: undefined, error: undefined });
  let listeners = 0;
  let reading: Reading | undefined;
  let leave = (): void => {};

  const follow = (): void => {
    const known = from.side.getSnapshot();
    const wanted = known ?? reading?.side ?? (from.moved() ? undefined : "rxdb");
    if (reading?.side === wanted && !(reading?.failed === true && known !== undefined)) return;
    reading?.end();
    reading = wanted && read(wanted);
  };
  const read = (side: Side): Reading => {
    const source = side === "rxdb" ? from.rxdb : from.store;
    let ended = false;
    let given = false;
    const begun: Reading = { side, failed: false, end: () => {} };
    const stop = source(
      (value) => {
        const before = state.getSnapshot();
        given = true;
        if (ended || (Object.is(value, before.value) && before.error === undefined)) return;
        state.set({ value, error: undefined });
      },
      (error) => {
        if (ended) return;
        if (from.side.getSnapshot() === undefined) begun.failed = true;
        else state.set({ value: given ? state.getSnapshot().value : undefined, error });
      },
    );
    begun.end = () => {
      ended = true;
      stop();
    };
    return begun;
  };
  const begin = (): void => {
    leave = from.side.subscribe(follow);
    follow();
  };
  const end = (): void => {
    leave();
    reading?.end();
    reading = undefined;
  };

  return {
    getSnapshot: state.getSnapshot,
    subscribe: (listener) => {
      const forget = state.subscribe(listener);
      let listening = true;
      listeners += 1;
      if (listeners === 1) begin();
      return () => {
        forget();
        if (!listening) return;
        listening = false;
        listeners -= 1;
        if (listeners === 0) end();
      };
    },
  };
}

/** A source that gives values. */
interface Reading {
  readonly side: Side;
  /** It failed while nobody knew where the truth was, and is begun again when that is known. */
  failed: boolean;
  end: () => void;
}
