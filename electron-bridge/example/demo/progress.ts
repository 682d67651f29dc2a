import { styleText } from "node:util";

/** A failure that the reader of the demo can do something about. */
export class DemoError extends Error {
  override readonly name = "DemoError";
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

export const SEE_LOG =
  "The sidecar's log is store/logs/sidecar.log in the demo's data directory (build/demo or DEMO_DIR).";

/** Throw a {@link DemoError} unless `condition` holds. */
export function check(condition: boolean, message: string, hint = SEE_LOG): asserts condition {
  if (!condition) throw new DemoError(message, hint);
}

export function say(line = ""): void {
  process.stdout.write(`${line}\n`);
}

export function heading(text: string): void {
  say(`\n${styleText("bold", text)}`);
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

export function count(value: number): string {
  return value.toLocaleString("en-GB");
}

/** Counts the steps of a run and prints each with the time it took. */
export class Progress {
  #number = 0;
  readonly #started = performance.now();
  readonly #interrupted: AbortSignal;

  constructor(interrupted: AbortSignal) {
    this.#interrupted = interrupted;
  }

  /** Run one step; `describe` makes one line out of what it returned. */
  async step<T>(title: string, work: () => Promise<T>, describe: (done: T) => string): Promise<T> {
    this.#interrupted.throwIfAborted();
    this.#number += 1;
    const started = performance.now();
    const label = `${String(this.#number).padStart(2)}  ${title.padEnd(34)}`;
    try {
      const done = await work();
      const time = seconds(performance.now() - started).padStart(7);
      say(`${label}${time}   ${styleText("dim", describe(done))}`);
      return done;
    } catch (error) {
      const outcome = this.#interrupted.aborted ? " interrupted" : " FAILED";
      say(`${label}${styleText("red", outcome)}`);
      throw error;
    }
  }

  total(): string {
    return seconds(performance.now() - this.#started);
  }
}
