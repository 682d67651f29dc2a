/** The parts of Electron that are used, as its own types have them. */

/** Electron's `app`. */
export interface ElectronApp {
  readonly isPackaged: boolean;
  getAppPath(): string;
  getPath(name: "userData" | "logs"): string;
  quit(): void;
  on(event: "will-quit", listener: (event: { preventDefault(): void }) => void): unknown;
}

/** Electron's `ipcMain`. */
export interface ElectronIpcMain {
  handle(
    channel: string,
    listener: (event: ElectronInvokeEvent, ...args: unknown[]) => unknown,
  ): void;
}

/** Electron's `IpcMainInvokeEvent`. */
export interface ElectronInvokeEvent {
  /** Null where the frame has gone elsewhere, or away. */
  readonly senderFrame: { readonly url: string } | null;
}
