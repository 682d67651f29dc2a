/** The main process: the sidecar, one instance, and its windows. */

import { SidecarProcess } from "@pjais/electron-bridge/main";
import { app, ipcMain, Menu } from "electron";
import { menu } from "./menu.ts";
import { openWindow, showWindow } from "./windows.ts";

export const sidecar = new SidecarProcess({
  app,
  ipcMain,
  // What `python3 build/dev.py bundle` makes; a packaged app has it in its resources.
  development: "../../build/dist/sidecar",
});

// Two instances would want the same store.
if (app.requestSingleInstanceLock()) {
  sidecar.start();
  app.on("second-instance", showWindow);
  app.on("activate", showWindow);
  app.on("window-all-closed", () => {
    if (process.platform !== "darwin") app.quit();
  });
  void app.whenReady().then(() => {
    Menu.setApplicationMenu(Menu.buildFromTemplate(menu()));
    openWindow();
  });
} else {
  app.quit();
}
