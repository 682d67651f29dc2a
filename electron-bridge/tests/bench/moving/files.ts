/** Files of an app's documents, as a migration reads them. */

import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Memory, memories } from "../app/documents.ts";
import { type Persona, personas } from "./documents.ts";

/** RxDB's `exportJSON()` of a database, or a record a line. */
export type Format = "export" | "ndjson";

const BATCH = 1_000;

/** Write a file of so many memories. */
export async function writeDocuments(
  path: string,
  format: Format,
  documents: number,
): Promise<void> {
  const parts = format === "export" ? exported(documents) : lines(documents);
  await pipeline(Readable.from(parts), createWriteStream(path));
}

function* exported(documents: number): Generator<string> {
  yield '{"name":"old","instanceToken":"0123456789","collections":[';
  yield '{"name":"personas","schemaHash":"0","docs":[';
  yield personas.map(stored).join();
  yield ']},{"name":"memoryEntities","schemaHash":"0","docs":[';
  for (const [at, some] of batches(documents)) {
    yield `${at === 0 ? "" : ","}${some.map(stored).join()}`;
  }
  yield "]}]}";
}

function* lines(documents: number): Generator<string> {
  yield personas.map((one) => line("personas", one)).join("");
  for (const [, some] of batches(documents)) {
    yield some.map((one) => line("memoryEntities", one)).join("");
  }
}

function* batches(documents: number): Generator<[number, readonly Memory[]]> {
  for (let from = 0; from < documents; from += BATCH) {
    yield [from, memories(from, Math.min(from + BATCH, documents))];
  }
}

function line(collection: string, document: Persona | Memory): string {
  return `{"collection":"${collection}","document":${stored(document)}}\n`;
}

/** A document as RxDB exports it: with when it was written. */
function stored(document: Persona | Memory): string {
  return JSON.stringify({ ...document, _deleted: false, _meta: { lwt: 1_760_000_000_000.01 } });
}
