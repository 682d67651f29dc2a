/** One form for queries that mean the same. */

import { canonical, isObject } from "../client/json.ts";
import type { RxSchema } from "./schema.ts";
import type { MangoQuery, MangoQuerySortPart, RxQueryOP } from "./types/query.ts";

/** A query that says all it means. */
export interface NormalQuery {
  readonly selector: { readonly [name: string]: unknown };
  readonly sort: { [field: string]: "asc" | "desc" }[];
  readonly skip: number;
  readonly limit: number | undefined;
}

/** Return the form that queries of the same meaning share: RxDB's defaults, and no shorthand. */
export function normalized(schema: RxSchema, query: MangoQuery): NormalQuery {
  const { selector = {}, skip = 0, limit } = query;
  const long = longhand(selector);
  return { selector: isObject(long) ? long : {}, sort: orderOf(schema, query), skip, limit };
}

/** Return the text that queries of the same meaning share. */
export function keyOf(
  op: RxQueryOP,
  query: MangoQuery,
  schema: RxSchema,
  path: string | undefined,
): string {
  // The order of the ids is that of the result.
  if (op === "findByIds") return `|findByIds|${JSON.stringify(query.selector)}`;
  return canonical({ op, query: normalized(schema, query), path });
}

// Without `sort`, RxDB follows the index that is named, else the schema's first.
function orderOf(schema: RxSchema, { sort, index }: MangoQuery): NormalQuery["sort"] {
  const { primaryPath } = schema;
  const named = typeof index === "string" ? [index] : index;
  const parts: readonly MangoQuerySortPart[] =
    sort ?? (named ?? schema.indexes[0] ?? []).map((field) => ({ [field]: "asc" }));
  const order = parts.map((part) => {
    const [field = primaryPath, direction] = Object.entries(part)[0] ?? [];
    return { [field]: direction ?? "asc" };
  });
  return order.some((part) => primaryPath in part) ? order : [...order, { [primaryPath]: "asc" }];
}

// `{field: value}` is `{field: {$eq: value}}`, also in the selectors of a junction.
function longhand(selector: unknown): unknown {
  if (!isObject(selector)) return selector;
  return Object.fromEntries(
    Object.entries(selector).map(([field, matcher]) => {
      if (Array.isArray(matcher) && field.startsWith("$")) return [field, matcher.map(longhand)];
      const bare = typeof matcher !== "object" || matcher === null;
      return [field, bare && !field.startsWith("$") ? { $eq: matcher } : matcher];
    }),
  );
}
