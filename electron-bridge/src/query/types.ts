import type { JsonObject } from "../client/json.ts";
import type { Documents } from "../generated/app.ts";
import type { DocumentQuery, SqlQuery } from "../generated/rpc.ts";

export type { DocumentQuery, SqlQuery };

/** A query as it goes over the wire. */
export type Query = DocumentQuery | SqlQuery;

/** Names the member of a query that carries the type of its result. */
export declare const dataType: unique symbol;

/** A query that knows the type of its result. `toJSON` returns what goes over the wire. */
export interface TypedQuery<Data> {
  toJSON(): Query;
  /** Never there: it only carries the type. */
  readonly [dataType]?: Data;
}

/** Anything that can be asked: a query of `tables`, or the same thing as plain JSON. */
export type QueryInput = Query | TypedQuery<unknown>;

/**
 * What a query results in: an array of rows; for `first` a row or null; for `count` a number.
 *
 * Rows of a table the schema declares have its type; all others are JSON objects.
 */
export type DataOf<Q> =
  Q extends TypedQuery<infer Data>
    ? Data
    : Q extends { readonly count: true }
      ? number
      : Q extends { readonly first: true }
        ? RowOf<Q> | null
        : readonly RowOf<Q>[];

type RowOf<Q> = Q extends { readonly from: infer Name extends keyof Documents }
  ? Projected<Documents[Name], Q>
  : JsonObject;

type Projected<Row, Q> = Q extends { readonly fields: readonly (infer Field)[] }
  ? Pick<Row, Extract<Field, keyof Row>>
  : Row;

/** The comparisons of one field. */
export interface Comparison<Value> {
  readonly $eq?: Value | null;
  readonly $ne?: Value | null;
  readonly $gt?: Value;
  readonly $gte?: Value;
  readonly $lt?: Value;
  readonly $lte?: Value;
  readonly $in?: readonly (Value | null)[];
  readonly $nin?: readonly (Value | null)[];
}

/**
 * Which rows a query takes, as in RxDB: fields with the value they equal or with comparisons, dotted
 * paths into JSON, and `$and` / `$or` of selectors.
 */
export type Selector<Row> = {
  readonly [Field in keyof Row]?: Row[Field] | null | Comparison<NonNullable<Row[Field]>>;
} & {
  readonly [path: `${string}.${string}`]: unknown;
  readonly $and?: readonly Selector<Row>[];
  readonly $or?: readonly Selector<Row>[];
};
