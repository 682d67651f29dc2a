/** What the demo does, step by step; each function does one thing and checks that it worked. */

import { readFileSync, writeFileSync } from "node:fs";
import type { BrowserContext, Page } from "playwright-core";
import type { Endpoint } from "../../src/client/index.ts";
import type { Migration } from "./checks.ts";
import { check } from "./progress.ts";
import { type Python, sidecarCommand } from "./sidecar.ts";

/** Fails a step that hangs, in ms; far above what any of them takes. */
const PATIENCE = 30_000;

/** A page, and what it complained about. */
export interface Watched {
  page: Page;
  complaints: string[];
}

export async function openPage(
  context: BrowserContext,
  url: string,
  endpoint?: Endpoint,
): Promise<Watched> {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  if (endpoint) {
    // As a preload script does: the page finds the endpoint before its own scripts run.
    await page.addInitScript((found) => {
      const onStatus = () => () => {};
      Object.assign(window, { sidecar: { endpoint: async () => found, onStatus } });
    }, endpoint);
  }
  await page.goto(url);
  return { page, complaints };
}

/** Switch to the store, and wait until the window shows personas, an active one among them. */
export async function switchToStore(page: Page): Promise<number> {
  await page.getByRole("button", { name: "Switch to the new database" }).click();
  await page.locator('[data-testid="connection"].open').waitFor();
  await page.locator('[data-persona][data-active="true"]').waitFor();
  await page.locator("[data-memory]").first().waitFor();
  return page.locator("[data-persona]").count();
}

/** The nth persona of the list that is not active. */
export async function inactivePersona(page: Page, nth: number): Promise<string> {
  const id = await page.locator('[data-active="false"]').nth(nth).getAttribute("data-persona");
  check(id !== null, "The page lists no inactive persona.");
  return id;
}

/** Resolve with the wall-clock time in ms at which the page shows `id`, and only it, as active. */
function shownActive(page: Page, id: string): Promise<number> {
  return page.evaluate(
    ({ wanted, patience }) =>
      new Promise<number>((resolve, reject) => {
        const look = () => {
          const active = [...document.querySelectorAll<HTMLElement>('[data-active="true"]')];
          if (active.map((item) => item.dataset.persona).join() !== wanted) return;
          observer.disconnect();
          resolve(Date.now());
        };
        const observer = new MutationObserver(look);
        observer.observe(document.body, { subtree: true, childList: true, attributes: true });
        setTimeout(() => reject(new Error(`The page did not show ${wanted} as active.`)), patience);
        look();
      }),
    { wanted: id, patience: PATIENCE },
  );
}

async function shownHead(page: Page): Promise<number> {
  const text = await page.getByTestId("head").textContent();
  return Number(text?.replaceAll(",", ""));
}

export interface Activation {
  id: string;
  /** From the commit's time in the log until the page showed it, in ms. */
  shownAfter: number;
}

/** Activate a persona from another process, which finds the running server by its data directory. */
export async function activateFromCli(
  python: Python,
  dataDir: string,
  page: Page,
): Promise<Activation> {
  const id = await inactivePersona(page, 6);
  const head = await shownHead(page);
  const shown = shownActive(page, id);
  // A failure of the command below comes first, and ends the step.
  shown.catch(() => undefined);
  const args = ["commit", "v1.PersonaActivated", JSON.stringify({ id }), "--data-dir", dataDir];
  const receipt = JSON.parse(await sidecarCommand(python, ...args));
  const shownAt = await shown;
  await checkStore(python, dataDir, page, { id, head: head + 1 });
  return { id, shownAfter: shownAt - receipt.at };
}

/** Select another persona in the page and click its "Activate". */
export async function activateByClick(
  python: Python,
  dataDir: string,
  page: Page,
): Promise<Activation> {
  const id = await inactivePersona(page, 2);
  const head = await shownHead(page);
  await page.locator(`[data-persona="${id}"] button`).click();
  const activate = page.getByRole("button", { name: "Activate" });
  await activate.waitFor();
  const shown = shownActive(page, id);
  shown.catch(() => undefined);
  const clickedAt = Date.now();
  await activate.click();
  const shownAt = await shown;
  await checkStore(python, dataDir, page, { id, head: head + 1 });
  return { id, shownAfter: shownAt - clickedAt };
}

/** The store agrees with the page: one active persona, and exactly one more event. */
async function checkStore(
  python: Python,
  dataDir: string,
  page: Page,
  wanted: { id: string; head: number },
): Promise<void> {
  const query = JSON.stringify({ from: "personas", selector: { isActive: true } });
  const rows = JSON.parse(await sidecarCommand(python, "query", query, "--data-dir", dataDir));
  check(
    Array.isArray(rows) && rows.length === 1 && rows[0].id === wanted.id,
    `The store should have ${wanted.id} alone as active; it has ${JSON.stringify(rows)}.`,
  );
  await page.waitForFunction(
    (head) => document.querySelector('[data-testid="head"]')?.textContent === head,
    wanted.head.toLocaleString("en-GB"),
  );
}

/** Save RxDB's own export to a file and let the command line migrate it into a second store. */
export async function migrateFile(
  python: Python,
  page: Page,
  file: string,
  dataDir: string,
): Promise<Migration> {
  writeFileSync(file, await page.evaluate(() => window.oldApp.exportJson()));
  check(readFileSync(file).length > 0, "RxDB's export is empty.");
  // RxDB's export names no primary keys; this one is not `id`.
  const args = [
    "migrate",
    "run",
    file,
    "--data-dir",
    dataDir,
    "--primary-key",
    "settings=key",
    "--json",
  ];
  const printed = await sidecarCommand(python, ...args);
  return JSON.parse(printed);
}
