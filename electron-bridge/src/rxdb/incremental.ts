/**
 * Incremental writes: changes that apply to whatever the document is by then.
 *
 * 1. Changes of one document run in the order they were made, each on the outcome of the one before.
 * 2. What waits while a write is under way is written together by the next one.
 * 3. A write that came too late runs again on what the document is now.
 */

import type { Collection } from "./collection.ts";
import type { RxDocumentBase } from "./document.ts";
import { newRxError } from "./error.ts";
import type { WriteRow } from "./events.ts";
import { cloned } from "./paths.ts";
import type { Revision } from "./revision.ts";
import { beforeSave, rowOf } from "./saving.ts";
import type { RxStorageWriteError } from "./types/collection.ts";
import { bulkWrite } from "./writes.ts";

/** Makes of a document's fields, and whether it is deleted, the new ones. */
export type Modifier = (fields: { [name: string]: unknown }) => unknown;

interface Item {
  readonly change: Modifier;
  readonly resolve: (document: RxDocumentBase) => void;
  readonly reject: (error: unknown) => void;
}

/** Changes of one document, and the latest revision of it that is known. */
interface Waiting {
  readonly revision: Revision;
  readonly items: readonly Item[];
}

/** The incremental writes of one collection. */
export class IncrementalQueue {
  readonly #collection: Collection;
  #waiting = new Map<string, Waiting>();
  #running = false;

  constructor(collection: Collection) {
    this.#collection = collection;
  }

  /** Apply a change to a document, of which this revision is known. */
  add(revision: Revision, change: Modifier): Promise<RxDocumentBase> {
    return new Promise((resolve, reject) => {
      const { items } = this.#waiting.get(revision.id) ?? { items: [] };
      const item = { change, resolve, reject };
      this.#waiting.set(revision.id, { revision, items: [...items, item] });
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    while (this.#waiting.size > 0) {
      const taken = [...this.#waiting.values()];
      this.#waiting = new Map();
      await this.#write(taken);
    }
    this.#running = false;
  }

  async #write(taken: readonly Waiting[]): Promise<void> {
    const collection = this.#collection;
    const rows = new Map<WriteRow, Waiting>();
    await Promise.all(
      taken.map(async (waiting) => {
        try {
          rows.set(await this.#changed(waiting), waiting);
        } catch (error) {
          for (const item of waiting.items) item.reject(error);
        }
      }),
    );
    const byId = new Map([...rows.values()].map((waiting) => [waiting.revision.id, waiting]));
    try {
      const { success, failed } = await bulkWrite(collection, [...rows.keys()], CONTEXT);
      for (const revision of success) {
        const document = collection.cache.document(revision);
        await collection.hooks.run("post", "save", document.toMutableJSON(), document);
        for (const item of byId.get(revision.id)?.items ?? []) item.resolve(document);
      }
      for (const { error, current } of failed)
        this.#again(byId.get(error.documentId), error, current);
    } catch (error) {
      for (const { items } of rows.values()) for (const item of items) item.reject(error);
    }
  }

  /** Apply the changes one after the other; one that throws changes nothing. */
  async #changed({ revision, items }: Waiting): Promise<WriteRow> {
    const collection = this.#collection;
    const known = collection.cache.latest(revision.id);
    const previous = known !== undefined && known.seq > revision.seq ? known : revision;
    let row: WriteRow = { previous, fields: previous.fields, deleted: previous.deleted };
    for (const item of items) {
      try {
        const given = { ...cloned(row.fields), _deleted: row.deleted ?? false };
        row = rowOf(previous, await item.change(given));
      } catch (error) {
        item.reject(error);
      }
    }
    return beforeSave(collection, previous, row);
  }

  #again(
    waiting: Waiting | undefined,
    error: RxStorageWriteError,
    current: Revision | undefined,
  ): void {
    if (waiting === undefined) return;
    if (current === undefined) {
      const refusal = newRxError("COL20", { document: error.documentId, writeError: error });
      for (const item of waiting.items) item.reject(refusal);
      return;
    }
    const later = this.#waiting.get(current.id)?.items ?? [];
    this.#waiting.set(current.id, { revision: current, items: [...waiting.items, ...later] });
  }
}

const CONTEXT = "incremental-write";
