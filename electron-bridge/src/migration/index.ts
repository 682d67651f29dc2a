/**
 * From RxDB to the store, and back. `rxdb` is an optional peer dependency that this subpath alone
 * imports.
 *
 * @packageDocumentation
 */

export {
  type ProgressOptions,
  type RollbackResult,
  type RunOptions,
  RxDatabaseMigration,
} from "./driver.ts";
export * from "./guide/index.ts";
export { type MigrateRxDatabaseOptions, migrateRxDatabase } from "./migrate.ts";
export { readRxDatabase } from "./read.ts";
export type { MigrationRecord } from "./record.ts";
export { restoreBackup } from "./restore.ts";
export type { AnyRxDatabase } from "./sources.ts";
export {
  type MigrationPosition,
  type MigrationState,
  type MigrationStatus,
  watchMigration,
} from "./status.ts";
export type { Narrowed, Refused, WrittenBack } from "./write-back.ts";
