/** The guide's MigrationData, version "1.0": what an export is, and what a backup file holds. */

import { canonical, isObject, type JsonObject } from "../../client/json.ts";

/** A document as RxDB had it, with the export's marks `_migrationId` and `_sourceSystem`. */
export type ExportedDocument = JsonObject;

/** What an export says of itself. */
export type MigrationMetadata = {
  readonly totalPersonas: number;
  readonly totalMemories: number;
  readonly activePersonas: number;
  /** Of the RxDB that was read. */
  readonly databaseVersion: string;
  readonly exportMethod: "full";
  /** SHA-256 of the documents, in hexadecimal digits: an edited file is told from what was exported. */
  readonly integrityCheck: string;
  /** Documents by collection. */
  readonly counts: { readonly [collection: string]: number };
  /** Primary keys by collection. */
  readonly primaryKeys: { readonly [collection: string]: string };
  /** What RxDB holds and this form has no place for; the live migration moves it. */
  readonly leftOut: { readonly tombstones: number; readonly localDocuments: number };
};

/** An export: an array of documents for each collection, beside what it says of itself. */
export type MigrationData = {
  readonly personas: readonly ExportedDocument[];
  readonly memoryEntities: readonly ExportedDocument[];
  readonly metadata: MigrationMetadata;
  /** Milliseconds since 1970. */
  readonly exportedAt: number;
  readonly version: string;
  readonly [collection: string]: readonly ExportedDocument[] | MigrationMetadata | number | string;
};

/** Members of an export that are no collections. */
export const reserved: ReadonlySet<string> = new Set(["metadata", "exportedAt", "version"]);

/** Yield the collections of an export. */
export function* collectionsOf(
  data: object,
): Generator<readonly [name: string, documents: readonly ExportedDocument[]]> {
  for (const [name, member] of Object.entries(data)) {
    if (!reserved.has(name) && Array.isArray(member)) yield [name, member];
  }
}

/** Return the checksum of an export's documents, whatever the order of their members. */
export async function integrityOf(data: object): Promise<string> {
  const text = canonical(Object.fromEntries(collectionsOf(data)));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether a value has the shape of an export. */
export function isMigrationData(value: unknown): value is MigrationData {
  return (
    isObject(value) &&
    value.version === "1.0" &&
    isObject(value.metadata) &&
    isObject(value.metadata.leftOut) &&
    isObject(value.metadata.primaryKeys) &&
    [
      value.personas,
      value.memoryEntities,
      ...[...collectionsOf(value)].map(([, all]) => all),
    ].every((documents) => Array.isArray(documents) && documents.every(isObject))
  );
}
