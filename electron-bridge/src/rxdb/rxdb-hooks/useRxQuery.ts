import { useCallback, useMemo, useState } from "react";
import type { DeepReadonly, RxDocument, RxQuery } from "../index.ts";
import { type Source, useEmission } from "../react/emission.ts";
import type { Any } from "../types/any.ts";

/** A query of documents: of `find`, `findOne` or `findByIds`. */
export type AnyRxQuery<T = Any> =
  | RxQuery<T, RxDocument<T>[]>
  | RxQuery<T, RxDocument<T> | null>
  | RxQuery<T, Map<string, RxDocument<T>>>;

/** `Traditional` shows one page, `Infinite` all up to one; both need a `pageSize`. */
export type PaginationMode = "Traditional" | "Infinite";

/** How {@link useRxQuery} gives its result. */
export interface UseRxQueryOptions {
  /** How many documents a page has; without it all are one. */
  readonly pageSize?: number | undefined;
  /** Default `Infinite`. */
  readonly pagination?: PaginationMode | undefined;
  /** Give plain objects instead of documents. */
  readonly json?: boolean | undefined;
}

/** What {@link useRxQuery} returns; before a result has come, `result` is that before it. */
export interface RxQueryResult<Document> {
  result: Document[];
  isFetching: boolean;
  /** `Infinite`: there are no more pages. */
  isExhausted: boolean;
  /** `Traditional`: how many pages there are. */
  pageCount: number;
  /** From 1; undefined without a `pageSize`. */
  currentPage: number | undefined;
  /** `Traditional`: show another page; one that is not there is no page. */
  fetchPage: (page: number) => void;
  /** `Infinite`: show one more page. */
  fetchMore: () => void;
  /** Begin again with the first page. */
  resetList: () => void;
}

export type RxQueryResultDoc<T> = RxQueryResult<RxDocument<T>>;
export type RxQueryResultJSON<T> = RxQueryResult<DeepReadonly<T>>;

interface Fetched {
  readonly result: Any[];
  readonly isExhausted: boolean;
}

const NOTHING: Fetched = { result: [], isExhausted: false };

/**
 * Return the documents of a query, in pages if wanted, and render again whenever they change.
 *
 * Equal queries are one: the query may be made anew in each render.
 *
 * @param query Without one it is fetching.
 */
export function useRxQuery<T = Any>(
  query: AnyRxQuery<T> | null | undefined,
  options: UseRxQueryOptions & { readonly json: true },
): RxQueryResultJSON<T>;
export function useRxQuery<T = Any>(
  query?: AnyRxQuery<T> | null,
  options?: UseRxQueryOptions & { readonly json?: false | undefined },
): RxQueryResultDoc<T>;
export function useRxQuery<T = Any>(
  query?: AnyRxQuery<T> | null,
  options?: UseRxQueryOptions,
): RxQueryResultDoc<T> | RxQueryResultJSON<T>;
export function useRxQuery(
  query?: AnyRxQuery | null,
  { pageSize, pagination = "Infinite", json = false }: UseRxQueryOptions = {},
): RxQueryResult<Any> {
  const [{ page, anew }, turn] = useState({ page: 1, anew: false });
  const traditional = pageSize !== undefined && pagination === "Traditional";
  const infinite = pageSize !== undefined && pagination === "Infinite";
  const shown = infinite ? page * pageSize : pageSize;
  const skipped = traditional ? (page - 1) * pageSize : 0;

  const source = useMemo(
    () => (query ? documents(query, { skipped, shown, infinite, json }) : undefined),
    [query, skipped, shown, infinite, json],
  );
  const counting = useMemo(
    () => (query && traditional ? counted(query) : undefined),
    [query, traditional],
  );
  const { value, loading: isFetching } = useEmission(source, NOTHING);
  const { value: count } = useEmission(counting, 0);

  const { isExhausted } = value;
  const pageCount = traditional ? Math.ceil(count / pageSize) : 0;
  return {
    result: anew && isFetching ? NOTHING.result : value.result,
    isFetching,
    isExhausted,
    pageCount,
    currentPage: pageSize === undefined ? undefined : page,
    fetchPage: useCallback(
      (wanted) => {
        if (wanted >= 1 && wanted <= pageCount) turn({ page: wanted, anew: false });
      },
      [pageCount],
    ),
    fetchMore: useCallback(() => {
      if (infinite && !isFetching && !isExhausted) turn({ page: page + 1, anew: false });
    }, [infinite, isFetching, isExhausted, page]),
    resetList: useCallback(() => {
      if (page !== 1) turn({ page: 1, anew: true });
    }, [page]),
  };
}

interface Page {
  readonly skipped: number;
  /** How many at most; undefined for all. */
  readonly shown: number | undefined;
  readonly infinite: boolean;
  readonly json: boolean;
}

function documents(
  query: RxQuery<Any, Any>,
  { skipped, shown, infinite, json }: Page,
): Source<Fetched> {
  const limited = shown === undefined ? query : query.limit(shown);
  return follow(skipped > 0 ? limited.skip(skipped) : limited, (found) => {
    const result = listed(found);
    return {
      result: json ? result.map((document) => document.toJSON()) : result,
      isExhausted: shown === undefined || (infinite && result.length < shown),
    };
  });
}

/** How many documents a query has on all pages. */
function counted(query: RxQuery<Any, Any>): Source<number> {
  const { op, collection, mangoQuery } = query;
  if (op !== "find") return follow(query, (found) => listed(found).length);
  const { selector = {}, skip = 0, limit = Number.POSITIVE_INFINITY } = mangoQuery;
  return follow(collection.count({ selector }), (all) => Math.min(limit, Math.max(0, all - skip)));
}

/** An error is nobody's here, and so the window's: the hooks have no place for it. */
function follow<T>({ $ }: RxQuery<Any, Any>, read: (found: Any) => T): Source<T> {
  return (next) => {
    const subscription = $.subscribe((found) => next(read(found)));
    return () => subscription.unsubscribe();
  };
}

function listed(found: RxDocument<Any>[] | RxDocument<Any> | Map<string, RxDocument<Any>> | null) {
  if (found === null) return [];
  if (found instanceof Map) return [...found.values()];
  return Array.isArray(found) ? found : [found];
}
