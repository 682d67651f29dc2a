/**
 * Queries: run by `exec`, or live in `$`.
 *
 * 1. Equal queries are one object while someone holds it.
 * 2. Each result is an array of its own; a document that did not change is the same object in it.
 * 3. `$` gives the first result when it is there, and another one when a document of it has a new
 *    revision, comes, goes or moves; then to each subscriber, and to a later one at once.
 */

import type { DocumentQuery } from "../client/index.ts";
import { isObject } from "../client/json.ts";
import {
  attributes,
  type Built,
  compared,
  comparisons,
  joined,
  junctions,
  sorted,
  where,
  withAttribute,
} from "./builder.ts";
import type { Collection } from "./collection.ts";
import type { RxDocumentBase } from "./document.ts";
import { newRxError } from "./error.ts";
import { mapped, type Observable, type Observer, shared } from "./observable.ts";
import { checkMangoQuery } from "./query-check.ts";
import { keyOf, normalized } from "./query-normal.ts";
import { type Fields, REVISION_FIELDS } from "./revision.ts";
import type { Any } from "./types/any.ts";
import type { MangoQuery, RxQuery, RxQueryOP } from "./types/query.ts";
import { withoutReactivity } from "./unsupported.ts";

/** What a query results in, by its op. */
export type QueryResult =
  | RxDocumentBase[]
  | RxDocumentBase
  | null
  | Map<string, RxDocumentBase>
  | number;

/** A step of the builder. */
type Step = (...args: Any[]) => Any;

/** A query of a collection. */
export class RxQueryBase implements RxQuery<Any, Any> {
  readonly op: RxQueryOP;
  readonly mangoQuery: MangoQuery;
  readonly collection: Collection;
  /** The path that the builder's next operator is of. */
  readonly path: string | undefined;
  readonly #key: string;
  // The steps of the builder that are alike are made below.
  declare readonly eq: Step;
  declare readonly ne: Step;
  declare readonly gt: Step;
  declare readonly gte: Step;
  declare readonly lt: Step;
  declare readonly lte: Step;
  declare readonly in: Step;
  declare readonly nin: Step;
  declare readonly all: Step;
  declare readonly size: Step;
  declare readonly regex: Step;
  declare readonly exists: Step;
  declare readonly elemMatch: Step;
  declare readonly mod: Step;
  declare readonly or: Step;
  declare readonly nor: Step;
  declare readonly and: Step;
  declare readonly skip: Step;
  declare readonly limit: Step;
  #results: Observable<Any> | undefined;
  /** The last result of `findByIds`, which stays the same object while it is the same. */
  #byId = new Map<string, RxDocumentBase>();

  constructor(op: RxQueryOP, mangoQuery: MangoQuery, collection: Collection, path?: string) {
    this.op = op;
    this.mangoQuery = mangoQuery;
    this.collection = collection;
    this.path = path;
    this.#key = keyOf(op, mangoQuery, collection.schema, path);
  }

  toString(): string {
    return this.#key;
  }

  get $(): Observable<Any> {
    // Each subscriber gets an array of its own.
    this.#results ??= mapped(
      shared<unknown>((all) => this.#follow(all)),
      (data) => this.#read(data),
    );
    return this.#results;
  }

  get $$(): never {
    return withoutReactivity();
  }

