/** Collections in the store: those it has, and those it is to have (S10). */

import type { NewEvent } from "../client/client.ts";
import { SidecarError } from "../client/errors.ts";
import { isObject, sameJson } from "../client/json.ts";
import type { Collection } from "./collection.ts";
import type { Database } from "./database.ts";
import { newRxError } from "./error.ts";
import type { Fields } from "./revision.ts";
import { migrationEvents } from "./versions.ts";

/**
 * Define those collections that the store has not, and take those on that it has of an earlier version,
 * in one commit. A table that the app's schema declares is there by its name.
 *
 * @throws RxError `DB6` where one was defined with another schema.
 */
export async function defineCollections(
  database: Database,
  collections: readonly Collection[],
): Promise<void> {
  const stored = await definitions(database);
  const events = await Promise.all(
    collections.map((collection) => eventsOf(collection, stored.get(collection.name))),
  );
  if (events.flat().length === 0) return;
  try {
    await database.commit(events.flat());
  } catch (error) {
    // Another window was faster: what there is to do now?
    if (!SidecarError.is(error, "E_CONFLICT") || !("id" in error.data)) throw error;
    await defineCollections(database, collections);
  }
}

async function eventsOf(
  collection: Collection,
  before: Fields | undefined,
): Promise<readonly NewEvent[]> {
  const { database, name, schema } = collection;
  if (before !== undefined && sameJson(essence(before), essence(schema.jsonSchema))) return [];
  const args = { name, primaryKey: schema.primaryPath, jsonSchema: schema.jsonSchema };
  const defined = { name: "v1.CollectionDefined", args };
  if (before === undefined) return (await isDeclared(database, name)) ? [] : [defined];
  if (Number(before.version) < schema.version) {
    return [defined, ...(await migrationEvents(collection, before))];
  }
  throw newRxError("DB6", {
    database: database.name,
    collection: name,
    previousSchema: before,
    schema: schema.jsonSchema,
  });
}

async function definitions({ client }: Database): Promise<Map<string, Fields>> {
  const rows: unknown = await client.query({ sql: "SELECT name, definition FROM _collections" });
  const found = Array.isArray(rows) ? rows.filter(isObject) : [];
  return new Map(
    found.map(({ name, definition }) => {
      const { jsonSchema = {} }: { jsonSchema?: Fields } = JSON.parse(String(definition));
      return [String(name), jsonSchema];
    }),
  );
}

async function isDeclared({ client }: Database, name: string): Promise<boolean> {
  try {
    await client.query({ from: name, count: true });
    return true;
  } catch (error) {
    if (SidecarError.is(error, "E_UNKNOWN_COLLECTION")) return false;
    throw error;
  }
}

/** What decides whether two schemas are one: without what RxDB adds by itself. */
function essence(schema: object): unknown {
  const { version, primaryKey, properties, required, indexes }: Fields = { ...schema };
  const key = isObject(primaryKey) ? primaryKey.key : primaryKey;
  const own = (name: unknown): boolean => !String(name).startsWith("_");
  const fields = isObject(properties)
    ? Object.entries(properties).filter(([name]) => own(name))
    : [];
  const listed = Array.isArray(required) ? required.filter(own) : [];
  const indexed = Array.isArray(indexes) ? indexes : [];
  return {
    version,
    primaryKey,
    properties: Object.fromEntries(fields),
    required: [...new Set([...listed, key])].sort(),
    indexes: indexed
      .map((index) => [index].flat().filter((field) => own(field) && field !== key))
      .filter((index) => index.length > 0),
  };
}
