/**
 * Moves and rollbacks of an app of two windows, while its sidecar and its windows are killed.
 *
 * 1. Each write of a window is told before it is made and when it was acknowledged. What the app has in
 *    the end is each document's last acknowledged write, or one after it whose answer a kill took.
 * 2. Both windows take the steps, sometimes at once; a step that a kill cut off is taken again.
 * 3. A seed decides who is killed when and who takes a step. How they meet is the machine's.
 */

import type { Page } from "playwright-core";
import type { Endpoint } from "../../../src/client/index.ts";
import type { MigrationStatus } from "../../../src/migration/index.ts";
import { below, pick, seeded } from "../../support/random.ts";
import { connectTo, type Sidecar, startSidecar, temporary } from "../../support/sidecar.ts";
import type { Opening, Sides, Step } from "./app.ts";
import { type Browser, crash, startBrowser } from "./browser.ts";
import { Ledger } from "./ledger.ts";
import type { Write } from "./writes.ts";

/** What is to be killed, how often, and what the app does. */
export interface Plan {
  readonly seed: number;
  readonly kills: number;
  /** Most milliseconds between two kills. */
  readonly within: number;
  /** Documents of each window. */
  readonly documents: number;
  readonly pause: number;
}

/** What came of it. */
export interface Told {
  /** Kills by what was killed and where the move was. */
  readonly kills: Record<string, number>;
  readonly moves: number;
  readonly writes: number;
  /** Writes that raced a switch, and are in the quarantine. */
  readonly raced: number;
  /** What is wrong; nothing is good. */
  readonly wrong: string[];
}

type State = MigrationStatus["state"];

/** What leads on from where a move is. */
const NEXT: { readonly [S in State]: Step } = {
  idle: "run",
  "backing-up": "run",
  reading: "run",
  importing: "run",
  verifying: "run",
  dual: "cutover",
  switched: "rollback",
  "rolling-back": "rollback",
  "rolled-back": "run",
  cleaned: "run",
};

const KILLED = ["sidecar", "sidecar", "window 0", "window 1", "all"] as const;

