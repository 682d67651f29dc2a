/**
 * Measures RxDB on Dexie and the sidecar in one page of one headless Chromium.
 *
 * 1. Each workload's first question is compared, not measured: the answers must be the same documents in
 *    the same order. Later answers must be equal in number.
 * 2. Both are asked the same questions equally often, slow ones less often, and a fifth of a turn more
 *    to warm up.
 * 3. The peers take turns, and each round another begins. Garbage is collected before each turn, so
 *    that nobody pays for what the other left.
 */

import { text } from "node:stream/consumers";
import type { Page } from "playwright-core";
import { type Environment, tell, withSite } from "./chromium.ts";
import type { PeerName } from "./page.ts";
import type { Measured, Plan, Stage, Workload } from "./plan.ts";

const PEERS: readonly PeerName[] = ["sidecar", "dexie"];
const ROUNDS = 4;
/** About how long each peer is asked in one round, in milliseconds. */
const TURN = 1_000;
/** A question that takes longer has half the rounds. */
const SLOW = 4_000;
const MOST_PER_TURN = 50;
/** The largest message that is echoed. */
const ECHO_BYTES = 2 ** 20;

/** Carry out the plan that comes in; a line goes out for the browser and for each workload. */
export async function run(input: NodeJS.ReadableStream, env: Environment): Promise<void> {
  const plan: Plan = JSON.parse(await text(input));
  await withSite(".", env, async (url, context) => {
    for (const stage of plan.stages) {
      const page = await context.newPage();
      await page.goto(url);
      await page.evaluate((one) => window.bench.fill(one), stage);
      // A new start, as documents just written are still in RxDB's memory.
      await page.reload();
      await page.evaluate(([one, echo]) => window.bench.open(one, echo), [
        stage,
        plan.echo,
      ] as const);
      for (const workload of stage.workloads) tell(await measure(page, stage, workload));
      await page.close();
    }
  });
}

async function measure(page: Page, stage: Stage, { name, questions }: Workload): Promise<Measured> {
  const [first, ...rest] = questions;
  if (first === undefined) throw new Error(`${name} asks nothing.`);
  const { answer, bytes, slower } = await page.evaluate((one) => window.bench.compare(one), first);
  const times = Math.max(1, Math.min(MOST_PER_TURN, Math.floor(TURN / slower)));
  const found: Record<PeerName, [number, number][]> = { sidecar: [], dexie: [] };
  const echo: number[] = [];
  const ask = async (peer: PeerName, from: number, to: number) => {
    const asked = Array.from({ length: to - from }, (_, at) => {
      return rest[(from + at) % rest.length] ?? first;
    });
    await page.requestGC();
    return page.evaluate(([who, what]) => window.bench.measure(who, what), [peer, asked] as const);
  };
  const rounds = slower > SLOW ? ROUNDS / 2 : ROUNDS;
  const warm = Math.floor(times / 5);
  for (const peer of PEERS) await ask(peer, 0, warm);
  for (let round = 0; round < rounds; round += 1) {
    const from = warm + round * times;
    for (const peer of round % 2 === 0 ? PEERS : PEERS.toReversed()) {
      found[peer].push(...(await ask(peer, from, from + times)));
    }
    if (bytes <= ECHO_BYTES) {
      const turn = [bytes, times] as const;
      const took = page.evaluate(([size, often]) => window.bench.measureEcho(size, often), turn);
      echo.push(...(await took));
    }
  }
  const sizes = (peer: PeerName) => found[peer].map(([, size]) => size).join();
  if (sizes("sidecar") !== sizes("dexie")) throw new Error(`${name}: answers differ in number.`);
  return {
    documents: stage.documents,
    workload: name,
    answer,
    bytes,
    sidecar: found.sidecar.map(([took]) => took),
    dexie: found.dexie.map(([took]) => took),
    echo,
  };
}
