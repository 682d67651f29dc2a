/** A real sidecar process per test, and clients of it. */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import {
  type ConnectOptions,
  connect,
  type Endpoint,
  type SidecarClient,
} from "../../src/client/index.ts";
import { isObject } from "../../src/client/json.ts";

const root = join(import.meta.dirname, "../../..");

/** A running sidecar. */
export interface Sidecar {
  readonly endpoint: Endpoint;
  readonly dataDir: string;
  /** End it as a crash would, and wait until it is gone. */
  kill(): Promise<void>;
  /** End it by closing its stdin, and wait for its exit code. */
  stop(): Promise<number | null>;
}

/** A directory that is removed after the test. */
export function temporary(): string {
  const path = mkdtempSync(join(tmpdir(), "sidecar-bridge-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Start a sidecar; it ends with the test. */
export async function startSidecar(dataDir: string = temporary()): Promise<Sidecar> {
  const sidecar = await spawnSidecar(dataDir);
  onTestFinished(async () => {
    await sidecar.stop();
  });
  return sidecar;
}

/** Start a sidecar that many tests share; who starts it stops it. */
export async function spawnSidecar(dataDir: string): Promise<Sidecar> {
  const child = spawn(python(), ["-m", "sidecar", "serve", "--data-dir", dataDir], {
    cwd: root,
    env: { ...process.env, PYTHONPATH: root },
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const stop = (): Promise<number | null> => {
    child.stdin.end();
    return exited;
  };
  return {
    endpoint: await endpointOf(child),
    dataDir,
    stop,
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** Connect to a sidecar as Node does it; the client is closed after the test. */
export function connectTo(
  endpoint: Parameters<typeof connect>[0],
  options: ConnectOptions = {},
): SidecarClient {
  const client = connect(endpoint, { webSocket: WebSocket, ...options });
  onTestFinished(() => client.close());
  return client;
}

/** A sidecar with a client. */
export async function startClient(): Promise<{
  readonly sidecar: Sidecar;
  readonly client: SidecarClient;
}> {
  const sidecar = await startSidecar();
  return { sidecar, client: connectTo(sidecar.endpoint) };
}

/** The interpreter that has the sidecar. */
export function python(): string {
  const local = join(
    root,
    ".venv",
    process.platform === "win32" ? "Scripts/python.exe" : "bin/python",
  );
  return process.env.SIDECAR_PYTHON ?? (existsSync(local) ? local : "python3");
}

async function endpointOf(child: ChildProcess): Promise<Endpoint> {
  const log: string[] = [];
  child.stderr?.on("data", (data) => log.push(String(data)));
  if (child.stdout !== null) {
    for await (const line of createInterface({ input: child.stdout })) {
      const ready: unknown = JSON.parse(line);
      if (isObject(ready) && typeof ready.url === "string" && typeof ready.token === "string") {
        return { url: ready.url, token: ready.token };
      }
      throw new Error(`The sidecar did not start: ${line}\n${log.join("")}`);
    }
  }
  throw new Error(`The sidecar said nothing:\n${log.join("")}`);
}
