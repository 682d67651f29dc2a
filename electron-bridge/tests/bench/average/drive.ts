/**
 * Measures RxDB's own performance workload. Each run has a database of its own; the sidecar serves
 * all along, as it does in an app, and holds what earlier runs left.
 */

import type { OpenPage } from "../chromium.ts";
import { type Plan, tell } from "../plan.ts";
import { during, startSidecar } from "../processes.ts";
import { takeTurns } from "../turns.ts";
import type { PeerName } from "./page.ts";

const PEERS: readonly PeerName[] = ["sidecar", "dexie", "memory"];
const ROUNDS = 12;
/** Documents at the end of each run. */
const DOCUMENTS = 3_050;

export async function runAverage(plan: Plan, openPage: OpenPage): Promise<void> {
  const page = await openPage();
  await during(startSidecar(plan, "average"), async ({ endpoint }) => {
    const rounds = plan.quick ? 1 : ROUNDS;
    const all = await takeTurns(page, PEERS, rounds, async (peer, round) => {
      tell({ doing: `average: ${peer}, round ${round + 1} of ${rounds}` });
      const given = [peer, endpoint, plan.seed * 1_000 + round + 1] as const;
      return page.evaluate((one) => window.bench.average.run(...one), given);
    });
    for (const [workload, took] of Object.entries(all)) {
      tell({ group: "average", workload, size: DOCUMENTS, unit: "ms", took });
    }
  });
  await page.close();
}
