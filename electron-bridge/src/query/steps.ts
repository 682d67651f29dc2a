/**
 * The steps by which a query is made, and which of them go together.
 *
 * `excludes` is the one table of that: the types take from it which steps a query still has, and the
 * builder refuses by it what JavaScript calls all the same.
 */

import type { At, Path, Place } from "./paths.ts";
import type { Aggregate, Found, Group, Head, Picked, Projection, Revision } from "./rows.ts";
import type { Operand, Operators, Selector } from "./selector.ts";
import type { DocumentQuery, TypedQuery } from "./types.ts";

const reduced = ["distinct", "groupBy", "aggregate"] as const;
const counted = ["count", ...reduced] as const;

/** The steps, and which ones can't come after each. */
export const excludes = {
  where: [],
  search: ["search"],
  // Groups are sorted by what they have: after they are made.
  orderBy: reduced,
  // A page of groups is taken of the groups, not of their documents.
  skip: counted,
  limit: counted,
  after: ["orderBy", ...counted],
  select: ["select", ...counted],
  distinct: ["where", "search", "after", "select", ...counted],
  groupBy: ["where", "search", "after", "select", "count", "distinct", "groupBy"],
  aggregate: ["where", "search", "after", "select", ...counted],
} as const;

/** What makes a query from another. */
export type Step = keyof typeof excludes | "first" | "count";

type Left<Can extends Step, Taken extends keyof typeof excludes> = Exclude<
  Can,
  (typeof excludes)[Taken][number]
>;

/** What `where` calls the operators. */
export const operators = {
  "=": "$eq",
  "!=": "$ne",
  ">": "$gt",
  ">=": "$gte",
  "<": "$lt",
  "<=": "$lte",
  IN: "$in",
  "NOT IN": "$nin",
  LIKE: "$like",
  ILIKE: "$ilike",
  CONTAINS: "$contains",
} as const;

/** How `where` compares a field with a value. */
export type Operator = keyof typeof operators;

type Compared<V, O extends Operator> = (typeof operators)[O] extends keyof Operators<V>
  ? Exclude<Operators<V>[(typeof operators)[O]], undefined>
  : never;

/** Where `where` looks: also at one element of an array, as in `messages.0.role`. */
type FieldPath<Row> = Path<Row, `${number}`>;

type Some<P> = readonly [P, ...P[]];

/** A query of one collection that knows the type of its result. */
export interface TypedDocumentQuery<Data> extends TypedQuery<Data> {
  /** Return the query as it goes over the wire. */
  toJSON(): DocumentQuery;
}

/** A query of a whole table, with each step that is there to take. */
export type TableQuery<
  Row,
  Key extends string = "id",
  Searched extends boolean = false,
> = RowsQuery<
  Row,
  Row,
  Key,
  Row & Revision,
  Exclude<Step, "after" | (Searched extends true ? never : "search")>
> & {
  /** The field that names a row. */
  readonly primaryKey: Key;
};

/**
 * A query of documents, made by steps. Each step returns a new query and leaves this one as it is.
 *
 * @typeParam Row The table's row.
 * @typeParam Data The row as it results.
 * @typeParam Order Paths that say where a row stands in the order.
 * @typeParam Picks What `select` may name.
 * @typeParam Can The steps that may follow.
 *
 * @example
 * tables.personas.where({ isActive: true }).orderBy("lastUsed", "desc").limit(10)
 */
export type RowsQuery<
  Row,
  Data,
  Order extends string,
  Picks,
  Can extends Step,
> = TypedDocumentQuery<readonly Data[]> & Pick<Steps<Row, Data, Order, Picks, Can>, Can>;

