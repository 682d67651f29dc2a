/**
 * Values computed from live results.
 *
 * 1. The function runs when the data of an input changed and someone looks, and not otherwise.
 * 2. A value that equals the one before is the same object, and so is each item of an array that equals
 *    the item before at its place.
 * 3. Inputs whose changes follow from the rows of a commit change together. One that the server runs
 *    anew, as it does SQL, may be seen as of the moment before.
 */

import { SidecarError } from "../client/errors.ts";
import { derived } from "../client/readable.ts";
import type { DataOf, QueryInput } from "../query/types.ts";
import type { LiveQuery } from "./live.ts";
import { keepEqual } from "./patch.ts";
import { type LiveSnapshot, loading } from "./snapshot.ts";

/** A value computed from live results, made by {@link computed}. */
export interface Computed<Data> {
  readonly inputs: readonly LiveInput[];
  /** Compute the value from the inputs' data, which come in their order. */
  readonly run: (data: readonly unknown[]) => Data;
}

/** Anything that can be kept live: a query, or what is computed from queries. */
export type LiveInput = QueryInput | Computed<unknown>;

/** What a live result holds. */
export type LiveDataOf<Input> = Input extends Computed<infer Data> ? Data : DataOf<Input>;

type DataOfEach<Inputs extends readonly LiveInput[]> = {
  -readonly [At in keyof Inputs]: LiveDataOf<Inputs[At]>;
};

/**
 * Compute a value from live results, kept up to date wherever a query is: in `client.live`,
 * `client.subscribe`, `useQuery`, and as an input of another one.
 *
 * It belongs to no client. Make it once, outside of components: each call makes another one.
 *
 * @param inputs Queries, or further computed values.
 * @param compute A pure function of the inputs' data. When it throws, the result's status is `error`
 *   (`E_INTERNAL`) until the inputs change.
 *
 * @example
 * const share = computed(
 *   [tables.personas.count(), tables.personas.where({ isActive: true }).count()],
 *   (all, active) => active / all,
 * );
 * const { data } = useQuery(share);
 */
export function computed<const Inputs extends readonly LiveInput[], Data>(
  inputs: Inputs,
  compute: (...data: DataOfEach<Inputs>) => Data,
): Computed<Data>;
export function computed(
  inputs: readonly LiveInput[],
  compute: (...data: unknown[]) => unknown,
): Computed<unknown> {
  return { inputs, run: (data) => compute(...data) };
}

/** Whether a live input is a computed value. */
export function isComputed(input: LiveInput): input is Computed<unknown> {
  return "run" in input;
}

/** The computed values of one client. */
export class ComputedValues {
  readonly #live: (input: LiveInput) => LiveQuery<unknown>;
  readonly #made = new WeakMap<Computed<unknown>, ComputedQuery>();

  /** @param live Returns the live result of an input. */
  constructor(live: (input: LiveInput) => LiveQuery<unknown>) {
    this.#live = live;
  }

  /** Return the live result that everyone who asks for this value shares. */
  get(computed: Computed<unknown>): LiveQuery<unknown> {
    const inputs = computed.inputs.map(this.#live);
    const known = this.#made.get(computed);
    // Inputs that ended meanwhile were replaced by others.
    if (known?.inputs.every((input, at) => input === inputs[at])) return known;
    const made = new ComputedQuery(inputs, computed.run);
    this.#made.set(computed, made);
    return made;
  }
}

class ComputedQuery implements LiveQuery<unknown> {
  readonly inputs: readonly LiveQuery<unknown>[];
  readonly getSnapshot: () => LiveSnapshot<unknown>;
  readonly subscribe: (listener: () => void) => () => void;
  readonly settled: () => Promise<void>;
  readonly #run: Computed<unknown>["run"];
  /** The last computation: of which data, and what came of it. */
  #last:
    | { readonly from: readonly unknown[]; readonly snapshot: LiveSnapshot<unknown> }
    | undefined;

  constructor(inputs: readonly LiveQuery<unknown>[], run: Computed<unknown>["run"]) {
    this.inputs = inputs;
    this.#run = run;
    ({ getSnapshot: this.getSnapshot, subscribe: this.subscribe } = derived(inputs, () =>
      this.#combine(inputs.map((input) => input.getSnapshot())),
    ));
    const settled = Promise.all(inputs.map((input) => input.settled())).then(() => {});
    this.settled = () => settled;
  }

  #combine(snapshots: readonly LiveSnapshot<unknown>[]): LiveSnapshot<unknown> {
    const failed = snapshots.find((snapshot) => snapshot.status === "error");
    if (failed !== undefined) return { ...failed, data: this.#last?.snapshot.data };
    if (snapshots.some(({ status }) => status === "loading")) return loading;
    const from = snapshots.map(({ data }) => data);
    if (this.#last === undefined || from.some((data, at) => data !== this.#last?.from[at])) {
      const head = Math.max(0, ...snapshots.map((snapshot) => snapshot.head));
      this.#last = { from, snapshot: this.#compute(from, head) };
    }
    return this.#last.snapshot;
  }

  #compute(from: readonly unknown[], head: number): LiveSnapshot<unknown> {
    const before = this.#last?.snapshot ?? loading;
    try {
      const data = kept(before.data, this.#run(from));
      if (before.status === "ready" && Object.is(data, before.data)) return before;
      return { status: "ready", data, error: undefined, head };
    } catch (cause) {
      const error = new SidecarError("E_INTERNAL", "The function of a computed value threw", {
        hint: "See the error's cause.",
        cause,
      });
      return { status: "error", data: before.data, error, head };
    }
  }
}

// Not deeper than items: whatever a new item holds, such as a row, has an identity of its own to keep.
function kept(before: unknown, next: unknown): unknown {
  if (!Array.isArray(before) || !Array.isArray(next)) return keepEqual(before, next);
  const items: unknown[] = next.map((item, at) => keepEqual<unknown>(before[at], item));
  const unchanged =
    items.length === before.length && items.every((item, at) => Object.is(item, before[at]));
  return unchanged ? before : items;
}
