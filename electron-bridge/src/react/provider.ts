import { createContext, createElement, type ReactNode, useContext } from "react";
import type { SidecarClient } from "../client/index.ts";

const Context = createContext<SidecarClient | undefined>(undefined);

/** What {@link SidecarProvider} takes. */
export interface SidecarProviderProps {
  /** Made by `connect` outside of the tree, and closed by whoever made it. */
  readonly client: SidecarClient;
  readonly children?: ReactNode;
}

/**
 * Give a client to the components below.
 *
 * @example
 * const client = connect({ url, token });
 * createRoot(element).render(<SidecarProvider client={client}><App /></SidecarProvider>);
 */
export function SidecarProvider({ client, children }: SidecarProviderProps): ReactNode {
  return createElement(Context.Provider, { value: client }, children);
}

/**
 * Return the client of the nearest {@link SidecarProvider}.
 *
 * @throws Error There is no provider above.
 */
export function useSidecar(): SidecarClient {
  const client = useContext(Context);
  if (client === undefined) {
    throw new Error("useSidecar: wrap the tree in <SidecarProvider client={connect(endpoint)}>");
  }
  return client;
}
