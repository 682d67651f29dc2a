/**
 * RxDB's own performance workload, `runPerformanceTests` of its `test-utils`, step by step, with its
 * numbers: four collections, 3,000 documents, the database opened anew between the parts.
 */

import type { Endpoint } from "@pjais/electron-bridge";
import { seeded } from "../../support/random.ts";
import type { Database, Documents, Peer } from "../peers/peer.ts";
import { size } from "../peers/peer.ts";
import { dexiePeer, memoryPeer } from "../peers/rxdb.ts";
import { sidecarPeer } from "../peers/sidecar.ts";
import type { Took } from "../turns.ts";
import { pause } from "../waiting.ts";
import { averageDocuments, averageSchema } from "./documents.ts";

export type PeerName = "sidecar" | "dexie" | "memory";

export interface AveragePage {
  /** Run it once; `run` names the run's database and seeds its documents. */
  run(peer: PeerName, sidecar: Endpoint, run: number): Promise<Took>;
}

const COLLECTIONS = 4;
const BATCHES = 6;
const BATCH = 500;
const SERIAL = 50;
const PARALLEL = 4;
/** Between two parts, in milliseconds. */
const PAUSE = 100;

let ours: Peer | undefined;

export const average: AveragePage = {
  run(name, sidecar, run) {
    ours ??= sidecarPeer(sidecar);
    const peer = {
      sidecar: () => ours ?? sidecarPeer(sidecar),
      dexie: dexiePeer,
      memory: memoryPeer,
    };
    return runOnce(peer[name](), run);
  },
};

async function runOnce(peer: Peer, run: number): Promise<Took> {
  const random = seeded(run);
  const document = averageDocuments(random);
  const took: Record<string, number[]> = {};
  const measured = async <Result>(part: string, work: () => Promise<Result>): Promise<Result> => {
    await pause(PAUSE);
    const start = performance.now();
    const result = await work();
    took[part] = [...(took[part] ?? []), performance.now() - start];
    return result;
  };
  const names = Array.from({ length: COLLECTIONS }, (_, at) => `average_${run}_${at}`);
  const schemas = Object.fromEntries(names.map((name) => [name, averageSchema]));
  let database: Database | undefined;
  const opened = async (): Promise<Documents> => {
    await database?.close();
    database = await peer.open(`average-${run}`, schemas);
    const [first, second] = database.collections;
    if (first === undefined || second === undefined) throw new Error("Collections are missing.");
    await second.insert(document());
    return first;
  };

  let collection = await measured("time to first insert", opened);
  const ids: string[] = [];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const some = Array.from({ length: BATCH }, (_, at) =>
      document({ var1: String(at % 2), var2: at % PARALLEL }),
    );
    ids.push(...some.map(({ id }) => id));
    await measured(`insert ${BATCH}`, () => collection.insertMany(some));
  }

  collection = await opened();
  const many = await measured(`find by ids, ${ids.length}`, () => collection.byIds(ids));
  expect("find by ids", many, ids.length);

  const serial = Array.from({ length: SERIAL }, () => document({ var2: 1000 }));
  await measured(`${SERIAL} inserts, one by one`, async () => {
    for (const one of serial) await collection.insert(one);
  });

  collection = await opened();
  await measured(`${SERIAL} gets, one by one`, async () => {
    for (const { id } of serial) expect("get", await collection.byIds([id]), 1);
  });
  const all = await measured("query of all, sorted", () =>
    collection.ask({ selector: {}, sort: [{ var2: "asc" }, { var1: "asc" }] }),
  );
  expect("query of all", size(all), ids.length + SERIAL);

  collection = await opened();
  const parts = Array.from({ length: PARALLEL }, (_, var2) => ({ selector: { var2 } }));
  const found = await measured(`${PARALLEL} queries in parallel`, () =>
    Promise.all(parts.map((part) => collection.ask(part))),
  );
  expect("parallel", sum(found.map(size)), ids.length);
  const counts = await measured(`${PARALLEL} counts`, async () => {
    const counted: number[] = [];
    for (const part of parts) counted.push(size(await collection.ask({ ...part, count: true })));
    return counted;
  });
  expect("counts", sum(counts), ids.length);
  await database?.remove();
  return took;
}

function expect(what: string, found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`${what}: ${found} instead of ${wanted}.`);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
