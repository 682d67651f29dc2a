import type { RxCollection } from "../index.ts";
import { useCollectionOf } from "../react/useRxCollection.ts";
import type { Any } from "../types/any.ts";
import { useRxDB } from "./provider.ts";

/** Return a collection by its name, null while there is none, or no database. */
export function useRxCollection<T = Any>(name: string): RxCollection<T> | null {
  return useCollectionOf(useRxDB() ?? null, name);
}
