import type { SocketConstructor } from "../client/socket.ts";
import type { Command } from "./command.ts";
import type { ElectronApp, ElectronIpcMain } from "./electron.ts";
import type { Restart } from "./states.ts";

/** What `SidecarProcess` is given. */
export interface SidecarOptions {
  /** Electron's `app`. */
  readonly app: ElectronApp;
  /** Electron's `ipcMain`. */
  readonly ipcMain: ElectronIpcMain;
  /** What is run. Default: the folder `sidecar` of the app's resources. */
  readonly command?: Command | undefined;
  /** What is run while the app is not packaged; the environment's `SIDECAR_BUNDLE` overrides it. */
  readonly development?: Command | undefined;
  /** The store's directory. Default: `sidecar` in Electron's `userData`. */
  readonly dataDir?: string | undefined;
  /** Where `sidecar.log` is. Default: Electron's `logs`. */
  readonly logDir?: string | undefined;
  /** The app's own schema, `module:attr`, or `file.py` at the app's path. Default: PJAIS's. */
  readonly schema?: string | undefined;
  /** Finds the key of an encrypted store before each start: one line of text. */
  readonly key?: (() => string | Promise<string>) | undefined;
  /**
   * URLs that the app's pages begin with, where they are neither files below the app's path, nor
   * `app://…`, nor, in development, on this machine's loopback interface.
   */
  readonly pages?: readonly string[] | undefined;
  /** Variables of its environment, beside what any program needs. */
  readonly env?: { readonly [name: string]: string | undefined } | undefined;
  /** Milliseconds without progress until a start has failed. Default 30,000. */
  readonly startTimeout?: number | undefined;
  /** How a sidecar that crashed is started again. */
  readonly restart?: Partial<Restart> | undefined;
  /** The WebSocket class that asks it to end. Default: the global one, where there is one. */
  readonly webSocket?: SocketConstructor | undefined;
}
