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
   * Write until nothing is left, and return where the move is then: `rolled-back`. One window does it at
   * a time, so none writes what was true before another one had ended it.
   *
   * @throws SidecarError `E_MIGRATION`: RxDB is closed.
   */
  finish(onProgress: (progress: MigrationProgress) => void): Promise<MigrationStatus> {
    return this.#alone(async () => {
      for (;;) {
        const status = await this.#through();
        if (status.state !== "rolling-back") return status;
        while (await this.#bring(false)) {
          const { written, unchanged } = this.written;
          onProgress({ phase: "write-back", done: written + unchanged, total: null });
        }
      }
    });
  }

  /**
   * Write what the app changed in the store when the move was `rolled-back` already, as a window does
   * that has not heard of it. What RxDB has written later is newer, and stays.
   *
   * @throws SidecarError As `finish`.
   */
  late(): Promise<void> {
    return this.#alone(async () => {
      try {
        while (await this.#bring(true)) await this.#through();
      } catch (error) {
        // Another window has begun another move, which has the rest.
        if (!SidecarError.is(error, "E_NOT_FOUND")) throw error;
      }
    });
  }

  /** Tell the server how far RxDB has all. */
  #through(): Promise<MigrationStatus> {
    return this.#ask("migrate.rollback", {
      migration: this.#migration,
      through: this.#after ?? null,
    });
  }

  /** Write what the app changed since this was asked last; whether there was anything. */
  async #bring(late: boolean): Promise<boolean> {
    const { changes, after } = await this.#changes(PAGE);
    this.#after = after;
    if (changes.length === 0) return false;
    const database = rxDatabase(this.#database);
    if (database.closed) throw closedError();
    const wanted = changes.map((change) =>
      late ? { ...wantedOf(change), before: change.at } : wantedOf(change),
    );
    await writeBack(database, wanted, this.written);
    return true;
  }

  /** Do something while no other window of the app does. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    // A page outside a secure context has none, nor has what is no page: taken for the one window.
    const locks: LockManager | null | undefined = globalThis.navigator?.locks;
    const name = `sidecar-migration/${this.#database.name}/return`;
    return locks === undefined || locks === null
      ? work()
      : locks.request(name, { signal: this.#signal }, work);
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
