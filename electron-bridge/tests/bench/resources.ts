/** What a sidecar takes of the machine: memory, disk, and its start beside a bare Python's. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { connect, events, type SidecarClient, tables } from "@pjais/electron-bridge";
import { WebSocket } from "ws";
import { memories, PERSONAS } from "./app/documents.ts";
import { type Plan, tell } from "./plan.ts";
import { during, startSidecar } from "./processes.ts";
import { pause } from "./waiting.ts";

const STARTS = 20;
const LIVE_QUERIES = 1_000;
const BATCH = 1_000;
/** For what goes on after a start, or after the last answer, in milliseconds. */
const REST = 500;

export async function runResources(plan: Plan): Promise<void> {
  const store = `resources-${plan.documents}`;
  const frozen = await bare(plan);
  await startTimes(plan, "start", 0, frozen);
  await memory(plan, store);
  await startTimes(plan, store, plan.documents, frozen);
  if (frozen === null) return;
  const took = {
    sidecar: [await size(dirname(plan.server[0] ?? ""))],
    frozen: [await size(dirname(frozen))],
  };
  tell({ group: "resources", workload: "on disk", size: 0, unit: "MiB", took });
}

/** Spawn until ready, beside a Python that imports asyncio and ends, frozen as ours and not. */
async function startTimes(
  plan: Plan,
  store: string,
  size: number,
  frozen: string | null,
): Promise<void> {
  tell({ doing: `resources: starts with ${size.toLocaleString("en")} documents` });
  const took: Record<string, number[]> = { sidecar: [], python: [], ...(frozen && { frozen: [] }) };
  for (let round = -1; round < (plan.quick ? 1 : STARTS); round += 1) {
    const times: Record<string, number> = {
      sidecar: await during(startSidecar(plan, store), async ({ start }) => start),
      python: await running(plan.python, "-c", "import asyncio"),
      ...(frozen && { frozen: await running(frozen) }),
    };
    if (round < 0) continue;
    for (const [peer, time] of Object.entries(times)) took[peer]?.push(time);
  }
  tell({ group: "resources", workload: "spawn → ready", size, unit: "ms", took });
}

async function running(program: string, ...options: readonly string[]): Promise<number> {
  const begun = performance.now();
  await once(spawn(program, options, { stdio: "ignore" }), "exit");
  return performance.now() - begun;
}

/** Return the bare program that is built beside the bundle; null when it is served from source. */
async function bare({ server: [program = "", ...more] }: Plan): Promise<string | null> {
  const path = join(
    dirname(dirname(program)),
    "bare",
    basename(program).replace("sidecar", "bare"),
  );
  const there = more.length === 0 && (await stat(path).catch(() => null)) !== null;
  return there ? path : null;
}

/** Return the MiB of all files of a folder. */
async function size(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((one) => one.isFile());
  const sizes = await Promise.all(files.map((one) => stat(join(one.parentPath, one.name))));
  return sizes.reduce((sum, one) => sum + one.size, 0) / 2 ** 20;
}

async function memory(plan: Plan, name: string): Promise<void> {
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
