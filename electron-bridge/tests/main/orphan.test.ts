/** An app that ends in any way takes its sidecar with it, at whatever stage that is. */

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { rolldown } from "rolldown";
import { describe, expect, it, onTestFinished } from "vitest";
import { tables } from "../../src/client/index.ts";
import { persona } from "../support/personas.ts";
import { connectTo, temporary } from "../support/sidecar.ts";
import { gone, meddling, repository, source } from "./support.ts";

interface App {
  readonly root: string;
  readonly process: ChildProcessByStdio<null, Readable, null>;
  /** What it said next. */
  readonly line: () => Promise<string>;
}

/** Start an app, and say what happens in its sidecar's process before the sidecar. */
async function startApp(before = ""): Promise<App> {
  const root = temporary();
  const file = join(root, "parent.mjs");
  const bundle = await rolldown({
    input: join(import.meta.dirname, "parent.ts"),
    platform: "node",
  });
  await bundle.write({ file, format: "esm" });
  const development = before === "" ? source() : meddling(root, before).command;
  const options = JSON.stringify({ development, env: { PYTHONPATH: repository } });
  const app = spawn(process.execPath, [file, root, options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    app.kill("SIGKILL");
    await gone(root);
  });
  const lines = createInterface({ input: app.stdout })[Symbol.asyncIterator]();
  return {
    root,
    process: app,
    line: async () => String((await lines.next()).value),
  };
}

async function appears(path: string): Promise<void> {
  while (!existsSync(path)) await sleep(10);
}

describe("an app that is killed", () => {
  it("leaves nothing", async () => {
    const app = await startApp();
    expect(await app.line()).toBe("starting");
    const { url, token } = JSON.parse(await app.line());
    const client = connectTo({ url, token }, { retry: { attempts: 0 } });
    await client.commit(persona("Ada"));
    app.process.kill("SIGKILL");
    await gone(app.root);
  });

  it.each([
    ["before the sidecar reads its token", (here: string) => `${here}\ntime.sleep(1)`],
    [
      "while the sidecar opens its store",
      (here: string) => `import sidecar.store.store as store
def slowly(*_, **__):
    ${here}
    time.sleep(600)
store.Store.open = slowly`,
    ],
    [
      "before the sidecar says that it serves",
      (here: string) => `import sidecar.rpc.serve as serve
def slowly(*_):
    ${here}
    time.sleep(600)
serve.write_endpoint = slowly`,
    ],
  ])("%s leaves nothing", async (_stage, before) => {
    const here = join(temporary(), "here");
    const app = await startApp(before(`open(${JSON.stringify(here)}, "w").close()`));
    await app.line();
    await appears(here);
    app.process.kill("SIGKILL");
    await gone(app.root);
  });

  it("while it is suspended leaves nothing, and until then the sidecar serves", async () => {
    const app = await startApp();
    await app.line();
    const { url, token, pid } = JSON.parse(await app.line());
    app.process.kill("SIGSTOP");
    const client = connectTo({ url, token }, { retry: { attempts: 0 } });
    for (let at = 0; at < 200; at++) await client.query(tables.personas.count());
    app.process.kill("SIGCONT");
    app.process.kill("SIGSTOP");
    expect((await client.server.info()).pid).toBe(pid);
    app.process.kill("SIGKILL");
    await gone(app.root);
  });

  it("or told to end leaves nothing", async () => {
    const app = await startApp();
    await app.line();
    await app.line();
    const exited = once(app.process, "exit");
    // As an uncaught exception or `app.exit()` ends it: nothing of ours runs.
    app.process.kill("SIGTERM");
    await exited;
    await gone(app.root);
  });
});
