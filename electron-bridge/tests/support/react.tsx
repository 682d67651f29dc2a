import { type ReactNode, StrictMode } from "react";
import type { SidecarClient } from "../../src/client/index.ts";
import { SidecarProvider } from "../../src/react/index.ts";

/** A wrapper of the components under test: they read a client, and everything is rendered twice. */
export function within(client: SidecarClient) {
  return function Wrapper({ children }: { readonly children: ReactNode }) {
    return (
      <StrictMode>
        <SidecarProvider client={client}>{children}</SidecarProvider>
      </StrictMode>
    );
  };
}
