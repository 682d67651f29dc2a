/**
 * The demo: a real RxDB database moves into a real sidecar, and a React page shows it live.
 *
 * It is the end-to-end test as well: any wrong number ends it with exit code 1. However it ends, nothing
 * it started outlives it.
 */

import { writeFileSync } from "node:fs";
import { checkFile, checkMigration, checkSights } from "./checks.ts";
import { findChromium, startChromium } from "./chromium.ts";
import { processesNaming } from "./processes.ts";
import { check, DemoError, heading, Progress, SEE_LOG, say } from "./progress.ts";
import { describeLive, printReport, type Report } from "./report.ts";
import * as scenario from "./scenario.ts";
import { sidecarCommand, startSidecar } from "./sidecar.ts";
import { buildPages, serve } from "./site.ts";
import { openWorkspace, REPOSITORY } from "./workspace.ts";

const SEED = 20;

/** What a shell expects: 128 + the number of SIGINT. */
const INTERRUPTED = 130;

type Environment = Readonly<Record<string, string | undefined>>;

/** Run the demo; resolves with the exit code. `--open` leaves the page open where there is a display. */
export async function run(args: readonly string[], env: Environment): Promise<number> {
  const closers = new Closers();
  const interruption = new AbortController();
  const { signal } = interruption;
  const interrupt = () => interruption.abort();
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  // Pages that are being opened while their browser goes may never settle: the race goes on without.
  const ended = aborted(signal).then(() => closers.close());
  try {
    const code = await Promise.race([demonstrate(closers, args, env, signal), ended]);
    return code ?? INTERRUPTED;
  } catch (error) {
    if (signal.aborted) return INTERRUPTED;
    tell(error);
    return 1;
  } finally {
    await closers.close();
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

function tell(error: unknown): void {
  if (error instanceof DemoError) say(`\n${error.message}\n${error.hint}`);
  else say(`\n${error instanceof Error ? error.stack : String(error)}\n${SEE_LOG}`);
}

async function demonstrate(
  closers: Closers,
  args: readonly string[],
  env: Environment,
  interrupted: AbortSignal,
): Promise<number> {
  const python = {
    executable: env.SIDECAR_PYTHON ?? "python3",
    root: REPOSITORY,
    signal: interrupted,
  };
  const workspace = openWorkspace(env.DEMO_DIR);
  const wantsWindow = args.includes("--open");
  const stays = wantsWindow && hasDisplay(env);
  const progress = new Progress(interrupted);
  heading(`A real RxDB database moves into the sidecar (data in ${workspace.root})`);

  if (wantsWindow && !stays) say("There is no display here, so --open cannot show a window.");

  const site = await progress.step(
    "Build and serve the pages",
    async () => {
      await buildPages(workspace.site);
      return serve(workspace.site);
    },
    ({ url }) => url,
  );
  closers.add(async () => site.close());

  const sidecar = await progress.step(
    "Start the sidecar",
    () => startSidecar(python, workspace.store),
    ({ pid, url, schema }) => `${url}, pid ${pid}, schema ${schema.slice(0, 12)}`,
  );
  closers.add(sidecar.stop);
  const endpoint = { url: sidecar.url, token: sidecar.token };

  const browser = await progress.step(
    "Start Chromium",
    () => startChromium(findChromium(env.CHROMIUM_PATH), !stays),
    ({ version }) => `${version}, ${stays ? "in a window" : "headless"}`,
  );
  closers.add(browser.close);

  const old = await scenario.openPage(browser.context, `${site.url}/old-app/`);
  const seeded = await progress.step(
    "Seed RxDB 17 on IndexedDB",
    () => old.page.evaluate((seed) => window.oldApp.seed(seed), SEED),
    ({ tombstones, attachments, localDocuments }) =>
      `${tombstones} tombstones, ${attachments.length} attachments, ${localDocuments.length} local documents`,
  );
  const sights = await progress.step(
    "Count what RxDB itself sees",
    async () => checkSights(await old.page.evaluate(() => window.oldApp.look())),
    (all) =>
      `find() misses ${all.reduce((sum, { live, found }) => sum + live - found, 0)} documents`,
  );
  const migration = await progress.step(
    "Migrate the live database",
    () => old.page.evaluate((to) => window.oldApp.migrate(to), endpoint),
    describeLive,
  );
  const readBack = await progress.step(
    "Read all back, compare in the page",
    async () => {
      const found = await old.page.evaluate((from) => window.oldApp.readBack(from), endpoint);
      checkMigration(migration.report, found, seeded, sights);
      return found;
    },
    ({ collections }) => {
      const compared = collections.reduce((sum, one) => sum + one.compared, 0);
      return `${compared} documents, 0 differences`;
    },
  );

  const app = await scenario.openPage(browser.context, `${site.url}/renderer/`, endpoint);
  await progress.step(
    "Switch over in the React page",
    async () => {
      const listed = await scenario.switchToStore(app.page);
      const stored = readBack.collections.find(({ collection }) => collection === "personas");
      check(listed === stored?.stored, `The page lists ${listed} of ${stored?.stored} personas.`);
      await app.page.screenshot({ path: workspace.before, animations: "disabled" });
      return listed;
    },
    (listed) => `${listed} personas listed`,
  );
  const fromCli = await progress.step(
    "Activate a persona from the CLI",
    () => scenario.activateFromCli(python, workspace.store, app.page),
    ({ id, shownAfter }) => `${id} shown ${shownAfter} ms after its commit`,
  );
  const byClick = await progress.step(
    "Activate another by a click",
    async () => {
      const done = await scenario.activateByClick(python, workspace.store, app.page);
      await app.page.screenshot({ path: workspace.after, animations: "disabled" });
      const complaints = [...old.complaints, ...app.complaints];
      check(complaints.length === 0, `The pages complained: ${complaints.join("; ")}`);
      return done;
    },
    ({ id, shownAfter }) => `${id} shown ${shownAfter} ms after the click`,
  );

  const file = await progress.step(
    "Migrate RxDB's export file as well",
    async () => {
      const { exportFile, fileStore } = workspace;
      const result = await scenario.migrateFile(python, old.page, exportFile, fileStore);
      return checkFile(result, sights);
    },
    ({ exported, live }) => `exportJSON() had ${exported} of ${live} live documents`,
  );

  const report: Report = {
    seeded,
    sights,
    migration: migration.report,
    readBack,
    activations: { fromCli, byClick },
    file,
    screenshots: { before: workspace.before, after: workspace.after },
  };
  if (stays) {
    finish(report, workspace.report, progress);
    say(
      `\nThe page is open: ${site.url}/renderer/. Try also\n  ${python.executable} -m sidecar repl --data-dir ${workspace.store}`,
    );
    say("Ctrl-C, or closing the window, ends the demo.");
    await Promise.race([aborted(interrupted), browser.closed]);
    return 0;
  }

  await progress.step(
    "Shut everything down",
    async () => {
      await browser.close();
      const code = await sidecar.stop();
      check(code === 0, `The sidecar ended with exit code ${code}.`);
      const left = [workspace.store, browser.profile].flatMap(
        (path) => processesNaming(path) ?? [],
      );
      check(left.length === 0, `Processes are left:\n${left.join("\n")}`);
    },
    () => "exit code 0, no process left",
  );
  await progress.step(
    "Rebuild the state from the log",
    () => sidecarCommand(python, "rebuild", "--check", "--data-dir", workspace.store),
    (printed) => printed.trim(),
  );
  finish(report, workspace.report, progress);
  return 0;
}

function finish(report: Report, path: string, progress: Progress): void {
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
  printReport(report);
  say(`\nAll checks passed in ${progress.total()}.`);
}

function hasDisplay(env: Environment): boolean {
  return process.platform !== "linux" || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
}

/** What to end, last started first. What is added after the end is ended at once. */
class Closers {
  readonly #closers: (() => Promise<unknown>)[] = [];
  #ending: Promise<void> | undefined;

  add(closer: () => Promise<unknown>): void {
    this.#closers.push(closer);
    if (this.#ending) this.#ending = this.#ending.then(() => this.#closeAll());
  }

  close(): Promise<void> {
    this.#ending ??= this.#closeAll();
    return this.#ending;
  }

  async #closeAll(): Promise<void> {
    for (const closer of this.#closers.splice(0).reverse()) {
      // One that fails must not keep the others from ending theirs.
      await closer().catch((error: unknown) => say(String(error)));
    }
  }
}
