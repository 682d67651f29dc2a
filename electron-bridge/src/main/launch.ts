/**
 * One run of the sidecar: from spawn to its end.
 *
 * 1. Both pipes are read until they end.
 * 2. `ended` resolves, whatever happens, once: with why, where nobody asked for the end.
 * 3. Nothing of the process's tree outlives it: its stdin ends, its group is killed.
 */

import { spawn } from "node:child_process";
import type { StartErrorLine } from "../generated/rpc.ts";
import { LastLines, readLines } from "./lines.ts";
import { type Announcement, isProgress, PROTOCOL, readAnnouncement } from "./ready.ts";
import type { Ending } from "./states.ts";
import type { SidecarFailure } from "./status.ts";
import { killGroup, signalTree } from "./tree.ts";

/** What a run needs. */
export interface LaunchOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Lines for its stdin. */
  readonly secrets: readonly string[];
  /** Milliseconds without a word until it is given up. */
  readonly startTimeout: number;
  readonly logFile: string;
  /** Called when it serves. */
  readonly onReady: (line: Extract<Announcement, { type: "ready" }>) => void;
}

/** How a run ended. */
export interface Ended extends Ending {
  readonly failure: SidecarFailure;
}

/** A run. */
export interface Launched {
  readonly ended: Promise<Ended>;
  /** End it in steps: `ask`, wait, terminate, kill. Resolves when it has ended, or can't be. */
  readonly end: (ask: () => Promise<void>) => Promise<void>;
}

/** Milliseconds: the server finishes what it was answering within five seconds. */
const [ASKED, TERMINATED, KILLED] = [8000, 2000, 2000];
/** Milliseconds for the last words of a process that has ended: another may hold its pipes. */
const LAST_WORDS = 500;

/** Run a sidecar. */
export function launch(options: LaunchOptions): Launched {
  const { file, args, cwd, env, secrets, startTimeout, logFile, onReady } = options;
  const lastLines = new LastLines();
  let served = false;
  /** Why it can't serve, where we know more than its exit code tells. */
  let known: (Pick<StartErrorLine, "code" | "message" | "hint"> & { final: boolean }) | undefined;

  const child = spawn(file, args, {
    cwd,
    env,
    stdio: ["pipe", "pipe", "pipe"],
    shell: false,
    windowsHide: true,
    // Its own process group; on Windows, this would be a console window.
    detached: process.platform !== "win32",
  });
  const signal = (name: "SIGTERM" | "SIGKILL"): void => {
    const { pid, exitCode, signalCode } = child;
    // The pid of one that has ended may be another's.
    if (pid !== undefined && exitCode === null && signalCode === null) signalTree(pid, name);
  };
  const giveUp = (code: string, message: string, hint: string): void => {
    known = { code, message, hint, final: true };
    signal("SIGKILL");
  };
  const patience = setTimeout(() => {
    const message = `The sidecar did not start within ${startTimeout / 1000} s`;
    giveUp("E_START_TIMEOUT", message, `Its log may tell why: ${logFile}`);
  }, startTimeout);

  const announced = (line: Announcement): void => {
    if (line.type === "error") {
      known = { ...line, final: false };
    } else if (line.protocol !== PROTOCOL) {
      const message = `The sidecar ${line.version} speaks protocol ${line.protocol}, not ${PROTOCOL}`;
      giveUp("E_PROTOCOL", message, "Ship the sidecar of the same release as the app.");
    } else {
      served = true;
      clearTimeout(patience);
      onReady(line);
    }
  };
  readLines(child.stdout, (line) => {
    const announcement = served || known ? undefined : readAnnouncement(line);
    if (announcement === undefined) lastLines.add(line);
    else announced(announcement);
  });
  readLines(child.stderr, (line) => {
    lastLines.add(line);
    // To build the state of a large store anew takes its time.
    if (!served && isProgress(line)) patience.refresh();
  });
  // It may end before it has read them.
  child.stdin.on("error", () => {});
  child.stdin.write(secrets.map((secret) => `${secret}\n`).join(""));

  const ended = new Promise<Ended>((resolve) => {
    const tell = (exitCode: number | null, signalName: string | null): void => {
      clearTimeout(patience);
      for (const stream of child.stdio) stream?.destroy();
      const {
        final,
        code,
        message,
        hint = `Its log may tell why: ${logFile}`,
      } = known ?? { final: false, code: "E_CRASHED", message: crash(exitCode, signalName) };
      const failure = {
        ...{ code, message, hint, exitCode, signal: signalName },
        ...{ log: lastLines.all, logFile },
      };
      resolve({ exitCode, served, final, failure });
    };
    child.once("error", (error) => {
      if (child.pid !== undefined) return;
      const hint = "Is it there, executable, built for this machine, and outside of app.asar?";
      known = {
        code: "E_SPAWN",
        message: `${file} can't be run: ${error.message}`,
        hint,
        final: true,
      };
      tell(null, null);
    });
    child.once("exit", (code, signalName) => {
      if (child.pid !== undefined) killGroup(child.pid);
      const told = setTimeout(tell, LAST_WORDS, code, signalName);
      child.once("close", () => {
        clearTimeout(told);
        tell(code, signalName);
      });
    });
  });

  async function endInSteps(ask: () => Promise<void>): Promise<void> {
    const askToEnd = (): void => {
      void ask().finally(() => child.stdin.end());
    };
    const steps: readonly (readonly [() => void, number])[] = [
      [askToEnd, ASKED],
      [() => signal("SIGTERM"), TERMINATED],
      [() => signal("SIGKILL"), KILLED],
    ];
    for (const [step, wait] of steps) {
      step();
      if (await within(wait, ended)) return;
    }
  }

  let ending: Promise<void> | undefined;
  return {
    ended,
    end: (ask) => {
      ending ??= endInSteps(ask);
      return ending;
    },
  };
}

function crash(exitCode: number | null, signal: string | null): string {
  const how = signal === null ? `with exit code ${exitCode}` : `by ${signal}`;
  return `The sidecar ended ${how}`;
}

/** Whether a promise settles within some milliseconds. */
function within(milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds, false);
    void promise.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
