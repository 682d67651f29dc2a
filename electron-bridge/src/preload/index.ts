/**
 * The sidecar for the app's pages, from a preload script.
 *
 * @packageDocumentation
 */

import { isObject } from "../client/json.ts";
import type { Endpoint } from "../client/socket.ts";
import type { SidecarStatus } from "../main/status.ts";
import { channels } from "./channels.ts";

export type { Endpoint } from "../client/socket.ts";
export type { SidecarState } from "../main/states.ts";
export type { SidecarFailure, SidecarStatus } from "../main/status.ts";

/** What a page finds as `window.sidecar`. */
export interface SidecarBridge {
  /**
   * Wait until the sidecar serves, and return where. Every start has its own port and token, so give
   * `connect` this function itself.
   */
  readonly endpoint: () => Promise<Endpoint>;
  /**
   * Call `listener` with the sidecar's status, now and whenever it changes.
   *
   * @returns What ends it.
   */
  readonly onStatus: (listener: (status: SidecarStatus) => void) => () => void;
  /** Start it again, after it failed or was stopped. */
  readonly start: () => Promise<void>;
}

declare global {
  interface Window {
    /** The app's sidecar, where the preload script has exposed it. */
    readonly sidecar: SidecarBridge;
  }
}

/** Electron's `contextBridge` and `ipcRenderer`, as far as they are used. */
export interface ElectronRenderer {
  readonly contextBridge: { exposeInMainWorld(name: string, api: SidecarBridge): void };
  readonly ipcRenderer: { invoke(channel: string, ...args: unknown[]): Promise<unknown> };
}

/**
 * Give the window's page `window.sidecar`. Whether the page may use it, the main process decides.
 *
 * @example
 * exposeSidecar({ contextBridge, ipcRenderer });
 */
export function exposeSidecar({ contextBridge, ipcRenderer }: ElectronRenderer): void {
  contextBridge.exposeInMainWorld("sidecar", {
    endpoint: async () => {
      const found = await ipcRenderer.invoke(channels.endpoint);
      if (isEndpoint(found)) return found;
      throw new TypeError("The main process answered with no endpoint");
    },
    onStatus: (listener) => {
      const stop = new AbortController();
      void follow(ipcRenderer, listener, stop.signal);
      return () => stop.abort();
    },
    start: async () => {
      await ipcRenderer.invoke(channels.start);
    },
  });
}

/** Ask for the status that follows the one seen, which is answered when there is one. */
async function follow(
  ipcRenderer: ElectronRenderer["ipcRenderer"],
  listener: (status: SidecarStatus) => void,
  signal: AbortSignal,
): Promise<void> {
  let seen: unknown;
  while (!signal.aborted) {
    const answer = await ipcRenderer.invoke(channels.status, seen);
    if (signal.aborted || !isStatusAnswer(answer)) return;
    seen = answer.revision;
    listener(answer.status);
  }
}

function isEndpoint(value: unknown): value is Endpoint {
  return isObject(value) && typeof value.url === "string" && typeof value.token === "string";
}

function isStatusAnswer(
  value: unknown,
): value is { readonly revision: number; readonly status: SidecarStatus } {
  return isObject(value) && typeof value.revision === "number" && isObject(value.status);
}
