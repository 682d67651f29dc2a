/** What drives the move of an RxDatabase into the store, and back. */

import {
  type MigrateOptions,
  type Params,
  type Result,
  type SidecarClient,
  SidecarError,
} from "../client/index.ts";
import { derived, type Readable } from "../client/readable.ts";
import { batches } from "./batch.ts";
import { deleteDexieDatabases } from "./dexie.ts";
import { Feed } from "./feed.ts";
import { Following, type FollowingOptions } from "./following.ts";
import { Returning } from "./returning.ts";
import { type AnyRxDatabase, rxDatabase } from "./sources.ts";
import {
  isFollowed,
  isUnderWay,
  type MigrationPosition,
  type MigrationStatus,
  watchMigration,
} from "./status.ts";
import { AGAIN, isLost, pause, persist } from "./waiting.ts";
import type { WrittenBack } from "./write-back.ts";

/** What `run` may be given. */
export interface RunOptions extends MigrateOptions, Pick<Params<"migrate">, "ids" | "strict"> {}

/** What `rollback` and `verify` may be given. */
export type ProgressOptions = Pick<MigrateOptions, "onProgress">;

/** Where a rollback left the move, and what it wrote into RxDB. */
export interface RollbackResult extends MigrationStatus {
  readonly written: WrittenBack;
}

/** Milliseconds between two looks at what is still written in the store after a rollback. */
const LATE = 1000;

/**
 * The move of one RxDatabase, as this window takes part in it.
 *
 * Any window may call any of it. One of them feeds the store from RxDB; another one takes over when that
 * one's connection ends. Nothing of it has to be finished: what was cut off goes on with the next call
 * of the same method, in this window or after the next start.
 *
 * @example
 * const migration = await RxDatabaseMigration.open(client, rxdb);
 * const report = await migration.run({ onProgress: ({ phase, done }) => show(phase, done) });
 * if (report.verification?.passed) await migration.cutover();
 */
export class RxDatabaseMigration {
  /** Where the move is, live. */
  readonly status: Readable<MigrationPosition>;
  readonly #client: SidecarClient;
  readonly #database: AnyRxDatabase;
  readonly #leave: () => void;
  readonly #closing = new AbortController();
  #following: Following | undefined;
  #bringing = false;

  private constructor(client: SidecarClient, database: AnyRxDatabase, first: MigrationPosition) {
    this.#client = client;
    this.#database = database;
    const watched = watchMigration(client);
    this.status = derived<MigrationPosition>(
      [watched],
      (before) => watched.getSnapshot() ?? before ?? first,
    );
    this.#leave = this.status.subscribe(() => {});
  }

  /**
   * Take part in the move of a database.
   *
   * @throws SidecarError `E_MIGRATION`: the database is one of another copy of rxdb. As any call: there
   *   is no connection.
   */
  static async open(client: SidecarClient, database: AnyRxDatabase): Promise<RxDatabaseMigration> {
    rxDatabase(database);
    const { migration, state } = await client.request("migrate.status", {});
    return new RxDatabaseMigration(client, database, { migration, state });
  }

