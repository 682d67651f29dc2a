/** What RxDB's dev-mode refuses in queries; here it is always refused. */

import { sameJson } from "../client/json.ts";
import type { Collection } from "./collection.ts";
import { newRxError, newRxTypeError } from "./error.ts";
import { isForeign, placeOf } from "./paths.ts";
import type { MangoQuery, RxQueryOP } from "./types/query.ts";

const KEYS = ["selector", "limit", "skip", "sort", "index"];

/**
 * Refuse what is no query, when it is made.
 *
 * @throws RxTypeError `QU11`, for what is no object or has an unknown member.
 * @throws RxError `QU15` for a count with skip or limit, `QU16` for a RegExp.
 */
export function checkQuery(
  collection: Collection,
  op: RxQueryOP,
  query: unknown,
): asserts query is MangoQuery {
  const described = { op, collection: collection.name, queryObj: query };
  if (Object.prototype.toString.call(query) !== "[object Object]") {
    throw newRxTypeError("QU11", described);
  }
  const members: { readonly [name: string]: unknown } = Object(query);
  for (const key of Object.keys(members)) {
    if (!KEYS.includes(key)) throw newRxTypeError("QU11", { ...described, key });
  }
  if (op === "count" && (members.limit || members.skip)) {
    throw newRxError("QU15", { collection: collection.name, query });
  }
  const regExp = placeOf(query, (value) => value instanceof RegExp);
  if (regExp !== undefined) {
    throw newRxError("QU16", { field: regExp.replace(/.*\./, ""), query });
  }
  // A Date, NaN, …: JSON would make another value of it.
  const foreign = placeOf(query, isForeign);
  if (foreign !== undefined) throw newRxTypeError("QU11", { ...described, field: foreign });
}

/**
 * Refuse what the schema does not know, when it is run.
 *
 * @throws RxError `QU19` for undefined, `QU13` for an unknown field, `QU12` for an unknown index.
 */
export function checkMangoQuery({ name, schema }: Collection, query: MangoQuery): void {
  const given = Object.fromEntries(
    Object.entries(query).filter(([, value]) => value !== undefined),
  );
  const field = placeOf(given, (value) => value === undefined);
  if (field !== undefined) throw newRxError("QU19", { field, query });
  const selected = Object.keys(query.selector ?? {}).filter((key) => !key.startsWith("$"));
  const sorted = (query.sort ?? []).flatMap((part) => Object.keys(part).slice(0, 1));
  for (const path of [...selected, ...sorted]) {
    if (!path.includes(".") && !schema.fields.includes(path)) {
      throw newRxError("QU13", { schema: schema.jsonSchema, field: path, query });
    }
  }
  const { index } = query;
  if (index === undefined) return;
  const fields = typeof index === "string" ? [index] : index;
  if (!schema.indexes.some((one) => sameJson(one, fields))) {
    throw newRxError("QU12", { collection: name, query, schema: schema.jsonSchema });
  }
}
