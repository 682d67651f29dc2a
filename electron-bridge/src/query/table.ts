import { isObject, type JsonObject } from "../client/json.ts";
import { checkPlain } from "./plain.ts";
import { excludes, type Operator, operators, type Step, type TableQuery } from "./steps.ts";
import type { DocumentQuery, Query, SqlQuery, TypedQuery } from "./types.ts";

/**
 * Ask a collection by steps. Those the schema declares are in `tables`.
 *
 * @param name The collection.
 * @param key Its primary key.
 * @typeParam Row What a row is.
 * @typeParam Searched Whether it can be searched by words.
 *
 * @example
 * interface Note { id: string; text: string }
 * table<Note>("notes").where("text", "ILIKE", "%tea%")
 */
export function table<
  Row = JsonObject,
  Key extends string = "id",
  Searched extends boolean = false,
>(name: string, key?: Key): TableQuery<Row, Key, Searched>;
export function table(name: string, key = "id"): object {
  return new Builder({ from: name }, key);
}

type Taken = keyof typeof excludes;

/** All steps at run time; what of them may be taken, and with what, is said by the types in `steps.ts`. */
class Builder {
  readonly #query: DocumentQuery;
  readonly #key: string;
  /** The steps that can't come any more, each with the one that rules it out. */
  readonly #excluded: ReadonlyMap<Step, Taken>;

  constructor(query: DocumentQuery, key: string, excluded: ReadonlyMap<Step, Taken> = new Map()) {
    this.#query = query;
    this.#key = key;
    this.#excluded = excluded;
  }

  get primaryKey(): string {
    return this.#key;
  }

  where(selector: unknown, ...comparison: readonly unknown[]): Builder {
    const added = typeof selector === "string" ? compared(selector, comparison) : selector;
    if (!isObject(added)) throw new TypeError("where takes a selector, or a field and its value");
    if (Object.hasOwn(added, "$search")) {
      throw new TypeError("where: $search is no condition of a field. Write search(text).");
    }
    return this.#narrowed("where", added);
  }

  search(text: unknown): Builder {
    return this.#narrowed("search", { $search: text });
  }

  orderBy(path: string, direction: "asc" | "desc" = "asc"): Builder {
    return this.#with("orderBy", { sort: [...(this.#query.sort ?? []), { [path]: direction }] });
  }

  skip(count: number): Builder {
    return this.#with("skip", { skip: count });
  }

  limit(count: number): Builder {
    return this.#with("limit", { limit: count });
  }

  after(row: { readonly [field: string]: unknown }): Builder {
    const sort = this.#query.sort ?? [];
    if (sort.length === 0) {
      throw new TypeError("after goes on in an order: call orderBy before it");
    }
    if (row[this.#key] === undefined) {
      throw new TypeError(`after: the row has no ${this.#key}, its primary key`);
    }
    // Only what places the row: else the query would be another one whenever the row changes.
    const paths = [this.#key, ...sort.flatMap((term) => Object.keys(term))];
    const fields = paths.map((path) => path.replace(/\..*/s, ""));
    const place = fields.filter((field) => row[field] !== undefined);
    return this.#with("after", {
      after: Object.fromEntries(place.map((field) => [field, row[field]])),
    });
  }

  select(...paths: string[]): Builder {
    return this.#with("select", { fields: paths });
  }

  distinct(...paths: string[]): Builder {
    return this.#with("distinct", { fields: paths, distinct: true });
  }

  groupBy(...paths: string[]): Builder {
    return this.#with("groupBy", { groupBy: paths });
  }

  aggregate(aggregate: NonNullable<DocumentQuery["aggregate"]>): Builder {
    return this.#with("aggregate", { aggregate });
  }

  first(
    options: { readonly required?: true; readonly fallback?: JsonObject } = {},
  ): TypedQuery<unknown> {
    const { required, ...fallback } = options;
    if (required && "fallback" in fallback) {
      throw new TypeError("first takes required or a fallback, not both");
    }
    return this.#ended("first", { first: required ? "required" : true, ...fallback });
  }

  count(): TypedQuery<unknown> {
    return this.#ended("count", { count: true });
  }

  toJSON(): DocumentQuery {
    return this.#query;
  }

  #narrowed(step: Taken, added: Conditions): Builder {
    // Before it is copied: a copy of a RegExp is {}, which matches all.
    checkPlain(added, step);
    return this.#with(step, { selector: both(this.#query.selector ?? {}, added) });
  }

  #with(step: Taken, change: Partial<DocumentQuery>): Builder {
    const query = this.#changed(step, change);
    const excluded = new Map<Step, Taken>(excludes[step].map((other) => [other, step]));
    return new Builder(query, this.#key, new Map([...excluded, ...this.#excluded]));
  }

  #ended(step: Step, change: Partial<DocumentQuery>): TypedQuery<unknown> {
    const query = this.#changed(step, change);
    return { toJSON: () => query };
  }

  #changed(step: Step, change: Partial<DocumentQuery>): DocumentQuery {
    const by = this.#excluded.get(step);
    if (by !== undefined) {
      throw new TypeError(`${step} can't come after ${by}: call it before, or leave ${by} out`);
    }
    for (const value of Object.values(change)) checkPlain(value, step);
    return { ...this.#query, ...change };
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
  checkPlain(query, "sql");
  return { toJSON: () => query };
}

type Conditions = NonNullable<DocumentQuery["selector"]>;

function compared(path: string, comparison: readonly unknown[]): Conditions {
  const [first, second] = comparison;
  if (comparison.length < 2) return { [path]: first };
  if (!isOperator(first)) {
    const known = Object.keys(operators).join(", ");
    throw new TypeError(`where: ${String(first)} is no operator. There are ${known}.`);
  }
  return { [path]: { [operators[first]]: second } };
}

function isOperator(value: unknown): value is Operator {
  return typeof value === "string" && Object.hasOwn(operators, value);
}

// `search` stays where the store wants it: beside the fields, never in an `$and`.
function both({ $search, ...before }: Conditions, added: Conditions): Conditions {
  const clash = Object.keys(added).some((key) => Object.hasOwn(before, key));
  const merged = clash ? { $and: [before, added] } : { ...before, ...added };
  return $search === undefined ? merged : { ...merged, $search };
}
