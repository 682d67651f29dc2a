/**
 * How peers take turns, so that a noisy machine is as noisy to each.
 *
 * 1. Each peer has one turn to warm up, which does not count.
 * 2. In each round every peer has a turn, and each round another begins.
 * 3. Garbage of the page is collected before a turn: nobody pays for what another left.
 */

import type { Page } from "playwright-core";

/** Milliseconds of each repetition, by workload. */
export type Took = Readonly<Record<string, readonly number[]>>;

/** Milliseconds of each repetition, by peer. */
export type ByPeer = Record<string, readonly number[]>;

/** A round's number; the first, which warms up, is -1. */
export type Take<Peer extends string> = (peer: Peer, round: number) => Promise<Took>;

/** Let each peer take its turns; return what they took, by workload. */
export async function takeTurns<Peer extends string>(
  page: Page,
  peers: readonly Peer[],
  rounds: number,
  take: Take<Peer>,
): Promise<Record<string, ByPeer>> {
  const all: Record<string, ByPeer> = {};
  for (let round = -1; round < rounds; round += 1) {
    const first = Math.max(round, 0) % peers.length;
    for (const peer of [...peers.slice(first), ...peers.slice(0, first)]) {
      await page.requestGC();
      const took = await take(peer, round);
      if (round >= 0) add(all, peer, took);
    }
  }
  return all;
}

function add(all: Record<string, ByPeer>, peer: string, took: Took): void {
  for (const [workload, times] of Object.entries(took)) {
    all[workload] ??= {};
    const peers = all[workload];
    peers[peer] = [...(peers[peer] ?? []), ...times];
  }
}
