/**
 * What an RxDatabase holds and what is written to it, as one feed of records that stays open.
 *
 * 1. Documents come as `getChangedDocumentsSince` has them, by `_meta.lwt`, an index every document is
 *    in. `find()` and `exportJSON()` walk the schema's first index, and on Dexie a document whose
 *    indexed field is missing or null is not in that.
 * 2. Each round reads every storage to its end and gives what was written before the round began, the
 *    oldest first across all collections: a document never comes before one it may refer to. A document
 *    written meanwhile comes again, in its newer state, in a later round.
 * 3. `lwt` is the writer's clock before it wrote: a clock that was set back, or a write that another one
 *    overtook, is behind the position and would be missed. The storages' own events name such
 *    documents, which end the round, as they are then.
 * 4. A storage is read when its events say that it was written, and every one when the caller wants it:
 *    what another window writes is told by a broadcast that nobody answers for.
 * 5. Memory holds one page of each storage.
 * 6. `rewind` goes back to the last positions that were safe; records come twice rather than not.
 */

import { now, type RxDatabase } from "rxdb";
import type { Checkpoints, Entry } from "./batch.ts";
import { migrationError } from "./errors.ts";
import { Lane } from "./lane.ts";
import { collectionsOf, type Source, schemaRecord, sourcesOf } from "./sources.ts";

/** The feed of one database. It listens from the first round on until it is closed. */
export class Feed {
  readonly #database: RxDatabase;
  readonly #onHint: () => void;
  readonly #lanes = new Map<string, Lane>();
  /** Schemas that were yielded since the last rewind. */
  readonly #told = new Set<string>();
  #checkpoints: Checkpoints = {};
  /** The newest write seen; later than now where a clock was ahead. */
  #newest = 0;
  #closed: boolean;

  /** @param onHint Called when something was written. */
  constructor(database: RxDatabase, onHint: () => void = () => {}) {
    this.#database = database;
    this.#onHint = onHint;
    this.#closed = database.closed;
    // Its storages end one by one after that.
    database.onClose.push(() => {
      this.#closed = true;
    });
  }

  /** Whether something was written that no round has given. */
  get more(): boolean {
    return [...this.#lanes.values()].some((lane) => lane.dirty);
  }

  /** Go on from these positions; the schemas come again first. */
  rewind(checkpoints: Checkpoints): void {
    this.#checkpoints = checkpoints;
    this.#told.clear();
    for (const lane of this.#lanes.values()) lane.rewind(checkpoints[lane.source.key]);
  }

  /**
   * Yield what was written since the last round. The next round may begin once all of it is safe.
   *
   * @param all Whether to read storages, too, that nothing was heard of.
   * @throws SidecarError `E_MIGRATION`: a document holds what JSON can't carry (`data.collection`,
   *   `data.id`, `data.path`), an attachment's content is missing, or RxDB was closed.
   */
  async *round(all = true): AsyncGenerator<Entry> {
    try {
      const horizon = Math.max(now(), this.#newest);
      const lanes = (await this.#laneList()).filter(({ dirty }) => all || dirty);
      yield* this.#schemas();
      for (const lane of lanes) await lane.begin();
      for (;;) {
        const next = oldest(lanes);
        if (next === undefined || next.head > horizon) break;
        yield* next.take();
      }
      this.#newest = Math.max(this.#newest, ...lanes.map(({ newest }) => newest));
      for (const lane of lanes) yield* lane.late();
    } catch (error) {
      throw this.#closed ? closedError(error) : error;
    }
  }

  /** Yield everything there is, and then what was written meanwhile. */
  async *copy(): AsyncGenerator<Entry> {
    yield* this.round();
    yield* this.round(false);
  }

  /** Listen no more. */
  close(): void {
    for (const lane of this.#lanes.values()) lane.close();
    this.#lanes.clear();
  }

  *#schemas(): Generator<Entry> {
    for (const collection of collectionsOf(this.#database)) {
      const record = schemaRecord(collection);
      const text = JSON.stringify(record);
      if (this.#told.has(text)) continue;
      this.#told.add(text);
      yield { record, text, checkpoints: {} };
    }
  }

  /** The lanes of the storages there are now. */
  async #laneList(): Promise<Lane[]> {
    if (this.#closed) throw closedError();
    const sources = await sourcesOf(this.#database);
    const lanes = sources.map((source) => this.#laneOf(source));
    for (const [key, lane] of this.#lanes) {
      if (lanes.includes(lane)) continue;
      lane.close();
      this.#lanes.delete(key);
    }
    return lanes;
  }

  #laneOf(source: Source): Lane {
    const before = this.#lanes.get(source.key);
    if (before?.source.storage === source.storage) return before;
    // A collection that was closed and added again goes on where it was.
    before?.close();
    const position = before?.position ?? this.#checkpoints[source.key];
    const lane = new Lane(source, position, this.#onHint);
    this.#lanes.set(source.key, lane);
    return lane;
  }
}

function oldest(lanes: readonly Lane[]): Lane | undefined {
  let found: Lane | undefined;
  for (const lane of lanes) {
    if (lane.head < (found?.head ?? Number.POSITIVE_INFINITY)) found = lane;
  }
  return found;
}

/** The `E_MIGRATION` of a database that was closed, which its `data.closed` says. */
export function closedError(cause?: unknown): Error {
  return migrationError(
    "The RxDatabase is closed",
    "Open the database again, and go on with the migration.",
    { closed: true },
    cause,
  );
}
