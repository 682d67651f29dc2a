/** The example as it is shipped: its own main module, preload script and pages. */

import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { build } from "vite";
import { expect, onTestFinished, vi } from "vitest";
import { buildPages, serve } from "../../example/demo/site.ts";
import type { SidecarProcess } from "../../src/main/index.ts";
import { temporary } from "../support/sidecar.ts";
import { Desktop } from "./electron.ts";
import { sidecarToRun } from "./sidecar.ts";

const PACKAGE = join(import.meta.dirname, "../..");

const source = [
  { find: /^@pjais\/electron-bridge$/, replacement: join(PACKAGE, "src/client/index.ts") },
  { find: /^@pjais\/electron-bridge\/(.*)$/, replacement: join(PACKAGE, "src/$1/index.ts") },
];

/** The built example. */
export interface Built {
  /** Where its pages are served. */
  readonly url: string;
  /** Its preload script's code. */
  readonly preload: string;
  /** Where its sidecar is. */
  readonly sidecar: string;
}

/** Build the example and serve its pages until the test ends. */
export async function buildExample(): Promise<Built> {
  const folder = temporary();
  await buildPages(folder, source);
  const { url, close } = await serve(folder);
  onTestFinished(close);
  return { url, preload: await buildPreload(), sidecar: sidecarToRun() };
}

async function buildPreload(): Promise<string> {
  const electron = join(import.meta.dirname, "electron-renderer.ts");
  const built = await build({
    configFile: false,
    logLevel: "warn",
    resolve: { alias: [{ find: "electron", replacement: electron }, ...source] },
    build: {
      write: false,
      target: "es2023",
      rolldownOptions: {
        input: join(PACKAGE, "example/preload/preload.ts"),
        output: { format: "iife" },
      },
    },
  });
  const [bundle] = Array.isArray(built) ? built : [built];
  if (bundle === undefined || !("output" in bundle)) throw new Error("Vite built nothing.");
  return bundle.output[0].code;
}

/** The running example. */
export interface App {
  readonly desktop: Desktop;
  readonly sidecar: SidecarProcess;
  /** Its first window. */
  readonly window: Page;
}

/** Start the example on a machine whose data is below `root`. */
export async function startExample(
  { url, preload, sidecar: bundle }: Built,
  root: string,
  context: BrowserContext,
): Promise<App> {
  const desktop = new Desktop(root, context, preload);
  vi.resetModules();
  vi.doMock("electron", () => desktop.electron);
  vi.stubGlobal("WINDOW_VITE_DEV_SERVER_URL", url);
  vi.stubEnv("SIDECAR_BUNDLE", bundle);
  const opened = desktop.nextWindow();
  const { sidecar } = await import("../../example/main/main.ts");
  onTestFinished(() => sidecar.stop());
  // Chromium itself tells of each try to reach a sidecar that is not there.
  onTestFinished(() =>
    expect(desktop.complaints.filter((text) => !text.includes("WebSocket"))).toEqual([]),
  );
  return { desktop, sidecar, window: await opened };
}
