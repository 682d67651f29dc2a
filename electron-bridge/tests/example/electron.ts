/**
 * A stand-in of Electron for the example's main process, whose windows are pages of a Chromium: what its
 * modules use of `electron`, in Electron's order, and no more.
 */

import { EventEmitter } from "node:events";
import type { BrowserContext, Page } from "playwright-core";
import type { ElectronApp } from "../../src/main/index.ts";
import { StandIn } from "../main/electron.ts";

interface MenuItem {
  readonly label?: string;
  readonly submenu?: readonly MenuItem[];
  readonly click?: () => void;
}

/** One machine: an Electron app's folders, and the browser that shows its windows. */
export class Desktop {
  /** What pages complained of. */
  readonly complaints: string[] = [];
  /** What the example's modules find as `electron`. */
  readonly electron: object;
  readonly #context: BrowserContext;
  readonly #preload: string;
  readonly #standIn: StandIn;
  readonly #events = new EventEmitter();
  readonly #opened = new EventEmitter();
  #menu: readonly MenuItem[] = [];

  /** @param preload The built preload script, on `electron-renderer.ts`. */
  constructor(root: string, context: BrowserContext, preload: string) {
    this.#context = context;
    this.#preload = preload;
    this.#standIn = new StandIn(root);
    const { ipcMain, app } = this.#standIn;
    const [events, menuIs, show] = [
      this.#events,
      (items: readonly MenuItem[]) => {
        this.#menu = items;
      },
      (url: string) => this.#show(url),
    ];
    this.electron = {
      ipcMain,
      app: {
        ...app,
        on: (event: "will-quit", listener: Parameters<ElectronApp["on"]>[1]) =>
          event === "will-quit" ? app.on(event, listener) : events.on(event, listener),
        quit: () => void this.quit(),
        requestSingleInstanceLock: () => true,
        whenReady: async () => {},
      },
      Menu: { buildFromTemplate: (items: unknown) => items, setApplicationMenu: menuIs },
      BrowserWindow: class {
        static readonly getAllWindows = () => [];
        readonly webContents = { setWindowOpenHandler: () => {} };
        readonly loadURL = show;
      },
    };
  }

  /** Resolve with the next window that is opened, once its page is loaded. */
  nextWindow(): Promise<Page> {
    return new Promise((resolve) => this.#opened.once("window", resolve));
  }

  /** Choose an item of the menu. */
  choose(label: string): void {
    const items = this.#menu.flatMap(({ submenu = [] }) => submenu);
    const item = items.find((one) => one.label === label);
    if (item?.click === undefined) throw new Error(`The menu has no "${label}"`);
    item.click();
  }

  /** Quit as Electron does: windows close, then listeners of `will-quit` may take their time. */
  async quit(): Promise<void> {
    for (const page of this.#context.pages()) await page.close();
    this.#standIn.quit();
  }

  /** Resolves when the app has quit. */
  hasQuit(): Promise<unknown> {
    return this.#standIn.hasQuit();
  }

  async #show(url: string): Promise<void> {
    const page = await this.#context.newPage();
    // What moves is not clicked.
    await page.emulateMedia({ reducedMotion: "reduce" });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
    const senderFrame = {
      get url() {
        return page.url();
      },
    };
    const { invoke } = this.#standIn.frame(senderFrame);
    await page.exposeFunction("ipcRendererInvoke", invoke);
    await page.addInitScript(this.#preload);
    await page.goto(url);
    this.#opened.emit("window", page);
  }
}
