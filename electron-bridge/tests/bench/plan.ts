/** What `python -m tests.bench` asks for, and the lines that answer it. */

/** The groups of workloads, in the order they are measured. */
export const GROUPS = [
  "average",
  "app",
  "growth",
  "items",
  "live",
  "rendering",
  "resources",
  "moving",
] as const;

export type GroupName = (typeof GROUPS)[number];

export interface Plan {
  readonly groups: readonly GroupName[];
  /** Few repetitions: what comes out says that it works, and no more. */
  readonly quick: boolean;
  readonly seed: number;
  /** Documents in each store of `app`, and of `growth`. */
  readonly sizes: readonly number[];
  readonly growth: readonly number[];
  /** Events in each log that `items` starts from. */
  readonly logs: readonly number[];
  /** Live queries in `live`, ascending. */
  readonly live: readonly number[];
  /** Documents in the store whose memory `resources` looks at. */
  readonly documents: number;
  /** Documents that `moving` moves from files, ascending; the first number also from RxDB. */
  readonly moving: readonly number[];
  /** The sidecar's program, and what comes before `serve`. */
  readonly server: readonly string[];
  /** The interpreter of the floors, and where it finds `tests.bench`. */
  readonly python: string;
  readonly root: string;
  /** Where stores are made; those of `app` stay, as `app-<documents>`. */
  readonly folder: string;
}

/** What each repetition of a workload took or weighed, by peer. */
export interface Measured {
  readonly group: GroupName;
  readonly workload: string;
  /** Of what the group's sizes count, before the workload began. */
  readonly size: number;
  readonly unit: "ms" | "MiB" | "bytes" | "documents";
  readonly took: Readonly<Record<string, readonly number[]>>;
}

/** A peer that was not reached, or a workload it did not end. */
export interface Missing {
  readonly group: GroupName;
  readonly peer: string;
  /** All that the group measures when it is not said. */
  readonly workload?: string;
  readonly size?: number;
  readonly missing: string;
}

/** What is being done. */
export interface Progress {
  readonly doing: string;
}

/** A line of stdout. */
export type Line = { readonly browser: string } | Measured | Missing | Progress;

/** Write one line of the results. */
export function tell(line: Line): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
