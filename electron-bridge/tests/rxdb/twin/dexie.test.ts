import { join } from "node:path";
import type { Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Browser, findChromium, startChromium } from "../../../example/demo/chromium.ts";
import { behaviours } from "./behaviour.ts";
import "./cases/index.ts";

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await startChromium(findChromium(process.env.CHROMIUM_PATH), true);
  page = await browser.context.newPage();
  // A page of an origin: only such have IndexedDB.
  await page.route("**/*", (route) => route.fulfill({ contentType: "text/html", body: "" }));
  await page.goto("http://localhost/");
  await page.addScriptTag({ content: await script() });
});

afterAll(() => browser.close());

// Once more, because it is RxDB and Chromium that may be late here, on a machine that does other things.
describe("RxDB on Dexie in Chromium", { retry: 1 }, () => {
  for (const [at, told] of behaviours.entries()) {
    test(told.name, async () => {
      const seen = await page.evaluate((which) => window.saw(which), at);
      expect(seen).toEqual(told.saw);
    });
  }
});

async function script(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "warn",
    build: {
      write: false,
      minify: false,
      target: "es2023",
      rolldownOptions: {
        input: join(import.meta.dirname, "page.ts"),
        // A module is strict, a script is when it says so.
        output: { format: "iife", banner: '"use strict";' },
        // The cases tell their behaviours when they are imported.
        treeshake: false,
      },
    },
  });
  const [bundle] = Array.isArray(built) ? built : [built];
  if (bundle === undefined || !("output" in bundle)) throw new Error("Vite built nothing.");
  return bundle.output[0].code;
}
