import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { DemoError } from "./progress.ts";

/** A running `sidecar serve`, by its ready line. */
export interface Sidecar {
  pid: number;
  url: string;
  token: string;
  schema: string;
  head: number;
  /** Close its stdin, which ends it; resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** How this demo calls Python: the interpreter and the directory of the `sidecar` package. */
export interface Python {
  executable: string;
  root: string;
  /** Ends its commands, when the demo is interrupted. */
  signal: AbortSignal;
}

const START_TIMEOUT = 20_000;
const STOP_TIMEOUT = 10_000;
const SETUP_HINT =
  "Run `python3 build/dev.py setup`, or set SIDECAR_PYTHON to a Python that has it.";

export async function startSidecar(python: Python, dataDir: string): Promise<Sidecar> {
  const child = spawn(python.executable, ["-m", "sidecar", "serve", "--data-dir", dataDir], {
    cwd: python.root,
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
  });
  const lastWords: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    lastWords.push(line);
    if (lastWords.length > 8) lastWords.shift();
  });
  try {
    const ready = readReady(await firstLine(child));
    return { ...ready, stop: () => stop(child) };
  } catch (error) {
    child.kill("SIGKILL");
    const reason = error instanceof Error ? error.message : String(error);
    throw new DemoError(
      [`The sidecar did not start: ${reason}`, ...lastWords].join("\n"),
      SETUP_HINT,
    );
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error("it has no stdout");
  const signal = AbortSignal.timeout(START_TIMEOUT);
  const line = once(createInterface({ input: child.stdout }), "line", { signal });
  const failed = once(child, "error", { signal }).then(([error]) => Promise.reject(error));
  const exited = once(child, "exit", { signal }).then(([code]) =>
    Promise.reject(new Error(`it ended with exit code ${code}`)),
  );
  // Only the first to settle counts; the others end with the child.
  for (const loser of [failed, exited]) loser.catch(() => undefined);
  const [text] = await Promise.race([line, failed, exited]);
  return String(text);
}

function readReady(line: string): Omit<Sidecar, "stop"> {
  const { type, pid, url, token, schema, head, ...rest } = JSON.parse(line);
  if (type !== "ready") throw new Error(`${rest.code}: ${rest.message} ${rest.hint ?? ""}`);
  return { pid, url, token, schema, head };
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, "exit");
  child.stdin?.end();
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT);
  await exited;
  clearTimeout(timer);
  return child.exitCode;
}

/** Run one `sidecar` command to its end and answer with what it printed. */
export async function sidecarCommand(python: Python, ...args: string[]): Promise<string> {
  const run = promisify(execFile);
  try {
    const { stdout } = await run(python.executable, ["-m", "sidecar", ...args], {
      cwd: python.root,
      maxBuffer: 64 * 2 ** 20,
      signal: python.signal,
    });
    return stdout;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DemoError(`\`sidecar ${args[0]}\` failed: ${reason}`, SETUP_HINT);
  }
}
