/**
 * Three components written against RxDB, in two windows of one Chromium, in StrictMode: as they are, on Dexie;
 * then as the codemod leaves them, over a sidecar. Both must show the same at each step.
 */

import { cpSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { build } from "vite";
import { expect, it, onTestFinished } from "vitest";
import { findChromium, startChromium } from "../../../example/demo/chromium.ts";
import { serve } from "../../../example/demo/site.ts";
import { run } from "../../../src/codemod/command.ts";
import { faults } from "../../support/compile.ts";
import { startSidecar, temporary } from "../../support/sidecar.ts";
import { useApp } from "./steps.ts";

const APP = join(import.meta.dirname, "app");
const PACKAGE = join(import.meta.dirname, "../../..");

/** Build an app and open two windows of it; `endpoint` is what their preload script would expose. */
async function windows(app: string, endpoint?: object): Promise<readonly [Page, Page]> {
  const site = temporary();
  await build({
    root: app,
    configFile: false,
    logLevel: "error",
    // Only React's development build mounts everything twice in StrictMode.
    define: { "process.env.NODE_ENV": '"development"' },
    resolve: {
      alias: [
        {
          find: /^@pjais\/electron-bridge\/(.*)$/,
          replacement: join(PACKAGE, "src/$1/index.ts"),
        },
      ],
    },
    build: { outDir: site, emptyOutDir: true, target: "es2023", chunkSizeWarningLimit: 4000 },
  });
  const { url, close } = await serve(site);
  onTestFinished(close);
  const browser = await startChromium(findChromium(process.env.CHROMIUM_PATH), true);
  onTestFinished(browser.close);
  await browser.context.addInitScript((given) => Object.assign(window, given), {
    sidecarEndpoint: endpoint,
  });
  const errors: unknown[] = [];
  onTestFinished(() => expect(errors).toEqual([]));
  const open = async (): Promise<Page> => {
    const page = await browser.context.newPage();
    page.on("pageerror", (error) => errors.push(error));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    await page.goto(url);
    return page;
  };
  return [await open(), await open()];
}

/** A copy of the app, moved by the codemod. */
function moved(): string {
  const copy = join(temporary(), "app");
  cpSync(APP, copy, { recursive: true });
  symlinkSync(join(PACKAGE, "node_modules"), join(copy, "../node_modules"));
  let told = "";
  const code = run(["codemod", copy], {
    out: (text) => (told += text),
    error: (text) => (told += text),
  });
  expect(code, told).toBe(0);
  return copy;
}

it("show on Dexie what they are written for", async () => {
  await useApp(...(await windows(APP)));
}, 120_000);

it("show the same over a sidecar, with no line changed but by the codemod", async () => {
  const { endpoint } = await startSidecar();
  await useApp(...(await windows(moved(), endpoint)));
}, 120_000);

it("compile as they did, with no line changed but by the codemod", () => {
  const copy = moved();
  const files = readdirSync(copy).filter((name) => /\.tsx?$/.test(name));
  const texts = files.map((name): [string, string] => [
    join(import.meta.dirname, name),
    readFileSync(join(copy, name), "utf8"),
  ]);
  const preload = `import type { Endpoint } from "@pjais/electron-bridge";
declare global { interface Window { sidecarEndpoint: Endpoint } }
`;
  expect(texts.some(([, text]) => /from "rxdb/.test(text))).toBe(false);
  expect(faults(new Map([...texts, [join(import.meta.dirname, "preload.ts"), preload]]))).toEqual(
    [],
  );
}, 120_000);
