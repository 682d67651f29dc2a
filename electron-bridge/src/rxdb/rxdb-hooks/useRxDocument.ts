import { useCallback, useContext } from "react";
import type { DeepReadonly, RxCollection, RxDocument } from "../index.ts";
import type { Any } from "../types/any.ts";
import { Context } from "./provider.ts";
import { useRxData } from "./useRxData.ts";

/** How {@link useRxDocument} finds and gives its document. */
export interface UseRxDocumentOptions {
  /** The field that holds the id; default that of the {@link Provider}, else the primary key. */
  readonly idAttribute?: string | undefined;
  /** Give a plain object instead of a document. */
  readonly json?: boolean | undefined;
}

/** What {@link useRxDocument} returns. */
export interface RxDocumentRet<Document> {
  /** Undefined where there is no such document. */
  result?: Document | undefined;
  isFetching: boolean;
}

/**
 * Return the document with an id, and render again with each of its revisions.
 *
 * @param id Without one it is fetching.
 */
export function useRxDocument<T = Any>(
  collectionName: string,
  id: string | number | undefined,
  options: UseRxDocumentOptions & { readonly json: true },
): RxDocumentRet<DeepReadonly<T>>;
export function useRxDocument<T = Any>(
  collectionName: string,
  id?: string | number,
  options?: UseRxDocumentOptions & { readonly json?: false | undefined },
): RxDocumentRet<RxDocument<T>>;
export function useRxDocument(
  collectionName: string,
  id?: string | number,
  { idAttribute, json }: UseRxDocumentOptions = {},
): RxDocumentRet<Any> {
  const { idAttribute: given } = useContext(Context);
  const field = idAttribute ?? given;
  const query = useCallback(
    (collection: RxCollection<Any>) =>
      id
        ? collection.findOne({ selector: { [field ?? collection.schema.primaryPath]: id } })
        : null,
    [id, field],
  );
  const { result, isFetching } = useRxData<Any>(collectionName, query, { json });
  return { result: result[0], isFetching };
}
