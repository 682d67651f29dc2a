/**
 * From RxDB to the store. `rxdb` is an optional peer dependency that this subpath alone imports.
 *
 * @packageDocumentation
 */

export { type MigrateRxDatabaseOptions, migrateRxDatabase } from "./migrate.ts";
export { type AnyRxDatabase, readRxDatabase } from "./read.ts";
export type { MigrationRecord } from "./record.ts";
