/**
 * Measures the move from RxDB into the store, and back.
 *
 * 1. Ours comes first: what is in the system's caches helps RxDB's own export and import, which read
 *    the same documents afterwards.
 * 2. A move counts when the server has compared each document and found no difference. RxDB's export
 *    and import compare nothing, write no backup, and hand over objects instead of a file.
 * 3. Each move is into an empty store, by a server of its own: its peak is of this move alone.
 * 4. A switch is done in a page, database and store of its own.
 */

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { connect } from "@pjais/electron-bridge";
import type { Page } from "playwright-core";
import { WebSocket } from "ws";
import type { OpenPage } from "../chromium.ts";
import { type Measured, type Plan, tell } from "../plan.ts";
import { during, type Served, startSidecar } from "../processes.ts";
import { type Format, writeDocuments } from "./files.ts";
import { peakOf } from "./peak.ts";

/** Documents that a rollback brings back. */
const CHANGES = 10_000;
/** Documents in the database that is switched. */
const SWITCHED = 10_000;
const SWITCHES = 7;

const FILES: Record<Format, { readonly took: string; readonly peak: string }> = {
  export: {
    took: "from a file of exportJSON, verified",
    peak: "from a file of exportJSON: the server's peak",
  },
  ndjson: { took: "from NDJSON, verified", peak: "from NDJSON: the server's peak" },
};

export async function runMoving(plan: Plan, openPage: OpenPage): Promise<void> {
  const [first = 0] = plan.moving;
  await moveLive(plan, openPage, first);
  await switchOver(plan, openPage);
  for (const documents of plan.moving) {
    await moveFile(plan, "export", documents);
    await moveFile(plan, "ndjson", documents);
  }
}

async function moveLive(plan: Plan, openPage: OpenPage, documents: number): Promise<void> {
  const told = documents.toLocaleString("en");
  const changes = Math.min(CHANGES, documents / 10);
  const name = `moving-${documents}`;
  tell({ doing: `moving: RxDB is filled with ${told} documents` });
  const filling = await openPage();
  await filling.evaluate((one) => window.bench.moving.open(one), name);
  await filling.evaluate((one) => window.bench.moving.fill(one), documents);
  await filling.close();

  tell({ doing: `moving: ${told} documents, live, and ${changes.toLocaleString("en")} back` });
  const page = await openPage();
  await page.evaluate((one) => window.bench.moving.open(one), name);
  const ours = await during(startSidecar(plan, name), async (served) => {
    const given = [served.endpoint, documents] as const;
    const moved = await working(page, () =>
      page.evaluate((one) => window.bench.moving.move(...one), given),
    );
    const peak = await peakOf(served);
    const back = await page.evaluate((one) => window.bench.moving.goBack(one), changes);
    return { moved, peak, back };
  });
  await forget(plan, name);
  const { took, read, phases } = ours.moved.result;

  tell({ doing: `moving: ${told} documents by RxDB's own export and import` });
  const changed = await page.evaluate((one) => window.bench.moving.change(one), changes);
  const exported = await working(page, () => page.evaluate(() => window.bench.moving.exportJson()));
  const imported = await working(page, () => page.evaluate(() => window.bench.moving.importJson()));
  await page.close();

  const say = (workload: string, unit: Measured["unit"], took: Measured["took"]) =>
    tell({ group: "moving", workload, size: documents, unit, took });
  say("live, verified", "ms", {
    sidecar: [took],
    exportJSON: [exported.result.took],
    importJSON: [imported.result],
  });
  say("live: work of the page's main thread", "ms", {
    sidecar: [ours.moved.worked],
    exportJSON: [exported.worked],
    importJSON: [imported.worked],
  });
  say("live: reading RxDB and pushing", "ms", { sidecar: [read] });
  for (const phase of phases) {
    say(`live: the server's ${phase.name}`, "ms", { sidecar: [phase.durationMs] });
  }
  say("live: the server's peak", "MiB", { sidecar: [ours.peak] });
  say("live: found", "documents", { sidecar: [documents], exportJSON: [exported.result.found] });
  const back = { sidecar: [ours.back], dexie: [changed] };
  tell({ group: "moving", workload: "rollback", size: changes, unit: "ms", took: back });
}

/** Have something done for which a page's main thread works; milliseconds of that work. */
async function working<Result>(
  page: Page,
  work: () => Promise<Result>,
): Promise<{ result: Result; worked: number }> {
  await page.requestGC();
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const seconds = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0;
  };
  const before = await seconds();
  const result = await work();
  const worked = ((await seconds()) - before) * 1000;
  await session.detach();
  return { result, worked };
}

async function moveFile(plan: Plan, format: Format, documents: number): Promise<void> {
  tell({ doing: `moving: ${documents.toLocaleString("en")} documents, ${format}` });
  const name = `moving-${format}-${documents}`;
  const path = join(plan.folder, `${name}.json`);
  await writeDocuments(path, format, documents);
  const { took, peak } = await during(startSidecar(plan, name), async (served) => {
    const took = await timedMove(served, path, documents);
    return { took, peak: await peakOf(served) };
  });
  await rm(path);
  await forget(plan, name);
  const { took: workload, peak: weight } = FILES[format];
  const figure = { group: "moving", size: documents } as const;
  tell({ ...figure, workload, unit: "ms", took: { sidecar: [took] } });
  tell({ ...figure, workload: weight, unit: "MiB", took: { sidecar: [peak] } });
}

async function timedMove({ endpoint }: Served, path: string, documents: number): Promise<number> {
  const client = connect(endpoint, { webSocket: WebSocket });
  try {
    await client.ready();
    const begun = performance.now();
    const { collections, verification } = await client.migrate({ source: { path } });
    const took = performance.now() - begun;
    const imported = collections.memoryEntities?.imported;
    if (imported !== documents || verification?.passed !== true) {
      throw new Error(`${imported} of ${documents} documents were imported and verified.`);
    }
    return took;
  } finally {
    client.close();
  }
}

async function switchOver(plan: Plan, openPage: OpenPage): Promise<void> {
  const rounds = plan.quick ? 1 : SWITCHES;
  const documents = plan.quick ? SWITCHED / 10 : SWITCHED;
  const took: Record<"sidecar" | "still", number[]> = { sidecar: [], still: [] };
  for (let round = 0; round < rounds; round += 1) {
    const name = `moving-switch-${round}`;
    const page = await openPage();
    await page.evaluate((one) => window.bench.moving.open(one), name);
    await page.evaluate((one) => window.bench.moving.fill(one), documents);
    const { still, switching, rate } = await during(startSidecar(plan, name), ({ endpoint }) =>
      page.evaluate((one) => window.bench.moving.switchOver(...one), [
        endpoint,
        documents,
      ] as const),
    );
    await page.close();
    await forget(plan, name);
    const written = `${rate.toFixed(0)} documents were written a second`;
    tell({ doing: `moving: switch ${round + 1} of ${rounds}, while ${written}` });
    took.sidecar.push(switching);
    took.still.push(still);
  }
  const workload = "longest gap between two frames at the switch";
  tell({ group: "moving", workload, size: 0, unit: "ms", took });
}

/** Delete a store: those of large moves would fill the disk. */
function forget({ folder }: Plan, name: string): Promise<void> {
  return rm(join(folder, name), { recursive: true });
}
