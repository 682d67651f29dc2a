/** Collections in the store: those it has, and those it is to have (S10). */

import { SidecarError } from "../client/errors.ts";
import { isObject, sameJson } from "../client/json.ts";
import type { Collection } from "./collection.ts";
import type { Database } from "./database.ts";
import { newRxError } from "./error.ts";

/**
 * Define those collections that the store has not, in one commit. A table that the app's schema
 * declares is there by its name.
 *
 * @throws RxError `DB6` where one was defined with another schema.
 */
export async function defineCollections(
  database: Database,
  collections: readonly Collection[],
): Promise<void> {
  const stored = await definitions(database);
  const events = await Promise.all(
    collections.map(async ({ name, schema }) => {
      const before = stored.get(name);
      if (before !== undefined) {
        if (sameJson(essence(before), essence(schema.jsonSchema))) return [];
        throw newRxError("DB6", {
          database: database.name,
          collection: name,
          previousSchema: before,
          schema: schema.jsonSchema,
        });
      }
      if (await isDeclared(database, name)) return [];
      const args = { name, primaryKey: schema.primaryPath, jsonSchema: schema.jsonSchema };
      return [{ name: "v1.CollectionDefined", args }];
    }),
  );
  if (events.flat().length > 0) await database.commit(events.flat());
}

async function definitions({ client }: Database): Promise<Map<string, unknown>> {
  const rows: unknown = await client.query({ sql: "SELECT name, definition FROM _collections" });
  const found = Array.isArray(rows) ? rows.filter(isObject) : [];
  return new Map(
    found.map(({ name, definition }) => {
      const { jsonSchema }: { jsonSchema?: unknown } = JSON.parse(String(definition));
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
function essence(schema: unknown): unknown {
  if (!isObject(schema)) return schema;
  const { version, primaryKey, properties, required, indexes } = schema;
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