  async exec(throwIfMissing = false): Promise<Any> {
    if (throwIfMissing && this.op !== "findOne") throw newRxError("QU9", this.#described());
    const result = this.#read(await this.collection.database.client.query(this.#wire()));
    if (throwIfMissing && result === null) throw newRxError("QU10", this.#described());
    return result;
  }

  patch(patch: Fields): Promise<Any> {
    return this.#each((document) => document.patch(patch));
  }

  incrementalPatch(patch: Fields): Promise<Any> {
    return this.#each((document) => document.incrementalPatch(patch));
  }

  modify(change: (fields: Fields) => Fields): Promise<Any> {
    return this.#each((document) => document.modify(change));
  }

  incrementalModify(change: (fields: Fields) => Fields): Promise<Any> {
    return this.#each((document) => document.incrementalModify(change));
  }

  update(update: object): Promise<Any> {
    return this.#each((document) => document.update(update));
  }

  incrementalRemove(): Promise<Any> {
    return this.#each((document) => document.incrementalRemove());
  }

  async remove(throwIfMissing = false): Promise<Any> {
    if (throwIfMissing && this.op !== "findOne") throw newRxError("QU9", this.#described());
    const found: QueryResult = await this.exec(throwIfMissing);
    if (found === null || typeof found === "number") return found;
    if (!Array.isArray(found) && !(found instanceof Map)) return found.remove();
    const { removeAll } = await import("./writing.ts");
    const { success, failed } = await removeAll(this.collection, [...found.values()]);
    if (failed[0] !== undefined) {
      const { error } = failed[0];
      throw newRxError("COL20", { document: error.documentId, writeError: error });
    }
    return Array.isArray(found) ? success : new Map(success.map((one) => [one.primary, one]));
  }

  /** Change each document of the result; the result is what they became. */
  async #each(change: (document: RxDocumentBase) => Promise<RxDocumentBase>): Promise<QueryResult> {
    const found: QueryResult = await this.exec();
    if (found === null || typeof found === "number") return found;
    if (Array.isArray(found)) return Promise.all(found.map(change));
    if (!(found instanceof Map)) return change(found);
    const changed = await Promise.all([...found.values()].map(change));
    return new Map(changed.map((one) => [one.primary, one]));
  }

  #follow(all: Observer<unknown>): () => void {
    let leave = (): void => {};
    let ended = false;
    const begin = (): void => {
      if (ended) return;
      const live = this.collection.database.client.live(this.#wire());
      const look = (): void => {
        const { status, data, error } = live.getSnapshot();
        if (status === "error") all.error(error);
        else if (status === "ready") all.next(data);
      };
      leave = live.subscribe(look);
      look();
    };
    // Not at once: nobody expects a result before `subscribe` has returned.
    queueMicrotask(() => {
      try {
        begin();
      } catch (error) {
        all.error(error);
      }
    });
    return () => {
      ended = true;
      leave();
    };
  }

  #read(data: unknown): QueryResult {
    const { collection, op } = this;
    if (Array.isArray(data)) {
      const documents = data.map((row) => collection.documentOf(row));
      if (op !== "findByIds") return documents;
      const selector: Any = this.mangoQuery.selector;
      const ids: readonly string[] = selector[collection.schema.primaryPath].$in;
      const byId = new Map(documents.map((one) => [one.primary, one]));
      const there = ids.flatMap((id) => byId.get(id) ?? []);
      const before = [...this.#byId.values()];
      if (before.length !== there.length || before.some((one, at) => one !== there[at])) {
        this.#byId = new Map(there.map((one) => [one.primary, one]));
      }
      return this.#byId;
    }
    if (typeof data === "number") return data;
    return isObject(data) ? collection.documentOf(data) : null;
  }

  #wire(): DocumentQuery {
    const { collection, mangoQuery, op } = this;
    checkMangoQuery(collection, mangoQuery);
    const { selector, skip, limit, sort } = normalized(collection.schema, mangoQuery);
    const from = collection.name;
    if (op === "count") return { from, selector, count: true };
    const query = {
      from,
      selector,
      sort,
      fields: REVISION_FIELDS,
      ...(skip ? { skip } : {}),
    };
    if (op === "findOne") return { ...query, first: true };
    return limit === undefined ? query : { ...query, limit };
  }

  where(given: unknown): Any {
    return this._step((built) => where(built, given));
  }

  equals(value: unknown): Any {
    return this._step((built) => compared(built, "eq", [value]));
  }

  sort(by: unknown): Any {
    return this._step((built) => sorted(built, by));
  }

  /** Return the query that a step of the builder makes of this one. */
  _step(step: (built: Built) => Built): RxQueryBase {
    const { collection, mangoQuery: query, op } = this;
    if (op === "findByIds") throw newRxError("QU17", this.#described());
    const built = step({ query, path: this.path });
    return collection.query(op, built.query, built.path);
  }

  #described() {
    return { collection: this.collection.name, query: this.mangoQuery, op: this.op };
  }
}

const step = (name: string, change: (built: Built, args: readonly unknown[]) => Built): void => {
  Object.defineProperty(RxQueryBase.prototype, name, {
    value(this: RxQueryBase, ...args: unknown[]) {
      return this._step((built) => change(built, args));
    },
  });
};
for (const name of attributes) step(name, (built, [value]) => withAttribute(built, name, value));
for (const name of junctions) step(name, (built, [selectors]) => joined(built, name, selectors));
for (const name of comparisons) step(name, (built, args) => compared(built, name, args));
