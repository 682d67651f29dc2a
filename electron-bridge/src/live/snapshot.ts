/** What a live query holds, and how each message of the server changes it. */

import { SidecarError } from "../client/errors.ts";
import { isObject, type JsonObject } from "../client/json.ts";
import { applyPatch, keepEqual, type Patch, reconcile, type Upsert } from "./patch.ts";

/** The result of any query: rows, one row or null, or a number. */
export type LiveValue = readonly JsonObject[] | JsonObject | null | number;

/**
 * A live query at one moment.
 *
 * - `loading`: no result yet.
 * - `ready`: `data` is the query's result as of `head`.
 * - `error`: the query fails; `data` is the last result there was, if any.
 */
export type LiveSnapshot<Data> =
  | {
      readonly status: "loading";
      readonly data: undefined;
      readonly error: undefined;
      readonly head: 0;
    }
  | {
      readonly status: "ready";
      readonly data: Data;
      readonly error: undefined;
      /** The event log's head when `data` last changed. */
      readonly head: number;
    }
  | {
      readonly status: "error";
      readonly data: Data | undefined;
      readonly error: SidecarError;
      readonly head: number;
    };

/** What a live query holds before its first result. */
export const loading: LiveSnapshot<never> = {
  status: "loading",
  data: undefined,
  error: undefined,
  head: 0,
};

/** A query's answer, read from the wire. */
export interface Answer {
  readonly value: LiveValue;
  readonly head: number;
  /** Where rows name themselves; null when they don't, and then no patch comes. */
  readonly primaryKey: string | null;
}

/**
 * Read `{rows | row | count, head, primaryKey?}`.
 *
 * @throws SidecarError `E_PROTOCOL` when it is nothing of the kind.
 */
export function readAnswer(wire: unknown): Answer {
  if (isObject(wire) && typeof wire.head === "number") {
    const { head } = wire;
    const primaryKey = typeof wire.primaryKey === "string" ? wire.primaryKey : null;
    const value = readValue(wire);
    if (value !== undefined) return { value, head, primaryKey };
  }
  throw misread("answered a query");
}

/** Return the snapshot after a whole result, which is the same object when nothing differs. */
export function withAnswer(
  before: LiveSnapshot<LiveValue>,
  answer: Answer,
): LiveSnapshot<LiveValue> {
  return withData(before, keepRows(before.data, answer), answer.head);
}

/** Return the snapshot after an error, which is the same object when it is the same one; the data stays. */
export function withError(
  before: LiveSnapshot<LiveValue>,
  error: SidecarError,
): LiveSnapshot<LiveValue> {
  const { code, message } = before.error ?? {};
  if (code === error.code && message === error.message) return before;
  return { status: "error", data: before.data, error, head: before.head };
}

/**
 * Return the snapshot after a `subscription` notification `{head, patch | result | error}`.
 *
 * @throws SidecarError `E_PROTOCOL` when it has none of them, or its patch does not fit the rows.
 */
export function withNotification(
  before: LiveSnapshot<LiveValue>,
  primaryKey: string | null,
  params: { readonly [key: string]: unknown },
): LiveSnapshot<LiveValue> {
  const { head, patch, result, error } = params;
  if (error !== undefined) return withError(before, SidecarError.fromWire(error));
  if (typeof head !== "number") throw misread("notified");
  if (isObject(result))
    return withAnswer(before, { ...readAnswer({ ...result, head }), primaryKey });
  if (isPatch(patch) && primaryKey !== null && isRows(before.data)) {
    return withData(before, applyPatch(before.data, primaryKey, patch), head);
  }
  throw misread("notified");
}

function withData(
  before: LiveSnapshot<LiveValue>,
  data: LiveValue,
  head: number,
): LiveSnapshot<LiveValue> {
  if (before.status === "ready" && data === before.data) return before;
  return { status: "ready", data, error: undefined, head };
}

function keepRows(before: LiveValue | undefined, answer: Answer): LiveValue {
  if (isRows(before) && isRows(answer.value)) {
    return reconcile(before, answer.primaryKey, answer.value);
  }
  return keepEqual(before, answer.value);
}

function readValue(wire: { readonly [key: string]: unknown }): LiveValue | undefined {
  if (isRows(wire.rows)) return wire.rows;
  if (isJsonObject(wire.row) || wire.row === null) return wire.row;
  return typeof wire.count === "number" ? wire.count : undefined;
}

function isPatch(value: unknown): value is Patch {
  return (
    isObject(value) &&
    Array.isArray(value.remove) &&
    Array.isArray(value.upsert) &&
    value.upsert.every(isUpsert)
  );
}

function isUpsert(value: unknown): value is Upsert {
  return isObject(value) && typeof value.at === "number" && isObject(value.row);
}

function isRows(value: unknown): value is readonly JsonObject[] {
  return Array.isArray(value) && value.every(isJsonObject);
}

// JSON.parse made these values, so an object among them is a JSON object.
function isJsonObject(value: unknown): value is JsonObject {
  return isObject(value);
}

function misread(when: string): SidecarError {
  return new SidecarError("E_PROTOCOL", `The server ${when} in no known form`, {
    hint: "Do the app and its sidecar come from the same release?",
  });
}
