/**
 * Measures what one change costs under one live query and under many, of which one shows it: from the
 * commit to the new result in the window. The numbers take turns, each in a store of its own.
 */

import type { OpenPage } from "../chromium.ts";
import { type Plan, tell } from "../plan.ts";
import { during, startSidecar } from "../processes.ts";
import { takeTurns } from "../turns.ts";

/** At least as many as there are live queries. */
const DOCUMENTS = 10_000;
const ROUNDS = 10;
const TIMES = 30;

export async function runLive(plan: Plan, openPage: OpenPage): Promise<void> {
  const page = await openPage();
  const documents = plan.quick ? Math.max(...plan.live) : DOCUMENTS;
  const open = async (queries: readonly number[]): Promise<void> => {
    const [many, ...rest] = queries;
    if (many === undefined) return measure();
    tell({ doing: `live: ${many.toLocaleString("en")} live queries begin` });
    await during(startSidecar(plan, `live-${many}`), async ({ endpoint }) => {
      const given = [endpoint, documents, many] as const;
      await page.evaluate((one) => window.bench.live.open(...one), given);
      await open(rest);
    });
  };
  const measure = async () => {
    const rounds = plan.quick ? 1 : ROUNDS;
    const workload = "one change → live result, one live query shows it";
    const names = plan.live.map(String);
    const all = await takeTurns(page, names, rounds, async (many, round) => {
      const given = [Number(many), 1 + (round + 1) * TIMES, TIMES] as const;
      return { [workload]: await page.evaluate((one) => window.bench.live.change(...one), given) };
    });
    for (const [many, took] of Object.entries(all[workload] ?? {})) {
      tell({ group: "live", workload, size: Number(many), unit: "ms", took: { sidecar: took } });
    }
  };
  await open(plan.live);
  await page.close();
}
