/** Refuse what JSON would drop or turn into something else: the query would then match more than it says. */

import { isObject } from "../client/json.ts";
import type { QueryInput } from "./types.ts";

/**
 * Refuse a plain query that holds undefined, a RegExp, a Date, a function, …
 *
 * @throws TypeError Says where it is, and what to write instead.
 */
export function checkQuery(query: QueryInput): void {
  // One made by steps was checked at each of them.
  if (!("toJSON" in query)) checkPlain(query, "query");
}

/**
 * Refuse a part of a query, as {@link checkQuery} does.
 *
 * @param where The part's name, for the message.
 * @throws TypeError Says where it is, and what to write instead.
 */
export function checkPlain(value: unknown, where: string): void {
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  if (Number.isFinite(value)) return;
  if (Array.isArray(value)) {
    // Not forEach: it passes over holes.
    for (const [at, item] of value.entries()) checkPlain(item, `${where}[${at}]`);
  } else if (isPlainObject(value)) {
    for (const [key, item] of Object.entries(value)) checkPlain(item, `${where}.${key}`);
  } else {
    throw new TypeError(`${where} is ${kindOf(value)}, which JSON cannot carry. ${hintFor(value)}`);
  }
}

// Not by constructor: an object may come from another window.
function isPlainObject(value: unknown): value is object {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function kindOf(value: unknown): string {
  if (value === undefined || typeof value === "number") return String(value);
  const tag = tagOf(value);
  return tag === "Object" ? "an object of a class" : `a ${tag}`;
}

function hintFor(value: unknown): string {
  switch (tagOf(value)) {
    case "Undefined":
      return "Leave the member out, or compare with null.";
    case "Number":
      return "Write a finite number.";
    case "Date":
      return "Times are numbers: write date.getTime().";
    case "RegExp":
      return `Write ${JSON.stringify(isObject(value) && { $regex: value.source, $options: value.flags })}.`;
    default:
      return "A query is made of null, booleans, numbers, texts, arrays and plain objects.";
  }
}

function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}
