import type { LiveSnapshot, TypedDocumentQuery } from "../client/index.ts";
import { type Ready, type UseQueryOptions, useQuery } from "./useQuery.ts";

/** A table of `tables`, or one made by `table(name, key)`; not a query of some of its rows. */
export type Table<Row> = TypedDocumentQuery<readonly Row[]> & { readonly primaryKey: string };

/**
 * Return the live row with a primary key, null while there is none.
 *
 * @example
 * const { data: persona } = useRow(tables.personas, id);
 */
export function useRow<Row>(
  table: Table<Row>,
  id: string,
  options: UseQueryOptions & { readonly suspense: true },
): Ready<Row | null>;
export function useRow<Row>(
  table: Table<Row>,
  id: string,
  options?: UseQueryOptions,
): LiveSnapshot<Row | null>;
export function useRow(
  table: Table<unknown>,
  id: string,
  options: UseQueryOptions = {},
): LiveSnapshot<unknown> {
  const selector = { [table.primaryKey]: id };
  return useQuery({ from: table.toJSON().from, selector, first: true }, options);
}
