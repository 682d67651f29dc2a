/** A stand-in of what a preload script finds as `electron`: `invoke` is what `electron.ts` exposes. */

import type { ElectronRenderer } from "../../src/preload/index.ts";

declare global {
  interface Window {
    readonly ipcRendererInvoke: ElectronRenderer["ipcRenderer"]["invoke"];
  }
}

export const contextBridge: ElectronRenderer["contextBridge"] = {
  exposeInMainWorld: (name, api) => Object.assign(window, { [name]: Object.freeze(api) }),
};

export const ipcRenderer: ElectronRenderer["ipcRenderer"] = {
  invoke: (channel, ...args) => window.ipcRendererInvoke(channel, ...args),
};
