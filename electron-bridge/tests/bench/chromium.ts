import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { type Browser, findChromium, startChromium } from "../../example/demo/chromium.ts";
import { serve } from "../../example/demo/site.ts";

/** What a benchmark finds in the environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Without these, a page's clock ticks every 100 µs only; with them every 5. */
const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/**
 * Build a benchmark's page, serve it, and start a headless Chromium while `work` runs.
 *
 * @param folder Of the page's `index.html`, relative to this file.
 */
export async function withSite(
  folder: string,
  env: Environment,
  work: (url: string, context: Browser["context"]) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "sidecar-bench-"));
  const closers = [async () => rmSync(directory, { recursive: true })];
  try {
    await build({
      root: fileURLToPath(new URL(folder, import.meta.url)),
      configFile: false,
      logLevel: "error",
      worker: { format: "es" },
      build: {
        outDir: directory,
        emptyOutDir: true,
        target: "es2023",
        chunkSizeWarningLimit: 4000,
      },
    });
    const site = await serve(directory, ISOLATED);
    closers.push(async () => site.close());
    const browser = await startChromium(findChromium(env.CHROMIUM_PATH), true);
    closers.push(browser.close);
    tell({ browser: browser.version });
    await work(site.url, browser.context);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** Write one line of the results. */
export function tell(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
