/** What a sidecar takes of the machine: its memory, and its start beside a bare Python's. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, events, type SidecarClient, tables } from "@pjais/electron-bridge";
import { WebSocket } from "ws";
import { memories, PERSONAS } from "./app/documents.ts";
import { type Plan, tell } from "./plan.ts";
import { during, startSidecar } from "./processes.ts";
import { pause } from "./waiting.ts";

const STARTS = 15;
const LIVE_QUERIES = 1_000;
const BATCH = 1_000;
/** For what goes on after a start, or after the last answer, in milliseconds. */
const REST = 500;

export async function runResources(plan: Plan): Promise<void> {
  await startTimes(plan);
  await memory(plan);
}

/** Spawn until ready, and a Python that imports asyncio and ends, in turns. */
async function startTimes(plan: Plan): Promise<void> {
  tell({ doing: "resources: starts" });
  const took: Record<"sidecar" | "python", number[]> = { sidecar: [], python: [] };
  for (let round = -1; round < (plan.quick ? 1 : STARTS); round += 1) {
    const started = await during(startSidecar(plan, "start"), async ({ start }) => start);
    const begun = performance.now();
    await once(spawn(plan.python, ["-c", "import asyncio"], { stdio: "ignore" }), "exit");
    const bare = performance.now() - begun;
    if (round < 0) continue;
    took.sidecar.push(started);
    took.python.push(bare);
  }
  tell({ group: "resources", workload: "spawn → ready", size: 0, unit: "ms", took });
}

async function memory(plan: Plan): Promise<void> {
  const name = `resources-${plan.documents}`;
  const measured = async (workload: string, work: (client: SidecarClient) => Promise<void>) => {
    tell({ doing: `resources: ${workload}` });
    await withClient(plan, name, async (client) => {
      await work(client);
      await pause(REST);
      const { rss } = await client.server.stats();
      if (rss === null) throw new Error("The system does not tell how much memory is used.");
      const took = { sidecar: [rss / 2 ** 20] };
      tell({ group: "resources", workload, size: plan.documents, unit: "MiB", took });
    });
  };
  await measured("resident, idle, empty store", async () => undefined);
  await withClient(plan, name, async (client) => {
    for (let from = 0; from < plan.documents; from += BATCH) {
      const some = memories(from, Math.min(from + BATCH, plan.documents));
      await client.commit(some.map((one) => events.memoryEntityCreated(one)));
    }
  });
  await measured("resident, after some queries", async (client) => {
    for (let persona = 0; persona < PERSONAS; persona += 1) {
      const found = tables.memoryEntities.where({ personaId: `p${persona}` });
      await client.query(found.orderBy("importance", "desc").limit(100));
      await client.query(found.count());
    }
  });
  await measured(`resident, ${LIVE_QUERIES.toLocaleString("en")} live queries`, async (client) => {
    const settled = Array.from({ length: LIVE_QUERIES }, (_, at) => {
      const found = tables.memoryEntities.where({
        personaId: `p${at % PERSONAS}`,
        importance: { $gte: at % 101 },
      });
      const query = found.orderBy("lastAccessed", "desc").limit(10 + (at % 50));
      client.subscribe(query, () => undefined);
      return client.live(query).settled();
    });
    await Promise.all(settled);
  });
}

async function withClient(
  plan: Plan,
  name: string,
  work: (client: SidecarClient) => Promise<void>,
): Promise<void> {
  await during(startSidecar(plan, name), async ({ endpoint }) => {
    const client = connect(endpoint, { webSocket: WebSocket });
    try {
      await work(client);
    } finally {
      client.close();
    }
  });
}
