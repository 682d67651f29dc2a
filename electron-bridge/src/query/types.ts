import type { JsonObject } from "../client/json.ts";
import type { Documents } from "../generated/app.ts";
import type { DocumentQuery, SqlQuery } from "../generated/rpc.ts";
import type { Found, Group, Picked, Revision } from "./rows.ts";

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
 * What a query results in: an array of rows; for `first` a row, or null where none is required; for
 * `count` a number.
 *
 * Rows of a table the schema declares have its type, or the part of it that the query names; all
 * others are JSON objects.
 */
export type DataOf<Q> =
  Q extends TypedQuery<infer Data>
    ? Data
    : Q extends { readonly count: true }
      ? number
      : Q extends { readonly first: "required" }
        ? RowOf<Q>
        : Q extends { readonly first: true }
          ? RowOf<Q> | FallbackOf<Q>
          : readonly RowOf<Q>[];

type FallbackOf<Q> = Q extends { readonly fallback: infer Row extends object } ? Row : null;

type RowOf<Q> = Q extends { readonly from: infer Name extends keyof Documents }
  ? ShapeOf<Documents[Name], Q>
  : JsonObject;

type ShapeOf<Row, Q> = Q extends { readonly groupBy: unknown } | { readonly aggregate: unknown }
  ? Group<Row, Named<Q, "groupBy">, AggregatesOf<Q>>
  : Q extends { readonly fields: readonly string[] }
    ? Picked<Row, Row & Revision & Found, Named<Q, "fields">>
    : Row;

type Named<Q, Member extends string> =
  Q extends Record<Member, readonly (infer P extends string)[]> ? P : never;

type AggregatesOf<Q> = Q extends { readonly aggregate: infer Aggregates extends object }
  ? Aggregates
  : object;
