import type { Endpoint } from "../client/socket.ts";
import { channels } from "../preload/channels.ts";
import type { ElectronInvokeEvent, ElectronIpcMain } from "./electron.ts";
import type { SidecarStatus } from "./status.ts";

/** What windows are told, as `SidecarProcess` has it. */
export interface Served {
  readonly endpoint: () => Promise<Endpoint>;
  readonly status: {
    readonly getSnapshot: () => SidecarStatus;
    readonly subscribe: (listener: () => void) => () => void;
  };
  readonly start: () => unknown;
}

/**
 * Answer the windows' preloads: each asks, and has its answer when there is one.
 *
 * So a new endpoint or status reaches every window that waits for it, and nobody else: who asks is
 * judged each time.
 */
export function serveWindows(
  ipcMain: ElectronIpcMain,
  allows: (url: string) => boolean,
  sidecar: Served,
): void {
  const { status } = sidecar;
  let revision = 0;
  status.subscribe(() => {
    revision += 1;
  });

  function judge({ senderFrame }: ElectronInvokeEvent): void {
    if (senderFrame !== null && allows(senderFrame.url)) return;
    const page = senderFrame?.url ?? "that has gone";
    throw new Error(
      `The page ${page} may not use the sidecar: name it in the \`pages\` of SidecarProcess`,
    );
  }

  ipcMain.handle(channels.endpoint, async (event) => {
    judge(event);
    const found = await sidecar.endpoint();
    // The frame may have gone elsewhere meanwhile.
    judge(event);
    return found;
  });
  ipcMain.handle(channels.status, async (event, seen) => {
    judge(event);
    if (seen === revision) await next(status.subscribe);
    return { revision, status: status.getSnapshot() };
  });
  ipcMain.handle(channels.start, (event) => {
    judge(event);
    sidecar.start();
  });
}

function next(subscribe: (listener: () => void) => () => void): Promise<void> {
  return new Promise((resolve) => {
    const leave = subscribe(() => {
      leave();
      resolve();
    });
  });
}
