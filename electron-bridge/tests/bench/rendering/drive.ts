/**
 * Measures how soon a change is on the screen: the sidecar, LiveStore and RxDB on Dexie in one page of
 * one headless Chromium.
 *
 * 1. All hold the same memories; what each watch answers is compared before it is measured, and that a
 *    change is in the DOM wherever it belongs is checked after each.
 * 2. The peers take turns, and each round another begins. Garbage is collected before each turn.
 * 3. What a change waits for is the peer's own way: the sidecar's is on disk before it is shown, which
 *    LiveStore and RxDB do not promise.
 */

import { text } from "node:stream/consumers";
import type { Page } from "playwright-core";
import { type Environment, tell, withSite } from "../chromium.ts";
import { installLiveStore } from "./livestore.ts";
import { EVERYTHING, type Measured, type PeerName, type Plan, SCENES, type Watch } from "./plan.ts";

const ROUNDS = 4;
/** Changes in each peer's turn. */
const TIMES = 20;
/** Longer than our client keeps a query that nobody reads, in milliseconds. */
const REST = 1_500;

/** Carry out the plan that comes in; a line goes out for the browser and for each thing measured. */
export async function run(input: NodeJS.ReadableStream, env: Environment): Promise<void> {
  const plan: Plan = JSON.parse(await text(input));
  const site = installLiveStore() ? "rendering/livestore" : "rendering";
  await withSite(site, env, async (url, context) => {
    const page = await context.newPage();
    const traffic = trafficOf(page);
    await page.goto(url);
    const peers = await page.evaluate((one) => window.rendering.open(one), plan);
    for (const scene of SCENES) {
      await compare(page, peers, scene.watches);
      const render = (peer: PeerName, names: readonly string[]) =>
        page.evaluate(([who, what, to]) => window.rendering.render(who, what, to), [
          peer,
          scene,
          names,
        ] as const);
      tell({ part: "render", measured: scene.name, took: await measure(page, peers, render) });
    }
    await compare(page, peers, [EVERYTHING]);
    const update = (peer: PeerName, names: readonly string[]) =>
      page.evaluate(([who, what, to]) => window.rendering.update(who, what, to), [
        peer,
        EVERYTHING,
        names,
      ] as const);
    tell({
      part: "update",
      measured: "the new result at hand",
      took: await measure(page, peers, update),
    });
    const before = traffic.bytes();
    await update("sidecar", []);
    const between = traffic.bytes();
    // Its result is still warm: nothing but changes goes over the socket.
    await update("sidecar", namesOf("weighed"));
    const change = Math.round((traffic.bytes() - between) / TIMES);
    tell({ part: "bytes", result: between - before, change });
  });
}

async function compare(
  page: Page,
  peers: readonly PeerName[],
  watches: readonly Watch[],
): Promise<void> {
  const read = (peer: PeerName) =>
    page.evaluate(([who, what]) => window.rendering.read(who, what), [peer, watches] as const);
  const [ours, ...theirs] = await Promise.all(peers.map(read));
  if (theirs.some((one) => one !== ours)) throw new Error("The peers' results differ.");
}

async function measure(
  page: Page,
  peers: readonly PeerName[],
  turn: (peer: PeerName, names: readonly string[]) => Promise<number[]>,
): Promise<Measured["took"]> {
  const took: Partial<Record<PeerName, number[]>> = {};
  for (const peer of peers) await turn(peer, namesOf("warm"));
  for (let round = 0; round < ROUNDS; round += 1) {
    const first = round % peers.length;
    for (const peer of [...peers.slice(first), ...peers.slice(0, first)]) {
      await page.requestGC();
      took[peer] = [...(took[peer] ?? []), ...(await turn(peer, namesOf(round)))];
    }
  }
  await page.waitForTimeout(REST);
  return took;
}

/** New names for one turn, the same for each peer. */
function namesOf(turn: number | string): string[] {
  return Array.from({ length: TIMES }, (_, at) => `Renamed in ${turn}, ${at}`);
}

/** Count the bytes of the messages of a page's sockets, both ways. */
function trafficOf(page: Page): { bytes(): number } {
  let bytes = 0;
  const count = ({ payload }: { payload: string | Buffer }) => {
    bytes += Buffer.byteLength(payload);
  };
  page.on("websocket", (socket) => {
    socket.on("framesent", count).on("framereceived", count);
  });
  return { bytes: () => bytes };
}
