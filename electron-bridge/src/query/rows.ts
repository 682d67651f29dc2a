/** What the rows of a query look like: whole documents, parts of them, or groups. */

import type { JsonObject } from "../client/json.ts";
import type { At, NumberPlace, Place } from "./paths.ts";

/** Of which kind an aggregate is, by its key; all but `count` name a path. */
export type Aggregate<Row> =
  | { readonly count: true }
  | { readonly sum: NumberPlace<Row> }
  | { readonly avg: NumberPlace<Row> }
  | { readonly min: Place<Row> }
  | { readonly max: Place<Row> };

/** What the store knows of a row beside its document; `fields` may name it. */
export interface Revision {
  /** The row's revision, for `expect` of a commit. */
  readonly _seq: number;
}

/** What a full-text search knows of a row; `fields` may name it. */
export interface Found {
  /** The smaller, the better the row matches. */
  readonly _rank: number;
  /** Text around the best match: plain, matched, plain, … in turn. */
  readonly _snippet: readonly string[];
}

/** A document reduced to some paths, nested as they are in it. */
export type Projection<T, P extends string> = string extends P
  ? JsonObject
  : string extends keyof T
    ? { [Key in Head<P> & keyof T]?: Key extends P ? T[Key] : unknown }
    : {
        [Key in keyof T as Key extends Head<P> ? Key : never]: Key extends P
          ? T[Key]
          : Part<T[Key], Tail<P, Key>>;
      };

/**
 * What `fields` leave of a row; `*` is all of it.
 *
 * @typeParam Picks The row, and what the engine adds to it.
 */
export type Picked<Row, Picks, P extends string> = string extends P
  ? JsonObject
  : "*" extends P
    ? Row & Projection<Omit<Picks, keyof Row>, Exclude<P, "*">>
    : Projection<Picks, P>;

/** The top-level field of a path. */
export type Head<P extends string> = P extends `${infer Key}.${string}` ? Key : P;

type Tail<P extends string, Key> = Key extends string
  ? P extends `${Key}.${infer Rest}`
    ? Rest
    : never
  : never;

// Scalars on the way are left out, also as elements of arrays.
type Part<V, P extends string> = unknown extends V
  ? unknown
  : V extends readonly (infer Item)[]
    ? Part<Extract<Item, object>, P>[]
    : V extends object
      ? Projection<V, P>
      : undefined;

/** The row of a group: the fields it is grouped by, and its aggregates. */
export type Group<Row, P extends string, Aggregates> = Flat<
  Projection<Row, P> & {
    -readonly [Name in keyof Aggregates]: Aggregated<Row, Aggregates[Name]>;
  }
>;

type Aggregated<Row, A> = A extends { readonly min: infer P } | { readonly max: infer P }
  ? Exclude<At<Row, Extract<P, string>>, undefined> | null
  : A extends { readonly avg: string }
    ? number | null
    : number;

type Flat<T> = { [Key in keyof T]: T[Key] };
