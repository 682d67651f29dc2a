/** Queries as RxDB spells them. */

import type { At, Path } from "../../query/paths.ts";
import type { Observable } from "../observable.ts";
import type { Any, StringKeys } from "./any.ts";
import type { RxCollection } from "./collection.ts";
import type { ModifyFunction, RxDocument, UpdateQuery } from "./document.ts";

/** The operators of a field. */
export interface MangoQueryOperators<Value> {
  $eq?: Value;
  $ne?: Value;
  $gt?: Value;
  $gte?: Value;
  $lt?: Value;
  $lte?: Value;
  $in?: readonly Value[];
  $nin?: readonly Value[];
  $regex?: string;
  $options?: string;
  $exists?: boolean;
  $type?: string;
  $mod?: readonly [number, number];
  $not?: Any;
  $size?: number;
  $elemMatch?: Any;
}

/** Which documents a query takes. */
export type MangoQuerySelector<RxDocType> = {
  [P in Path<RxDocType, `${number}`>]?: MangoQueryOperators<Any> | At<RxDocType, P>;
} & {
  $and?: MangoQuerySelector<RxDocType>[];
  $or?: MangoQuerySelector<RxDocType>[];
  $nor?: MangoQuerySelector<RxDocType>[];
};

export type MangoQuerySortDirection = "asc" | "desc";

/** One field of the order; of several keys the first counts. */
export type MangoQuerySortPart<RxDocType = Any> = {
  [Name in StringKeys<RxDocType> | (string & {})]?: MangoQuerySortDirection;
};

/** A query without `limit`, as `findOne` takes it. */
export interface MangoQueryNoLimit<RxDocType = Any> {
  selector?: MangoQuerySelector<RxDocType>;
  /** An index of the schema; without `sort`, its fields are the order. */
  index?: string | string[];
  sort?: MangoQuerySortPart<RxDocType>[];
  skip?: number;
}

/** A query of a collection. */
export interface MangoQuery<RxDocType = Any> extends MangoQueryNoLimit<RxDocType> {
  limit?: number;
}

/** Which call of a collection made a query. */
export type RxQueryOP = "find" | "findOne" | "count" | "findByIds";

/** A query: runs by `exec`, or lives in `$`. Each step of the builder returns another one. */
export interface RxQuery<
  RxDocType = Any,
  RxQueryResult = RxDocument<RxDocType>[] | RxDocument<RxDocType> | null,
  OrmMethods = object,
  Reactivity = unknown,
> {
  readonly op: RxQueryOP;
  readonly mangoQuery: Readonly<MangoQuery<RxDocType>>;
  readonly collection: RxCollection<RxDocType, OrmMethods, Any, Any, Reactivity>;
  /** The results, now and whenever they change. */
  readonly $: Observable<RxQueryResult>;

  /** Run it; with `true`, a document that is not there is the error `QU10`. */
  exec(throwIfMissing: true): Promise<RxDocument<RxDocType, OrmMethods, Reactivity>>;
  exec(throwIfMissing?: false): Promise<RxQueryResult>;
  /** Text that equal queries share. */
  toString(): string;

  remove(throwIfMissing?: boolean): Promise<RxQueryResult>;
  incrementalRemove(): Promise<RxQueryResult>;
  update(update: UpdateQuery<RxDocType>): Promise<RxQueryResult>;
  patch(patch: Partial<RxDocType>): Promise<RxQueryResult>;
  incrementalPatch(patch: Partial<RxDocType>): Promise<RxQueryResult>;
  modify(change: ModifyFunction<RxDocType>): Promise<RxQueryResult>;
  incrementalModify(change: ModifyFunction<RxDocType>): Promise<RxQueryResult>;

  where(path: StringKeys<RxDocType> | (string & {}) | MangoQuerySelector<RxDocType>): this;
  equals(value: Any): this;
  eq(value: Any): this;
  ne(value: Any): this;
  gt(value: Any): this;
  gte(value: Any): this;
  lt(value: Any): this;
  lte(value: Any): this;
  in(values: readonly Any[]): this;
  nin(values: readonly Any[]): this;
  all(values: readonly Any[]): this;
  size(length: number): this;
  regex(source: string | { $regex: string; $options?: string }): this;
  exists(exists?: boolean): this;
  elemMatch(selector: Any): this;
  mod(divisorAndRemainder: readonly [number, number]): this;
  or(selectors: Any): this;
  nor(selectors: Any): this;
  and(selectors: Any): this;
  sort(by: string | MangoQuerySortPart<RxDocType>): this;
  skip(count: number | null): this;
  limit(count: number | null): this;
}
