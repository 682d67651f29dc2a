/**
 * The event of a write: the table's own, where the app's schema has one that does the same, else that
 * of the document.
 */

import type { NewEvent } from "../client/client.ts";
import { sameJson } from "../client/json.ts";
import { type TypedWrite, writes } from "../generated/writes.ts";
import type { Collection } from "./collection.ts";
import type { Fields, Revision } from "./revision.ts";

/** What a document is to be. */
export interface WriteRow {
  /** The revision the writer knows; none where there should be no document. */
  readonly previous?: Revision | undefined;
  readonly fields: Fields;
  readonly deleted?: boolean;
}

/** Return the primary key of a row's document; an empty text where it has none. */
export function idOf(collection: Collection, { fields, previous }: WriteRow): string {
  const id = previous?.id ?? fields[collection.schema.primaryPath];
  return typeof id === "string" ? id : "";
}

/**
 * Return the event that makes of a document what a row says.
 *
 * @param typed Whether it may be the table's own.
 */
export function eventOf(collection: Collection, row: WriteRow, typed: boolean): NewEvent {
  const { name, schema } = collection;
  const id = idOf(collection, row);
  // A deleted document is none to the store.
  const before = row.previous?.deleted ? undefined : row.previous;
  // Without a key there is nothing to expect: the store refuses the document.
  const expect = id === "" ? [] : [{ collection: name, id, seq: before?.seq ?? null }];
  const own = typed ? writes[name] : undefined;
  const key = { [schema.primaryPath]: id };
  if (row.deleted) {
    return own?.remove
      ? { name: own.remove.event, args: key, expect }
      : { name: "v1.DocumentDeleted", args: { collection: name, id }, expect };
  }
  if (before === undefined) {
    const insert = own?.insert;
    return fits(insert, row.fields)
      ? { name: insert.event, args: row.fields, expect }
      : { name: "v1.DocumentInserted", args: { collection: name, document: row.fields }, expect };
  }
  const changed = Object.entries(row.fields).filter(
    ([field, value]) => !sameJson(value, before.fields[field]),
  );
  const patch = Object.fromEntries(changed);
  const unset = Object.keys(before.fields).filter((field) => !(field in row.fields));
  const update = own?.patch;
  return unset.length === 0 && fits(update, patch)
    ? { name: update.event, args: { ...key, updates: patch }, expect }
    : { name: "v1.DocumentPatched", args: { collection: name, id, patch, unset }, expect };
}

// It fills in what it is not given, which a document event would not.
function fits(write: TypedWrite | undefined, fields: Fields): write is TypedWrite {
  return (
    write?.needs.every((field) => fields[field] !== undefined && fields[field] !== null) === true
  );
}
