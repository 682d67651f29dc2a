/**
 * RxDB, as components know it, over a sidecar: an app moves by changing its import.
 *
 * What differs from RxDB 17 is listed in `docs/rxdb.md`.
 *
 * @packageDocumentation
 */

import { Collection } from "./collection.ts";
import { RxDocumentBase } from "./document.ts";
import { RxQueryBase } from "./query.ts";
import type { Any } from "./types/any.ts";
import type { RxCollection } from "./types/collection.ts";
import type { RxDocument } from "./types/document.ts";
import type { RxQuery } from "./types/query.ts";

export { createRxDatabase, isRxDatabase } from "./database.ts";
export {
  newRxError,
  newRxTypeError,
  RxError,
  type RxErrorParameters,
  RxTypeError,
} from "./error.ts";
export { Observable, type Observer, type Subscription } from "./observable.ts";
export type { RxSchema } from "./schema.ts";
export { getRxStorageSidecar, type RxStorageSidecar } from "./storage.ts";
export type { DeepReadonly, MaybePromise } from "./types/any.ts";
export type * from "./types/collection.ts";
export type * from "./types/database.ts";
export type * from "./types/document.ts";
export type * from "./types/local.ts";
export type * from "./types/query.ts";
export type * from "./types/schema.ts";

/** Whether a value is a collection of this package. */
export function isRxCollection(value: unknown): value is RxCollection {
  return value instanceof Collection;
}

/** Whether a value is a document of this package. */
export function isRxDocument(value: unknown): value is RxDocument<Any> {
  return value instanceof RxDocumentBase;
}

/** Whether a value is a query of this package. */
export function isRxQuery(value: unknown): value is RxQuery {
  return value instanceof RxQueryBase;
}

/** Return a schema as it is; its type is that of a schema that was written `as const`. */
export function toTypedRxJsonSchema<const Schema>(schema: Schema): Schema {
  return schema;
}

/** Take a plugin of RxDB and do nothing: what the facade has is always there. */
export function addRxPlugin(_plugin: unknown): void {}
