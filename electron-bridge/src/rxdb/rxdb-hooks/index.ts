/**
 * The hooks of `rxdb-hooks`, over the facade.
 *
 * @packageDocumentation
 */

export {
  Context,
  observeNewCollections,
  Provider,
  type ProviderProps,
  type RxContext,
  useRxDB,
} from "./provider.ts";
export { useRxCollection } from "./useRxCollection.ts";
export { type QueryConstructor, useRxData } from "./useRxData.ts";
export {
  type RxDocumentRet,
  type UseRxDocumentOptions,
  useRxDocument,
} from "./useRxDocument.ts";
export {
  type AnyRxQuery,
  type PaginationMode,
  type RxQueryResult,
  type RxQueryResultDoc,
  type RxQueryResultJSON,
  type UseRxQueryOptions,
  useRxQuery,
} from "./useRxQuery.ts";
