/**
 * Measures LiveStore's own performance workload, and how a store starts with a log of events.
 *
 * 1. The events and what they do are the same for each peer. A change is measured from its commit to
 *    the new live result, without React, which costs each the same.
 * 2. A commit of ours is on disk when it is done. LiveStore's is done when the window has it; then
 *    `kept` waits until its leader has all of them too, which is how far LiveStore can tell.
 * 3. The sidecar starts by being spawned; LiveStore in a page, or a process, that is there already.
 *    A cold start comes after a changed schema: the state is derived from the log again.
 * 4. A larger log is not tried with a peer that would take longer than the limit, were it to take in
 *    proportion what the smaller one took.
 */

import { join } from "node:path";
import type { Chromium, OpenPage } from "../chromium.ts";
import { installLiveStore } from "../livestore/install.ts";
import { type Plan, tell } from "../plan.ts";
import { during, type Served, startSidecar } from "../processes.ts";
import { takeTurns } from "../turns.ts";
import { inTime } from "../waiting.ts";
import type { PeerName, Place } from "./page.ts";
import { nodeWindow, pageWindow, type Window } from "./windows.ts";

const ROUNDS = 5;
const COMMITS = 1_000;
/** Events in one commit while a log is filled. LiveStore's leader takes no more at once. */
const BATCH: Record<PeerName, number> = { sidecar: 1_000, livestore: 100, "livestore node": 100 };
/** How often each way to start is measured: LiveStore is slow at it, and more would say little. */
const STARTS: Record<PeerName, number> = { sidecar: 3, livestore: 1, "livestore node": 1 };
/** How long filling a log, or a start with it, may take, in milliseconds. */
const LIMIT = 240_000;

/** Measure the sidecar and, where LiveStore can be installed, its adapters. */
export async function runItems(plan: Plan, plain: OpenPage, chromium: Chromium): Promise<void> {
  if (installLiveStore()) {
    const openPage = await chromium.site("livestore");
    await new Comparison(plan, openPage, ["sidecar", "livestore", "livestore node"]).run();
  } else {
    for (const peer of ["livestore", "livestore node"]) {
      tell({ group: "items", peer, missing: "npm could not install it" });
    }
    await new Comparison(plan, plain, ["sidecar"]).run();
  }
}

class Comparison {
  readonly #plan: Plan;
  readonly #openPage: OpenPage;
  readonly #peers: readonly PeerName[];
  /** The longest step of each peer with the log before, in milliseconds for each event. */
  readonly #pace = new Map<PeerName, number>();

  constructor(plan: Plan, openPage: OpenPage, peers: readonly PeerName[]) {
    this.#plan = plan;
    this.#openPage = openPage;
    this.#peers = peers;
  }

  async run(): Promise<void> {
    await this.#changes();
    for (const events of this.#plan.logs) {
      for (const peer of this.#peers) await this.#starts(peer, events);
    }
  }

  /** LiveStore's workload, and commits one by one. */
  async #changes(): Promise<void> {
    const page = await this.#openPage();
    const inPage = pageWindow(page);
    const windows = new Map<PeerName, Window>();
    for (const peer of this.#peers) {
      windows.set(peer, peer === "livestore node" ? await this.#nodeWindow() : inPage);
    }
    const itemsOf = (peer: PeerName) => (windows.get(peer) ?? inPage).items;
    await during(this.#server("items", 1), async ({ endpoint }) => {
      const place = { name: "items", columns: 1, endpoint };
      for (const peer of this.#peers) await itemsOf(peer).open(peer, place);
      const rounds = this.#plan.quick ? 1 : ROUNDS;
      const commits = this.#plan.quick ? COMMITS / 10 : COMMITS;
      const all = await takeTurns(page, this.#peers, rounds, (peer, round) => {
        tell({ doing: `items: ${peer}, round ${round + 1} of ${rounds}` });
        return itemsOf(peer).run(peer, round + 1, commits);
      });
      for (const [workload, took] of Object.entries(all)) {
        tell({ group: "items", workload, size: 0, unit: "ms", took });
      }
    });
    for (const window of new Set(windows.values())) await window.close();
  }

