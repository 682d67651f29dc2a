import { useCallback, useContext, useSyncExternalStore } from "react";
import { isRxCollection, newRxError, type RxCollection, type RxDatabase } from "../index.ts";
import type { Any } from "../types/any.ts";
import { Context } from "./database.ts";

/**
 * Return a collection by its name, null while there is none: before it is added, after it is closed.
 *
 * @throws RxError `R2` where there is no database above.
 */
export function useRxCollection<
  RxDocumentType = Any,
  OrmMethods = object,
  StaticMethods = object,
  InstanceCreationOptions = object,
  Reactivity = unknown,
>(
  name: string,
): RxCollection<
  RxDocumentType,
  OrmMethods,
  StaticMethods,
  InstanceCreationOptions,
  Reactivity
> | null {
  return useCollection(name);
}

/** As {@link useRxCollection}, also for a collection itself: then no database need be above. */
export function useCollection(
  collection: string | RxCollection<Any, Any, Any>,
): RxCollection<Any, Any, Any> | null {
  const database = useContext(Context);
  const isName = typeof collection === "string";
  if (isName && database === null) throw newRxError("R2");
  if (!isName && !isRxCollection(collection)) throw newRxError("R3", { collection });
  const found = useCollectionOf(database, isName ? collection : "");
  return isName ? found : collection;
}

/** Return a collection of a database by its name, null while there is none, or no database. */
export function useCollectionOf(
  database: RxDatabase<Any> | null,
  name: string,
): RxCollection<Any, Any, Any> | null {
  const subscribe = useCallback(
    (listener: () => void) => {
      const subscription = database?.collections$.subscribe(listener);
      return () => subscription?.unsubscribe();
    },
    [database],
  );
  return useSyncExternalStore(
    subscribe,
    () => database?.collections[name] ?? null,
    () => null,
  );
}
