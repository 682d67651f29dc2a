/** Dotted paths into documents, and what a document may be made of. */

import { isObject } from "../client/json.ts";

/** Return what is found at a path such as `a.b`, `a.0` or `a[0].b`; undefined where there is nothing. */
export function valueAt(value: unknown, path: string): unknown {
  let found = value;
  for (const key of keysOf(path)) {
    if (found === null || found === undefined || !Object.hasOwn(Object(found), key)) {
      return undefined;
    }
    found = Object(found)[key];
  }
  return found;
}

/** Return the steps of a path. */
export function keysOf(path: string): string[] {
  return path.replace(/\[(\d+)\]/g, ".$1").split(".");
}

/** Return a deep copy of JSON, without members that are undefined. */
export function cloned<T>(value: T): T;
export function cloned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cloned);
  if (!isObject(value)) return value;
  const there = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(there.map(([key, item]) => [key, cloned(item)]));
}

/** Freeze JSON through and through. */
export function frozen<T>(value: T): T {
  // What is frozen was frozen here, and so is all below it.
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const item of Object.values(value)) frozen(item);
  }
  return value;
}

/** Return the place of the first value in an object that `found` is true of, or undefined. */
export function placeOf(
  value: unknown,
  found: (value: unknown) => boolean,
  place = "",
): string | undefined {
  if (found(value)) return place;
  if (!Array.isArray(value) && !isObject(value)) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const below = placeOf(item, found, place === "" ? key : `${place}.${key}`);
    if (below !== undefined) return below;
  }
  return undefined;
}

/** Whether a value can't be part of JSON: a Date, a function, NaN, an object of a class, … */
export function isForeign(value: unknown): boolean {
  if (typeof value === "number") return !Number.isFinite(value);
  if (typeof value !== "object") return !["string", "boolean", "undefined"].includes(typeof value);
  if (value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Not by constructor: an object may come from another window.
  return prototype !== null && Object.getPrototypeOf(prototype) !== null;
}
