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
import type { GroupName, Plan } from "./plan.ts";
import { runResources } from "./resources.ts";

const RUN: Record<GroupName, (plan: Plan, page: OpenPage, chromium: Chromium) => Promise<void>> = {
  average: runAverage,
  app: runApp,
  growth: runGrowth,
  items: runItems,
  live: runLive,
  resources: runResources,
};

/** Measure the groups of the plan that comes in. */
export async function run(input: NodeJS.ReadableStream, env: Environment): Promise<void> {
  const plan: Plan = JSON.parse(await text(input));
  await withChromium(env, async (chromium) => {
    const openPage = await chromium.site(".");
    for (const group of plan.groups) await RUN[group](plan, openPage, chromium);
  });
}
