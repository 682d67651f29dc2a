/** A `SidecarProcess` per test, on real sidecars, the source's. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { processesNaming } from "../../example/demo/processes.ts";
import { type SidecarOptions, SidecarProcess, type SidecarStatus } from "../../src/main/index.ts";
import { temporary } from "../support/sidecar.ts";
import { StandIn } from "./electron.ts";

export const repository = join(import.meta.dirname, "../../..");

/** The Python that has the sidecar. */
export function python(): string {
  const bin = process.platform === "win32" ? "Scripts/python.exe" : "bin/python";
  const local = join(repository, ".venv", bin);
  return process.env.SIDECAR_PYTHON ?? (existsSync(local) ? local : "python3");
}

/** The sidecar's command from its source. */
export const source = (): readonly [string, ...string[]] => [python(), "-m", "sidecar"];

type Options = Partial<SidecarOptions> & { readonly root?: string };

/** Make a sidecar process, not started; it is stopped after the test, and then nothing is left. */
export function sidecarProcess({ root = temporary(), ...options }: Options = {}): {
  readonly sidecar: SidecarProcess;
  readonly electron: StandIn;
  readonly states: readonly string[];
} {
  const electron = new StandIn(root);
  const sidecar = new SidecarProcess({
    app: electron.app,
    ipcMain: electron.ipcMain,
    development: source(),
    env: { PYTHONPATH: repository },
    webSocket: WebSocket,
    ...options,
    restart: { minDelay: 1, ...options.restart },
  });
  const states: string[] = [];
  sidecar.status.subscribe(() => states.push(sidecar.status.getSnapshot().state));
  onTestFinished(async () => {
    await sidecar.stop();
    await gone(root);
  });
  return { sidecar, electron, states };
}

/** Wait until a sidecar is in a state, and return its status. */
export function reaches(
  { status }: SidecarProcess,
  wanted: SidecarStatus["state"],
): Promise<SidecarStatus> {
  return new Promise((resolve) => {
    const look = (): void => {
      const now = status.getSnapshot();
      if (now.state !== wanted) return;
      leave();
      resolve(now);
    };
    const leave = status.subscribe(look);
    look();
  });
}

/** Wait until no process names a path in its command line. */
export async function gone(path: string): Promise<void> {
  while (processesNaming(path)?.length) await sleep(20);
}

/**
 * A command that meddles with the start of the real sidecar: Python statements that run in its process
 * before it, and count its starts.
 */
export function meddling(
  directory: string,
  before: string,
): { readonly command: readonly [string, ...string[]]; readonly starts: () => number } {
  const counter = join(directory, "starts");
  const script = join(directory, "meddling.py");
  writeFileSync(
    script,
    `import os, runpy, signal, sys, time
with open(${JSON.stringify(counter)}, "a") as file:
    file.write(".")
start = os.path.getsize(${JSON.stringify(counter)})
${before}
sys.argv[0] = "sidecar"
runpy.run_module("sidecar", run_name="__main__", alter_sys=True)
`,
  );
  return {
    command: [python(), script],
    starts: () => (existsSync(counter) ? readFileSync(counter).length : 0),
  };
}

/** Kill a process as a crash would. */
export function crash(pid: number): void {
  process.kill(pid, "SIGKILL");
}
