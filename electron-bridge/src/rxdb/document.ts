/**
 * Documents: one revision each, which never changes.
 *
 * What writes returns another one. The members of the fields come from the collection's class
 * (`document-class.ts`).
 */

import { sameJson } from "../client/json.ts";
import type { Collection } from "./collection.ts";
import { newRxError } from "./error.ts";
import type { Modifier } from "./incremental.ts";
import { nested } from "./nested.ts";
import { mapped, Observable } from "./observable.ts";
import { cloned, frozen, valueAt } from "./paths.ts";
import { populated } from "./populate.ts";
import { type Fields, type Revision, revOf, withMeta } from "./revision.ts";
import type { Any } from "./types/any.ts";
import type { RxDocumentBase as Document } from "./types/document.ts";
import { defineMissing, withoutReactivity } from "./unsupported.ts";

/** A revision of a document. */
export class RxDocumentBase implements Document<Any> {
  readonly collection: Collection;
  readonly isInstanceOfRxDocument = true;
  /** Of this package's own use. */
  readonly _revision: Revision;
  /** What `get` returned, so that it returns the same again. */
  readonly #values = new Map<string, unknown>();

  constructor(collection: Collection, revision: Revision) {
    this.collection = collection;
    this._revision = revision;
  }

  get primaryPath(): string {
    return this.collection.schema.primaryPath;
  }

  get primary(): string {
    return this._revision.id;
  }

  get revision(): string {
    return revOf(this._revision);
  }

  get deleted(): boolean {
    return this._revision.deleted;
  }

  get _data(): Fields {
    return this.toJSON(true);
  }

  get $(): Observable<RxDocumentBase> {
    const { cache } = this.collection;
    const revision = this._revision;
    return new Observable((subscriber) => {
      const leave = cache.observe(revision, (next) => subscriber.next(cache.document(next)));
      subscriber.next(this.getLatest());
      return leave;
    });
  }

  get $$(): never {
    return withoutReactivity();
  }

  get deleted$$(): never {
    return withoutReactivity();
  }

  get$$(_path: string): never {
    return withoutReactivity();
  }

  get deleted$(): Observable<boolean> {
    return mapped(this.$, (document) => document.deleted, Object.is);
  }

  getLatest(): RxDocumentBase {
    const { cache } = this.collection;
    return cache.document(cache.latest(this.primary) ?? this._revision);
  }

  get(path: string): unknown {
    const known = this.#values.get(path);
    if (known !== undefined) return known;
    const value = nested(this, path, valueAt(this._revision.fields, path));
    this.#values.set(path, value);
    return value;
  }

  get$(path: string): Observable<unknown> {
    const { schema } = this.collection;
    if (path.includes(".item.")) throw newRxError("DOC1", { path });
    if (path === schema.primaryPath) throw newRxError("DOC2");
    if (schema.finalFields.includes(path)) throw newRxError("DOC3", { path });
    if (schema.at(path) === undefined) throw newRxError("DOC4", { path });
    return mapped(this.$, (document) => valueAt(document._revision.fields, path), sameJson);
  }

  populate(path: string): Promise<unknown> {
    return populated(this, path);
  }

  toJSON(withMetaFields: unknown = false): Fields {
    const { fields } = this._revision;
    return frozen(withMetaFields === true ? withMeta(this._revision) : fields);
  }

  toMutableJSON(withMetaFields = false): Fields {
    return cloned(this.toJSON(withMetaFields));
  }

  patch(patch: Fields): Promise<RxDocumentBase> {
    return this.modify((fields) => ({ ...fields, ...patch }));
  }

  async modify(change: Modifier): Promise<RxDocumentBase> {
    const { fields, deleted } = this._revision;
    const { save } = await import("./writing.ts");
    return save(this, await change({ ...cloned(fields), _deleted: deleted }));
  }

  update(update: object): Promise<RxDocumentBase> {
    return this.modify(updatedBy(update));
  }

  incrementalPatch(patch: Fields): Promise<RxDocumentBase> {
    return this.incrementalModify((fields) => ({ ...fields, ...patch }));
  }

  incrementalModify(change: Modifier): Promise<RxDocumentBase> {
    return this.collection.enqueue(this._revision, change);
  }

  incrementalUpdate(update: object): Promise<RxDocumentBase> {
    return this.incrementalModify(updatedBy(update));
  }

  async remove(): Promise<RxDocumentBase> {
    if (this.deleted) throw newRxError("DOC13", { document: this, id: this.primary });
    const { failureOf, removeAll } = await import("./writing.ts");
    const { success, failed } = await removeAll(this.collection, [this]);
    if (failed[0] !== undefined) throw failureOf(this.collection, failed[0]);
    return success[0] ?? this;
  }

  async incrementalRemove(): Promise<RxDocumentBase> {
    const { hooks } = this.collection;
    const removed = await this.incrementalModify(async (fields) => {
      await hooks.run("pre", "remove", fields, this);
      return { ...fields, _deleted: true };
    });
    await hooks.run("post", "remove", removed.toMutableJSON(), removed);
    return removed;
  }

  close(): never {
    throw newRxError("DOC14");
  }
}

// Not every app updates by operators: they are loaded by the first that does.
function updatedBy(update: object): Modifier {
  return async (fields) => (await import("./update.ts")).updated(fields, update);
}

defineMissing("document", RxDocumentBase.prototype);
