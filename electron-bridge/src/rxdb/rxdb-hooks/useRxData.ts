import { useMemo } from "react";
import type { RxCollection } from "../index.ts";
import type { Any } from "../types/any.ts";
import { useRxCollection } from "./useRxCollection.ts";
import {
  type AnyRxQuery,
  type RxQueryResult,
  type RxQueryResultDoc,
  type RxQueryResultJSON,
  type UseRxQueryOptions,
  useRxQuery,
} from "./useRxQuery.ts";

/** Makes the query of a collection; without one there is nothing to fetch yet. */
export type QueryConstructor<T = Any> = (
  collection: RxCollection<T>,
) => AnyRxQuery<T> | null | undefined;

/**
 * Return the documents of a query of a collection, as {@link useRxQuery} does.
 *
 * @param queryConstructor May be made anew in each render.
 */
export function useRxData<T = Any>(
  collectionName: string,
  queryConstructor: QueryConstructor<T> | undefined,
  options: UseRxQueryOptions & { readonly json: true },
): RxQueryResultJSON<T>;
export function useRxData<T = Any>(
  collectionName: string,
  queryConstructor: QueryConstructor<T> | undefined,
  options?: UseRxQueryOptions & { readonly json?: false | undefined },
): RxQueryResultDoc<T>;
export function useRxData<T = Any>(
  collectionName: string,
  queryConstructor: QueryConstructor<T> | undefined,
  options?: UseRxQueryOptions,
): RxQueryResultDoc<T> | RxQueryResultJSON<T>;
export function useRxData(
  collectionName: string,
  queryConstructor: QueryConstructor | undefined,
  options: UseRxQueryOptions = {},
): RxQueryResult<Any> {
  const collection = useRxCollection(collectionName);
  const query = useMemo(
    () => (collection === null ? undefined : queryConstructor?.(collection)),
    [collection, queryConstructor],
  );
  return useRxQuery<Any>(query, options);
}
