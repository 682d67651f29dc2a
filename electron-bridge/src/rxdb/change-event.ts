import { type Revision, withMeta } from "./revision.ts";
import type { RxChangeEvent } from "./types/collection.ts";

/**
 * Return the event of a change, as `collection.$` tells it.
 *
 * @param before None, or a deleted one, where the document is new.
 * @param collectionName None for a local document of the database.
 */
export function changeEvent(
  before: Revision | undefined,
  after: Revision,
  collectionName: string | undefined,
  isLocal: boolean,
): RxChangeEvent {
  const event = {
    documentId: after.id,
    documentData: withMeta(after),
    isLocal,
    ...(collectionName !== undefined && { collectionName }),
  };
  if (before === undefined || before.deleted) {
    return { ...event, operation: "INSERT", previousDocumentData: undefined };
  }
  const operation = after.deleted ? "DELETE" : "UPDATE";
  return { ...event, operation, previousDocumentData: withMeta(before) };
}
