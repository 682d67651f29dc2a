import { join } from "node:path";
import { app, BrowserWindow } from "electron";

/** The address of Vite's server, put here by Forge while the app is not packaged. */
declare const WINDOW_VITE_DEV_SERVER_URL: string | undefined;

/** Open a window at one of the pages. */
export function openWindow(page = "renderer/index.html"): void {
  const window = new BrowserWindow({
    width: 1360,
    height: 860,
    webPreferences: { preload: join(app.getAppPath(), ".vite/build/preload.cjs") },
  });
  window.webContents.setWindowOpenHandler(() => ({ action: "deny" }));
  void (WINDOW_VITE_DEV_SERVER_URL === undefined
    ? window.loadFile(join(app.getAppPath(), ".vite/renderer/window", page))
    : window.loadURL(new URL(page, WINDOW_VITE_DEV_SERVER_URL).href));
}

/** Bring a window to the front, or open one. */
export function showWindow(): void {
  const [window] = BrowserWindow.getAllWindows();
  if (window === undefined) openWindow();
  else if (window.isMinimized()) window.restore();
  else window.focus();
}
