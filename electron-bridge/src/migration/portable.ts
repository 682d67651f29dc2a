/**
 * What IndexedDB can hold and JSON can't.
 *
 * `JSON.stringify` writes NaN as null and a Set as `{}`, without a word. A migration that loses nothing
 * has to notice. Half of an emoji it writes as an escape, which the server keeps in quarantine.
 */

import { isObject, type Json, type JsonObject } from "../client/json.ts";

/** A value in a document that has no form in JSON. */
export interface Unportable {
  /** JSON pointer into the document. */
  readonly path: string;
  /** What is there: `NaN`, `a Set`, … */
  readonly found: string;
}

/**
 * Return a value as JSON, or the first place in it that JSON can't carry.
 *
 * Dates become ISO strings and members that are undefined go, both as `JSON.stringify` does it; a
 * value that holds neither is returned as it is.
 */
export function portable(value: unknown, path = ""): PortableResult {
  if (value === null || typeof value === "boolean" || typeof value === "string") {
    return { json: value };
  }
  if (typeof value === "number") {
    return Number.isFinite(value) ? { json: value } : { unportable: { path, found: `${value}` } };
  }
  if (value instanceof Date && !Number.isNaN(value.getTime())) return { json: value.toISOString() };
  if (Array.isArray(value)) return portableItems(value, path);
  if (isPlain(value)) return portableMembers(value, path);
  return { unportable: { path, found: describe(value) } };
}

/** As {@link portable}, for what must be an object. */
export function portableObject(
  value: unknown,
): { readonly json: JsonObject } | { readonly unportable: Unportable } {
  return isPlain(value)
    ? portableMembers(value, "")
    : { unportable: { path: "", found: describe(value) } };
}

type PortableResult = { readonly json: Json } | { readonly unportable: Unportable };

function portableItems(items: readonly unknown[], path: string): PortableResult {
  const result: Json[] = [];
  // By index, because a hole in an array has no entry to visit.
  for (let at = 0; at < items.length; at++) {
    const item = portable(items[at], `${path}/${at}`);
    if ("unportable" in item) return item;
    result.push(item.json);
  }
  return { json: result };
}

function portableMembers(
  value: { readonly [key: string]: unknown },
  path: string,
): { readonly json: JsonObject } | { readonly unportable: Unportable } {
  const result: { [key: string]: Json } = {};
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const item = portable(member, `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
    if ("unportable" in item) return item;
    // A document may have a member named __proto__, which assignment would not make.
    Object.defineProperty(result, key, {
      value: item.json,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
  return { json: result };
}

function isPlain(value: unknown): value is { readonly [key: string]: unknown } {
  return isObject(value) && Object.prototype.toString.call(value) === "[object Object]";
}

function describe(value: unknown): string {
  if (value === undefined) return "undefined";
  if (typeof value === "bigint" || typeof value === "function") return `a ${typeof value}`;
  return `a ${Object.prototype.toString.call(value).slice("[object ".length, -1)}`;
}
