/**
 * The demo's own comparison of RxDB's documents with the store's, sharing no code with the migration.
 *
 * 1. Every live RxDB document is either in the store or in the quarantine, never in both or neither.
 * 2. It has exactly the fields that RxDB's has. Absent is not null is not "".
 * 3. Values are deeply equal. In the store, not in the quarantine, the declared timestamps may have
 *    changed their form, never their moment.
 */

import type { Document } from "./documents.ts";

export interface Comparison {
  compared: number;
  differences: string[];
  /** Dates that are none: they have no place in a column, so only the event log can keep them. */
  undated: Undated[];
}

export interface Undated {
  id: string;
  field: string;
  value: unknown;
}

const TIMESTAMPS: Readonly<Record<string, readonly string[]>> = {
  personas: ["createdAt", "updatedAt", "lastUsed"],
  memoryEntities: ["lastAccessed", "createdAt", "updatedAt", "deletedAt"],
  conversations: ["createdAt", "updatedAt", "archivedAt"],
};

export function compare(
  collection: string,
  before: ReadonlyMap<string, Document>,
  after: ReadonlyMap<string, Document>,
  quarantined: ReadonlyMap<string, Document>,
): Comparison {
  const undated: Undated[] = [];
  const differences = [...before].flatMap(([id, old]) => {
    const now = after.get(id);
    const path = `${collection}/${id}`;
    const kept = quarantined.get(id);
    if (now && kept) return [`${path}: imported and quarantined`];
    if (kept) return differing(old, kept, path);
    if (!now) return [`${path}: lost`];
    const { expected, unread } = dated(collection, old);
    undated.push(...unread.map((field) => ({ id, field, value: old[field] })));
    return differing(expected, now, path);
  });
  for (const id of after.keys()) {
    if (!before.has(id)) differences.push(`${collection}/${id}: not in RxDB`);
  }
  return { compared: before.size, differences, undated };
}

/** The document with its timestamps in ms, without those that are no dates. */
function dated(collection: string, old: Document) {
  const expected = { ...old };
  const unread: string[] = [];
  for (const field of TIMESTAMPS[collection] ?? []) {
    if (old[field] === undefined) continue;
    expected[field] = milliseconds(old[field]);
    if (!Number.isNaN(expected[field])) continue;
    delete expected[field];
    unread.push(field);
  }
  return { expected, unread };
}

/** The moment that the old app's date meant, in ms: seconds since 1970 have 10 digits until 2286. */
function milliseconds(value: unknown): unknown {
  if (typeof value === "string") return Date.parse(value);
  if (typeof value === "number") return Math.abs(value) < 1e11 ? value * 1000 : value;
  // A Date that RxDB was given and stored as {}: the moment is gone, and with it the field.
  return isObject(value) && Object.keys(value).length === 0 ? Number.NaN : value;
}

function differing(before: unknown, right: unknown, path: string): string[] {
  if (Object.is(before, right) || (before === 0 && right === 0)) return [];
  if (!isObject(before) || !isObject(right) || Array.isArray(before) !== Array.isArray(right)) {
    return [`${path}: ${JSON.stringify(before)} became ${JSON.stringify(right)}`];
  }
  const keys = new Set([...Object.keys(before), ...Object.keys(right)]);
  return [...keys].flatMap((key) => {
    const [old, now] = [before[key], right[key]];
    if (old !== undefined && !Object.hasOwn(right, key)) return [`${path}/${key}: lost`];
    return differing(old, now, `${path}/${key}`);
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
