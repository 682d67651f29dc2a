/**
 * The hooks of `rxdb/plugins/react`, over the facade.
 *
 * @packageDocumentation
 */

export { RxDatabaseProvider, type RxDatabaseProviderProps, useRxDatabase } from "./database.ts";
export { useRxCollection } from "./useRxCollection.ts";
export { type UseRxDocumentResult, useRxDocument } from "./useRxDocument.ts";
export {
  type UseRxQueryOptions,
  type UseRxQueryResult,
  useLiveRxQuery,
  useRxQuery,
} from "./useRxQuery.ts";
