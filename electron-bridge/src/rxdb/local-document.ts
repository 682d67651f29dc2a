/** One revision of a local document. */

import { sameJson } from "../client/json.ts";
import { newRxError } from "./error.ts";
import type { LocalDocuments } from "./local.ts";
import { mapped, Observable } from "./observable.ts";
import { cloned, frozen, valueAt } from "./paths.ts";
import { type Fields, type Revision, revOf, withMeta } from "./revision.ts";
import type { Any } from "./types/any.ts";
import type { RxLocalDocument as LocalDocument } from "./types/local.ts";

/** A local document, as it was stored by one event. */
export class RxLocalDocument implements LocalDocument<object> {
  readonly isInstanceOfRxDocument = true;
  readonly isLocal = true;
  readonly primaryPath = "id";
  /** Of this package's own use; its fields are the data. */
  readonly _revision: Revision;
  readonly #all: LocalDocuments;

  constructor(all: LocalDocuments, revision: Revision) {
    this.#all = all;
    this._revision = revision;
  }

  get id(): string {
    return this._revision.id;
  }

  get primary(): string {
    return this._revision.id;
  }

  get parent(): object {
    return this.#all.parent;
  }

  get revision(): string {
    return revOf(this._revision);
  }

  get deleted(): boolean {
    return this._revision.deleted;
  }

  get $(): Observable<RxLocalDocument> {
    const { cache } = this.#all;
    return new Observable((subscriber) => {
      const leave = cache.observe(this._revision, (next) => subscriber.next(cache.document(next)));
      subscriber.next(this.getLatest());
      // What other windows do is learnt by following the document's name.
      const follow = this.#all.get$(this.id).subscribe();
      return () => {
        leave();
        follow.unsubscribe();
      };
    });
  }

  get deleted$(): Observable<boolean> {
    return mapped(this.$, (document) => document.deleted, Object.is);
  }

  getLatest(): RxLocalDocument {
    const { cache } = this.#all;
    return cache.document(cache.latest(this.id) ?? this._revision);
  }

  get(path: string): unknown {
    if (typeof path !== "string") throw newRxError("LD2", { objPath: path });
    return frozen(valueAt(this._revision.fields, path));
  }

  get$(path: string): Observable<unknown> {
    return mapped(this.$, (document) => document.get(path), sameJson);
  }

  toJSON(withMetaFields: unknown = false): Any {
    const fields = { id: this.id, data: this._revision.fields };
    return frozen(withMetaFields === true ? withMeta({ ...this._revision, fields }) : fields);
  }

  toMutableJSON(withMetaFields = false): Any {
    return cloned(this.toJSON(withMetaFields));
  }

  incrementalModify(
    change: (data: Any, document: RxLocalDocument) => unknown,
  ): Promise<RxLocalDocument> {
    return this.#all.modify(this, (data) => change(data, this));
  }

  incrementalPatch(patch: Fields): Promise<RxLocalDocument> {
    return this.incrementalModify((data) => ({ ...data, ...patch }));
  }

  remove(): Promise<RxLocalDocument> {
    return this.#all.remove(this);
  }

  /** As RxDB, these are of other documents. */
  update(): never {
    throw newRxError("LD6", { functionName: "update" });
  }

  populate(): never {
    throw newRxError("LD6", { functionName: "populate" });
  }
}