export class Campaign {
  readonly ledger = new Ledger();
  readonly #plan: Plan;
  readonly #random: () => number;
  readonly #dataDir = temporary();
  readonly #told: Told;
  #browser: Browser | undefined;
  #sidecar: Promise<Sidecar>;
  #windows: Page[] = [];
  #killed = 0;
  #raced = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#random = seeded(plan.seed);
    this.#sidecar = startSidecar(this.#dataDir);
    this.#told = { kills: {}, moves: 0, writes: 0, raced: 0, wrong: [] };
  }

  /** Run until everything planned was killed, and compare. */
  async run(): Promise<Told> {
    this.#browser = await startBrowser({
      endpoint: async (): Promise<Endpoint> => (await this.#sidecar).endpoint,
      noted: (write: Write) => this.ledger.note(write),
    });
    try {
      this.#windows = [await this.#open(0), await this.#open(1)];
      let moves = 0;
      while (this.#killed < this.#plan.kills && this.#told.wrong.length === 0) {
        await this.#goTo("switched");
        await this.#goTo("rolled-back");
        await this.#compare("rolled-back");
        await this.#goTo("dual");
        await this.#compare("dual");
        moves += 1;
      }
      return { ...this.#told, moves, writes: this.ledger.acknowledged, raced: this.#raced };
    } finally {
      await this.#browser.close();
    }
  }

  /** Take steps until the move is somewhere, while things are killed. */
  async #goTo(wanted: State): Promise<void> {
    const ending = new AbortController();
    const killing = this.#killOnAndOn(ending.signal);
    try {
      for (;;) {
        const state = await this.#state();
        if (state === wanted) return;
        const [first, second] = this.#windows;
        const both = this.#random() < 0.3;
        const asked = both ? [first, second] : [pick([first, second], this.#random)];
        await Promise.all(asked.map((page) => this.#take(page, NEXT[state])));
        await sleep(below(300, this.#random), ending.signal);
      }
    } finally {
      ending.abort();
      await killing;
    }
  }

  async #take(page: Page | undefined, step: Step): Promise<void> {
    try {
      const failed = await page?.evaluate((one) => window.app.step(one), step);
      // Another window was faster, or is not there yet.
      if (failed && !/^E_(MIGRATION|BUSY|CONFLICT|CLOSED|CONNECTION_LOST)/.test(failed)) {
        this.#told.wrong.push(`${step}: ${failed}`);
      }
    } catch (error) {
      if (!(error instanceof Error) || !/crash|closed|app|context/i.test(error.message))
        throw error;
    }
  }

  async #state(): Promise<State> {
    for (;;) {
      const client = connectTo((await this.#sidecar).endpoint);
      try {
        return (await client.request("migrate.status", {})).state;
      } catch {
        // It was killed meanwhile.
      } finally {
        client.close();
      }
    }
  }

  async #killOnAndOn(signal: AbortSignal): Promise<void> {
    while (this.#killed < this.#plan.kills) {
      await sleep(below(this.#plan.within, this.#random), signal);
      if (signal.aborted) return;
      const what = pick(KILLED, this.#random);
      const state = await this.#state();
      const kills = [0, 1]
        .filter((at) => what === "all" || what === `window ${at}`)
        .map((at) => this.#crash(at));
      if (what === "all" || what === "sidecar") kills.push(this.#restart());
      await Promise.all(kills);
      this.#killed += 1;
      const key = `${what.split(" ")[0]} in ${state}`;
      this.#told.kills[key] = (this.#told.kills[key] ?? 0) + 1;
    }
  }

  async #restart(): Promise<void> {
    const before = await this.#sidecar;
    const gone = below(400, this.#random);
    this.#sidecar = before.kill().then(async () => {
      await sleep(gone);
      return startSidecar(this.#dataDir);
    });
    await this.#sidecar;
  }

  async #crash(at: number): Promise<void> {
    const page = this.#windows[at];
    if (page === undefined) return;
    await crash(page);
    this.#windows[at] = await this.#open(at);
  }

  async #open(at: number): Promise<Page> {
    if (this.#browser === undefined) throw new Error("There is no browser.");
    const page = await this.#browser.page();
    await page.evaluate((one) => window.openApp(one), this.#opening(at));
    return page;
  }

  #opening(at: number): Opening {
    const ids = Array.from({ length: this.#plan.documents }, (_unused, n) => `${at}/${n}`);
    return { ids, counts: this.ledger.counts, pause: this.#plan.pause };
  }

  /** Let all writes come to an end, and hold both sides to them. */
  async #compare(state: "rolled-back" | "dual"): Promise<void> {
    const [first, second] = this.#windows;
    if (first === undefined || second === undefined) throw new Error("There are no windows.");
    await Promise.all(this.#windows.map((page) => page.evaluate(() => window.app.quiet())));
    await this.#take(first, state === "dual" ? "drained" : "rollback");
    const verified = await first.evaluate(() => window.app.step("verify"));
    if (verified !== null) this.#told.wrong.push(`${state}: verify: ${verified}`);
    const sides: Sides = await second.evaluate(() => window.app.sides());
    const { rxdb, store, quarantine } = sides;
    // After a rollback the store is only as new as the way back was.
    const followed = state === "dual" ? store : rxdb;
    this.#told.wrong.push(
      ...this.ledger.wrong(rxdb).map((one) => `${state}: RxDB: ${one}`),
      ...this.ledger.wrong(followed).map((one) => `${state}: store: ${one}`),
      ...this.ledger.strange(quarantine).map((one) => `${state}: quarantine: ${one}`),
    );
    this.#raced = Math.max(this.#raced, quarantine.length);
    for (const [at, page] of this.#windows.entries()) {
      await page.evaluate((opening) => window.app.write(opening), this.#opening(at));
    }
  }
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal?.addEventListener("abort", wake);
  });
}
