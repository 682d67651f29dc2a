/**
 * A stand-in of Electron, for tests in plain Node: what `app`, `ipcMain` and a window's preload do, in
 * Electron's order, and no more. Values are cloned and errors rewritten between processes as Electron
 * does.
 */

import { EventEmitter, once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ElectronApp, ElectronInvokeEvent, ElectronIpcMain } from "../../src/main/index.ts";
import {
  type ElectronRenderer,
  exposeSidecar,
  type SidecarBridge,
} from "../../src/preload/index.ts";

type Listener = Parameters<ElectronIpcMain["handle"]>[1];

/** The stand-in, with its folders below `root`. */
export class StandIn {
  readonly app: ElectronApp & { isPackaged: boolean };
  readonly ipcMain: ElectronIpcMain;
  readonly root: string;
  /** How often the app was asked to quit. */
  quits = 0;
  readonly #events = new EventEmitter();
  readonly #listeners = new Map<string, Listener>();

  constructor(root: string) {
    this.root = root;
    mkdirSync(join(root, "app"), { recursive: true });
    this.app = {
      isPackaged: false,
      getAppPath: () => join(root, "app"),
      getPath: (name) => join(root, name),
      quit: () => this.quit(),
      on: (event, listener) => this.#events.on(event, listener),
    };
    this.ipcMain = {
      handle: (channel, listener) => {
        if (this.#listeners.has(channel)) throw new Error(`Second handler for '${channel}'`);
        this.#listeners.set(channel, listener);
      },
    };
  }

  /** As `app.quit()` does once its windows are closed: quit, unless a listener prevents it. */
  quit(): void {
    this.quits += 1;
    let prevented = false;
    const preventDefault = (): void => {
      prevented = true;
    };
    this.#events.emit("will-quit", { preventDefault });
    if (!prevented) this.#events.emit("quit");
  }

  /** Resolves when the app has quit. */
  hasQuit(): Promise<unknown> {
    return once(this.#events, "quit");
  }

  /** Open a window at a page, with our preload; return what the page finds as `window.sidecar`. */
  open(url = pathToFileURL(join(this.root, "app/index.html")).href): SidecarBridge {
    const exposed: SidecarBridge[] = [];
    exposeSidecar({
      contextBridge: { exposeInMainWorld: (_name, api) => exposed.push(api) },
      ipcRenderer: this.frame({ url }),
    });
    const [bridge] = exposed;
    if (bridge === undefined) throw new Error("The preload exposed nothing");
    return bridge;
  }

  /** The `ipcRenderer` of a frame, which may go elsewhere. */
  frame(senderFrame: ElectronInvokeEvent["senderFrame"]): ElectronRenderer["ipcRenderer"] {
    return {
      invoke: async (channel, ...args) => {
        const listener = this.#listeners.get(channel);
        if (listener === undefined) throw new Error(`No handler registered for '${channel}'`);
        const sent: unknown[] = structuredClone(args);
        try {
          return structuredClone(await listener({ senderFrame }, ...sent));
        } catch (error) {
          throw new Error(`Error invoking remote method '${channel}': ${error}`);
        }
      },
    };
  }
}
