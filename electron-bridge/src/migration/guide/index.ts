/** The classes of the guide, thin over `RxDatabaseMigration`. */

export { MigrationBackupService } from "./backup-service.ts";
export { RxDBCleanup } from "./cleanup.ts";
export {
  type FullMigrationResult,
  MigrationCoordinator,
} from "./coordinator.ts";
export type { ExportedDocument, MigrationData, MigrationMetadata } from "./data.ts";
export { DatabaseService, type NewPersona } from "./database-service.ts";
export { RxDBExporter, type ValidationResult } from "./exporter.ts";
export { FinalMigrationSwitch } from "./final-switch.ts";
export { type FlagStorage, mirrorMigrationFlags } from "./flags.ts";
export {
  type CollectionImport,
  type ImportOptions,
  type ImportResult,
  LiveStoreImporter,
} from "./importer.ts";
export {
  DatabaseMigrationService,
  type DatabaseMigrationServiceOptions,
} from "./migration-service.ts";
export type { RxLive, RxSource } from "./source.ts";
export { SwitchingService, type Unsubscribable, type Ways } from "./switching-service.ts";
export type { MigrationDriver, MoveOptions, Systems } from "./systems.ts";
export {
  PostMigrationVerification,
  type TestResult,
  type VerificationResult,
} from "./verification.ts";
