/** A document as it was stored by one event. */

import { unsupported } from "./error.ts";

/** The fields of a document, without what RxDB adds to them. */
export interface Fields {
  readonly [name: string]: unknown;
}

/** One revision of a document. */
export interface Revision {
  readonly id: string;
  /** The seq of the event that stored it (S13). */
  readonly seq: number;
  /** Whether the event took the document away; then the fields are those it had. */
  readonly deleted: boolean;
  readonly fields: Fields;
}

/** What is asked of a row: the whole document, and its revision. */
export const REVISION_FIELDS: string[] = ["*", "_seq"];

/** Return the text RxDB would call `_rev`: its height is the seq. */
export function revOf({ seq }: Revision): string {
  return `${seq}-sidecar`;
}

/** Return the document with the fields RxDB keeps beside those of the app. */
export function withMeta(revision: Revision): Fields {
  return {
    ...revision.fields,
    _deleted: revision.deleted,
    _rev: revOf(revision),
    // No time, but what RxDB uses it for: it grows with each write.
    _meta: { lwt: revision.seq },
    _attachments: {},
  };
}

/**
 * Return the fields of a document that may have some of RxDB's.
 *
 * @throws RxError `UNSUPPORTED` where it has attachments, which would be lost.
 */
export function withoutMeta(document: Fields): Fields {
  const { _deleted, _rev, _meta, _attachments = {}, ...fields } = document;
  if (Object.keys(Object(_attachments)).length > 0) throw unsupported("_attachments");
  return fields;
}