  /**
   * Bring everything into the store, from wherever the move stands, and keep the store up to RxDB from
   * then on. Starts a new move where none is under way.
   *
   * `onProgress` gets phase `read` with the records sent, then the server's phases. An abort ends the
   * reading at once, and this window's part; once everything was sent, the server goes on.
   *
   * @returns The report of the import, once the move is `dual`.
   * @throws SidecarError `E_MIGRATION`: a document holds what JSON can't carry, documents are invalid
   *   and `strict`, RxDB was closed, or the move is being rolled back. `E_STORAGE`.
   */
  async run({ signal, ...options }: RunOptions = {}): Promise<Result<"migrate">> {
    signal?.throwIfAborted();
    // What is left of a move that another window has ended.
    if (!isUnderWay(this.status.getSnapshot().state)) await this.#end("The migration has ended");
    await this.#late()?.late();
    const following = this.#follow({ ...options, begin: true });
    const abort = (): void => void following.end(signal?.reason);
    signal?.addEventListener("abort", abort);
    try {
      return await following.imported;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /**
   * Go on with a move that is under way, as at an app's start: feed the store, or wait to take over.
   * After a rollback bring what is still written in the store. Nothing is begun.
   */
  resume(): void {
    void this.#bringLate();
    if (isUnderWay(this.status.getSnapshot().state)) this.#follow();
  }

  /**
   * Resolve when the store has everything that RxDB has now.
   *
   * @throws SidecarError `E_MIGRATION`: no move is under way, or a document can't be moved.
   */
  drained(): Promise<void> {
    return this.#follow().drained();
  }

  /**
   * Switch the app to the store, once the store has everything. What is still written in RxDB afterwards
   * follows, as long as this is open.
   *
   * @throws SidecarError `E_MIGRATION`: the last verification found differences, or the move is not
   *   where it can switch.
   */
  async cutover(): Promise<MigrationStatus> {
    const { migration } = await this.#standing();
    await this.#follow().drained(true);
    return this.#ask("migrate.cutover", { migration });
  }

  /**
   * Return to RxDB, and resolve once it has everything: before the switch at once; after it, what the
   * app changed in the store is written into RxDB. What is still written in the store afterwards comes
   * too, as long as this is open.
   *
   * @throws SidecarError `E_MIGRATION`: it has been cleaned up, or RxDB is closed.
   */
  async rollback({ onProgress = () => {} }: ProgressOptions = {}): Promise<RollbackResult> {
    const { migration, state } = await this.#standing();
    if (state === "switched") await this.#follow().drained();
    await this.#end("The migration is being rolled back");
    const { signal } = this.#closing;
    const returning = new Returning(this.#client, this.#database, migration, signal);
    const status = await returning.finish(onProgress);
    await returning.late();
    void this.#bringLate();
    return { ...status, written: returning.written };
  }

  /**
   * Compare RxDB with the store, document by document, both ways. RxDB is read once more for that; what
   * the store changes meanwhile is not counted.
   *
   * @throws SidecarError `E_MIGRATION`: a document holds what JSON can't carry, or RxDB is closed.
   */
  async verify({ onProgress = () => {} }: ProgressOptions = {}): Promise<Result<"migrate.verify">> {
    const { signal } = this.#closing;
    for (;;) {
      signal.throwIfAborted();
      try {
        return await this.#verifyOnce(onProgress);
      } catch (error) {
        // A copy is gone with the server that held it.
        const again = isLost(error) || SidecarError.is(error, "E_BUSY");
        if (!again && !SidecarError.is(error, "E_NOT_FOUND")) throw error;
        await pause(AGAIN, signal);
      }
    }
  }

  /**
   * End the move for good: there is no way back. Closes RxDB and deletes what it has in IndexedDB.
   *
   * @throws SidecarError `E_MIGRATION`: it has not switched, its backup is not as it was, or another
   *   window keeps RxDB open; then call it again.
   */
  async cleanup(_confirmed: { readonly confirm: true }): Promise<MigrationStatus> {
    const { migration, state } = await this.#standing();
    if (state === "switched") await this.#follow().drained();
    const status = await this.#ask("migrate.cleanup", { migration, confirm: true });
    await this.#end("The migration was cleaned up");
    await rxDatabase(this.#database).close();
    await deleteDexieDatabases(this.#database.name);
    return status;
  }

  /** Take part no more; another window goes on, or the next start. */
  async close(): Promise<void> {
    const reason = new SidecarError("E_CLOSED", "The migration was closed in this window");
    this.#closing.abort(reason);
    this.#leave();
    await this.#following?.end(reason);
  }

  #follow(options: FollowingOptions = {}): Following {
    this.#closing.signal.throwIfAborted();
    if (this.#following === undefined || this.#following.ended) {
      this.#following = new Following(this.#client, this.#database, this.status, options);
    } else this.#following.adopt(options);
    return this.#following;
  }

  async #end(reason: string): Promise<void> {
    await this.#following?.end(new SidecarError("E_MIGRATION", reason));
    this.#following = undefined;
  }

  async #standing(): Promise<MigrationStatus & { readonly migration: string }> {
    const status = await this.#ask("migrate.status", {});
    const { migration } = status;
    if (migration !== null) return { ...status, migration };
    throw new SidecarError("E_MIGRATION", "No migration was begun", { hint: "Begin one: run()." });
  }

  async #verifyOnce(
    onProgress: NonNullable<ProgressOptions["onProgress"]>,
  ): Promise<Result<"migrate.verify">> {
    const { migration } = await this.#ask("migrate.begin", { purpose: "verify" });
    const { signal } = this.#closing;
    const feed = new Feed(rxDatabase(this.#database));
    let done = 0;
    try {
      for await (const { records } of batches(feed.copy())) {
        await this.#client.request("migrate.push", { migration, records }, { signal });
        done += records.length;
        onProgress({ phase: "read", done, total: null });
      }
    } finally {
      feed.close();
    }
    // What the copy has, the store is to have too, if it follows.
    if (isFollowed(this.status.getSnapshot().state)) await this.drained();
    return this.#client.request("migrate.verify", { source: { migration } }, { signal });
  }

  /** What brings what is still written in the store after a rollback. */
  #late(): Returning | undefined {
    const { migration, state } = this.status.getSnapshot();
    if (migration === null || state !== "rolled-back") return undefined;
    return new Returning(this.#client, this.#database, migration, this.#closing.signal);
  }

  async #bringLate(): Promise<void> {
    const { signal } = this.#closing;
    if (this.#bringing) return;
    this.#bringing = true;
    for (let late = this.#late(); late !== undefined && !signal.aborted; late = this.#late()) {
      // What can't be brought now is tried again: nobody is there to be told.
      await late.late().catch(() => {});
      await pause(LATE, signal);
    }
    this.#bringing = false;
  }

  #ask<M extends keyof Asked>(method: M, params: Asked[M]): Promise<Result<M>> {
    const { signal } = this.#closing;
    return persist(this.#client, signal, () => this.#client.request(method, params, { signal }));
  }
}

/** What may be asked again when the answer was lost. */
type Asked = {
  readonly [M in
    | "migrate.begin"
    | "migrate.status"
    | "migrate.cutover"
    | "migrate.rollback"
    | "migrate.cleanup"]: Params<M>;
};
