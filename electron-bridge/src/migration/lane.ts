/** One storage of an RxDatabase, as a feed reads it on and on. */

import type { RxDocumentData } from "rxdb";
import type { Entry } from "./batch.ts";
import { type Checkpoint, changedSince, isCheckpoint } from "./since.ts";
import { type Source, type Stored, textOf } from "./sources.ts";

/** Documents asked from a storage at once, at most. */
const PAGE = 200;
/** What a document is taken to have before any was read: so the first page is a small one. */
const FIRST_LENGTH = 100 * 1024;
/** UTF-16 code units of JSON that a page is to have at most, if its documents are like those before. */
const PAGE_LENGTH = 1024 * 1024;

/** A revision, and where it is in the order a storage is read in. */
interface Place extends Checkpoint {
  readonly rev: string;
}

/** A storage and how far it is read. */
export class Lane {
  readonly source: Source;
  /** Whether something was written that was not yielded. */
  dirty = true;
  /** The checkpoint up to which everything was yielded. */
  position: unknown;
  /** The newest write that was seen here. */
  newest = 0;
  readonly #leave: () => void;
  #page: RxDocumentData<Stored>[] = [];
  /** The checkpoint behind the page. */
  #read: unknown;
  /** This round has read to the end. */
  #ended = true;
  /** JSON text of a document, on average. */
  #length = FIRST_LENGTH;
  #limit = Math.floor(PAGE_LENGTH / FIRST_LENGTH);
  /** What was written while a page was asked for. */
  #heard: Place[] | undefined;
  /** Ids of documents that were written behind `#read`. */
  readonly #late = new Set<string>();
  /** Those of them that were yielded in this round. */
  readonly #yielded = new Set<string>();

  /** @param onHint Called when something was written. */
  constructor(source: Source, position: unknown, onHint: () => void) {
    this.source = source;
    this.position = position;
    this.#read = position;
    const events = source.storage.changeStream().subscribe((bulk) => {
      for (const { documentId: id, documentData } of bulk.events) {
        const place = { id, lwt: documentData._meta.lwt, rev: documentData._rev };
        if (this.#heard !== undefined) this.#heard.push(place);
        else if (!isBehind(place, this.#read)) this.#late.add(id);
      }
      this.dirty = true;
      onHint();
    });
    this.#leave = () => events.unsubscribe();
  }

  /** When the next document of the page was written; infinite without one. */
  get head(): number {
    return this.#page[0]?._meta.lwt ?? Number.POSITIVE_INFINITY;
  }

  /** Go on from another position; what was yielded but is not safe comes again. */
  rewind(position: unknown): void {
    this.position = position;
    for (const id of this.#yielded) this.#late.add(id);
    this.#yielded.clear();
    this.#page = [];
    this.#read = position;
    this.dirty = true;
  }

  /** Begin a round with a page: what was yielded before is safe. */
  async begin(): Promise<void> {
    this.#yielded.clear();
    this.#read = this.position;
    this.dirty = false;
    await this.#fill();
  }

  /** Take the next document of the page, if there is one. */
  async *take(): AsyncGenerator<Entry> {
    const stored = this.#page.shift();
    if (stored === undefined) return;
    const told = await this.#tell(stored);
    if (this.#page.length === 0) this.position = this.#read;
    else if (isCheckpoint(this.#read)) {
      this.position = { id: textOf(stored[this.source.primaryKey]), lwt: stored._meta.lwt };
    }
    yield { ...told, checkpoints: { [this.source.key]: this.position } };
    if (this.#page.length === 0 && !this.#ended) await this.#fill();
  }

  /** End a round with the documents that were written behind the position, as they are now. */
  async *late(): AsyncGenerator<Entry> {
    this.dirty ||= this.#page.length > 0;
    const ids = [...this.#late];
    for (let at = 0; at < ids.length; at += this.#limit) {
      const some = ids.slice(at, at + this.#limit);
      for (const id of some) {
        // First, so that a write from here on is late again.
        this.#late.delete(id);
        this.#yielded.add(id);
      }
      const found = await this.source.storage.findDocumentsById(some, true);
      for (const stored of found) yield { ...(await this.#tell(stored)), checkpoints: {} };
    }
  }

  /** Listen no more. */
  close(): void {
    this.#leave();
  }

  async #fill(): Promise<void> {
    const { storage, primaryKey } = this.source;
    const heard: Place[] = [];
    this.#heard = heard;
    try {
      const page = await changedSince(storage, primaryKey, this.#limit, this.#read);
      this.#page = [...page.documents];
      this.#ended = page.documents.length < this.#limit;
      if (page.documents.length > 0) this.#read = page.checkpoint;
    } finally {
      this.#heard = undefined;
    }
    const revisions = new Map(this.#page.map((stored) => [stored[primaryKey], stored._rev]));
    for (const place of heard) {
      if (isBehind(place, this.#read) || revisions.get(place.id) === place.rev) continue;
      this.#late.add(place.id);
    }
    const last = this.#page.at(-1);
    if (last !== undefined) this.newest = Math.max(this.newest, last._meta.lwt);
  }

  async #tell(stored: Stored): Promise<Pick<Entry, "record" | "text">> {
    const record = await this.source.record(stored);
    const text = JSON.stringify(record);
    this.#length += (text.length - this.#length) / 8;
    this.#limit = Math.min(PAGE, Math.max(1, Math.floor(PAGE_LENGTH / this.#length)));
    return { record, text };
  }
}

/** Whether reading on from a checkpoint comes to a place. */
function isBehind({ id, lwt }: Place, checkpoint: unknown): boolean {
  if (checkpoint === undefined) return true;
  // A storage with checkpoints of its own can't be asked: its documents are read by their ids, too.
  if (!isCheckpoint(checkpoint)) return false;
  return lwt > checkpoint.lwt || (lwt === checkpoint.lwt && id > checkpoint.id);
}
