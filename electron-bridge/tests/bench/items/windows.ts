/** Where peers run: a page, or for LiveStore's adapter for Node a process. */

import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { ItemsPage } from "./page.ts";

/** What a peer runs in. */
export interface Window {
  readonly items: ItemsPage;
  /** End it, whatever it is doing. */
  close(): Promise<unknown>;
}

export function pageWindow(page: Page): Window {
  return {
    items: {
      open: (...given) => page.evaluate((one) => window.bench.items.open(...one), given),
      run: (...given) => page.evaluate((one) => window.bench.items.run(...one), given),
      fill: (...given) => page.evaluate((one) => window.bench.items.fill(...one), given),
      close: (...given) => page.evaluate((one) => window.bench.items.close(...one), given),
    },
    close: () => page.close(),
  };
}

/** Start LiveStore's adapter for Node on a folder. */
export async function nodeWindow(folder: string): Promise<Window> {
  const child = fork(join(import.meta.dirname, "../livestore/host.mjs"), [folder], {
    env: { ...process.env, NODE_ENV: "production" },
    // What LiveStore has to say is not for our output.
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const answer = async () => {
    const ended = once(child, "exit").then(() => {
      throw new Error("The process of LiveStore's adapter for Node ended.");
    });
    ended.catch(() => undefined);
    const [{ result, error }] = await Promise.race([once(child, "message"), ended]);
    if (error !== undefined) throw new Error(error);
    return result;
  };
  const call = (method: keyof ItemsPage, given: readonly unknown[]) => {
    child.send({ method, given });
    return answer();
  };
  await answer();
  return {
    items: {
      open: (...given) => call("open", given),
      run: (...given) => call("run", given),
      fill: (...given) => call("fill", given),
      close: (...given) => call("close", given),
    },
    async close() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}
