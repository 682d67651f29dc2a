/** What a validator of RxDB refuses in a document of the store, and can be left out. */

import { isObject } from "../client/json.ts";

type Fields = { readonly [field: string]: unknown };

/** A document that a schema may accept, and the JSON pointers of what it lost for that. */
export interface NarrowResult {
  readonly document: Fields;
  readonly removed: readonly string[];
}

/**
 * Return a document without the members that its JSON schema does not know, where it allows no others,
 * and without the nulls it does not allow.
 */
export function narrow(document: Fields, schema: unknown): NarrowResult {
  const removed: string[] = [];
  return { document: narrowObject(document, schema, "", removed), removed };
}

function narrowValue(value: unknown, schema: unknown, path: string, removed: string[]): unknown {
  if (!isObject(schema)) return value;
  if (Array.isArray(value)) {
    return value.map((item, at) => narrowValue(item, schema.items, `${path}/${at}`, removed));
  }
  return isObject(value) ? narrowObject(value, schema, path, removed) : value;
}

function narrowObject(value: Fields, schema: unknown, path: string, removed: string[]): Fields {
  if (!isObject(schema) || !isObject(schema.properties)) return value;
  const kept: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    const at = `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    const unknown = property === undefined && schema.additionalProperties === false;
    if (unknown || (member === null && !takesNull(property))) removed.push(at);
    else kept.push([name, narrowValue(member, property, at, removed)]);
  }
  return Object.fromEntries(kept);
}

function takesNull(schema: unknown): boolean {
  if (!isObject(schema) || schema.type === undefined) return true;
  return [schema.type].flat().includes("null");
}
