/** The query builder: `where("age").gt(18).sort("-age").limit(10)`. Each step makes another query. */

import { isObject } from "../client/json.ts";
import { newRxError, newRxTypeError } from "./error.ts";
import { cloned } from "./paths.ts";
import type { Fields } from "./revision.ts";
import type { MangoQuery } from "./types/query.ts";

/** A query under construction: the path that the next operator is of. */
export interface Built {
  readonly query: MangoQuery;
  readonly path: string | undefined;
}

/** Steps that set a member of the query. */
export const attributes = ["skip", "limit"] as const;
/** Steps that join selectors. */
export const junctions = ["or", "nor", "and"] as const;
/** Steps that give the path an operator of their name. */
export const comparisons = [
  "eq",
  "ne",
  "gt",
  "gte",
  "lt",
  "lte",
  "in",
  "nin",
  "all",
  "size",
  "mod",
  "exists",
  "elemMatch",
  "regex",
] as const;

/** Return a query with one member set. */
export function withAttribute({ query, path }: Built, name: string, value: unknown): Built {
  return { query: { ...query, [name]: value }, path };
}

/**
 * Return a query that names the path of the next operator, or has the conditions of a selector, too.
 *
 * @throws RxTypeError `MQ1` for what is neither.
 */
export function where({ query, path }: Built, given: unknown): Built {
  if (typeof given === "string") return { query, path: given };
  if (!isObject(given)) throw newRxTypeError("MQ1", { path: given });
  const selector: { [name: string]: unknown } = { ...query.selector };
  for (const [field, condition] of Object.entries(given)) {
    selector[field] =
      field in selector && !field.startsWith("$")
        ? { ...operatorsOf(selector[field]), ...operatorsOf(condition) }
        : condition;
  }
  return { query: { ...query, selector }, path };
}

/**
 * Return a query whose path has one operator more. Also with the path as the first argument.
 *
 * @throws RxError `MQ5` where no path was named, `QU16` for a RegExp.
 */
export function compared(built: Built, name: string, args: readonly unknown[]): Built {
  const { query } = built;
  const first = args[0];
  const named = args.length > 1 || (name === "exists" && typeof first === "string");
  const path = named ? String(first) : built.path;
  if (path === undefined || path === "") throw newRxError("MQ5", { method: name });
  const given = args[named ? 1 : 0];
  const operand = name === "exists" ? (given ?? true) : given;
  if (operand instanceof RegExp) throw newRxError("QU16", { field: path, query: query.selector });
  const operators = operatorsOf(query.selector?.[path]);
  const added = name === "regex" && isObject(operand) ? operand : { [`$${name}`]: cloned(operand) };
  const selector = { ...query.selector, [path]: { ...operators, ...added } };
  // A path of the call itself is of this call only.
  return { query: { ...query, selector }, path: built.path };
}

/** Return a query with further selectors in a junction. */
export function joined({ query, path }: Built, name: string, given: unknown): Built {
  const before: unknown = query.selector?.[`$${name}`];
  const joint = [...(Array.isArray(before) ? before : []), ...[given].flat()];
  return { query: { ...query, selector: { ...query.selector, [`$${name}`]: joint } }, path };
}

/**
 * Return a query with further fields in its order: `"name -age"`, `{age: "desc"}`.
 *
 * @throws RxTypeError `MQ3` for what is no order, `MQ7` for an unknown direction.
 */
export function sorted({ query, path }: Built, given: unknown): Built {
  if (!given) return { query, path };
  const sort = { ...Object.assign({}, ...(query.sort ?? [])), ...orderOf(given) };
  const parts = Object.entries(sort).map(([field, direction]) => ({
    [field]: directionOf(field, direction),
  }));
  return { query: { ...query, sort: parts }, path };
}

function orderOf(given: unknown): Fields {
  if (typeof given === "string") {
    const fields = given.split(/\s+/).filter((field) => field !== "");
    return Object.fromEntries(
      fields.map((field) => [field.replace(/^-/, ""), field[0] === "-" ? -1 : 1]),
    );
  }
  if (Array.isArray(given)) return Object.fromEntries(given);
  if (isObject(given)) return given;
  throw newRxTypeError("MQ3", { args: given });
}

function directionOf(field: string, value: unknown): "asc" | "desc" {
  const direction = String(value).toLowerCase();
  if (/^(asc(ending)?|1)$/.test(direction)) return "asc";
  if (/^(desc(ending)?|-1)$/.test(direction)) return "desc";
  throw newRxTypeError("MQ7", { field, value });
}

function operatorsOf(condition: unknown): Fields {
  if (condition === undefined) return {};
  return isObject(condition) ? condition : { $eq: condition };
}
