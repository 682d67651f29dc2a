/** Later versions of a collection's schema, and what they make of the documents there are. */

import type { NewEvent } from "../client/client.ts";
import { isObject } from "../client/json.ts";
import type { Collection } from "./collection.ts";
import { newRxError, newRxTypeError } from "./error.ts";
import { eventOf } from "./events.ts";
import { cloned } from "./paths.ts";
import type { Fields } from "./revision.ts";
import type { MigrationStrategies } from "./types/collection.ts";

/**
 * Refuse strategies that do not lead from one version to the next.
 *
 * @throws RxTypeError `COL11` for what is no object, `COL13` for a strategy that is no function.
 * @throws RxError `COL12` where there are not as many as there are earlier versions.
 */
export function checkStrategies(version: number, strategies: MigrationStrategies): void {
  if (!isObject(strategies)) throw newRxTypeError("COL11");
  const have = Object.keys(strategies);
  if (have.length !== version) throw newRxError("COL12", { have, version });
  for (let to = 1; to <= version; to += 1) {
    const type = typeof strategies[to];
    if (type !== "function") throw newRxTypeError("COL13", { version: to - 1, type });
  }
}

/**
 * Return the events that take a collection's documents from an earlier version of its schema to this one:
 * the strategies run on each document; one they make null of is deleted.
 */
export async function migrationEvents(
  collection: Collection,
  stored: Fields,
): Promise<readonly NewEvent[]> {
  const { database, migrationStrategies, name, schema } = collection;
  const fields = Object.keys(Object(stored.properties)).filter((field) => !field.startsWith("_"));
  const rows = await database.client.query({ from: name, fields: [...fields, "_seq"] });
  const events = await Promise.all(
    rows.map(async ({ _seq, ...document }) => {
      let migrated: unknown = cloned(document);
      for (let to = Number(stored.version) + 1; to <= schema.version; to += 1) {
        if (migrated !== null) migrated = await migrationStrategies[to]?.(migrated, collection);
      }
      const id = String(document[schema.primaryPath]);
      const previous = { id, seq: Number(_seq), deleted: false, fields: document };
      const row = isObject(migrated)
        ? { previous, fields: cloned(migrated) }
        : { previous, fields: document, deleted: true };
      const event = eventOf(collection, row, false);
      return isIdle(event) ? [] : [event];
    }),
  );
  return events.flat();
}

function isIdle({ args }: NewEvent): boolean {
  const { patch, unset }: { patch?: object; unset?: readonly string[] } = args;
  return patch !== undefined && Object.keys(patch).length === 0 && unset?.length === 0;
}
