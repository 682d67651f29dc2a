/** The way back: what the app changed in the store since the switch comes into RxDB. */

import {
  type Method,
  type MigrationProgress,
  type Params,
  type Result,
  type SidecarClient,
  SidecarError,
} from "../client/index.ts";
import { closedError } from "./feed.ts";
import { type AnyRxDatabase, rxDatabase } from "./sources.ts";
import type { MigrationStatus } from "./status.ts";
import { persist } from "./waiting.ts";
import { nothingWritten, type Wanted, type WrittenBack, writeBack } from "./write-back.ts";

type Changes = Result<"migrate.changes">;

/** Changes asked for at once. */
const PAGE = 200;

/** One rollback of this window. */
export class Returning {
  /** What became of the documents so far. */
  readonly written: WrittenBack = nothingWritten();
  readonly #client: SidecarClient;
  readonly #database: AnyRxDatabase;
  readonly #migration: string;
  readonly #signal: AbortSignal;
  /** Changes up to here are in RxDB. */
  #after: number | undefined;

  constructor(
    client: SidecarClient,
    database: AnyRxDatabase,
    migration: string,
    signal: AbortSignal,
  ) {
    this.#client = client;
    this.#database = database;
    this.#migration = migration;
    this.#signal = signal;
  }

  /**
   * Write until nothing is left, and return where the move is then: `rolled-back`.
   *
   * @throws SidecarError `E_MIGRATION`: RxDB is closed.
   */
  async finish(onProgress: (progress: MigrationProgress) => void): Promise<MigrationStatus> {
    for (;;) {
      while (await this.bring()) {
        const { written, unchanged } = this.written;
        onProgress({ phase: "write-back", done: written + unchanged, total: null });
      }
      const asked = { migration: this.#migration, through: this.#after ?? null };
      const status = await this.#ask("migrate.rollback", asked);
      if (status.state !== "rolling-back") return status;
    }
  }

  /** Write what the app changed since this was asked last; whether there was anything. */
  async bring(): Promise<boolean> {
    const { changes, after } = await this.#changes(PAGE);
    this.#after = after;
    if (changes.length === 0) return false;
    const database = rxDatabase(this.#database);
    if (database.closed) throw closedError();
    await writeBack(database, changes.map(wantedOf), this.written);
    return true;
  }

  #ask<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    const [client, signal] = [this.#client, this.#signal];
    return persist(client, signal, () => client.request(method, params, { signal }));
  }

  async #changes(limit: number): Promise<Changes> {
    const asked = { migration: this.#migration, after: this.#after ?? null, limit };
    try {
      return await this.#ask("migrate.changes", asked);
    } catch (error) {
      if (!SidecarError.is(error, "E_TOO_LARGE") || limit === 1) throw error;
      return this.#changes(Math.ceil(limit / 8));
    }
  }
}

/** Return what RxDB is to have after a change. */
export function wantedOf(change: Changes["changes"][number]): Wanted {
  const { collection } = change;
  if ("local" in change) {
    const { local } = change;
    const content = "data" in local ? { id: local.id, data: local.data } : null;
    return { collection, local: true, id: local.id, content };
  }
  const { id } = change;
  const content = "document" in change ? change.document : null;
  return { collection, local: false, id, content };
}
