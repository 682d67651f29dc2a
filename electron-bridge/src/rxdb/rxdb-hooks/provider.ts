import { createContext, createElement, type ReactNode, useContext, useMemo } from "react";
import type { RxDatabase } from "../index.ts";
import type { Any } from "../types/any.ts";

/** What the tree below a {@link Provider} knows. */
export interface RxContext {
  readonly db: RxDatabase<Any> | undefined;
  readonly idAttribute: string | undefined;
}

export const Context = createContext<RxContext>({ db: undefined, idAttribute: undefined });

/** What {@link Provider} takes. */
export interface ProviderProps<Collections = Any> {
  /** May come later: until then the hooks are fetching. */
  readonly db?: RxDatabase<Collections> | undefined;
  /** The field that `useRxDocument` looks into; default each collection's primary key. */
  readonly idAttribute?: string | undefined;
  readonly children?: ReactNode;
}

/** Give a database to the components below. */
export function Provider<Collections = Any>({
  db,
  idAttribute,
  children,
}: ProviderProps<Collections>): ReactNode {
  const value = useMemo(() => ({ db, idAttribute }), [db, idAttribute]);
  return createElement(Context.Provider, { value }, children);
}

/** Return the database of the nearest {@link Provider}, undefined while it has none. */
export function useRxDB<Collections = Any>(): RxDatabase<Collections> {
  return useContext(Context).db;
}

/** There for `addRxPlugin`: the hooks always know of collections that are added later. */
export const observeNewCollections = { name: "new-collection-observer", rxdb: true } as const;
