/**
 * Measures what an app does with its memories, for each size of the store.
 *
 * 1. Bulk inserts go into an empty store each time; the last ones stay, and what else is measured is
 *    measured on them.
 * 2. Each question is compared before it is measured: every peer must answer with the same documents
 *    in the same order. Later answers must be equal in number.
 * 3. Databases are closed and opened again before they are asked, as RxDB keeps documents in memory
 *    that it has just written; and RxDB forgets each query after it ran.
 * 4. Slow questions are asked less often, but each peer is asked as often as any other.
 * 5. The sidecar's commits are on disk when they are done; RxDB's need not be: Chromium flushes
 *    IndexedDB later, and in memory nothing is stored.
 */

import type { Page } from "playwright-core";
import type { OpenPage } from "../chromium.ts";
import { type GroupName, type Plan, tell } from "../plan.ts";
import { during, type Served, startEcho, startSidecar } from "../processes.ts";
import { type ByPeer, type Take, takeTurns } from "../turns.ts";
import type { AppPage, Compared, PeerName } from "./page.ts";
import { SCENES, type Workload, workloads } from "./workloads.ts";

const PEERS: readonly PeerName[] = ["sidecar", "dexie", "memory"];
/** How many documents the rounds of bulk inserts insert together, or one round alone. */
const BULK = 60_000;
/** About how long each peer is asked in one round, in milliseconds. */
const TURN = 800;
const MOST_PER_TURN = 50;
/** The largest message that is echoed, in bytes. */
const ECHO_BYTES = 2 ** 20;
const SERIAL_INSERTS = 25;
const WATCHED_INSERTS = 20;

/** Measure every peer at each size of `app`. */
export async function runApp(plan: Plan, openPage: OpenPage): Promise<void> {
  for (const size of plan.sizes) await measure(plan, openPage, "app", size, PEERS);
}

/** Measure the sidecar alone at each size of `growth`. */
export async function runGrowth(plan: Plan, openPage: OpenPage): Promise<void> {
  for (const size of plan.growth) await measure(plan, openPage, "growth", size, ["sidecar"]);
}

async function measure(
  plan: Plan,
  openPage: OpenPage,
  group: GroupName,
  documents: number,
  peers: readonly PeerName[],
): Promise<void> {
  const page = await openPage();
  const stage = new Stage(plan, page, group, documents, peers);
  await during(stage.fill(), async () => {
    await stage.reopen();
    await during(startEcho(plan), async ({ endpoint: { url } }) => {
      for (const workload of workloads(documents)) await stage.ask(workload, url);
    });
    await stage.insert();
    await stage.watch();
    await stage.end();
  });
  await page.close();
}

/** One size of the store, in one page. */
class Stage {
  readonly #plan: Plan;
  readonly #page: Page;
  readonly #app: AppPage;
  readonly #group: GroupName;
  readonly #documents: number;
  readonly #peers: readonly PeerName[];
  /** The number of the next memory to insert. */
  #next: number;

  constructor(
    plan: Plan,
    page: Page,
    group: GroupName,
    documents: number,
    peers: readonly PeerName[],
  ) {
    this.#plan = plan;
    this.#page = page;
    this.#app = appOf(page);
    this.#group = group;
    this.#documents = documents;
    this.#peers = peers;
    this.#next = documents;
  }

