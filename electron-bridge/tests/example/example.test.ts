/** The example in Chromium, as a user goes through it. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { checkMigration } from "../../example/demo/checks.ts";
import { type Browser, findChromium, startChromium } from "../../example/demo/chromium.ts";
import { processesNaming } from "../../example/demo/processes.ts";
import { connect, tables } from "../../src/client/index.ts";
import { temporary } from "../support/sidecar.ts";
import { type App, type Built, buildExample, startExample } from "./app.ts";
import { isPackaged } from "./sidecar.ts";
import * as user from "./user.ts";

/** Messages that each window sends. */
const TURNS = 20;

const sidecar = isPackaged ? "the packaged sidecar" : "the sidecar's source";

it(`lives through first start, move, two windows, a crash and its end on ${sidecar}`, async () => {
  const example = await buildExample();
  await startsWithNothing(example);
  await movesAndGoesOn(example);
}, 240_000);

async function startsWithNothing(example: Built): Promise<void> {
  const { context } = await machine();
  const root = temporary();

  const first = await startExample(example, root, context);
  await first.window.getByText("There is no persona yet").waitFor();
  await shot(first.window, "first-start");
  await user.createPersona(first.window, "Ada the Poet");
  await first.window.getByRole("button", { name: "Activate", exact: true }).click();
  await first.window.getByTestId("active-name").getByText("Ada the Poet").waitFor();
  await user.remember(first.window, "Prefers sencha before breakfast");
  await user.search(first.window, "SENCHA break");
  await first.window.locator("[data-memory] mark").first().waitFor();
  await user.openChat(first.window);
  await user.say(first.window, "Good morning");
  await user.shows(first.window, ["Good morning"]);
  await user.newConversation(first.window);
  await user.say(first.window, "Good night");
  await user.shows(first.window, ["Good night"]);
  await quits(first, root);

  const again = await startExample(example, root, context);
  await again.window.getByTestId("active-name").getByText("Ada the Poet").waitFor();
  await user.openChat(again.window);
  await user.shows(again.window, ["Good night"]);
  await quits(again, root);
}

async function movesAndGoesOn(example: Built): Promise<void> {
  const { context } = await machine();
  const root = temporary();
  const old = await context.newPage();
  await old.goto(`${example.url}/old-app/index.html`);
  const seeded = await old.evaluate(() => window.oldApp.seed(20, 600));
  const sights = await old.evaluate(() => window.oldApp.look());

  const app = await startExample(example, root, context);
  const { window: one, desktop, sidecar } = app;
  await one.getByText("Your data is still in the old database").waitFor();
  await shot(one, "migration-before");
  await one.getByRole("button", { name: "Move my data", exact: true }).click();
  await one.locator('[data-state="dual"]').waitFor();
  await one.getByTestId("verified").getByText("all the same").waitFor();
  await shot(one, "migration-dual");

  const opened = desktop.nextWindow();
  desktop.choose("New Window");
  const two = await opened;
  await two.locator('[data-state="dual"]').waitFor();
  await two.getByRole("button", { name: "Switch to the new database", exact: true }).click();
  for (const page of [one, two]) await page.locator("[data-memory]").first().waitFor();

  const client = connect(sidecar.endpoint, { webSocket: WebSocket });
  onTestFinished(() => client.close());
  const { report } = await client.request("migrate.status", {});
  const endpoint = await sidecar.endpoint();
  const readBack = await old.evaluate((from) => window.oldApp.readBack(from), endpoint);
  if (report === null) throw new Error("There is no report of the migration");
  checkMigration(report, readBack, seeded, sights);

  await user.rename(one, "persona-001", "Ada of two windows");
  await two.getByTestId("active-name").getByText("Ada of two windows").waitFor();
  const talker = await client.query(
    tables.conversations.where("personaId", "!=", "persona-001").first({ required: true }),
  );
  const persona = `[data-persona="${talker.personaId}"]`;
  await two.locator(`${persona} button`).click();
  await two.getByRole("button", { name: "Activate", exact: true }).click();
  await one.locator(`${persona}[data-active="true"]`).waitFor();

  // Both go on with one old conversation; the sidecar is killed while they do.
  for (const page of [one, two]) {
    await page.locator(`${persona} button`).click();
    await user.openChat(page);
  }
  const before = await sidecar.ready();
  const resumed = Promise.all([one, two].map(user.resumes));
  const talk = async (page: Page, name: string): Promise<void> => {
    for (let turn = 0; turn < TURNS; turn += 1) {
      if (page === one && turn === 8) process.kill(before.pid, "SIGKILL");
      await user.say(page, `${name} ${turn}`);
    }
  };
  await Promise.all([talk(one, "one"), talk(two, "two")]);
  await resumed;
  const said = (name: string) =>
    Array.from({ length: TURNS }, (_unused, turn) => `${name} ${turn}`);
  for (const page of [one, two]) await user.shows(page, [...said("one"), ...said("two")]);
  // Nothing lost, nothing doubled, each window's in its order, and the same in both.
  const shown = await user.messages(one);
  expect(await user.messages(two)).toEqual(shown);
  expect(shown.filter((text) => text.startsWith("one "))).toEqual(said("one"));
  expect(shown.filter((text) => text.startsWith("two "))).toEqual(said("two"));
  expect((await sidecar.ready()).pid).not.toBe(before.pid);
  await shot(one, "chat");
  await user.search(one, "the");
  await one.locator("[data-memory] mark").first().waitFor();
  await shot(one, "example");

  // Back, with all of it; once more over; and the old database is gone.
  await one.getByRole("button", { name: "Old database", exact: true }).click();
  await shot(one, "migration-switched");
  await one.getByRole("button", { name: "Go back to the old database", exact: true }).click();
  for (const page of [one, two]) await page.locator('[data-state="rolled-back"]').waitFor();
  const back = await old.evaluate((from) => window.oldApp.readBack(from), await sidecar.endpoint());
  expect(back.collections.flatMap(({ differences }) => differences)).toEqual([]);
  await old.close();
  await two.getByRole("button", { name: "Move my data", exact: true }).click();
  await two.getByRole("button", { name: "Switch to the new database", exact: true }).click();
  await one.getByRole("button", { name: "Delete the old database", exact: true }).click();
  await one.getByRole("button", { name: "Yes, delete the old database", exact: true }).click();
  for (const page of [one, two]) await page.locator(persona).waitFor();
  await one.waitForFunction(async () => {
    const databases = await indexedDB.databases();
    return databases.every(({ name }) => !name?.startsWith("rxdb-dexie-pjais"));
  });
  await quits(app, root);
}

/** A browser with a new profile, until the test ends. */
async function machine(): Promise<Browser> {
  const browser = await startChromium(findChromium(process.env.CHROMIUM_PATH), true);
  onTestFinished(browser.close);
  return browser;
}

/** Quit: nothing is left. */
async function quits({ desktop }: App, root: string): Promise<void> {
  const quit = desktop.hasQuit();
  await desktop.quit();
  await quit;
  expect(processesNaming(root) ?? []).toEqual([]);
}

/** Keep a picture of a window where EXAMPLE_SCREENSHOTS names a folder. */
async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env.EXAMPLE_SCREENSHOTS;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });
}
