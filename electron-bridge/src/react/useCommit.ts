import type { SidecarClient } from "../client/index.ts";
import { useSidecar } from "./provider.ts";

/**
 * Return the client's `commit`, the same function in every render.
 *
 * When its promise resolves the events are durable and this window's live queries show them.
 *
 * @example
 * const commit = useCommit();
 * <button onClick={() => commit(events.personaActivated({ id }))}>Activate</button>
 */
export function useCommit(): SidecarClient["commit"] {
  return useSidecar().commit;
}
