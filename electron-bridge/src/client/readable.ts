/**
 * A value that changes over time, in the shape React's `useSyncExternalStore` takes.
 *
 * `getSnapshot` returns the same object until the value changes, and both functions may be passed
 * around without their object.
 */
export interface Readable<T> {
  /** Return the value as it is now. */
  readonly getSnapshot: () => T;
  /** Call `listener` after each change. Returns what ends that; calling it twice does no harm. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** A {@link Readable} whose owner sets the value. */
export interface Writable<T> extends Readable<T> {
  /** Replace the value and tell the listeners, unless it is the very same. */
  readonly set: (value: T) => void;
}

/** Make a {@link Writable} that holds `value`. */
export function writable<T>(value: T): Writable<T> {
  // Each subscription is its own object, so one function may listen twice.
  const listeners = new Set<{ call: () => void }>();
  const tell = (): void => {
    for (const listener of [...listeners]) callAlone(listener.call);
  };
  return {
    getSnapshot: () => value,
    subscribe: (call) => {
      const entry = { call };
      listeners.add(entry);
      return () => {
        listeners.delete(entry);
      };
    },
    set: (next) => {
      if (Object.is(next, value)) return;
      value = next;
      if (untold === undefined) tell();
      else untold.add(tell);
    },
  };
}

/** Set several values before any listener is told: each finds all of them changed. */
export function together(change: () => void): void {
  const telling = new Set<() => void>();
  untold = telling;
  try {
    change();
  } finally {
    untold = undefined;
    for (const tell of telling) tell();
  }
}

/** Who is told at the end of {@link together}, while it runs. */
let untold: Set<() => void> | undefined;

/**
 * Make a readable that follows others.
 *
 * It holds nothing of them but its last value: with the last listener gone, it is free to go.
 *
 * @param next Returns the value, given the one before; asked when an input has changed and someone
 *   looks. The very value before means that nothing changed.
 */
export function derived<T>(
  inputs: readonly Readable<unknown>[],
  next: (before: T | undefined) => T,
): Readable<T> {
  let last: { readonly seen: readonly unknown[]; readonly value: T } | undefined;
  const getSnapshot = (): T => {
    const seen = inputs.map((input) => input.getSnapshot());
    if (last === undefined || seen.some((value, at) => !Object.is(value, last?.seen[at]))) {
      last = { seen, value: next(last?.value) };
    }
    return last.value;
  };
  return {
    getSnapshot,
    subscribe: (listener) => {
      let before = getSnapshot();
      const look = (): void => {
        const after = getSnapshot();
        if (Object.is(after, before)) return;
        before = after;
        listener();
      };
      const leaves = inputs.map((input) => input.subscribe(look));
      return () => {
        for (const leave of leaves) leave();
      };
    },
  };
}

/** A listener that throws is an uncaught error of its own; the others, and the caller, go on. */
function callAlone(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
