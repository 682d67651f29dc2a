import { openCore } from "../client/core.ts";
import { SidecarError } from "../client/errors.ts";
import { type Readable, type Writable, writable } from "../client/readable.ts";
import type { Endpoint } from "../client/socket.ts";
import type { ReadyLine } from "../generated/rpc.ts";
import { type Ended, type Launched, launch } from "./launch.ts";
import type { SidecarOptions } from "./options.ts";
import { allowsPage } from "./pages.ts";
import { logFileOf, planLaunch } from "./plan.ts";
import { afterEnd, defaultRestart, nextState, type Restart, type SidecarEvent } from "./states.ts";
import {
  failureError,
  failureOf,
  type SidecarFailure,
  type SidecarStatus,
  stopped,
} from "./status.ts";
import { serveWindows } from "./windows.ts";

/** Milliseconds for the answer to `server.shutdown`. */
const ANSWERED = 2000;

/**
 * The sidecar of an app: started, watched, started again when it crashes, and stopped with the app.
 *
 * @example
 * const sidecar = new SidecarProcess({ app, ipcMain }).start();
 */
export class SidecarProcess {
  readonly #options: SidecarOptions;
  readonly #restart: Restart;
  readonly #status: Writable<SidecarStatus> = writable(stopped);
  #crashes: readonly number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #launched: Launched | undefined;
  #ready: ReadyLine | undefined;
  /** Raised by each start and stop, so that what an earlier start still brings is ignored. */
  #round = 0;
  #quitting = false;

  /**
   * Serve the app's windows, and stop with the app. Nothing is started yet.
   *
   * @throws Error There is one on this `ipcMain` already.
   * @throws TypeError One of `pages` is no URL.
   */
  constructor(options: SidecarOptions) {
    const { app, ipcMain, restart } = options;
    this.#options = options;
    this.#restart = { ...defaultRestart, ...restart };
    const pages = (options.pages ?? []).map((page) => new URL(page));
    const allows = (url: string): boolean =>
      allowsPage(url, { appPath: app.getAppPath(), isPackaged: app.isPackaged, pages });
    serveWindows(ipcMain, allows, this);
    app.on("will-quit", (event) => this.#quit(event));
  }

  /** The state, for whoever shows it: in `failed`, the app has something to tell its user. */
  get status(): Readable<SidecarStatus> {
    return this.#status;
  }

  /** Start it, unless it runs or is about to; after a crash, without waiting any longer. */
  start(): this {
    if (!this.#canMove("start")) return this;
    this.#crashes = [];
    this.#move("start");
    void this.#run();
    return this;
  }

  /**
   * Stop it: ask, wait, terminate, kill. Resolves when it has ended, and what it acknowledged is stored.
   */
  async stop(): Promise<void> {
    this.#move("stop");
    if (this.#status.getSnapshot().state !== "stopping") return;
    this.#round += 1;
    await this.#launched?.end(() => this.#ask());
    this.#move("ended");
  }

  /**
   * Wait until it serves, and return its ready line.
   *
   * @throws SidecarError It failed, with the code of the {@link SidecarFailure}; or it is stopped
   *   (`E_STOPPED`).
   */
  ready(): Promise<ReadyLine> {
    return this.#when(({ state, error }) => {
      if (state === "failed" && error !== undefined) throw failureError(error);
      if (state === "stopped") throw new SidecarError("E_STOPPED", "The sidecar is stopped");
    });
  }

  /**
   * Wait until it serves, be it started again or by hand, and return where: what `connect` takes.
   *
   * @example
   * const client = connect(sidecar.endpoint);
   */
  readonly endpoint = async (): Promise<Endpoint> => {
    const { url, token } = await this.#when(() => {});
    return { url, token };
  };

  async #run(): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    this.#ready = undefined;
    this.#launched = undefined;
    let ended: Ended;
    try {
      const plan = await planLaunch(this.#options);
      if (round !== this.#round) return;
      this.#launched = launch({ ...plan, onReady: (line) => this.#serves(line) });
      ended = await this.#launched.ended;
    } catch (error) {
      ended = notRun(error, logFileOf(this.#options));
    }
    if (round === this.#round) this.#follow(ended);
  }

  #serves(line: ReadyLine): void {
    this.#ready = line;
    this.#move("ready");
  }

  #follow(ended: Ended): void {
    const after = afterEnd(ended, this.#crashes, performance.now(), this.#restart);
    this.#crashes = after.crashes;
    this.#move(after.event, after.event === "ended" ? undefined : ended.failure);
    if (after.event !== "crashed") return;
    this.#timer = setTimeout(() => {
      this.#move("retry", ended.failure);
      void this.#run();
    }, after.delay);
  }

  /** Ask it to end, over a connection of its own. */
  async #ask(): Promise<void> {
    const webSocket = this.#options.webSocket ?? globalThis.WebSocket;
    if (this.#ready === undefined || webSocket === undefined) return;
    const client = openCore(this.#ready, { webSocket, retry: { attempts: 0 } });
    try {
      await client.server.shutdown({ signal: AbortSignal.timeout(ANSWERED) });
    } catch {
      // It is asked in other ways, too.
    }
    client.close();
  }

  /** The windows are closed, and what they had to store is stored. */
  #quit(event: { preventDefault(): void }): void {
    const { state } = this.#status.getSnapshot();
    if (state === "stopped" || state === "failed") return;
    event.preventDefault();
    if (this.#quitting) return;
    this.#quitting = true;
    // Electron has to leave this event before it is asked again.
    const quitAgain = (): void => {
      this.#quitting = false;
      this.#options.app.quit();
    };
    void this.stop().then(() => setImmediate(quitAgain));
  }

  #canMove(event: SidecarEvent): boolean {
    const { state } = this.#status.getSnapshot();
    return nextState(state, event) !== state;
  }

  #move(event: SidecarEvent, error?: SidecarFailure): void {
    if (!this.#canMove(event)) return;
    clearTimeout(this.#timer);
    const state = nextState(this.#status.getSnapshot().state, event);
    this.#status.set({ state, crashes: this.#crashes.length, error });
  }

  /** Return the ready line as soon as it serves; `look` may throw before. */
  #when(look: (status: SidecarStatus) => void): Promise<ReadyLine> {
    return new Promise((resolve, reject) => {
      const settled = (): boolean => {
        const status = this.#status.getSnapshot();
        if (status.state === "running" && this.#ready !== undefined) {
          resolve(this.#ready);
          return true;
        }
        try {
          look(status);
          return false;
        } catch (error) {
          reject(error);
          return true;
        }
      };
      if (settled()) return;
      const leave = this.#status.subscribe(() => {
        if (settled()) leave();
      });
    });
  }
}

/** The end of what never began. */
function notRun(error: unknown, logFile: string): Ended {
  return { exitCode: null, served: false, final: true, failure: failureOf(error, logFile) };
}
