/**
 * Row patches: how one live result becomes the next.
 *
 * 1. Rows + patch = the query run afresh: rows and order.
 * 2. A row that did not change stays the same object, so that `React.memo` and dependency lists see it.
 * 3. Nothing is changed in place: a result that was handed out stays what it was.
 */

import { SidecarError } from "../client/errors.ts";
import { type Json, type JsonObject, sameJson } from "../client/json.ts";

/** A row that came, changed or moved, and its index in the final result. */
export interface Upsert {
  readonly at: number;
  readonly row: JsonObject;
}

/** The difference of two results, naming rows by primary key. */
export interface Patch {
  /** Primary keys of rows that left. */
  readonly remove: readonly string[];
  /** Rows that came or changed, by ascending index. */
  readonly upsert: readonly Upsert[];
  /** All primary keys, only there where the rest would not give the final order. */
  readonly order?: readonly string[] | null | undefined;
}

/**
 * Return the rows a patch leads to: the removed and the upserted ids are taken out, then each upsert is
 * inserted at its index, ascending, then `order`, where it is given, is established. It is `rows` itself
 * where nothing differs: 2 and 2.0 are two values to the server.
 *
 * @throws SidecarError `E_PROTOCOL` when a row has no text under `primaryKey`, or `order` names an
 *   unknown one: the patch is not one for these rows.
 */
export function applyPatch(
  rows: readonly JsonObject[],
  primaryKey: string,
  patch: Patch,
): readonly JsonObject[] {
  const touched = new Set(patch.remove);
  for (const { row } of patch.upsert) touched.add(idOf(row, primaryKey));
  const kept: JsonObject[] = [];
  const old = new Map<string, JsonObject>();
  for (const row of rows) {
    const id = idOf(row, primaryKey);
    if (touched.has(id)) old.set(id, row);
    else kept.push(row);
  }
  const next = patch.upsert.map(({ at, row }) => ({
    at,
    row: keepEqual(old.get(idOf(row, primaryKey)), row),
  }));
  const inserted = insertAll(kept, next);
  return keepRows(rows, patch.order ? ordered(inserted, primaryKey, patch.order) : inserted);
}

/**
 * Return `next` with each row that equals an old one replaced by that very object, and `rows` itself
 * where nothing differs. For results that come whole.
 *
 * @param primaryKey Where rows name themselves, or null to compare them by position.
 */
export function reconcile(
  rows: readonly JsonObject[],
  primaryKey: string | null,
  next: readonly JsonObject[],
): readonly JsonObject[] {
  const old = new Map(rows.map((row, at) => [keyOf(row, primaryKey, at), row]));
  return keepRows(
    rows,
    next.map((row, at) => keepEqual(old.get(keyOf(row, primaryKey, at)), row)),
  );
}

function keepRows(old: readonly JsonObject[], next: readonly JsonObject[]): readonly JsonObject[] {
  return next.length === old.length && next.every((row, at) => row === old[at]) ? old : next;
}

/** Return `old` where the two are equal, else `next`. */
export function keepEqual<Row>(old: Row | undefined, next: Row): Row {
  return old !== undefined && sameJson(old, next) ? old : next;
}

// Inserting by ascending index is a merge: whatever precedes an insert is already in its final place.
function insertAll(kept: readonly JsonObject[], upserts: readonly Upsert[]): JsonObject[] {
  const result: JsonObject[] = [];
  let taken = 0;
  for (const { at, row } of upserts) {
    const upTo = taken + Math.max(0, at - result.length);
    for (; taken < upTo && taken < kept.length; taken++) push(result, kept[taken]);
    result.push(row);
  }
  for (; taken < kept.length; taken++) push(result, kept[taken]);
  return result;
}

function push(result: JsonObject[], row: JsonObject | undefined): void {
  if (row !== undefined) result.push(row);
}

function ordered(
  rows: readonly JsonObject[],
  primaryKey: string,
  order: readonly string[],
): JsonObject[] {
  const byId = new Map(rows.map((row) => [idOf(row, primaryKey), row]));
  return order.map((id) => {
    const row = byId.get(id);
    if (row === undefined) throw unfitting(`orders ${id}, which is not in the result`);
    return row;
  });
}

function idOf(row: JsonObject, primaryKey: string): string {
  const id = row[primaryKey];
  if (typeof id !== "string") throw unfitting(`meets a row without a text ${primaryKey}`);
  return id;
}

function keyOf(row: JsonObject, primaryKey: string | null, at: number): Json | undefined {
  return primaryKey === null ? at : row[primaryKey];
}

function unfitting(problem: string): SidecarError {
  return new SidecarError("E_PROTOCOL", `A patch ${problem}`, {
    hint: "Do the app and its sidecar come from the same release?",
  });
}
