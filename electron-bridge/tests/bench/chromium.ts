import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { build } from "vite";
import { findChromium, startChromium } from "../../example/demo/chromium.ts";
import { type Site, serve } from "../../example/demo/site.ts";
import { tell } from "./plan.ts";

/** What a benchmark finds in the environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Opens a page of its own in the one browser; `path` is its query. */
export type OpenPage = (path?: string) => Promise<Page>;

/** Without these, a page's clock ticks every 100 µs only; with them every 5. */
const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** A headless Chromium, and the pages of folders with an `index.html`. */
export interface Chromium {
  /**
   * Build a folder's page and serve it.
   *
   * @param folder Relative to this file.
   */
  site(folder: string): Promise<OpenPage>;
}

/** Have a headless Chromium while `work` runs. */
export async function withChromium(
  env: Environment,
  work: (chromium: Chromium) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "sidecar-bench-"));
  const sites: Site[] = [];
  const browser = await startChromium(findChromium(env.CHROMIUM_PATH), true);
  tell({ browser: browser.version });
  try {
    await work({
      async site(folder) {
        const built = join(directory, String(sites.length));
        await buildPage(folder, built);
        const site = await serve(built, ISOLATED);
        sites.push(site);
        return async (path = "") => {
          const page = await browser.context.newPage();
          page.on("pageerror", (error) => process.stderr.write(`  page: ${error.message}\n`));
          await page.goto(`${site.url}/${path}`);
          return page;
        };
      },
    });
  } finally {
    await browser.close();
    for (const site of sites) site.close();
    rmSync(directory, { recursive: true });
  }
}

async function buildPage(folder: string, outDir: string): Promise<void> {
  await build({
    root: fileURLToPath(new URL(folder, import.meta.url)),
    configFile: false,
    logLevel: "error",
    worker: { format: "es" },
    build: { outDir, emptyOutDir: true, target: "es2023", chunkSizeWarningLimit: 4000 },
  });
}