  /** Insert all documents in bulk into empty stores; the last round's stay, and its server runs. */
  async fill(): Promise<Served> {
    const workload = "bulk insert";
    const rounds = this.#rounds(Math.min(6, Math.ceil(BULK / this.#documents)));
    let server: Served | undefined;
    const took = await this.#turns(workload, rounds, this.#peers, async (peer, round) => {
      const isLast = round === rounds - 1;
      const name = `${this.#group}-${this.#documents}${isLast ? "" : `-${round + 1}`}`;
      const served = peer === "sidecar" ? await startSidecar(this.#plan, name) : undefined;
      await this.#app.open(peer, served?.endpoint ?? name);
      // A small store is enough to warm up.
      const milliseconds = await this.#app.fill(
        peer,
        round < 0 ? Math.min(this.#documents, 1_000) : this.#documents,
      );
      if (isLast) server = served ?? server;
      else {
        await this.#app.remove(peer);
        await served?.stop();
      }
      return { [workload]: [milliseconds] };
    });
    this.#tell(took);
    if (server === undefined) throw new Error("No sidecar was filled.");
    return server;
  }

  /** Close and open again, the server running on, and get a first document. */
  async reopen(): Promise<void> {
    const took = await this.#turns("reopen", this.#rounds(8), this.#peers, async (peer, round) => {
      const { open, get } = await this.#app.reopen(peer, ((round + 1) * 7919) % this.#documents);
      return { reopen: [open], "first get": [get] };
    });
    this.#tell(took);
  }

  async ask({ name, questions }: Workload, echo: string): Promise<void> {
    const [first, ...rest] = questions;
    if (first === undefined) throw new Error(`${name} asks nothing.`);
    const compared: Compared[] = [];
    for (const peer of this.#peers) {
      const one = await this.#app.compare(peer, first);
      if (one.refused !== undefined) {
        const where = { group: this.#group, peer, workload: name, size: this.#documents };
        tell({ ...where, missing: one.refused });
        return;
      }
      compared.push(one);
    }
    if (new Set(compared.map(({ identity }) => identity)).size > 1) {
      throw new Error(`${name}: the peers' answers differ.`);
    }
    const slowest = Math.max(...compared.map(({ took }) => took));
    const times = Math.max(1, Math.min(MOST_PER_TURN, Math.floor(TURN / slowest)));
    const rounds = this.#rounds(slowest > TURN ? 3 : 5);
    const sizes = new Map<PeerName, number[]>();
    const bytes = compared[0]?.bytes ?? 0;
    const floor = this.#group === "app" && bytes <= ECHO_BYTES ? (["echo"] as const) : [];
    const took = await this.#turns(
      name,
      rounds,
      [...this.#peers, ...floor],
      async (peer, round) => {
        if (peer === "echo") return { [name]: await this.#app.echo(echo, bytes, times) };
        const asked = Array.from({ length: times }, (_, at) => {
          return rest[((round + 1) * times + at) % rest.length] ?? first;
        });
        const found = await this.#app.ask(peer, asked);
        sizes.set(peer, [...(sizes.get(peer) ?? []), ...found.map(([, size]) => size)]);
        return { [name]: found.map(([milliseconds]) => milliseconds) };
      },
    );
    if (new Set([...sizes.values()].map(String)).size > 1) {
      throw new Error(`${name}: answers differ in number.`);
    }
    this.#tell(took);
  }

  async insert(): Promise<void> {
    const workload = "serial insert";
    const times = this.#plan.quick ? 5 : SERIAL_INSERTS;
    const took = await this.#inserting(workload, 4, times, this.#app.insert);
    this.#tell(took);
  }

  async watch(): Promise<void> {
    const times = this.#plan.quick ? 5 : WATCHED_INSERTS;
    for (const scene of this.#group === "app" ? SCENES : SCENES.slice(0, 1)) {
      const took = await this.#inserting(scene.name, 5, times, (peer, from, many) =>
        this.#app.watch(peer, scene, from, many),
      );
      this.#tell(took);
    }
  }

  /** Delete what the page's stores hold. */
  async end(): Promise<void> {
    for (const peer of this.#peers) await this.#app.remove(peer);
  }

  /** Have turns that insert so many documents each, the same for every peer. */
  async #inserting(
    workload: string,
    rounds: number,
    times: number,
    insert: (peer: PeerName, from: number, times: number) => Promise<number[]>,
  ): Promise<Record<string, ByPeer>> {
    const begin = this.#next;
    this.#next += times * (this.#rounds(rounds) + 1);
    return this.#turns(workload, this.#rounds(rounds), this.#peers, async (peer, round) => ({
      [workload]: await insert(peer, begin + (round + 1) * times, times),
    }));
  }

  #turns<Peer extends string>(
    doing: string,
    rounds: number,
    peers: readonly Peer[],
    take: Take<Peer>,
  ): Promise<Record<string, ByPeer>> {
    const documents = this.#documents.toLocaleString("en");
    tell({ doing: `${this.#group}, ${documents} documents: ${doing}` });
    return takeTurns(this.#page, peers, rounds, take);
  }

  #rounds(rounds: number): number {
    return this.#plan.quick ? 1 : rounds;
  }

  #tell(all: Record<string, ByPeer>): void {
    for (const [workload, took] of Object.entries(all)) {
      tell({ group: this.#group, workload, size: this.#documents, unit: "ms", took });
    }
  }
}

function appOf(page: Page): AppPage {
  return {
    open: (...given) => page.evaluate((one) => window.bench.app.open(...one), given),
    remove: (...given) => page.evaluate((one) => window.bench.app.remove(...one), given),
    fill: (...given) => page.evaluate((one) => window.bench.app.fill(...one), given),
    reopen: (...given) => page.evaluate((one) => window.bench.app.reopen(...one), given),
    compare: (...given) => page.evaluate((one) => window.bench.app.compare(...one), given),
    ask: (...given) => page.evaluate((one) => window.bench.app.ask(...one), given),
    echo: (...given) => page.evaluate((one) => window.bench.app.echo(...one), given),
    insert: (...given) => page.evaluate((one) => window.bench.app.insert(...one), given),
    watch: (...given) => page.evaluate((one) => window.bench.app.watch(...one), given),
  };
}
