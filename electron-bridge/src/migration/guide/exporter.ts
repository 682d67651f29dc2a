import { uuid7 } from "../../client/index.ts";
import { isObject, type JsonObject } from "../../client/json.ts";
import { migrationError } from "../errors.ts";
import { readRxDatabase } from "../read.ts";
import type { AnyRxDatabase } from "../sources.ts";
import {
  collectionsOf,
  type ExportedDocument,
  integrityOf,
  type MigrationData,
  reserved,
} from "./data.ts";

/** What is wrong with an export. */
export interface ValidationResult {
  /** There is no error. */
  readonly isValid: boolean;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly stats: {
    readonly personaCount: number;
    readonly memoryCount: number;
    /** UTF-16 code units of JSON text. */
    readonly totalSize: number;
  };
}

/**
 * Exports a live RxDatabase as the guide's MigrationData, whole and in memory.
 *
 * It reads what `find()` misses, and every value stays what it is: `0`, `""`, null, absent, dates in the
 * form the app gave them, fields no schema names. `RxDatabaseMigration` moves a database without any of
 * this; an export is for keeping, and for reading elsewhere.
 */
export class RxDBExporter {
  readonly #rxdb: AnyRxDatabase;

  constructor(rxdb: AnyRxDatabase) {
    this.#rxdb = rxdb;
  }

  /**
   * Return all documents there are, of all collections.
   *
   * @throws SidecarError `E_MIGRATION`, as `readRxDatabase`; or a collection is named as a member of
   *   MigrationData.
   */
  async exportAllData(): Promise<MigrationData> {
    const found = await this.#read();
    const { personas = [], memoryEntities = [], ...others } = Object.fromEntries(found.documents);
    const documents = { personas, memoryEntities, ...others };
    return {
      ...documents,
      metadata: {
        totalPersonas: personas.length,
        totalMemories: memoryEntities.length,
        activePersonas: personas.filter(({ isActive }) => isActive === true).length,
        databaseVersion: versionOf(this.#rxdb),
        exportMethod: "full",
        integrityCheck: await integrityOf(documents),
        counts: mapped(documents, (all) => all.length),
        primaryKeys: Object.fromEntries(found.primaryKeys),
        leftOut: { tombstones: found.tombstones, localDocuments: found.localDocuments },
      },
      exportedAt: Date.now(),
      version: "1.0",
    };
  }

  /**
   * Say what is wrong with an export: documents without an id or a name, memories of personas it does
   * not have, what was edited since; and what one may want to know.
   *
   * An error stops nothing by itself: a migration keeps such documents in the quarantine.
   */
  async validateExport(data: MigrationData): Promise<ValidationResult> {
    const errors = [...findErrors(data)];
    if ((await integrityOf(data)) !== data.metadata.integrityCheck) {
      errors.push("The documents are not those that were exported: their checksum differs");
    }
    return {
      isValid: errors.length === 0,
      errors,
      warnings: [...findWarnings(data)],
      stats: {
        personaCount: data.personas.length,
        memoryCount: data.memoryEntities.length,
        totalSize: JSON.stringify(data).length,
      },
    };
  }

  async #read(): Promise<Found> {
    const live = new Map<string, Map<string, ExportedDocument>>();
    const primaryKeys = new Map<string, string>();
    const tombstones = new Set<string>();
    const locals = new Set<string>();
    for await (const record of readRxDatabase(this.#rxdb)) {
      if ("local" in record) {
        const place = placeOf(record.collection, record.local.id);
        if ("deleted" in record.local) locals.delete(place);
        else locals.add(place);
        continue;
      }
      const { collection } = record;
      const documents = live.get(collection) ?? new Map<string, ExportedDocument>();
      live.set(collection, documents);
      if ("schema" in record) {
        if (reserved.has(collection)) throw misnamed(collection);
        primaryKeys.set(collection, keyOf(record.schema));
        continue;
      }
      const { _rev, _meta, _deleted, ...document } = record.document;
      const id = String(document[primaryKeys.get(collection) ?? "id"]);
      const place = placeOf(collection, id);
      // What is written while this reads comes again, as it is by then.
      documents.delete(id);
      tombstones.delete(place);
      if (_deleted === true) tombstones.add(place);
      else documents.set(id, { ...document, _migrationId: uuid7(), _sourceSystem: "rxdb" });
    }
    return {
      documents: [...live].map(([name, byId]) => [name, [...byId.values()]]),
      primaryKeys,
      tombstones: tombstones.size,
      localDocuments: locals.size,
    };
  }
}

/** What a database holds. */
interface Found {
  readonly documents: readonly (readonly [collection: string, all: readonly ExportedDocument[]])[];
  readonly primaryKeys: ReadonlyMap<string, string>;
  readonly tombstones: number;
  readonly localDocuments: number;
}

/** What a document needs, and what it is called, where the guide says so. */
const needs: {
  readonly [collection: string]: { readonly noun: string; readonly fields: string[] };
} = {
  personas: { noun: "persona", fields: ["id", "name"] },
  memoryEntities: { noun: "memory", fields: ["id", "personaId", "name"] },
};

function* findErrors(data: MigrationData): Generator<string> {
  for (const [collection, documents] of collectionsOf(data)) {
    const key = data.metadata.primaryKeys[collection] ?? "id";
    const { noun, fields } = needs[collection] ?? {
      noun: `document of ${collection}`,
      fields: [key],
    };
    for (const document of documents) {
      if (!fields.every((name) => isText(document[name])))
        yield `Invalid ${noun}: ${document[key]}`;
    }
  }
  const known = new Set(data.personas.map(({ id }) => id));
  for (const { id, personaId } of data.memoryEntities) {
    if (isText(personaId) && !known.has(personaId)) {
      yield `Memory ${id} references non-existent persona ${personaId}`;
    }
  }
}

function* findWarnings({ personas, metadata: { leftOut } }: MigrationData): Generator<string> {
  for (const { id, personality, settings } of personas) {
    if (!personality || !settings) yield `Persona ${id} missing personality or settings`;
  }
  for (const [what, count] of [
    ["deleted documents", leftOut.tombstones],
    ["local documents", leftOut.localDocuments],
  ] as const) {
    if (count > 0)
      yield `${count} ${what} have no place in an export; the live migration moves them`;
  }
}

function placeOf(collection: string | null, id: string): string {
  return JSON.stringify([collection, id]);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function keyOf({ primaryKey }: JsonObject): string {
  const key = isObject(primaryKey) ? primaryKey.key : primaryKey;
  return typeof key === "string" ? key : "id";
}

function versionOf(rxdb: AnyRxDatabase): string {
  return "rxdbVersion" in rxdb && typeof rxdb.rxdbVersion === "string" ? rxdb.rxdbVersion : "";
}

function mapped<From, To>(
  object: { readonly [key: string]: From },
  change: (value: From) => To,
): { readonly [key: string]: To } {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

function misnamed(collection: string): Error {
  return migrationError(
    `A collection named ${collection} has no place in MigrationData, which has a member of that name`,
    "Move the database with RxDatabaseMigration.run(), which needs no export.",
    { collection },
  );
}
