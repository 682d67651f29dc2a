/** Reading a live RxDatabase once, so that nothing is missed. */

import { Feed } from "./feed.ts";
import type { MigrationRecord } from "./record.ts";
import { type AnyRxDatabase, rxDatabase } from "./sources.ts";

/**
 * Yield everything an RxDatabase holds: the schemas of its collections, then documents with tombstones,
 * revisions and attachments, and local documents, the oldest first. What is written meanwhile comes
 * again at the end.
 *
 * @throws SidecarError `E_MIGRATION`: a document holds what JSON can't carry (`data.collection`,
 *   `data.id`, `data.path`), an attachment's content is missing, RxDB was closed, or the database belongs
 *   to another copy of rxdb than the one this module imports.
 */
export async function* readRxDatabase(database: AnyRxDatabase): AsyncGenerator<MigrationRecord> {
  const feed = new Feed(rxDatabase(database));
  try {
    for await (const { record } of feed.copy()) yield record;
  } finally {
    feed.close();
  }
}
