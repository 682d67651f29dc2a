/** Where a database keeps its documents: a sidecar, by its endpoint or by a client of it. */

import type { SidecarClient } from "../client/client.ts";
import { type ConnectOptions, type CoreClient, openCore } from "../client/core.ts";
import type { EndpointSource } from "../client/socket.ts";

/** What `createRxDatabase` takes as `storage`. */
export interface RxStorageSidecar {
  readonly name: "sidecar";
  /** The same for storages of one store. */
  readonly key: unknown;
  /** Connect, or take the client that is there. */
  open(): { readonly client: CoreClient; readonly close: () => void };
}

/**
 * Return the storage of a sidecar.
 *
 * @param target A client, which stays open when the database is closed; or what `connect` takes, and
 *   then each database has a connection of its own.
 *
 * @example
 * const db = await createRxDatabase({ name: "pjais", storage: getRxStorageSidecar({ url, token }) });
 */
export function getRxStorageSidecar(
  target: SidecarClient | EndpointSource,
  options?: ConnectOptions,
): RxStorageSidecar {
  const name = "sidecar";
  if (typeof target === "object" && "commit" in target) {
    return { name, key: target, open: () => ({ client: target, close: () => {} }) };
  }
  const key = typeof target === "object" ? target.url : target;
  const open = (): ReturnType<RxStorageSidecar["open"]> => {
    const client = openCore(target, options);
    return { client, close: () => client.close() };
  };
  return { name, key, open };
}