  /** Starts of one peer with a log of so many events, warm and cold. */
  async #starts(peer: PeerName, events: number): Promise<void> {
    const log = { name: `log-${events}`, columns: 1 };
    const say = (doing: string) =>
      tell({ doing: `items: ${peer}, ${events.toLocaleString("en")} events: ${doing}` });
    const took: Record<string, number[]> = { "warm start": [], "cold start": [] };
    try {
      this.#expect(peer, events);
      say("the log is filled");
      await this.#fill(peer, log, events);
      for (let time = 0; time < (this.#plan.quick ? 1 : STARTS[peer]); time += 1) {
        say("warm start");
        took["warm start"]?.push(await this.#start(peer, log, events));
        say("cold start");
        log.columns += 1;
        took["cold start"]?.push(await this.#start(peer, log, events));
      }
    } catch (error) {
      const missing = error instanceof Error ? error.message : String(error);
      for (const [workload, { length }] of Object.entries(took)) {
        if (length === 0) tell({ group: "items", peer, workload, size: events, missing });
      }
    }
    for (const [workload, times] of Object.entries(took)) {
      if (times.length === 0) continue;
      tell({ group: "items", workload, size: events, unit: "ms", took: { [peer]: times } });
    }
  }

  /** Refuse a log that would take too long. */
  #expect(peer: PeerName, events: number): void {
    const expected = (this.#pace.get(peer) ?? 0) * events;
    if (expected < LIMIT) return;
    const seconds = Math.round(expected / 1_000);
    throw new Error(`not tried: a step would take about ${seconds} s, after a smaller log's.`);
  }

  #fill(peer: PeerName, log: Place, events: number): Promise<void> {
    return this.#with(peer, log, async ({ items }, place) => {
      await items.open(peer, place);
      const fill = items.fill(peer, events, BATCH[peer]);
      await this.#limited(peer, events, "filling the log", fill);
      await items.close(peer);
    });
  }

  /** Start once; milliseconds until it says how many items there are. */
  #start(peer: PeerName, log: Place, events: number): Promise<number> {
    return this.#with(peer, log, async ({ items }, place, spawned) => {
      const open = items.open(peer, place);
      const opened = await this.#limited(peer, events, "the start", open);
      if (opened.items !== events) throw new Error(`${opened.items} of ${events} are there.`);
      await items.close(peer);
      return spawned + opened.took;
    });
  }

  async #limited<Result>(
    peer: PeerName,
    events: number,
    what: string,
    promise: Promise<Result>,
  ): Promise<Result> {
    const begun = performance.now();
    try {
      return await inTime(what, LIMIT, promise);
    } finally {
      const pace = (performance.now() - begun) / events;
      this.#pace.set(peer, Math.max(pace, this.#pace.get(peer) ?? 0));
    }
  }

  /** Have a peer's window and, for the sidecar, its server while `work` runs. */
  async #with<Result>(
    peer: PeerName,
    place: Place,
    work: (window: Window, place: Place, spawned: number) => Promise<Result>,
  ): Promise<Result> {
    const window =
      peer === "livestore node" ? await this.#nodeWindow() : pageWindow(await this.#openPage());
    try {
      if (peer !== "sidecar") return await work(window, place, 0);
      return await during(this.#server(place.name, place.columns), ({ endpoint, start }) =>
        work(window, { ...place, endpoint }, start),
      );
    } finally {
      await window.close();
    }
  }

  #nodeWindow(): Promise<Window> {
    return nodeWindow(join(this.#plan.folder, "livestore"));
  }

  #server(name: string, columns: number): Promise<Served> {
    const schema = join(this.#plan.root, "tests", "bench", "items.py");
    return startSidecar(this.#plan, name, { schema, env: { BENCH_COLUMNS: String(columns) } });
  }
}
