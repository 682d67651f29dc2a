import { useEffect, useMemo, useRef, useState } from "react";
import type { LiveDataOf, LiveInput } from "../../client/index.ts";
import { canonical } from "../../client/json.ts";
import { useSidecar } from "../../react/provider.ts";
import { useReadable } from "../../react/useReadable.ts";
import { hasMoved } from "../guide/flags.ts";
import { sideOf } from "../guide/side.ts";
import { asked, type RxSource, rxdbSource, storeSource } from "../guide/source.ts";
import { switching } from "../guide/switching.ts";

/** A row of what a query of the store results in. */
export type RowOf<Data> = Data extends readonly (infer Row)[] ? Row : never;

/**
 * Return rows from RxDB until the app switches to the store, and from the store from then on; after a
 * rollback from RxDB again. The component stays mounted, and keeps the rows it has until the other side
 * has given its own.
 *
 * Before the first rows it returns an empty array. An error goes to the nearest error boundary, unless there
 * are rows of the same side to show.
 *
 * @param rxdbQuery A query of RxDB or an Observable, which stay live; or a function that returns one, or a
 *   promise, which comes once. An Observable has to be the same in every render, or in a function.
 * @param storeQuery A query of the store, which stays live and needs no memo; or a function that returns
 *   one, or rows, or a promise of rows, which come once.
 * @param deps What the functions depend on: they run again when it changes.
 *
 * @example
 * const personas = useMigrationAwareQuery(
 *   () => rxdb.personas.find().exec(),
 *   () => tables.personas.orderBy("lastUsed", "desc"),
 * );
 */
export function useMigrationAwareQuery<Found, const Q extends LiveInput>(
  rxdbQuery: RxSource<readonly Found[]>,
  storeQuery: Q | (() => Q),
  deps?: readonly unknown[],
): readonly (Found | RowOf<LiveDataOf<Q>>)[];
export function useMigrationAwareQuery<Found, Row>(
  rxdbQuery: RxSource<readonly Found[]>,
  storeQuery: () => PromiseLike<readonly Row[]> | readonly Row[],
  deps?: readonly unknown[],
): readonly (Found | Row)[];
export function useMigrationAwareQuery(
  rxdbQuery: RxSource<readonly unknown[]>,
  storeQuery: LiveInput | (() => unknown),
  deps: readonly unknown[] = [],
): readonly unknown[] {
  const client = useSidecar();
  const key = useSame([identity(rxdbQuery), identity(storeQuery), ...deps]);
  const latest = useRef({ rxdbQuery, storeQuery });
  useEffect(() => {
    latest.current = { rxdbQuery, storeQuery };
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` is there to begin again.
  const rows = useMemo(
    () =>
      switching<unknown>({
        side: sideOf(client),
        moved: hasMoved,
        // Begun late, at the switch, a function sees what the component's last render saw.
        rxdb: rxdbSource(() => asked(latest.current.rxdbQuery)),
        store: (next, fail) => storeSource(client, latest.current.storeQuery)(next, fail),
      }),
    [client, key],
  );
  const { value, error } = useReadable(rows, () => none);
  if (value === undefined) {
    if (error !== undefined) throw error;
    return empty;
  }
  if (Array.isArray(value)) return value;
  throw new TypeError("useMigrationAwareQuery: both queries have to result in arrays");
}

const none = { value: undefined, error: undefined };
const empty: readonly never[] = [];

/** Return what is the same as long as the query is: any function stands for any other. */
function identity(query: unknown): unknown {
  if (typeof query === "function") return "function";
  const plain = typeof query === "object" && query !== null && !("$" in query || "inputs" in query);
  return plain && !("subscribe" in query) ? canonical(query) : query;
}

/** Return the same array as long as its items are the same. */
function useSame(items: readonly unknown[]): readonly unknown[] {
  const [same, keep] = useState(items);
  if (items.length !== same.length || items.some((item, at) => !Object.is(item, same[at]))) {
    keep(items);
  }
  return same;
}
