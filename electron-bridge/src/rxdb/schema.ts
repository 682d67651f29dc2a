/** The schema of a collection, as RxDB reads it. */

import { isObject, sameJson } from "../client/json.ts";
import { newRxError } from "./error.ts";
import { cloned, valueAt } from "./paths.ts";
import type { Fields, Revision } from "./revision.ts";
import type { Any } from "./types/any.ts";
import type { JsonSchema, RxJsonSchema } from "./types/schema.ts";

/** A schema, and what follows from it. */
export class RxSchema {
  /** As the app gave it, with what RxDB fills in. */
  readonly jsonSchema: RxJsonSchema<Any>;
  readonly primaryPath: string;
  readonly version: number;
  /** The fields of each index. */
  readonly indexes: readonly (readonly string[])[];
  /** Fields that never change once they are stored; the primary key is one of them. */
  readonly finalFields: readonly string[];
  readonly defaultValues: Fields;
  /** The names of the fields, in the schema's order. */
  readonly fields: readonly string[];

  constructor(given: RxJsonSchema<Any>) {
    const { primaryKey, properties } = given;
    this.primaryPath = typeof primaryKey === "string" ? primaryKey : primaryKey.key;
    this.version = given.version;
    const composed = typeof primaryKey === "string" ? [] : primaryKey.fields;
    const required = new Set<string>([...(given.required ?? []), this.primaryPath]);
    this.jsonSchema = { ...given, additionalProperties: false, required: [...required] };
    this.indexes = (given.indexes ?? []).map((index) =>
      typeof index === "string" ? [index] : index,
    );
    this.fields = Object.keys(properties);
    const final = this.fields.filter((name) => properties[name]?.final);
    this.finalFields = [...new Set([...final, this.primaryPath, ...composed])];
    this.defaultValues = Object.fromEntries(
      Object.entries(properties)
        .filter(([, property]) => "default" in property)
        .map(([name, property]) => [name, property.default]),
    );
  }

  /** Return the schema of what is at a path, or undefined. */
  at(path: string): JsonSchema | undefined {
    const found = valueAt(this.jsonSchema.properties, path.replaceAll(".", ".properties."));
    return isObject(found) ? found : undefined;
  }

  /** Return a document with the defaults of the fields it lacks, and its composed primary key. */
  filled(document: Fields): Fields {
    const given = Object.entries(document).filter(([, value]) => value !== undefined);
    const filled: Fields = { ...cloned(this.defaultValues), ...Object.fromEntries(given) };
    return this.keyed(filled);
  }

  /**
   * Return a document with its composed primary key; any other as it is.
   *
   * @throws RxError `DOC18` where a part of the key is missing, `DOC19` where it has another one.
   */
  keyed(document: Fields): Fields {
    const { primaryKey } = this.jsonSchema;
    if (typeof primaryKey === "string") return document;
    const parts = primaryKey.fields.map((field) => {
      const part = valueAt(document, field);
      if (part === undefined)
        throw newRxError("DOC18", { args: { field, documentData: document } });
      return part;
    });
    const key = parts.join(primaryKey.separator);
    const given = document[this.primaryPath];
    if (given !== undefined && given !== key) {
      throw newRxError("DOC19", {
        args: { documentData: document, existingPrimary: given, newPrimary: key },
      });
    }
    return { ...document, [this.primaryPath]: key };
  }

  /**
   * Refuse a change of a final field.
   *
   * @throws RxError `DOC9`.
   */
  validateChange(before: Fields, after: Fields): void {
    for (const fieldName of this.finalFields) {
      if (!sameJson(before[fieldName], after[fieldName])) {
        throw newRxError("DOC9", { dataBefore: before, dataAfter: after, fieldName });
      }
    }
  }

  /** Return the revision a row of the store is. */
  revision(row: Fields, deleted = false): Revision {
    const { _seq, ...stored } = row;
    const fields: { [name: string]: unknown } = {};
    for (const name of this.fields) if (stored[name] !== undefined) fields[name] = stored[name];
    // Then those that the schema does not name: what was stored once is not lost to who reads.
    const all = { ...fields, ...stored };
    return { id: String(row[this.primaryPath]), seq: Number(_seq), deleted, fields: all };
  }
}
