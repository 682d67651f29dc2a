/** Local documents: what an app keeps by a name of its own, without a schema. */

import type { Observable } from "../observable.ts";
import type { Any } from "./any.ts";

/** A local document of a database or a collection. */
export interface RxLocalDocument<Parent, Data = Any> {
  readonly id: string;
  readonly primary: string;
  readonly parent: Parent;
  readonly deleted: boolean;
  readonly revision: string;
  readonly $: Observable<RxLocalDocument<Parent, Data>>;
  readonly deleted$: Observable<boolean>;
  readonly isLocal: true;
  get(path: string): Any;
  get$(path: string): Observable<Any>;
  getLatest(): RxLocalDocument<Parent, Data>;
  incrementalModify(
    change: (data: Data, document: RxLocalDocument<Parent, Data>) => Data | Promise<Data>,
  ): Promise<RxLocalDocument<Parent, Data>>;
  incrementalPatch(patch: Partial<Data>): Promise<RxLocalDocument<Parent, Data>>;
  remove(): Promise<RxLocalDocument<Parent, Data>>;
  toJSON(withMetaFields?: boolean): { readonly id: string; readonly data: Data };
  toMutableJSON(withMetaFields?: boolean): { id: string; data: Data };
}

/** What a database or a collection with `localDocuments` does with them. */
export interface RxLocalDocumentMutation {
  /** Store one that is not there; else it is an error with status 409. */
  insertLocal<Data = Any>(id: string, data: Data): Promise<RxLocalDocument<Any, Data>>;
  upsertLocal<Data = Any>(id: string, data: Data): Promise<RxLocalDocument<Any, Data>>;
  getLocal<Data = Any>(id: string): Promise<RxLocalDocument<Any, Data> | null>;
  getLocal$<Data = Any>(id: string): Observable<RxLocalDocument<Any, Data> | null>;
}
