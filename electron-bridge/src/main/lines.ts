import type { Readable } from "node:stream";

const LONGEST = 64 * 1024;
const KEPT = 20;

/**
 * Read a stream to its end, line by line, whatever comes: whoever fills a pipe that nobody reads stands
 * still. A line without end is cut.
 */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split(/\r?\n/);
    rest = (lines.pop() ?? "").slice(0, LONGEST);
    for (const line of lines) onLine(line.slice(0, LONGEST));
  });
  stream.on("end", () => {
    if (rest !== "") onLine(rest);
  });
  // A pipe that breaks has ended.
  stream.on("error", () => {});
}

/** The last lines of a log. */
export class LastLines {
  readonly #lines: string[] = [];

  /** Add one, without its end. */
  add(line: string): void {
    this.#lines.push(line.slice(0, 2000));
    if (this.#lines.length > KEPT) this.#lines.shift();
  }

  /** The lines, the oldest first. */
  get all(): readonly string[] {
    return [...this.#lines];
  }
}
