import type { Result } from "../../client/index.ts";
import { MigrationBackupService } from "./backup-service.ts";
import type { MigrationData } from "./data.ts";
import { RxDBExporter } from "./exporter.ts";
import { type ImportResult, importResult } from "./importer.ts";
import { unverified } from "./report.ts";
import type { MoveOptions, Systems } from "./systems.ts";

/** How a migration ended. */
export type FullMigrationResult =
  | {
      readonly success: true;
      /** Where the user's copy was saved; the sidecar's own is `report.backup`. */
      readonly backupPath: string;
      readonly exportData: MigrationData;
      readonly importResult: ImportResult;
      readonly report: Result<"migrate">;
      readonly message: string;
    }
  | {
      readonly success: false;
      readonly error: string;
      readonly cause: unknown;
      readonly message: string;
    };

/** Takes an app from RxDB to where both databases have the same, and the store follows RxDB. */
export class MigrationCoordinator {
  readonly #systems: Systems;

  constructor(systems: Systems) {
    this.#systems = systems;
  }

  /**
   * Save a copy of RxDB for the user, then back up, read, check, import and verify. Called again it goes
   * on where it stopped.
   *
   * RxDB stays the truth, and what the app writes in it follows into the store, until
   * `FinalMigrationSwitch.performFinalSwitch()`. Invalid documents are kept in the quarantine, and do not
   * hold up the others; with `strict` the first of them ends it.
   *
   * @returns Also what went wrong: it never rejects.
   */
  async runFullMigration(options: MoveOptions = {}): Promise<FullMigrationResult> {
    try {
      const exportData = await new RxDBExporter(this.#systems.getRxDB()).exportAllData();
      const backupPath = await new MigrationBackupService(this.#systems).createBackup(exportData);
      const migration = await this.#systems.getMigration();
      const report = await migration.run(options);
      const problems = report.verification === null ? [] : unverified(report.verification);
      if (problems.length > 0) return failed(new Error(problems.join("; ")));
      return {
        success: true,
        backupPath,
        exportData,
        importResult: importResult(report),
        report,
        message: "Migration completed successfully",
      };
    } catch (error) {
      return failed(error);
    }
  }
}

function failed(cause: unknown): FullMigrationResult {
  return {
    success: false,
    error: cause instanceof Error ? cause.message : String(cause),
    cause,
    message: "Migration failed - the data is safe in RxDB",
  };
}
