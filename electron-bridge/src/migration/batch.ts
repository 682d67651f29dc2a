import type { MigrationRecord } from "./record.ts";

/** The most a batch holds. One record that is larger than `length` goes alone. */
export interface BatchLimits {
  /** Records. */
  readonly count: number;
  /** UTF-16 code units of JSON text, each of which is three bytes on the wire at most. */
  readonly length: number;
}

/** About 4 to 12 MB a message, well below the server's 64 MiB. */
export const defaultLimits: BatchLimits = { count: 1000, length: 4 * 1024 * 1024 };

/** Group the JSON text of records, in order, into batches that are not empty. */
export async function* batches(
  records: AsyncIterable<MigrationRecord>,
  { count, length }: BatchLimits = defaultLimits,
): AsyncGenerator<string[]> {
  let batch: string[] = [];
  let filled = 0;
  for await (const record of records) {
    const text = JSON.stringify(record);
    if (batch.length > 0 && (batch.length === count || filled + text.length > length)) {
      yield batch;
      batch = [];
      filled = 0;
    }
    batch.push(text);
    filled += text.length;
  }
  if (batch.length > 0) yield batch;
}
