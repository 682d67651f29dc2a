/** Pages of one origin in a real Chromium, which have RxDB on Dexie and the bridge, and may crash. */

import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { build } from "vite";
import { findChromium, startChromium } from "../../../example/demo/chromium.ts";
import type { Endpoint } from "../../../src/client/index.ts";
import type { Write } from "./writes.ts";

/** What pages ask of the test, as `window.endpoint` and `window.noted`. */
export interface Host {
  /** Where the sidecar is now; a rejection is a try that failed. */
  endpoint(): Endpoint | Promise<Endpoint>;
  noted(write: Write): void;
}

/** A browser whose pages share their IndexedDB. */
export interface Browser {
  page(): Promise<Page>;
  close(): Promise<void>;
}

/** Start a headless Chromium with an empty profile. */
export async function startBrowser(host: Host): Promise<Browser> {
  const [content, browser] = await Promise.all([
    script(),
    startChromium(findChromium(process.env.CHROMIUM_PATH), true),
  ]);
  const { context } = browser;
  // Of a real address: Chromium lets only pages of this machine connect to it.
  const site = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end();
  });
  await once(site.listen(0, "127.0.0.1"), "listening");
  const address = site.address();
  if (address === null || typeof address === "string") throw new Error("The site has no port.");
  await context.exposeFunction("endpoint", () => host.endpoint());
  await context.exposeFunction("noted", (write: Write) => host.noted(write));
  return {
    page: async () => {
      const page = await context.newPage();
      await page.goto(`http://localhost:${address.port}/`);
      await page.addScriptTag({ content });
      return page;
    },
    close: async () => {
      await browser.close();
      site.close();
    },
  };
}

/** End a page as a crash of its process does. */
export async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent("crash", { timeout: 0 });
  const session = await page.context().newCDPSession(page);
  // Nobody is left to answer.
  session.send("Page.crash").catch(() => {});
  await crashed;
  await page.close();
}

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
      },
    },
  });
  const [bundle] = Array.isArray(built) ? built : [built];
  if (bundle === undefined || !("output" in bundle)) throw new Error("Vite built nothing.");
  return bundle.output[0].code;
}
