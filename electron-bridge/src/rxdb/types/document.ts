/** Documents as an app sees them. */

import type { Observable } from "../observable.ts";
import type { Any, DeepReadonly, MaybePromise } from "./any.ts";
import type { RxCollection } from "./collection.ts";

/** A document with what RxDB keeps beside the app's fields. */
export type RxDocumentData<RxDocType> = RxDocType & {
  _deleted: boolean;
  _rev: string;
  _meta: { lwt: number };
  _attachments: object;
};

export type WithDeleted<RxDocType> = RxDocType & { _deleted: boolean };

/** Makes of a document's fields the new ones. */
export type ModifyFunction<RxDocType> = (
  doc: WithDeleted<RxDocType>,
) => MaybePromise<WithDeleted<RxDocType> | RxDocType>;

/** Operators of an update, each with fields and their operands. */
export interface UpdateQuery<RxDocType> {
  $set?: Operands<RxDocType>;
  $unset?: Operands<RxDocType>;
  $inc?: Operands<RxDocType>;
  $mul?: Operands<RxDocType>;
  $min?: Operands<RxDocType>;
  $max?: Operands<RxDocType>;
  $push?: Operands<RxDocType>;
  $addToSet?: Operands<RxDocType>;
  $pop?: Operands<RxDocType>;
  $pull?: Operands<RxDocType>;
  $pullAll?: Operands<RxDocType>;
  $rename?: Record<string, string>;
  $currentDate?: Operands<RxDocType>;
  $bit?: Operands<RxDocType>;
}

type Operands<RxDocType> = { [Name in keyof RxDocType]?: Any } & { [path: string]: Any };

/** What every document has beside its fields. */
export interface RxDocumentBase<RxDocType, OrmMethods = object, Reactivity = unknown> {
  readonly isInstanceOfRxDocument: true;
  readonly collection: RxCollection<RxDocType, OrmMethods, Any, Any, Reactivity>;
  readonly primaryPath: string;
  readonly primary: string;
  readonly revision: string;
  readonly deleted: boolean;
  /** This document, now and whenever it changes. */
  readonly $: Observable<RxDocument<RxDocType, OrmMethods, Reactivity>>;
  readonly deleted$: Observable<boolean>;
  readonly _data: RxDocumentData<RxDocType>;

  /** Return the document as it is now, as far as this window knows. */
  getLatest(): RxDocument<RxDocType, OrmMethods, Reactivity>;
  get(path: string): Any;
  get$(path: string): Observable<Any>;
  /** Read the document, or documents, whose primary key is at a path. */
  populate(path: string): Promise<Any>;

  modify(
    change: ModifyFunction<RxDocType>,
    context?: string,
  ): Promise<RxDocument<RxDocType, OrmMethods, Reactivity>>;
  incrementalModify(
    change: ModifyFunction<RxDocType>,
    context?: string,
  ): Promise<RxDocument<RxDocType, OrmMethods, Reactivity>>;
  patch(patch: Partial<RxDocType>): Promise<RxDocument<RxDocType, OrmMethods, Reactivity>>;
  incrementalPatch(
    patch: Partial<RxDocType>,
  ): Promise<RxDocument<RxDocType, OrmMethods, Reactivity>>;
  update(update: UpdateQuery<RxDocType>): Promise<RxDocument<RxDocType, OrmMethods, Reactivity>>;
  incrementalUpdate(
    update: UpdateQuery<RxDocType>,
  ): Promise<RxDocument<RxDocType, OrmMethods, Reactivity>>;
  remove(): Promise<RxDocument<RxDocType, OrmMethods, Reactivity>>;
  incrementalRemove(): Promise<RxDocument<RxDocType, OrmMethods, Reactivity>>;

  toJSON(withMetaFields: true): DeepReadonly<RxDocumentData<RxDocType>>;
  toJSON(withMetaFields?: false): DeepReadonly<RxDocType>;
  toMutableJSON(withMetaFields: true): RxDocumentData<RxDocType>;
  toMutableJSON(withMetaFields?: false): RxDocType;
}

type Observables<RxDocType> = {
  readonly [Name in keyof RxDocType as `${string & Name}$`]: Observable<RxDocType[Name]>;
};

/** A document: its fields, its own methods, and what the collection gave it. */
export type RxDocument<
  RxDocType = object,
  OrmMethods = object,
  Reactivity = unknown,
> = RxDocumentBase<RxDocType, OrmMethods, Reactivity> &
  RxDocType &
  OrmMethods &
  Observables<RxDocType>;
