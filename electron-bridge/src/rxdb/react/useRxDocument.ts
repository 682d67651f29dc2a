import { useMemo } from "react";
import { isRxCollection, newRxError, type RxCollection, type RxDocument } from "../index.ts";
import type { Any } from "../types/any.ts";
import { emitted, type Source, useEmission } from "./emission.ts";

/** What {@link useRxDocument} returns. */
export interface UseRxDocumentResult<RxDocumentType = Any, OrmMethods = object> {
  /** Null where there is no such document; the one before, while `loading`. */
  result: RxDocument<RxDocumentType, OrmMethods> | null;
  loading: boolean;
  /** A message. */
  error: string | null;
}

/**
 * Return the document with a primary key, and render again with each of its revisions.
 *
 * Without a collection or a key there is nothing to load.
 *
 * @throws RxError `R3` where the collection is none.
 */
export function useRxDocument<RxDocumentType = Any, OrmMethods = object>(
  collection: RxCollection<RxDocumentType, OrmMethods, Any, Any, Any> | null | undefined,
  primaryKey: string | undefined,
): UseRxDocumentResult<RxDocumentType, OrmMethods> {
  if (collection && !isRxCollection(collection)) throw newRxError("R3", { collection });
  const source: Source<RxDocument<RxDocumentType, OrmMethods> | null> | undefined = useMemo(
    () =>
      collection && primaryKey !== undefined ? emitted(collection.findOne(primaryKey)) : undefined,
    [collection, primaryKey],
  );
  const { value, loading, error } = useEmission(source, null);
  return { result: value, loading: loading && source !== undefined, error };
}
