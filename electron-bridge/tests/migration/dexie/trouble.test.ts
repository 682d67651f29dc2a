import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { python, type Sidecar, startSidecar, temporary } from "../../support/sidecar.ts";
import type { Opening } from "./app.ts";
import { type Browser, startBrowser } from "./browser.ts";
import { Ledger } from "./ledger.ts";

let browser: Browser;
let sidecar: Sidecar;
let ledger = new Ledger();

beforeAll(async () => {
  const endpoint = () => sidecar.endpoint;
  browser = await startBrowser({ endpoint, noted: (write) => ledger.note(write) });
});

afterAll(() => browser.close());

const none: Opening = { ids: [], counts: {}, pause: 0 };
const twenty = Array.from({ length: 20 }, (_unused, at) => `n${at}`);

/** A page with an app of its own database, in a ledger of its own. */
async function opened(opening: Opening): Promise<Page> {
  ledger = new Ledger();
  const page = await browser.page();
  onTestFinished(async () => {
    await page.evaluate(() => window.app.database.remove());
    await page.close();
  });
  await page.evaluate((one) => window.openApp(one), opening);
  return page;
}

/** What a window says to a step: null, or what it failed with. */
function step(page: Page, name: Parameters<Window["app"]["step"]>[0]): Promise<string | null> {
  return page.evaluate((one) => window.app.step(one), name);
}

async function quiet(page: Page): Promise<void> {
  await page.evaluate(() => window.app.quiet());
}

/** A sidecar whose files can't grow beyond so many KiB, as on a full disk. */
async function startLimited(dataDir: string, kibibytes: number): Promise<Sidecar> {
  const path = join(temporary(), "python");
  writeFileSync(path, `#!/bin/bash\nulimit -f ${kibibytes}\nexec "${python()}" "$@"\n`);
  chmodSync(path, 0o755);
  vi.stubEnv("SIDECAR_PYTHON", path);
  try {
    return await startSidecar(dataDir);
  } finally {
    vi.unstubAllEnvs();
  }
}

describe("a move on Dexie in Chromium", () => {
  it.runIf(process.platform === "linux").each([
    ["backup", 1500],
    ["import", 4000],
  ])("goes on from a disk that was full during the %s", async (_name, kibibytes) => {
    const dataDir = temporary();
    sidecar = await startLimited(dataDir, kibibytes);
    const page = await opened(none);
    await page.evaluate(async () => {
      for (let at = 0; at < 3; at++) {
        const large = "0123456789abcdef".repeat(65_536);
        await window.app.database.collections.notes?.insert({ id: `large ${at}`, large });
      }
    });
    expect(await step(page, "run")).toMatch(/^E_STORAGE/);
    await sidecar.kill();
    sidecar = await startSidecar(dataDir);
    expect(await step(page, "run")).toBeNull();
    expect(await step(page, "verify")).toBeNull();
    expect(await step(page, "cutover")).toBeNull();
    const { rxdb, store } = await page.evaluate(() => window.app.sides());
    expect([rxdb.length, store.length]).toEqual([3, 3]);
  });

  it("loses nothing where the clock jumps back and forth", async () => {
    sidecar = await startSidecar();
    const page = await opened(none);
    await page.evaluate(() => {
      const now = Date.now.bind(Date);
      let calls = 0;
      Date.now = () => now() - ((calls++ * 7) % 5) * 3_600_000;
    });
    await page.evaluate((opening) => window.app.write(opening), {
      ...none,
      ids: twenty,
      pause: 20,
    });
    expect(await step(page, "run")).toBeNull();
    expect(await step(page, "cutover")).toBeNull();
    await quiet(page);
    expect(await step(page, "drained")).toBeNull();
    expect(ledger.wrong((await page.evaluate(() => window.app.sides())).store)).toEqual([]);
    expect(await step(page, "rollback")).toBeNull();
    expect(ledger.wrong((await page.evaluate(() => window.app.sides())).rxdb)).toEqual([]);
  });

  it("says that RxDB was closed, and goes on when it is open again", async () => {
    sidecar = await startSidecar();
    const page = await opened({ ...none, ids: twenty, pause: 20 });
    expect(await step(page, "run")).toBeNull();
    await quiet(page);
    await page.evaluate(() => window.app.database.close());
    expect(await step(page, "cutover")).toMatch(/^E_MIGRATION: The RxDatabase is closed/);
    await page.evaluate((one) => window.openApp(one), none);
    expect(await step(page, "cutover")).toBeNull();
    expect(ledger.wrong((await page.evaluate(() => window.app.sides())).store)).toEqual([]);
  });

  it("is written to without a rest through copy, switch and the way back, and keeps its frames", async () => {
    sidecar = await startSidecar();
    const page = await opened(none);
    await page.evaluate(() => {
      const notes = Array.from({ length: 3000 }, (_unused, at) => ({ id: `still ${at}`, at }));
      return window.app.database.collections.notes?.bulkInsert(notes);
    });
    const ids = Array.from({ length: 60 }, (_unused, at) => `n${at}`);
    await page.evaluate((opening) => window.app.write(opening), { ...none, ids, pause: 200 });
    const begun = performance.now();
    const frames: Record<string, unknown> = {};
    for (const name of ["run", "cutover", "rollback"] as const) {
      const told = await page.evaluate((one) => window.app.watched(one), name);
      expect(told.failed).toBeNull();
      frames[name] = told;
    }
    const seconds = (performance.now() - begun) / 1000;
    await quiet(page);
    expect(await step(page, "rollback")).toBeNull();
    const { rxdb } = await page.evaluate(() => window.app.sides());
    expect(ledger.wrong(rxdb.filter((one) => !one.includes("still")))).toEqual([]);
    expect(rxdb.filter((one) => one.includes("still"))).toHaveLength(3000);
    const perSecond = Math.round(ledger.acknowledged / seconds);
    process.stdout.write(`${JSON.stringify({ perSecond, frames })}\n`);
  });
});
