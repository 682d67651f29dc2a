/**
 * One window's part in bringing RxDB into the store and keeping the store up to it.
 *
 * 1. One window feeds: the one whose connection the server has taken `migrate.begin` from. The others
 *    ask again and again, and take over from where it was when its connection ends.
 * 2. Every step may be cut off. What comes next is asked of the server: it has the state and how far
 *    each storage was read; records pushed twice change nothing.
 * 3. Once the move is `dual`, no failure ends this, unless RxDB or the client is closed: the sidecar
 *    comes back, a document that can't be moved is mended. Who waits is told of the failure.
 * 4. A feed that went on from old positions may have missed what was written while nobody listened and
 *    the clock was set back. `drained` reads everything once more then, when it is asked for all.
 */

import {
  type MigrationProgress,
  type Params,
  type Result,
  type SidecarClient,
  SidecarError,
} from "../client/index.ts";
import type { Readable } from "../client/readable.ts";
import { batches, type Entry } from "./batch.ts";
import { migrationError } from "./errors.ts";
import { Feed } from "./feed.ts";
import { type AnyRxDatabase, rxDatabase } from "./sources.ts";
import { isFollowed, isImported, isUnderWay, type MigrationPosition } from "./status.ts";
import { AGAIN, Bell, connected, isLost, pause } from "./waiting.ts";
import { Windows, type Wish, wishId } from "./windows.ts";

/** How a move is to be run. */
export interface FollowingOptions extends Pick<Params<"migrate">, "ids" | "strict"> {
  /** Begin a move where none is under way. */
  readonly begin?: boolean;
  readonly onProgress?: ((progress: MigrationProgress) => void) | undefined;
}

/** Milliseconds after which storages are read, too, that told of no write. */
const EVERY = 1000;

type Report = Result<"migrate">;

interface Ticket extends Wish {
  /** Rounds through all storages that are still to come. */
  rounds: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The part of a window in a move, from `backing-up` to `switched`. It begins when it is made. */
export class Following {
  /** Resolves when the move is `dual` or later, with the report; rejects when this ended before. */
  readonly imported: Promise<Report>;
  readonly #client: SidecarClient;
  readonly #status: Readable<MigrationPosition>;
  #options: FollowingOptions;
  readonly #feed: Feed;
  readonly #windows: Windows;
  readonly #bell = new Bell();
  readonly #ending = new AbortController();
  readonly #done: Promise<void>;
  #tell: { readonly resolve: (report: Report) => void; readonly reject: (error: unknown) => void };
  #tickets: Ticket[] = [];
  #told = false;
  /** Whether this connection feeds. */
  #feeds = false;
  /** Whether everything was read since this listens. */
  #whole = false;
  /** Whether there is a move that this is of: after its end no other one is begun. */
  #joined = false;
  #ended = false;

  /** @throws SidecarError `E_MIGRATION`: the database is one of another copy of rxdb. */
  constructor(
    client: SidecarClient,
    database: AnyRxDatabase,
    status: Readable<MigrationPosition>,
    options: FollowingOptions,
  ) {
    this.#client = client;
    this.#status = status;
    this.#options = options;
    this.#feed = new Feed(rxDatabase(database), () => this.#bell.ring());
    let tell = { resolve: (_: Report): void => {}, reject: (_: unknown): void => {} };
    this.imported = new Promise((resolve, reject) => {
      tell = { resolve, reject };
    });
    this.#tell = tell;
    // Who does not wait for it hears of a failure where it asks for something.
    this.imported.catch(() => {});
    this.#windows = new Windows(
      database.name,
      (wish) => this.#grant(wish),
      (id) => this.#granted(id),
    );
    const leave = status.subscribe(() => this.#bell.ring());
    this.#done = this.#run().finally(leave);
  }

  /** Whether it has ended: another one is to be made. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Go on with these options, as far as they are given and it has not gone past them. */
  adopt(options: FollowingOptions): void {
    this.#options = { ...this.#options, ...options };
  }

  /**
   * Resolve when the store has everything that RxDB has now.
   *
   * @param whole Whether everything must have been read since someone listened.
   */
  drained(whole = false): Promise<void> {
    return this.#drained({ id: wishId(), whole });
  }

  /** End: another window may go on, or the next start. */
  end(reason: unknown): Promise<void> {
    this.#ending.abort(reason);
    return this.#done;
  }

