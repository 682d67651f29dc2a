import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";
import { expect, it, onTestFinished } from "vitest";
import { findChromium, startChromium } from "../../example/demo/chromium.ts";
import { serve } from "../../example/demo/site.ts";
import { startSidecar, temporary } from "../support/sidecar.ts";

it("cleans up all that RxDB has in IndexedDB, and nothing of another database (M12)", async () => {
  const { endpoint } = await startSidecar();
  const browser = await startChromium(findChromium(process.env.CHROMIUM_PATH), true);
  onTestFinished(() => browser.close());
  const directory = temporary();
  writeFileSync(join(directory, "index.html"), "<!doctype html>");
  const site = await serve(directory);
  onTestFinished(() => site.close());
  const page = await browser.context.newPage();
  await page.goto(site.url);
  await page.addScriptTag({ content: await script() });

  const { before, after, state, codes } = await page.evaluate(
    (where) => window.cleanUp(where),
    endpoint,
  );
  const own = before.filter((name) => /^rxdb-dexie-old--\d+--\D/.test(name));
  expect(own).toEqual([
    "rxdb-dexie-old--0--_rxdb_internal",
    "rxdb-dexie-old--0--notes",
    "rxdb-dexie-old--0--plugin-local-documents-",
    "rxdb-dexie-old--0--plugin-local-documents-notes",
  ]);
  expect(before.filter((name) => name.includes("old--1") || name.includes("older"))).toHaveLength(
    8,
  );
  // Before the switch, and while somebody keeps one open.
  expect(codes).toEqual(["E_MIGRATION", "E_MIGRATION"]);
  expect(state).toBe("cleaned");
  expect(after).toEqual(before.filter((name) => !own.includes(name)));
}, 60_000);

async function script(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "warn",
    build: {
      write: false,
      minify: false,
      target: "es2023",
      rolldownOptions: {
        input: join(import.meta.dirname, "cleanup-page.ts"),
        output: { format: "iife", banner: '"use strict";' },
      },
    },
  });
  const [bundle] = Array.isArray(built) ? built : [built];
  if (bundle === undefined || !("output" in bundle)) throw new Error("Vite built nothing.");
  return bundle.output[0].code;
}
