import { createContext, createElement, type ReactNode, useContext } from "react";
import { type CollectionsOfDatabase, isRxDatabase, newRxError, type RxDatabase } from "../index.ts";
import type { Any } from "../types/any.ts";

/** The database of the tree. */
export const Context = createContext<RxDatabase<Any> | null>(null);

/** What {@link RxDatabaseProvider} takes. */
export interface RxDatabaseProviderProps {
  /** Made by `createRxDatabase` outside of the tree, and closed by whoever made it. */
  readonly database: RxDatabase<Any>;
  readonly children?: ReactNode;
}

/**
 * Give a database to the components below.
 *
 * @throws RxError `R1` where it is none.
 */
export function RxDatabaseProvider({ database, children }: RxDatabaseProviderProps): ReactNode {
  if (!isRxDatabase(database)) throw newRxError("R1", { database });
  return createElement(Context.Provider, { value: database }, children);
}

/**
 * Return the database of the nearest {@link RxDatabaseProvider}.
 *
 * @throws RxError `R2` where there is none above.
 */
export function useRxDatabase<
  Collections = CollectionsOfDatabase,
  Internals = Any,
  InstanceCreationOptions = Any,
  Reactivity = Any,
>(): RxDatabase<Collections, Internals, InstanceCreationOptions, Reactivity> {
  const database = useContext(Context);
  if (database === null) throw newRxError("R2");
  return database;
}
