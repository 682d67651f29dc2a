import { use } from "react";
import type { LiveDataOf, LiveInput, LiveQuery, LiveSnapshot } from "../client/index.ts";
import { loading } from "../live/snapshot.ts";
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
 * Return the live result of a query or a `computed` value, and render again whenever it changes.
 *
 * The query needs no memo: equal queries, of any components, share one subscription. `data` is rows,
 * a row or null for `first`, a number for `count`; a row that did not change is the same object as
 * before. A query that changes shows `loading` until the new one's first result.
 *
 * @example
 * const { data, status, error } = useQuery(tables.personas.where({ isActive: true }));
 * const { data } = useQuery({ from: "personas", count: true }, { suspense: true });
 */
export function useQuery<const Q extends LiveInput>(
  query: Q,
  options: UseQueryOptions & { readonly suspense: true },
): Ready<LiveDataOf<Q>>;
export function useQuery<const Q extends LiveInput>(
  query: Q,
  options?: UseQueryOptions,
): LiveSnapshot<LiveDataOf<Q>>;
export function useQuery(
  query: LiveInput,
  { suspense = false }: UseQueryOptions = {},
): LiveSnapshot<unknown> {
  const live = useSidecar().live(query);
  // Suspended, a server waits for the data and renders that.
  const snapshot = useReadable<LiveSnapshot<unknown>>(
    live,
    suspense ? live.getSnapshot : () => loading,
  );
  useSettled(live, suspense);
  return snapshot;
}

/** With `suspense`, suspend until a live result's first, and throw its error. */
export function useSettled(live: LiveQuery<unknown>, suspense: boolean): void {
  if (!suspense) return;
  const { status, error } = live.getSnapshot();
  use(status === "loading" ? live.settled() : fulfilled(live.settled()));
  if (status === "error") throw error;
}

/**
 * Mark a promise that has resolved in the way `use` does it itself, so that a component that mounts when
 * the data is there does not show the fallback for a moment.
 */
function fulfilled(promise: Promise<void>): Promise<void> {
  return Object.assign(promise, { status: "fulfilled", value: undefined });
}
