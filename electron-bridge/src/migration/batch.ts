import type { MigrationRecord } from "./record.ts";

/** How far each storage of a database is read, by the key of its source. */
export type Checkpoints = { readonly [key: string]: unknown };

/** A record, and how far its storage is read with it. */
export interface Entry {
  readonly record: MigrationRecord;
  /** Its JSON. */
  readonly text: string;
  readonly checkpoints: Checkpoints;
}

/** What is pushed at once. */
export interface Batch {
  readonly records: string[];
  readonly checkpoints: Checkpoints;
}

/** The most a batch holds. One record that is larger than `length` goes alone. */
export interface BatchLimits {
  /** Records. */
  readonly count: number;
  /** UTF-16 code units of JSON text, each of which is three bytes on the wire at most. */
  readonly length: number;
}

/** About 4 to 12 MB a message, well below the server's 64 MiB. */
export const defaultLimits: BatchLimits = { count: 1000, length: 4 * 1024 * 1024 };

/** Group entries, in order, into batches that are not empty. */
export async function* batches(
  entries: AsyncIterable<Entry>,
  { count, length }: BatchLimits = defaultLimits,
): AsyncGenerator<Batch> {
  let records: string[] = [];
  let checkpoints: Checkpoints = {};
  let filled = 0;
  for await (const entry of entries) {
    const full = records.length === count || filled + entry.text.length > length;
    if (records.length > 0 && full) {
      yield { records, checkpoints };
      records = [];
      checkpoints = {};
      filled = 0;
    }
    records.push(entry.text);
    checkpoints = { ...checkpoints, ...entry.checkpoints };
    filled += entry.text.length;
  }
  if (records.length > 0) yield { records, checkpoints };
}
