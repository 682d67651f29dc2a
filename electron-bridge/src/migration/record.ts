import type { JsonObject } from "../client/index.ts";

/**
 * One thing an RxDatabase holds, as `migrate.push` takes it.
 *
 * - `schema`: the RxDB JSON schema of a collection; it comes before the collection's documents.
 * - `document`: a document as RxDB stores it, with `_rev`, `_meta`, `_deleted` (true: a tombstone) and
 *   `_attachments` `{id: {type, length, digest, data}}`, whose `data` is base64.
 * - `local`: a local document; `collection` is null for those of the database. With `deleted` it is one
 *   that is gone.
 */
export type MigrationRecord =
  | { readonly collection: string; readonly schema: JsonObject }
  | { readonly collection: string; readonly document: JsonObject }
  | {
      readonly collection: string | null;
      readonly local:
        | { readonly id: string; readonly data: JsonObject }
        | { readonly id: string; readonly deleted: true };
    };
