import { type ConnectionStatus, connecting } from "../client/connection.ts";
import { useSidecar } from "./provider.ts";
import { useReadable } from "./useReadable.ts";

/**
 * Return the connection's state, for a status light or a "reconnecting" bar.
 *
 * @example
 * const { state, error } = useConnection();
 */
export function useConnection(): ConnectionStatus {
  return useReadable(useSidecar().connection, () => connecting);
}
