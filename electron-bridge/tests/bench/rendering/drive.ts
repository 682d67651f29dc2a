/**
 * Measures how soon a change is on the screen, and in a live result of all memories.
 *
 * 1. The peers are in one page and hold the same memories. What each watch answers is compared before
 *    it is measured; that a change is in the DOM wherever it belongs is checked after each.
 * 2. A change waits for what its peer promises: the sidecar's is on disk before it is shown, which
 *    LiveStore and RxDB do not promise.
 */

import type { Page } from "playwright-core";
import type { Chromium, OpenPage } from "../chromium.ts";
import { installLiveStore } from "../livestore/install.ts";
import { type Plan, tell } from "../plan.ts";
import { during, startSidecar } from "../processes.ts";
import { type ByPeer, takeTurns } from "../turns.ts";
import { pause } from "../waiting.ts";
import type { PeerName } from "./page.tsx";
import { EVERYTHING, SCENES, type Watch } from "./scenes.ts";

const DOCUMENTS = 10_000;
const ROUNDS = 5;
/** Changes in each peer's turn. */
const TIMES = 20;
/** Longer than our client keeps a query that nobody reads, in milliseconds. */
const REST = 1_500;

export async function runRendering(plan: Plan, plain: OpenPage, chromium: Chromium): Promise<void> {
  const peers: PeerName[] = ["sidecar", "dexie"];
  let openPage = plain;
  if (installLiveStore()) {
    peers.push("livestore");
    openPage = await chromium.site("livestore");
  } else {
    tell({ group: "rendering", peer: "livestore", missing: "npm could not install it" });
  }
  const page = await openPage();
  await during(startSidecar(plan, "rendering"), async ({ endpoint }) => {
    const size = plan.quick ? DOCUMENTS / 10 : DOCUMENTS;
    const times = plan.quick ? 5 : TIMES;
    const traffic = trafficOf(page);
    for (const peer of peers) {
      tell({ doing: `rendering: ${peer} is filled` });
      const given = [peer, endpoint, size] as const;
      await page.evaluate((one) => window.bench.rendering.open(...one), given);
    }
    const measure = async (
      workload: string,
      watches: readonly Watch[],
      turn: (peer: PeerName, names: readonly string[]) => Promise<number[]>,
    ): Promise<void> => {
      await compare(page, peers, watches);
      const rounds = plan.quick ? 1 : ROUNDS;
      const all = await takeTurns(page, peers, rounds, async (peer, round) => ({
        [workload]: await turn(peer, names(`round ${round}`, times)),
      }));
      const took: ByPeer = all[workload] ?? {};
      tell({ group: "rendering", workload, size, unit: "ms", took });
      await pause(REST);
    };
    for (const scene of SCENES) {
      await measure(scene.workload, scene.watches, (peer, to) =>
        page.evaluate((one) => window.bench.rendering.render(...one), [peer, scene, to] as const),
      );
    }
    const update = (peer: PeerName, to: readonly string[]) =>
      page.evaluate((one) => window.bench.rendering.update(...one), [
        peer,
        EVERYTHING,
        to,
      ] as const);
    await measure("one row changed → live result of all", [EVERYTHING], update);
    const weigh = async (workload: string, changes: number): Promise<void> => {
      const before = traffic.bytes();
      await update("sidecar", names("weighed", changes));
      const bytes = Math.round((traffic.bytes() - before) / Math.max(changes, 1));
      tell({ group: "rendering", workload, size, unit: "bytes", took: { sidecar: [bytes] } });
    };
    await weigh("on the wire: a live result of all", 0);
    // The result is still warm: nothing but changes goes over the socket.
    await weigh("on the wire: one row of it changed", times);
  });
  await page.close();
}

async function compare(
  page: Page,
  peers: readonly PeerName[],
  watches: readonly Watch[],
): Promise<void> {
  const read = (peer: PeerName) =>
    page.evaluate((one) => window.bench.rendering.read(...one), [peer, watches] as const);
  const [ours, ...theirs] = await Promise.all(peers.map(read));
  if (theirs.some((one) => one !== ours)) throw new Error("The peers' results differ.");
}

/** New names for one turn, the same for each peer. */
function names(turn: string, times: number): string[] {
  return Array.from({ length: times }, (_, at) => `Renamed in ${turn}, ${at}`);
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
