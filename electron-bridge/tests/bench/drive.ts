/**
 * Carries out a plan: measures the sidecar, its peers and the floors, most of them in one page of one
 * headless Chromium. A line goes out for each workload.
 */

import { text } from "node:stream/consumers";
import { runApp, runGrowth } from "./app/drive.ts";
import { runAverage } from "./average/drive.ts";
import { type Chromium, type Environment, type OpenPage, withChromium } from "./chromium.ts";
import { runItems } from "./items/drive.ts";
import { runLive } from "./live/drive.ts";
import { runMoving } from "./moving/drive.ts";
import { type GroupName, type Plan, tell } from "./plan.ts";
import { runRendering } from "./rendering/drive.ts";
import { runResources } from "./resources.ts";

const RUN: Record<GroupName, (plan: Plan, page: OpenPage, chromium: Chromium) => Promise<void>> = {
  average: runAverage,
  app: runApp,
  growth: runGrowth,
  items: runItems,
  live: runLive,
  rendering: runRendering,
  resources: runResources,
  moving: runMoving,
};

/** Measure the groups of the plan that comes in, each in a browser of its own; one may fail alone. */
export async function run(input: NodeJS.ReadableStream, env: Environment): Promise<void> {
  const plan: Plan = JSON.parse(await text(input));
  for (const group of plan.groups) {
    try {
      await withChromium(env, async (chromium) => {
        await RUN[group](plan, await chromium.site("."), chromium);
      });
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
      tell({ group, peer: "sidecar", missing: `the benchmark failed: ${error}` });
    }
  }
}
