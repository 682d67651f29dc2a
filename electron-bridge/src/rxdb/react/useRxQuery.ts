import { useMemo } from "react";
import type { MangoQuery, RxCollection, RxDocument, RxQuery } from "../index.ts";
import type { Any } from "../types/any.ts";
import { emitted, type Source, useEmission } from "./emission.ts";
import { useCollection } from "./useRxCollection.ts";

/** What the query hooks take. */
export interface UseRxQueryOptions<
  RxDocumentType = Any,
  OrmMethods = object,
  StaticMethods = object,
  InstanceCreationOptions = object,
  Reactivity = unknown,
> {
  /** A collection, or its name. */
  readonly collection:
    | string
    | RxCollection<RxDocumentType, OrmMethods, StaticMethods, InstanceCreationOptions, Reactivity>;
  readonly query: MangoQuery<RxDocumentType>;
}

/** What the query hooks return. */
export interface UseRxQueryResult<RxDocumentType = Any, OrmMethods = object> {
  /** Those of the query before, while `loading`. */
  results: RxDocument<RxDocumentType, OrmMethods>[];
  loading: boolean;
  /** A message. */
  error: string | null;
}

type QueryHook = <
  RxDocumentType = Any,
  OrmMethods = object,
  StaticMethods = object,
  InstanceCreationOptions = object,
  Reactivity = unknown,
>(
  options: UseRxQueryOptions<
    RxDocumentType,
    OrmMethods,
    StaticMethods,
    InstanceCreationOptions,
    Reactivity
  >,
) => UseRxQueryResult<RxDocumentType, OrmMethods>;

/**
 * Return the results of a query, which is run once; and again whenever `query` is another object.
 *
 * @throws RxError `R3` where `collection` is neither a name nor a collection.
 */
export const useRxQuery: QueryHook = (options) => useResults(options, once, options.query);

/**
 * Return the results of a query, and render again whenever they change.
 *
 * Equal queries are one: `query` may be made anew in each render.
 *
 * @throws RxError `R3` where `collection` is neither a name nor a collection.
 */
export const useLiveRxQuery: QueryHook = (options) => useResults(options, emitted);

type Found = RxQuery<Any, RxDocument<Any>[]>;

const NONE: RxDocument<Any>[] = [];

/** @param again When it is another one, the source begins again, even if the query is equal. */
function useResults(
  { collection, query }: UseRxQueryOptions<Any, Any, Any, Any, Any>,
  sourceOf: (found: Found) => Source<RxDocument<Any>[]>,
  again?: object,
): UseRxQueryResult<Any, Any> {
  const from = useCollection(collection);
  const found: Found | undefined = useMemo(() => from?.find(query), [from, query]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `again` is there to begin again.
  const source = useMemo(() => found && sourceOf(found), [found, sourceOf, again]);
  const { value, loading, error } = useEmission(source, NONE);
  return { results: value, loading, error };
}

function once(found: Found): Source<RxDocument<Any>[]> {
  return (next, error) => {
    let left = false;
    found.exec().then(
      (results) => left || next(results),
      (reason) => left || error(reason),
    );
    return () => {
      left = true;
    };
  };
}
