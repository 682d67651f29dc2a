import type { DocumentQuery, dataType, Query, Selector, SqlQuery, TypedQuery } from "./types.ts";

type Field<Row> = Extract<keyof Row, string>;

/** How `where` compares a field with a value. */
export type Operator = keyof typeof operators;

const operators = {
  "=": "$eq",
  "!=": "$ne",
  ">": "$gt",
  ">=": "$gte",
  "<": "$lt",
  "<=": "$lte",
  IN: "$in",
  "NOT IN": "$nin",
} as const;

/** What a query gives: all its rows, its first, or their number. */
type Shape = "rows" | "first" | "count";

type Result<Row, S extends Shape> = S extends "rows"
  ? readonly Row[]
  : S extends "first"
    ? Row | null
    : number;

/**
 * A query of one table, made by steps. Each step returns a new query and leaves this one as it is.
 *
 * @typeParam Row The table's row.
 * @typeParam S Whether it results in rows, in the first row or in their number.
 *
 * @example
 * tables.personas.where({ isActive: true }).orderBy("lastUsed", "desc").limit(10)
 */
export class TableQuery<Row, S extends Shape = "rows"> implements TypedQuery<Result<Row, S>> {
  /** Never there: it only carries the type. */
  declare readonly [dataType]?: Result<Row, S>;
  readonly #query: DocumentQuery;

  /** @param query What is asked so far; a bare `{from}` asks for all rows. */
  constructor(query: DocumentQuery) {
    this.#query = query;
  }

  /**
   * Take only the rows that match; a further `where` narrows more.
   *
   * @throws TypeError A value is undefined, or the operator is none: left out, it would match all rows.
   */
  where(selector: Selector<Row>): TableQuery<Row, S>;
  where<F extends Field<Row>>(field: F, value: Row[F] | null): TableQuery<Row, S>;
  where<F extends Field<Row>>(
    field: F,
    operator: "IN" | "NOT IN",
    values: readonly (Row[F] | null)[],
  ): TableQuery<Row, S>;
  where<F extends Field<Row>>(
    field: F,
    operator: Exclude<Operator, "IN" | "NOT IN">,
    value: Row[F] | null,
  ): TableQuery<Row, S>;
  where(selector: object | string, ...comparison: readonly unknown[]): TableQuery<Row, S> {
    const added = conditions(
      typeof selector === "string" ? compared(selector, comparison) : selector,
    );
    const before = this.#query.selector;
    return this.#with({ selector: before === undefined ? added : both(before, added) });
  }

  /** Sort by a field, after the fields sorted by so far. The primary key breaks ties. */
  orderBy(field: Field<Row>, direction: "asc" | "desc" = "asc"): TableQuery<Row, S> {
    return this.#with({ sort: [...(this.#query.sort ?? []), { [field]: direction }] });
  }

  /** Pass over the first `count` rows. */
  skip(count: number): TableQuery<Row, S> {
    return this.#with({ skip: count });
  }

  /** Take at most `count` rows. */
  limit(count: number): TableQuery<Row, S> {
    return this.#with({ limit: count });
  }

  /** Take only these fields of each row. */
  select<F extends Field<Row>>(...fields: readonly F[]): TableQuery<Pick<Row, F>, S> {
    return new TableQuery({ ...this.#query, fields: [...fields] });
  }

  /** Result in the first row, or null when there is none. */
  first(): TableQuery<Row, "first"> {
    return new TableQuery({ ...this.#query, first: true });
  }

  /** Result in the number of rows. */
  count(): TableQuery<Row, "count"> {
    return new TableQuery({ ...this.#query, count: true });
  }

  /** Return the query as it goes over the wire. */
  toJSON(): DocumentQuery {
    return this.#query;
  }

  #with(change: Partial<DocumentQuery>): TableQuery<Row, S> {
    return new TableQuery({ ...this.#query, ...change });
  }
}

/**
 * Ask in SQL; only reads are allowed.
 *
 * @param params Values for `?` by position, or for `:name` by name.
 * @typeParam Row What a row is: one field per column of the statement, with its name.
 *
 * @example
 * sql<{ tier: string; n: number }>("SELECT memoryTier AS tier, count(*) AS n FROM memoryEntities GROUP BY 1")
 */
export function sql<Row>(
  statement: string,
  params?: SqlQuery["params"],
): TypedQuery<readonly Row[]> {
  const query: Query = params === undefined ? { sql: statement } : { sql: statement, params };
  return { toJSON: () => query };
}

type Conditions = NonNullable<DocumentQuery["selector"]>;

function compared(field: string, comparison: readonly unknown[]): object {
  const [first, second] = comparison;
  if (comparison.length < 2) return { [field]: first };
  if (!isOperator(first)) throw new TypeError(`where: ${String(first)} is no operator`);
  if (second === undefined) throw new TypeError(`where: ${field} is compared with undefined`);
  return { [field]: { [operators[first]]: second } };
}

function isOperator(value: unknown): value is Operator {
  return typeof value === "string" && Object.hasOwn(operators, value);
}

// JSON has no undefined: such a member would vanish and the query would match more.
function conditions(selector: object): Conditions {
  for (const [field, value] of Object.entries(selector)) {
    if (value === undefined) throw new TypeError(`where: ${field} is undefined`);
  }
  return { ...selector };
}

function both(a: Conditions, b: Conditions): Conditions {
  return Object.keys(b).some((key) => Object.hasOwn(a, key)) ? { $and: [a, b] } : { ...a, ...b };
}