  #drained(wish: Wish): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#ended) reject(endedError());
      // One round may leave to the next what a clock that was set back put into the future.
      else this.#tickets.push({ ...wish, rounds: 2, resolve, reject });
      this.#bell.ring();
    });
  }

  #grant(wish: Wish): void {
    if (!this.#feeds || this.#tickets.some(({ id }) => id === wish.id)) return;
    // Who asked asks again.
    this.#drained(wish).then(
      () => this.#windows.grant(wish.id),
      () => {},
    );
  }

  #granted(id: string): void {
    for (const ticket of this.#tickets) if (ticket.id === id) ticket.resolve();
    this.#tickets = this.#tickets.filter((ticket) => ticket.id !== id);
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    let failure: unknown;
    while (!signal.aborted) {
      try {
        const begun = await this.#begin();
        if (begun === undefined) break;
        await this.#feedMove(begun);
        await this.#bell.wait(AGAIN, signal);
      } catch (error) {
        failure = error;
        if (!this.#goesOn(error)) break;
        if (!isLost(error)) this.#refuse(error);
        await pause(AGAIN, signal);
        await connected(this.#client, signal);
      }
      this.#feeds = false;
    }
    this.#feeds = false;
    this.#ended = true;
    const reason: unknown = signal.aborted ? signal.reason : (failure ?? endedError());
    this.#tell.reject(reason);
    this.#refuse(reason);
    this.#feed.close();
    this.#windows.close();
    // Without a connection there is nothing to leave.
    if (this.#client.connection.getSnapshot().state !== "open") return;
    await this.#client.request("migrate.leave", {}).catch(() => {});
  }

  #goesOn(error: unknown): boolean {
    if (SidecarError.is(error, "E_CLOSED") || isRxDatabaseClosed(error)) return false;
    return this.#told || isLost(error) || SidecarError.is(error, "E_BUSY");
  }

  /** Get the feed of the move, as soon as no other window has it; undefined where there is none. */
  async #begin(): Promise<Result<"migrate.begin"> | undefined> {
    const { signal } = this.#ending;
    while (await this.#isThere()) {
      try {
        const begun = await this.#client.request("migrate.begin", {}, { signal });
        this.#joined = true;
        return begun;
      } catch (error) {
        if (!SidecarError.is(error, "E_BUSY")) throw error;
        this.#joined = true;
      }
      for (const ticket of this.#tickets) this.#windows.ask(ticket);
      await this.#bell.wait(EVERY, signal);
    }
    return undefined;
  }

  /** Whether there is a move to join, or to begin. */
  async #isThere(): Promise<boolean> {
    const { signal } = this.#ending;
    const { state, report } = await this.#client.request("migrate.status", {}, { signal });
    if (state === "rolling-back") throw rollingBackError();
    if (!isUnderWay(state)) return this.#options.begin === true && !this.#joined;
    if (isImported(state) && report !== null) this.#report(report);
    return true;
  }

  async #feedMove({ migration, state, checkpoints }: Result<"migrate.begin">): Promise<void> {
    this.#feeds = true;
    this.#feed.rewind(checkpoints);
    this.#whole = Object.keys(checkpoints).length === 0;
    if (!isImported(state)) await this.#import(migration, state);
    await this.#follow(migration);
  }

  async #import(migration: string, state: string): Promise<void> {
    const { signal } = this.#ending;
    const onProgress = (progress: MigrationProgress): void => this.#options.onProgress?.(progress);
    if (state === "backing-up" || state === "reading") {
      let done = 0;
      onProgress({ phase: "read", done, total: null });
      await this.#push(migration, this.#feed.copy(), (count) => {
        done += count;
        onProgress({ phase: "read", done, total: null });
      });
      onProgress({ phase: "read", done, total: done });
    }
    const { ids, strict } = this.#options;
    const params = {
      source: { migration },
      ...(ids === undefined ? {} : { ids }),
      ...(strict === undefined ? {} : { strict }),
    };
    this.#report(await this.#client.migrate(params, { signal, onProgress }));
  }

  async #follow(migration: string): Promise<void> {
    const { signal } = this.#ending;
    // Not the wall clock, which may be set.
    let read = Number.NEGATIVE_INFINITY;
    while (!signal.aborted && isFollowed(this.#status.getSnapshot().state)) {
      const now = performance.now();
      if (this.#tickets.length > 0 || now - read >= EVERY) {
        read = now;
        await this.#readAll(migration);
      } else await this.#push(migration, this.#feed.round(false));
      if (this.#feed.more || this.#tickets.length > 0) continue;
      await this.#bell.wait(EVERY - (performance.now() - read), signal);
    }
  }

  /** Read all storages; who asked before has all that was there then, after two times. */
  async #readAll(migration: string): Promise<void> {
    const waiting = [...this.#tickets];
    if (!this.#whole && waiting.some(({ whole }) => whole)) {
      this.#feed.rewind({});
      this.#whole = true;
    }
    await this.#push(migration, this.#feed.round());
    for (const ticket of waiting) {
      ticket.rounds -= 1;
      if (ticket.rounds === 0) ticket.resolve();
    }
    this.#tickets = this.#tickets.filter(({ rounds }) => rounds > 0);
  }

  async #push(
    migration: string,
    entries: AsyncIterable<Entry>,
    onPushed: (count: number) => void = () => {},
  ): Promise<void> {
    const { signal } = this.#ending;
    // One batch is under way while the next is read.
    let pushing: Promise<unknown> = Promise.resolve();
    for await (const { records, checkpoints } of batches(entries)) {
      await pushing;
      const batch = { migration, records, checkpoints };
      pushing = this.#client.request("migrate.push", batch, { signal }).then(() => {
        onPushed(records.length);
      });
      // The reading may fail first.
      pushing.catch(() => {});
    }
    await pushing;
  }

  #report(report: Report): void {
    this.#told = true;
    this.#tell.resolve(report);
  }

  #refuse(error: unknown): void {
    for (const { reject } of this.#tickets) reject(error);
    this.#tickets = [];
  }
}

function isRxDatabaseClosed(error: unknown): boolean {
  return SidecarError.is(error, "E_MIGRATION") && error.data.closed === true;
}

function endedError(): SidecarError {
  return migrationError(
    "No migration is under way that RxDB would be read for",
    "Begin one: run().",
  );
}

function rollingBackError(): SidecarError {
  return migrationError("The migration is being rolled back", "Finish that first: rollback().", {
    state: "rolling-back",
  });
}
