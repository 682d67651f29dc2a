/** A window of an app that writes all the time, where it takes the truth to be, while the app moves. */

import { connect, type SidecarClient, SidecarError } from "../../../src/client/index.ts";
import { type MigrationState, RxDatabaseMigration } from "../../../src/migration/index.ts";
import { collectionOf, type Database, openDatabase, schema } from "./database.ts";
import { type Write, written } from "./writes.ts";

/** What a window is told when it opens. */
export interface Opening {
  /** Its documents: no other window writes these, and it writes each one at a time. */
  readonly ids: readonly string[];
  /** How often each was written before this window opened. */
  readonly counts: Readonly<Record<string, number>>;
  /** Milliseconds between two writes of one document. */
  readonly pause: number;
}

/** What a window has on each side, and what the quarantine has. */
export interface Sides {
  readonly rxdb: readonly string[];
  readonly store: readonly string[];
  readonly quarantine: readonly string[];
}

export type Step = "run" | "cutover" | "rollback" | "drained" | "verify";

/** A window's part in the campaign; the test calls it. */
export class App {
  readonly client: SidecarClient;
  readonly database: Database;
  readonly migration: RxDatabaseMigration;
  #writing = true;
  #writers: Promise<unknown> = Promise.resolve();

  private constructor(client: SidecarClient, database: Database, migration: RxDatabaseMigration) {
    this.client = client;
    this.database = database;
    this.migration = migration;
  }

  /** Open the database, take part in the move that is under way, if any, and begin to write. */
  static async open(opening: Opening): Promise<App> {
    const database = await openDatabase("campaign", { notes: schema() });
    const client = connect(() => window.endpoint(), {
      retry: { attempts: 10_000, minDelay: 20, maxDelay: 200 },
    });
    for (;;) {
      try {
        const app = new App(client, database, await RxDatabaseMigration.open(client, database));
        app.migration.resume();
        app.write(opening);
        return app;
      } catch (error) {
        if (!SidecarError.is(error, "E_CONNECTION_LOST")) throw error;
      }
    }
  }

  /** Write all documents at once, each again and again, until `quiet`. */
  write({ ids, counts, pause }: Opening): void {
    this.#writing = true;
    this.#writers = Promise.all(ids.map((id) => this.#keepWriting(id, counts[id] ?? 0, pause)));
  }

  /** Write no more; resolves when every write was acknowledged. */
  async quiet(): Promise<void> {
    this.#writing = false;
    await this.#writers;
  }

  /** Take a step; the code and message of what it failed with, if it did. */
  async step(step: Step): Promise<string | null> {
    try {
      const result = await this.migration[step]();
      if (step !== "verify" || result === undefined || !("differences" in result)) return null;
      return result.passed ? null : JSON.stringify(result.differences);
    } catch (error) {
      if (SidecarError.is(error)) return `${error.code}: ${error.message}`;
      throw error;
    }
  }

  /** Take a step, and tell the longest time between two animation frames meanwhile. */
  async watched(step: Step): Promise<{ failed: string | null; ms: number; longest: number }> {
    let [last, longest] = [performance.now(), 0];
    let request = 0;
    const look = (now: number): void => {
      longest = Math.max(longest, now - last);
      last = now;
      request = requestAnimationFrame(look);
    };
    request = requestAnimationFrame(look);
    const begun = performance.now();
    const failed = await this.step(step);
    cancelAnimationFrame(request);
    return { failed, ms: performance.now() - begun, longest };
  }

  get state(): MigrationState {
    return this.migration.status.getSnapshot().state;
  }

  /** Read both sides, as JSON. */
  async sides(): Promise<Sides> {
    const notes = collectionOf(this.database, "notes");
    const rxdb = (await notes.find().exec()).map((one) => JSON.stringify(one.toJSON()));
    const store = (await this.client.query({ from: "notes" })).map((one) => JSON.stringify(one));
    const kept = await this.client.query({ sql: "SELECT document FROM _quarantine" });
    return { rxdb, store, quarantine: kept.map(({ document }) => String(document)) };
  }

  async #keepWriting(id: string, count: number, pause: number): Promise<void> {
    for (let n = count + 1; this.#writing; n++) {
      // Each document is deleted now and then, and comes again.
      const deleted = n % 7 === 0;
      const side = IN_STORE.has(this.state) ? "store" : "rxdb";
      const write: Write = { n, id, deleted, side, acknowledged: false };
      await window.noted(write);
      await (side === "rxdb" ? this.#inRxdb(write) : this.#inStore(write));
      await window.noted({ ...write, acknowledged: true });
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  async #inRxdb({ id, n, deleted }: Write): Promise<void> {
    const notes = collectionOf(this.database, "notes");
    if (deleted) await notes.findOne(id).incrementalRemove();
    else await notes.incrementalUpsert({ ...written(id, n) });
  }

  /** Put the whole document, whether or not the store has one: the last write may be on its way. */
  async #inStore({ id, n, deleted }: Write): Promise<void> {
    const document = written(id, n);
    const { id: _, ...patch } = document;
    const unset = ["third", "rest"].filter((name) => !Object.hasOwn(patch, name));
    const commit = (name: string, more: object) =>
      this.client.commit({ name, args: { collection: "notes", ...more } });
    for (;;) {
      try {
        if (deleted) await commit("v1.DocumentDeleted", { id });
        else await commit("v1.DocumentPatched", { id, patch, unset });
        return;
      } catch (error) {
        if (!SidecarError.is(error, "E_NOT_FOUND")) throw error;
      }
      // There is nothing to delete, unless it is still to come from RxDB.
      if (deleted) return;
      try {
        await commit("v1.DocumentInserted", { document });
        return;
      } catch (error) {
        if (!SidecarError.is(error, "E_CONFLICT")) throw error;
      }
    }
  }
}

const IN_STORE: ReadonlySet<MigrationState> = new Set(["switched", "rolling-back", "cleaned"]);
