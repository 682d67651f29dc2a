/**
 * Client documents: what a window keeps for itself, such as what is selected.
 *
 * 1. The value is the stored one, else the default, with the changes under way on top: a change shows at
 *    once, stays while it is sent, and leaves no trace when the server refuses it.
 * 2. Changes are stored in the order they were made.
 */

import type { NewEvent, Receipt } from "../client/client.ts";
import { canonical, isObject } from "../client/json.ts";
import { derived, type Readable, writable } from "../client/readable.ts";
import { clientDocuments } from "../generated/app.ts";
import type { DocumentQuery } from "../query/types.ts";
import type { LiveQuery } from "./live.ts";
import { keepEqual } from "./patch.ts";

/** The client documents of the schema. */
export type ClientDocumentName = keyof typeof clientDocuments;

/** What a client document holds. */
export type ClientDocumentValue<Name extends ClientDocumentName> =
  (typeof clientDocuments)[Name]["default"];

/** A client document as this client sees it: its value, and what sets it. */
export interface ClientDocument<Value> extends Readable<Value> {
  /** What is stored of it, live; null while that is nothing. */
  readonly stored: LiveQuery<unknown>;
  /**
   * Set some members; the others stay.
   *
   * @param change The members, or what makes them of the value as it is shown now.
   * @returns Resolves when it is durable; rejects as `commit` does, and then the value is as before.
   */
  readonly set: (change: Partial<Value> | ((value: Value) => Partial<Value>)) => Promise<Receipt>;
  /** Set all members: to those given, else to their defaults. */
  readonly reset: (value?: Partial<Value>) => Promise<Receipt>;
}

/** A change under way. */
interface Change {
  readonly value: object;
  readonly partial: boolean;
}

/** The client documents of one client. */
export class ClientDocuments {
  readonly #live: (query: DocumentQuery) => LiveQuery<unknown>;
  readonly #commit: (event: NewEvent) => Promise<Receipt>;
  /** The changes under way, oldest first, of each document that has any. */
  readonly #changes = writable<ReadonlyMap<string, readonly Change[]>>(new Map());

  constructor(
    live: (query: DocumentQuery) => LiveQuery<unknown>,
    commit: (event: NewEvent) => Promise<Receipt>,
  ) {
    this.#live = live;
    this.#commit = commit;
  }

  /** Return a client document. */
  get<Name extends ClientDocumentName>(
    name: Name,
    id: string,
  ): ClientDocument<ClientDocumentValue<Name>>;
  get(name: ClientDocumentName, id: string): ClientDocument<object> {
    const { default: initial, event } = clientDocuments[name];
    const stored = this.#live({ from: name, selector: { id }, first: true });
    const key = canonical([name, id]);
    const { getSnapshot, subscribe } = derived<object>([stored, this.#changes], (before) => {
      const changes = this.#changes.getSnapshot().get(key) ?? [];
      const value = changes.reduce(
        (base, change) => ({ ...(change.partial ? base : initial), ...change.value }),
        storedValue(stored.getSnapshot().data) ?? initial,
      );
      return keepEqual(before, value);
    });
    const commit = (value: object, partial: boolean): Promise<Receipt> =>
      this.#during(stored, key, { value, partial }, { name: event, args: { id, value, partial } });
    return {
      stored,
      getSnapshot,
      subscribe,
      set: (change) => commit(typeof change === "function" ? change(getSnapshot()) : change, true),
      reset: (value = {}) => commit(value, false),
    };
  }

  async #during(
    stored: LiveQuery<unknown>,
    key: string,
    change: Change,
    event: NewEvent,
  ): Promise<Receipt> {
    const leave = stored.subscribe(() => {});
    this.#update(key, (changes) => [...changes, change]);
    try {
      return await this.#commit(event);
    } finally {
      // What is stored is live until here, and shows it already (L5).
      this.#update(key, (changes) => changes.filter((other) => other !== change));
      leave();
    }
  }

  #update(key: string, update: (changes: readonly Change[]) => readonly Change[]): void {
    const all = new Map(this.#changes.getSnapshot());
    const changes = update(all.get(key) ?? []);
    if (changes.length > 0) all.set(key, changes);
    else all.delete(key);
    this.#changes.set(all);
  }
}

function storedValue(row: unknown): object | undefined {
  return isObject(row) && isObject(row.value) ? row.value : undefined;
}
