/**
 * The documents of a collection that someone holds.
 *
 * 1. There is one instance of each revision, whoever asks for it.
 * 2. What is known last of a document is kept while an instance or a listener of it is there, and never
 *    goes back to an earlier revision.
 */

import type { Revision } from "./revision.ts";
import { WeakValues } from "./weak-values.ts";

interface Entry {
  latest: Revision;
  /** The instances that are there, by seq. */
  readonly seqs: Set<number>;
  readonly listeners: Set<(revision: Revision) => void>;
}

/** The instances of documents, and the revision each document is at. */
export class DocumentCache<Document extends object> {
  readonly #create: (revision: Revision) => Document;
  readonly #entries = new Map<string, Entry>();
  readonly #instances = new WeakValues<Document>((key) => {
    const at = key.indexOf(" ");
    const [seq, id] = [Number(key.slice(0, at)), key.slice(at + 1)];
    const entry = this.#entries.get(id);
    entry?.seqs.delete(seq);
    this.#forget(id);
  });

  constructor(create: (revision: Revision) => Document) {
    this.#create = create;
  }

  /** Return the instance of a revision where there is one. */
  find(id: string, seq: number): Document | undefined {
    return this.#instances.get(`${seq} ${id}`);
  }

  /** Return the instance of a revision. */
  document(revision: Revision): Document {
    const { id, seq } = revision;
    const known = this.find(id, seq);
    if (known !== undefined) return known;
    const made = this.#create(revision);
    this.#instances.set(`${seq} ${id}`, made);
    const entry = this.#entries.get(id);
    if (entry === undefined) {
      this.#entries.set(id, { latest: revision, seqs: new Set([seq]), listeners: new Set() });
    } else {
      entry.seqs.add(seq);
      this.learn(revision);
    }
    return made;
  }

  /** Return the revision a document is at, as far as it is known. */
  latest(id: string): Revision | undefined {
    return this.#entries.get(id)?.latest;
  }

  /** The ids of the documents that someone holds. */
  ids(): string[] {
    return [...this.#entries.keys()];
  }

  /** Take note of a revision; those who listen to a document hear of it, if it is newer. */
  learn(revision: Revision): void {
    const entry = this.#entries.get(revision.id);
    if (entry === undefined || revision.seq <= entry.latest.seq) return;
    entry.latest = revision;
    for (const listener of [...entry.listeners]) listener(revision);
  }

  /** Call `listener` with each revision of a document from now on. Returns what ends that. */
  observe(revision: Revision, listener: (revision: Revision) => void): () => void {
    const { id } = revision;
    const entry = this.#entries.get(id) ?? {
      latest: revision,
      seqs: new Set(),
      listeners: new Set(),
    };
    this.#entries.set(id, entry);
    entry.listeners.add(listener);
    return () => {
      entry.listeners.delete(listener);
      this.#forget(id);
    };
  }

  #forget(id: string): void {
    const entry = this.#entries.get(id);
    if (entry?.seqs.size === 0 && entry.listeners.size === 0) this.#entries.delete(id);
  }
}
