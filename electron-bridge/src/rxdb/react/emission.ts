import { useMemo, useState, useSyncExternalStore } from "react";
import { type Readable, writable } from "../../client/readable.ts";
import type { Observable } from "../index.ts";

/** The last value of a source. */
export interface Emission<T> {
  /** Of the source before, until this one has given one. */
  readonly value: T;
  readonly loading: boolean;
  /** A message; it goes with the next value. */
  readonly error: string | null;
}

/** Begins to give values; returns what ends that. */
export type Source<T> = (next: (value: T) => void, error: (error: Error) => void) => () => void;

/** The source of a live query's results. */
export function emitted<T>({ $ }: { readonly $: Observable<T> }): Source<T> {
  return (next, error) => {
    const subscription = $.subscribe({ next, error });
    return () => subscription.unsubscribe();
  };
}

/**
 * Return the last value of a source, and render again with each.
 *
 * @param source The same function as long as it is the same source; undefined where there is none yet.
 * @param initial What there is before any value, also on a server; the same one in every render.
 */
export function useEmission<T>(source: Source<T> | undefined, initial: T): Emission<T> {
  const [last] = useState({ value: initial });
  const [blank] = useState<Emission<T>>({ value: initial, loading: true, error: null });
  const { subscribe, getSnapshot } = useMemo(
    () => emissions(source, last, initial),
    [source, last, initial],
  );
  return useSyncExternalStore(subscribe, getSnapshot, () => blank);
}

/** @param last Where a value is kept for the source that comes after this one. */
function emissions<T>(
  source: Source<T> | undefined,
  last: { value: T },
  initial: T,
): Readable<Emission<T>> {
  const { getSnapshot, subscribe, set } = writable<Emission<T>>({
    value: source === undefined ? initial : last.value,
    loading: true,
    error: null,
  });
  return {
    getSnapshot,
    subscribe: (listener) => {
      if (source === undefined) last.value = initial;
      const leave = subscribe(listener);
      const end = source?.(
        (value) => {
          last.value = value;
          const { value: before, loading, error } = getSnapshot();
          // A subscription made anew, as StrictMode makes it, begins with what is known.
          if (Object.is(value, before) && !loading && error === null) return;
          set({ value, loading: false, error: null });
        },
        ({ message }) => set({ ...getSnapshot(), loading: false, error: message }),
      );
      return () => {
        leave();
        end?.();
      };
    },
  };
}
