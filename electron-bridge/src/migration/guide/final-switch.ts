import type { Result } from "../../client/index.ts";
import { MigrationBackupService } from "./backup-service.ts";
import { rememberBackup } from "./flags.ts";
import type { Systems } from "./systems.ts";

/** Makes the store the truth, in every window at once. */
export class FinalMigrationSwitch {
  readonly #systems: Systems;

  constructor(systems: Systems) {
    this.#systems = systems;
  }

  /**
   * Save a last copy of RxDB for the user, then switch.
   *
   * Whatever the app has written in RxDB by then is in the store, and what it still writes there follows.
   * The way back is open until `RxDBCleanup.cleanupRxDB()`. A second call changes nothing.
   *
   * @throws SidecarError `E_MIGRATION`: nothing has been migrated yet, or the verification has not passed.
   *   RxDB stays the truth.
   */
  async performFinalSwitch(): Promise<Result<"migrate.cutover">> {
    const migration = await this.#systems.getMigration();
    const ready = migration.status.getSnapshot().state === "dual";
    const saved = ready && (await new MigrationBackupService(this.#systems).createBackup());
    const status = await migration.cutover();
    if (saved !== false) rememberBackup(saved);
    return status;
  }
}