interface Steps<Row, Data, Order extends string, Picks, Can extends Step> extends First<Data> {
  /**
   * Take only the rows that match; a further `where` narrows more.
   *
   * @throws TypeError A value is no JSON, or the operator is none.
   */
  where(selector: Selector<Row>): RowsQuery<Row, Data, Order, Picks, Can>;
  where<P extends FieldPath<Row>>(
    path: P,
    value: Operand<At<Row, P>> | null,
  ): RowsQuery<Row, Data, Order, Picks, Can>;
  where<P extends FieldPath<Row>, O extends Operator>(
    path: P,
    operator: O,
    value: Compared<At<Row, P>, O>,
  ): RowsQuery<Row, Data, Order, Picks, Can>;

  /**
   * Take only the rows that hold each of the words, best first unless sorted.
   *
   * @param text Words, `"phrases in quotes"` and `prefixes*`; nothing else in it is syntax.
   */
  search(text: string): RowsQuery<Row, Data, Order, Picks & Found, Left<Can, "search">>;

  /** Sort by a field, after the fields sorted by so far. The primary key breaks ties. */
  orderBy<P extends Place<Row>>(
    path: P,
    direction?: "asc" | "desc",
  ): RowsQuery<Row, Data, Order | P, Picks, Left<Can, "orderBy"> | "after">;

  /** Pass over the first `count` rows. */
  skip(count: number): RowsQuery<Row, Data, Order, Picks, Left<Can, "skip">>;

  /** Take at most `count` rows. */
  limit(count: number): RowsQuery<Row, Data, Order, Picks, Left<Can, "limit">>;

  /**
   * Go on behind a row, in this query's order: the next page, also when the row is gone by now.
   *
   * @param row Has the primary key and the fields sorted by; those it lacks count as missing.
   */
  after(row: Row | Projection<Row, Order>): RowsQuery<Row, Data, Order, Picks, Left<Can, "after">>;

  /** Take only these paths of each row, nested as they are in it; `*` is all of them. */
  select<P extends Path<Picks> | "*">(
    ...paths: Some<P>
  ): RowsQuery<Row, Picked<Row, Picks, P>, Order, Picks, Left<Can, "select">>;

  /** Result in the rows that differ in these paths, each once. */
  distinct<P extends Path<Row>>(...paths: Some<P>): GroupsQuery<Projection<Row, P>, P>;

  /** Result in one row a group: documents that are equal in these paths. */
  groupBy<P extends Path<Row>>(...paths: Some<P>): GroupedQuery<Row, P>;

  /** Result in one row that counts or computes something of all documents. */
  aggregate<const Named extends Aggregates<Row>>(
    aggregates: Named,
  ): GroupsQuery<Group<Row, never, Named>, keyof Named & string>;

  /** Result in the number of rows. */
  count(): TypedDocumentQuery<number>;
}

interface First<Data> {
  /** Result in the first row; without one in null, in `E_NOT_FOUND`, or in the fallback. */
  first(): TypedDocumentQuery<Data | null>;
  first(options: { readonly required: true }): TypedDocumentQuery<Data>;
  first(options: { readonly fallback: Data }): TypedDocumentQuery<Data>;
}

/** What a group's row is to hold, by name. */
export type Aggregates<Row> = { readonly [name: string]: Aggregate<Row> };

/** A query of rows that are no documents: groups, or distinct values. */
export interface GroupsQuery<Data, Sortable extends string>
  extends TypedDocumentQuery<readonly Data[]>,
    First<Data> {
  /** Sort by what the rows have, after what they are sorted by so far; default: by the fields. */
  orderBy(name: Sortable, direction?: "asc" | "desc"): GroupsQuery<Data, Sortable>;
  /** Pass over the first `count` rows. */
  skip(count: number): GroupsQuery<Data, Sortable>;
  /** Take at most `count` rows. */
  limit(count: number): GroupsQuery<Data, Sortable>;
}

/** A query of groups that may get aggregates. */
export interface GroupedQuery<Row, P extends string> extends GroupsQuery<Group<Row, P, object>, P> {
  /** Count or compute something of each group. */
  aggregate<const Named extends Aggregates<Row>>(
    aggregates: Named & { readonly [Taken in Head<P>]?: never },
  ): GroupsQuery<Group<Row, P, Named>, P | (keyof Named & string)>;
}
