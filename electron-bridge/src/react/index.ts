/**
 * React on top of the core client: a provider and hooks, each one `useSyncExternalStore` at most.
 *
 * @packageDocumentation
 */

export { type UseMigration, useMigration } from "../migration/react/useMigration.ts";
export { useMigrationAwareQuery } from "../migration/react/useMigrationAwareQuery.ts";
export { SidecarProvider, type SidecarProviderProps, useSidecar } from "./provider.ts";
export { useClientDocument } from "./useClientDocument.ts";
export { useCommit } from "./useCommit.ts";
export { useConnection } from "./useConnection.ts";
export { type Ready, type UseQueryOptions, useQuery } from "./useQuery.ts";
export { type Table, useRow } from "./useRow.ts";
