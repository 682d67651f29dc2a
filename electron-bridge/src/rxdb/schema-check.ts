/** What RxDB's dev-mode refuses in schemas; here it is always refused. */

import { isObject } from "../client/json.ts";
import { newRxError, unsupported } from "./error.ts";
import type { Any } from "./types/any.ts";
import type { JsonSchema, RxJsonSchema } from "./types/schema.ts";

/**
 * Refuse what is no schema of RxDB.
 *
 * @param taken Whether a document has a member of this name already.
 * @throws RxError `SC…`, as RxDB has them.
 */
export function checkSchema(schema: RxJsonSchema<Any>, taken: (name: string) => boolean): void {
  const { crdt, encrypted = [], primaryKey, properties, version } = schema;
  if (encrypted.length > 0) {
    throw unsupported("encrypted");
  }
  if (crdt !== undefined) throw unsupported("crdt");
  if (!primaryKey) throw newRxError("SC30", { schema });
  if (!isObject(properties)) throw newRxError("SC29", { schema });
  if ("_rev" in properties) throw newRxError("SC10", { schema });
  if (typeof version !== "number" || version < 0) throw newRxError("SC11", { version });
  const key = typeof primaryKey === "string" ? primaryKey : primaryKey.key;
  for (const [name, property] of Object.entries(properties)) {
    checkField(name, property, name === key);
    if (taken(name)) throw newRxError("SC17", { key: name, schema });
    checkBelow(property, name);
  }
  checkPrimaryKey(schema, key);
  checkIndexes(schema, key);
}

function checkField(fieldName: string, property: JsonSchema, isKey: boolean): void {
  if (fieldName === "_id" && !isKey) throw newRxError("COL2", { fieldName });
  if (fieldName === "_id" || fieldName === "_deleted") return;
  checkName(fieldName);
  const { required, ref, type, items } = property;
  if (typeof required === "boolean") throw newRxError("SC24", { fieldName });
  if ("$ref" in property) throw newRxError("SC40", { fieldName });
  if (ref === undefined) return;
  if (type === "array") {
    if (!isObject(items) || items.type !== "string") throw newRxError("SC3", { fieldName });
  } else if (type !== "string" && !(Array.isArray(type) && type.includes("string"))) {
    throw newRxError("SC4", { fieldName });
  }
}

function checkBelow(property: JsonSchema, path: string): void {
  const { items } = property;
  const nested = Object.entries(property.properties ?? {});
  if (isObject(items)) checkBelow(items, path);
  for (const [name, below] of nested) {
    checkName(name);
    if (below.default) throw newRxError("SC7", { path: `${path}.${name}` });
    checkBelow(below, `${path}.${name}`);
  }
}

// Names have to be members of a document, beside `name$` and `name_`.
function checkName(fieldName: string): void {
  if (fieldName === "properties") throw newRxError("SC23", { fieldName });
  if (!/^[a-zA-Z](?:\w*[a-zA-Z0-9])?$/.test(fieldName)) {
    throw newRxError("SC1", { fieldName });
  }
}

function checkPrimaryKey(schema: RxJsonSchema<Any>, key: string): void {
  const property: JsonSchema | undefined = schema.properties[key];
  if (property === undefined) throw newRxError("SC33", { schema });
  if (!property.type) throw newRxError("SC32", { schema });
  if (property.type !== "string") throw newRxError("SC16", { value: property, schema });
  if (!property.maxLength) throw newRxError("SC39", { schema });
  if (!Number.isFinite(property.maxLength)) throw newRxError("SC41", { schema });
}

function checkIndexes(schema: RxJsonSchema<Any>, key: string): void {
  const { indexes = [] } = schema;
  if (!Array.isArray(indexes)) throw newRxError("SC18", { indexes, schema });
  for (const index of indexes) {
    if (index === key) throw newRxError("SC13", { schema });
    if (typeof index !== "string" && !Array.isArray(index)) {
      throw newRxError("SC19", { index, schema });
    }
    for (const field of [index].flat()) checkIndexed(schema, index, field);
  }
}

function checkIndexed(schema: RxJsonSchema<Any>, index: unknown, field: unknown): void {
  if (typeof field !== "string") throw newRxError("SC20", { index, schema });
  const property = at(schema, field);
  if (property === undefined) throw newRxError("SC21", { index: field, schema });
  const fault = faults[String(property.type)] ?? (() => "SC36");
  const code = fault(property, isRequired(schema, field));
  if (code !== undefined) {
    throw newRxError(code, { index, field, fieldName: field, type: property.type, schema });
  }
}

// What RxDB's storages need to know of an indexed field, by its type.
const faults: {
  readonly [type: string]: (property: JsonSchema, required: boolean) => string | undefined;
} = {
  string: ({ maxLength = 0 }) => (maxLength > 2048 ? "SC42" : maxLength > 0 ? undefined : "SC34"),
  number: numberFault,
  integer: numberFault,
  boolean: (_, required) => (required ? undefined : "SC38"),
};

function numberFault({ maximum, minimum, multipleOf }: JsonSchema): string | undefined {
  if (!multipleOf) return "SC35";
  if (maximum === undefined || minimum === undefined) return "SC37";
  return Number.isFinite(maximum - minimum) ? undefined : "SC41";
}

function isRequired(schema: RxJsonSchema<Any>, field: string): boolean {
  const dot = field.lastIndexOf(".");
  const parent = dot < 0 ? schema : at(schema, field.slice(0, dot));
  return parent?.required?.includes(field.slice(dot + 1)) ?? false;
}

function at(schema: RxJsonSchema<Any>, path: string): JsonSchema | undefined {
  let found: JsonSchema | undefined = { properties: schema.properties };
  for (const name of path.split(".")) found = found?.properties?.[name];
  return found;
}
