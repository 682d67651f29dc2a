import { type Plain, plain } from "./plain.ts";

/** Something to subscribe to, as rxjs has it. */
interface Observable<Value> {
  subscribe(next: (value: Value) => void): { unsubscribe(): void };
}

/** What an observable emitted. */
export interface Emissions {
  /** Each value as it was when it came. */
  readonly seen: readonly Plain[];
  /** Wait until there are this many. */
  until(count: number): Promise<void>;
  /** Leave, and say what was seen. */
  end(): readonly Plain[];
}

/** How long something may take that must come, in milliseconds. */
const PATIENCE = 5_000;

/** Subscribe, and note each value, or what `view` sees in it. */
export function emissions<Value>(
  observable: Observable<Value>,
  view: (value: Value) => unknown = (value) => value,
): Emissions {
  const seen: Plain[] = [];
  let wake = (): void => {};
  const subscription = observable.subscribe((value) => {
    seen.push(plain(view(value)));
    wake();
  });
  return {
    seen,
    async until(count) {
      const late = Date.now() + PATIENCE;
      while (seen.length < count) {
        if (Date.now() >= late) throw new Error(`Only these came: ${JSON.stringify(seen)}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, late - Date.now());
        });
      }
    },
    end() {
      subscription.unsubscribe();
      return seen;
    },
  };
}
