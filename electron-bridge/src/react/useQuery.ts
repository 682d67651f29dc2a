import { use } from "react";
import type { DataOf, LiveSnapshot, QueryInput } from "../client/index.ts";
import { useSidecar } from "./provider.ts";
import { useReadable } from "./useReadable.ts";

/** What {@link useQuery} may be given. */
export interface UseQueryOptions {
  /** Suspend until the first result, and throw errors to the nearest error boundary. */
  readonly suspense?: boolean;
}

/** A live query that has its data: what `useQuery` returns with `suspense`. */
export type Ready<Data> = Extract<LiveSnapshot<Data>, { readonly status: "ready" }>;

/**
 * Return the live result of a query, and render again whenever it changes.
 *
 * The query needs no memo: equal queries, of any components, share one subscription. `data` is rows,
 * a row or null for `first`, a number for `count`; a row that did not change is the same object as
 * before. A query that changes shows `loading` until the new one's first result.
 *
 * @example
 * const { data, status, error } = useQuery(tables.personas.where({ isActive: true }));
 * const { data } = useQuery({ from: "personas", count: true }, { suspense: true });
 */
export function useQuery<const Q extends QueryInput>(
  query: Q,
  options: UseQueryOptions & { readonly suspense: true },
): Ready<DataOf<Q>>;
export function useQuery<const Q extends QueryInput>(
  query: Q,
  options?: UseQueryOptions,
): LiveSnapshot<DataOf<Q>>;
export function useQuery(
  query: QueryInput,
  { suspense = false }: UseQueryOptions = {},
): LiveSnapshot<unknown> {
  const live = useSidecar().live(query);
  const snapshot = useReadable(live);
  if (suspense) {
    use(snapshot.status === "loading" ? live.settled() : fulfilled(live.settled()));
    if (snapshot.status === "error") throw snapshot.error;
  }
  return snapshot;
}

/**
 * Mark a promise that has resolved in the way `use` does it itself, so that a component that mounts when
 * the data is there does not show the fallback for a moment.
 */
function fulfilled(promise: Promise<void>): Promise<void> {
  return Object.assign(promise, { status: "fulfilled", value: undefined });
}
