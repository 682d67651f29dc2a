/** The processes of a benchmark: sidecars, started as Electron's main process does, and the echo. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Endpoint } from "@pjais/electron-bridge";
import type { Plan } from "./plan.ts";

/** A process that serves. */
export interface Served {
  readonly endpoint: Endpoint;
  readonly pid: number | undefined;
  /** Milliseconds from its spawning until it said that it is ready. */
  readonly start: number;
  /** Close its stdin, and wait until it has ended. */
  stop(): Promise<unknown>;
}

/** What a sidecar may be started with beside its store. */
export interface ServerOptions {
  /** File of the app's schema. */
  readonly schema?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Start a sidecar on a store of a name, empty the first time. */
export function startSidecar(
  { server, folder, root }: Plan,
  name: string,
  { schema, env }: ServerOptions = {},
): Promise<Served> {
  const data = join(folder, name);
  mkdirSync(data, { recursive: true });
  const options = schema === undefined ? [] : ["--schema", schema];
  return serving([...server, "serve", "--data-dir", data, ...options], root, env);
}

/** Start a bare websockets server that sends every message back; it has no token. */
export function startEcho({ python, root }: Plan): Promise<Served> {
  return serving([python, "-m", "tests.bench.echo"], root);
}

/** Have a process while `work` runs. */
export async function during<Result>(
  started: Promise<Served>,
  work: (served: Served) => Promise<Result>,
): Promise<Result> {
  const served = await started;
  try {
    return await work(served);
  } finally {
    await served.stop();
  }
}

async function serving(
  [program = "", ...arguments_]: readonly string[],
  cwd: string,
  env: ServerOptions["env"] = {},
): Promise<Served> {
  const begun = performance.now();
  const child = spawn(program, arguments_, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "ignore"],
    windowsHide: true,
  });
  const ready = JSON.parse(await firstLine(child));
  const start = performance.now() - begun;
  if (typeof ready.url !== "string") throw new Error(`${program}: ${JSON.stringify(ready)}`);
  return {
    endpoint: { url: ready.url, token: String(ready.token) },
    pid: child.pid,
    start,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.stdin?.end();
      await ended;
    },
  };
}

/** Return the first line of its output, or say that it ended without one. */
async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("The process has no output.");
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error(`${child.spawnfile} ended before it was ready.`);
}
