import { app, type MenuItemConstructorOptions } from "electron";
import { openWindow } from "./windows.ts";

/** The app's menu. */
export function menu(): MenuItemConstructorOptions[] {
  const isMac = process.platform === "darwin";
  return [
    ...(isMac ? [{ role: "appMenu" } as const] : []),
    {
      label: "File",
      submenu: [
        { label: "New Window", accelerator: "CmdOrCtrl+N", click: () => openWindow() },
        // Stands for the app that the user had before; the two share their IndexedDB.
        {
          label: "Open the Old App",
          visible: !app.isPackaged,
          click: () => openWindow("old-app/index.html"),
        },
        { type: "separator" },
        isMac ? { role: "close" } : { role: "quit" },
      ],
    },
    { role: "editMenu" },
    { role: "viewMenu" },
    { role: "windowMenu" },
  ];
}
