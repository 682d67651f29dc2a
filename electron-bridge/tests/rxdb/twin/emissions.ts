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
  /** Wait until this is the last: for what may come in more steps or fewer. */
  untilLast(wanted: Plain): Promise<void>;
  /** Leave once nothing more comes by itself, and say what was seen. */
  end(): Promise<readonly Plain[]>;
}

/** How long something may take that must come, in milliseconds. */
const PATIENCE = 5_000;
/** How many turns of the event loop something may take that must not come. */
const TURNS = 4;

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
  const wait = async (enough: () => boolean): Promise<void> => {
    const late = Date.now() + PATIENCE;
    while (!enough()) {
      if (Date.now() >= late) throw new Error(`Only these came: ${JSON.stringify(seen)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, late - Date.now());
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  return {
    seen,
    until: (count) => wait(() => seen.length >= count),
    untilLast: (wanted) => wait(() => JSON.stringify(seen.at(-1)) === JSON.stringify(wanted)),
    async end() {
      for (let turn = 0; turn < TURNS; turn += 1) await new Promise((next) => setTimeout(next, 0));
      subscription.unsubscribe();
      return seen;
    },
  };
}
