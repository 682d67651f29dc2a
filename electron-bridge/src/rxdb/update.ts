/**
 * Update operators: `$set`, `$inc`, `$push`, … on fields or dotted paths.
 *
 * 1. They apply to a copy, in the order they are written.
 * 2. A path makes the objects it needs, and goes into arrays by number; `$unset`, `$pop`, `$pull` and
 *    `$rename` make nothing.
 * 3. An operator that does not fit the value it finds leaves it.
 */

import { isObject, sameJson } from "../client/json.ts";
import { unsupported } from "./error.ts";
import { cloned, keysOf } from "./paths.ts";
import type { Fields } from "./revision.ts";

interface Place {
  [name: string]: unknown;
}

/** Changes one field of an object. */
type Operator = (at: Place, name: string, operand: unknown, root: Place) => void;

/**
 * Return the fields an update makes of a document's.
 *
 * @throws Error An operator that is none, or an operand that does not fit it.
 */
export function updated(fields: Fields, update: object): Fields {
  const result: Place = { ...cloned(fields) };
  for (const [name, operands] of Object.entries(update)) {
    const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
    if (operator === undefined) throw new Error(`unknown update operator ${name}`);
    for (const [path, operand] of Object.entries(Object(operands))) {
      const keys = keysOf(path);
      const last = keys.pop() ?? path;
      const at = found(result, keys, !making.has(name));
      if (at !== undefined) operator(at, last, cloned(operand), result);
    }
  }
  return result;
}

const making = new Set(["$unset", "$pop", "$pull", "$pullAll", "$rename"]);

const operators: { readonly [name: string]: Operator } = {
  $set: (at, name, value) => {
    at[name] = value;
  },
  $unset: (at, name) => {
    if (Array.isArray(at)) at[Number(name)] = null;
    else delete at[name];
  },
  $inc: (at, name, by) => number(at, name, by, (value, amount) => value + amount),
  $mul: (at, name, by) => number(at, name, by, (value, factor) => value * factor),
  $min: (at, name, value) => {
    if (at[name] === undefined || isLess(value, at[name])) at[name] = value;
  },
  $max: (at, name, value) => {
    if (at[name] === undefined || isLess(at[name], value)) at[name] = value;
  },
  $push: (at, name, operand) => {
    const { $each, $position, $sort, $slice }: Place = withEach(operand);
    const list = listOf(at, name);
    if (list === undefined) return;
    list.splice(
      typeof $position === "number" ? $position : list.length,
      0,
      ...each("$push", $each),
    );
    if ($sort !== undefined) sort(list, $sort);
    if (typeof $slice === "number") {
      at[name] = $slice < 0 ? list.slice($slice) : list.slice(0, $slice);
    }
  },
  $addToSet: (at, name, operand) => {
    const list = listOf(at, name);
    for (const item of each("$addToSet", withEach(operand).$each)) {
      if (list?.some((one) => sameJson(one, item)) === false) list.push(item);
    }
  },
  $pop: (at, name, end) => {
    if (end !== 1 && end !== -1) throw new Error("$pop takes 1 or -1");
    const list = at[name];
    if (Array.isArray(list)) list.splice(end === 1 ? -1 : 0, 1);
  },
  $pull: (at, name, condition) => pull(at, name, (item) => matches(item, condition)),
  $pullAll: (at, name, items) => {
    if (!Array.isArray(items)) throw new Error("$pullAll takes an array");
    pull(at, name, (item) => items.some((one) => sameJson(one, item)));
  },
  $rename: (at, name, path, root) => {
    if (typeof path !== "string") throw new Error("$rename takes the new path");
    if (!(name in at)) return;
    const keys = keysOf(path);
    const last = keys.pop() ?? path;
    const target = found(root, keys, true);
    if (target !== undefined) target[last] = at[name];
    delete at[name];
  },
  $currentDate: (at, name) => {
    at[name] = Date.now();
  },
  $bit: (at, name, operand) => {
    const [[operator, mask] = []] = Object.entries(Object(operand));
    const value = at[name] ?? 0;
    if (typeof value !== "number" || typeof mask !== "number") return;
    if (operator === "and") at[name] = value & mask;
    else at[name] = operator === "or" ? value | mask : value ^ mask;
  },
};

/** Return the object at some keys; where it is missing, make it or return undefined. */
function found(root: Place, keys: readonly string[], make: boolean): Place | undefined {
  let at: Place = root;
  for (const key of keys) {
    if (at[key] === undefined && make) at[key] = {};
    const next = at[key];
    if (!isPlace(next)) return undefined;
    at = next;
  }
  return at;
}

function isPlace(value: unknown): value is Place {
  return typeof value === "object" && value !== null;
}

function number(
  at: Place,
  name: string,
  by: unknown,
  change: (value: number, by: number) => number,
): void {
  if (typeof by !== "number") throw new Error("$inc and $mul take a number");
  const value = at[name] ?? 0;
  if (typeof value === "number" && at[name] !== null) at[name] = change(value, by);
}

/** Return the array of a field, made where there is none; undefined where it is something else. */
function listOf(at: Place, name: string): unknown[] | undefined {
  at[name] ??= [];
  const list = at[name];
  return Array.isArray(list) ? list : undefined;
}

function withEach(operand: unknown): Place {
  const modified = isObject(operand) && Object.keys(operand).some((key) => key.startsWith("$"));
  return modified ? { ...operand } : { $each: [operand] };
}

function each(operator: string, items: unknown): unknown[] {
  if (!Array.isArray(items)) throw new Error(`$each of ${operator} takes an array`);
  return items;
}

function sort(list: unknown[], by: unknown): void {
  const [field, direction] = isObject(by) ? (Object.entries(by)[0] ?? []) : [undefined, by];
  const of = (item: unknown): unknown => (field === undefined ? item : Object(item)[field]);
  list.sort((a, b) => {
    const [first, second] = direction === -1 ? [of(b), of(a)] : [of(a), of(b)];
    return Number(isLess(second, first)) - Number(isLess(first, second));
  });
}

function pull(at: Place, name: string, drop: (item: unknown) => boolean): void {
  const list = at[name];
  if (Array.isArray(list)) at[name] = list.filter((item) => !drop(item));
}

// A condition is a value, some fields of an object with theirs, or operators of one value.
function matches(item: unknown, condition: unknown): boolean {
  if (!isObject(condition)) return sameJson(item, condition);
  return Object.entries(condition).every(([name, operand]) => {
    if (!name.startsWith("$")) return isObject(item) && matches(item[name], operand);
    const compare = comparisons[name];
    if (compare === undefined) throw unsupported(`$pull with ${name}`);
    return compare(item, operand);
  });
}

const comparisons: { readonly [name: string]: (item: unknown, operand: unknown) => boolean } = {
  $eq: sameJson,
  $ne: (item, operand) => !sameJson(item, operand),
  $gt: (item, operand) => typeof item === typeof operand && isLess(operand, item),
  $gte: (item, operand) => typeof item === typeof operand && !isLess(item, operand),
  $lt: (item, operand) => typeof item === typeof operand && isLess(item, operand),
  $lte: (item, operand) => typeof item === typeof operand && !isLess(operand, item),
  $in: (item, operand) => Array.isArray(operand) && operand.some((one) => sameJson(one, item)),
  $nin: (item, operand) => Array.isArray(operand) && !operand.some((one) => sameJson(one, item)),
};

function isLess(a: unknown, b: unknown): boolean {
  return typeof a === "string" && typeof b === "string" ? a < b : Number(a) < Number(b);
}
