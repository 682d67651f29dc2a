/** What a page does that moves an app's documents: with RxDB's own means, and with ours. */

import { connect, type Endpoint, events, type SidecarClient } from "@pjais/electron-bridge";
import { RxDatabaseMigration } from "@pjais/electron-bridge/migration";
import type { RxDumpDatabase } from "rxdb";
import { memories, memoryId } from "../app/documents.ts";
import { personas } from "./documents.ts";
import { type OldCollections, type OldDatabase, openOld } from "./old.ts";
import { type Gaps, showSwitch } from "./switch.tsx";

/** How long a move took, in milliseconds. */
export interface Moved {
  readonly took: number;
  /** Until the page had read and pushed all of it. */
  readonly read: number;
  /** The server's phases. */
  readonly phases: readonly { readonly name: string; readonly durationMs: number }[];
}

export interface MovingPage {
  /** Open a database of RxDB, empty the first time. */
  open(name: string): Promise<void>;
  /** Fill the open database with so many memories. */
  fill(documents: number): Promise<void>;
  /** Move it into an empty store, up to `dual` and verified. */
  move(endpoint: Endpoint, documents: number): Promise<Moved>;
  /** Switch, change so many memories in the store, and return: milliseconds of the last. */
  goBack(changes: number): Promise<number>;
  /** Change as many in RxDB; milliseconds. */
  change(changes: number): Promise<number>;
  /** RxDB's own export: milliseconds, and how many memories it found. */
  exportJson(): Promise<{ took: number; found: number }>;
  /** Bring what was exported into another, empty database; milliseconds. */
  importJson(): Promise<number>;
  /** Switch under a list, while the app writes. */
  switchOver(endpoint: Endpoint, documents: number): Promise<Gaps>;
}

const BATCH = 10_000;
/** Events in one commit. */
const COMMIT = 1_000;

let database: OldDatabase | undefined;
let client: SidecarClient | undefined;
let migration: RxDatabaseMigration | undefined;
let dump: RxDumpDatabase<OldCollections> | undefined;

export const moving: MovingPage = {
  async open(name) {
    database = await openOld(name);
  },
  async fill(documents) {
    const { collections } = there(database);
    await collections.personas.bulkInsert([...personas]);
    for (let from = 0; from < documents; from += BATCH) {
      const some = memories(from, Math.min(from + BATCH, documents));
      const { error } = await collections.memoryEntities.bulkInsert(some);
      expect("RxDB refused", error.length, 0);
    }
  },
  async move(endpoint, documents) {
    client = connect(endpoint);
    migration = await RxDatabaseMigration.open(client, there(database));
    const begun = performance.now();
    let read = 0;
    const report = await migration.run({
      onProgress: ({ phase }) => {
        if (phase === "read") read = performance.now() - begun;
      },
    });
    const took = performance.now() - begun;
    expect("moved", report.collections.memoryEntities?.imported, documents);
    expect("verified", report.verification?.passed, true);
    return { took, read, phases: report.phases };
  },
  async goBack(changes) {
    await there(migration).cutover();
    const updates = { name: "Changed in the store" };
    for (let from = 0; from < changes; from += COMMIT) {
      const some = memories(from, Math.min(from + COMMIT, changes));
      await there(client).commit(some.map(({ id }) => events.memoryEntityUpdated({ id, updates })));
    }
    const begun = performance.now();
    const { written } = await there(migration).rollback();
    const took = performance.now() - begun;
    expect("written back", written.written, changes);
    const found = there(database).collections.memoryEntities.findOne(memoryId(changes - 1));
    expect("in RxDB", (await found.exec(true)).name, updates.name);
    await there(migration).close();
    there(client).close();
    return took;
  },
  async change(changes) {
    const some = memories(0, changes).map((one) => ({ ...one, name: "Changed in RxDB" }));
    const begun = performance.now();
    const { error } = await there(database).collections.memoryEntities.bulkUpsert(some);
    const took = performance.now() - begun;
    expect("RxDB refused", error.length, 0);
    return took;
  },
  async exportJson() {
    const begun = performance.now();
    dump = await there(database).exportJSON();
    const took = performance.now() - begun;
    return { took, found: memoriesIn(dump) };
  },
  async importJson() {
    const empty = await openOld("imported");
    const begun = performance.now();
    await empty.importJSON(there(dump));
    const took = performance.now() - begun;
    const found = await empty.collections.memoryEntities.count().exec();
    expect("imported", found, memoriesIn(there(dump)));
    await empty.remove();
    return took;
  },
  async switchOver(endpoint, documents) {
    await this.move(endpoint, documents);
    const dual = { database: there(database), client: there(client), migration: there(migration) };
    return showSwitch(dual, documents);
  },
};

function memoriesIn({ collections }: RxDumpDatabase<OldCollections>): number {
  return collections.find(({ name }) => name === "memoryEntities")?.docs.length ?? 0;
}

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("It is not open.");
  return value;
}

function expect<T>(what: string, found: T, wanted: T): void {
  if (found !== wanted) throw new Error(`${what}: ${found} instead of ${wanted}.`);
}
