import type { SidecarClient } from "../../client/index.ts";
import { RxDatabaseMigration } from "../driver.ts";
import { migrationError } from "../errors.ts";
import type { AnyRxDatabase } from "../sources.ts";
import { isUnderWay } from "../status.ts";
import { hasMoved, mirrorMigrationFlags } from "./flags.ts";
import { knownState } from "./side.ts";
import type { MigrationDriver, Systems } from "./systems.ts";

/** How an app opens its two databases. */
export interface DatabaseMigrationServiceOptions<Rx extends AnyRxDatabase> {
  /** The app's own code that opens RxDB, as it is. */
  readonly openRxDB: () => Promise<Rx>;
  /** A client of `connect()`, closed by whoever made it. */
  readonly liveStore: SidecarClient;
}

/**
 * Runs RxDB and the store side by side.
 *
 * @example
 * export const dbMigrationService = new DatabaseMigrationService({
 *   openRxDB: () => createRxDatabase({ name: "pjais", storage: getRxStorageDexie() }),
 *   liveStore: connect(endpoint),
 * });
 * await dbMigrationService.initializeBothSystems();
 */
export class DatabaseMigrationService<Rx extends AnyRxDatabase = AnyRxDatabase>
  implements Systems<Rx>
{
  readonly #options: DatabaseMigrationServiceOptions<Rx>;
  #initializing: Promise<void> | undefined;
  #rxdb: Rx | undefined;
  #migration: Promise<MigrationDriver> | undefined;
  #endMirror = (): void => {};

  constructor(options: DatabaseMigrationServiceOptions<Rx>) {
    this.#options = options;
  }

  /**
   * Open RxDB, keep the flags in localStorage, and go on with a migration that was under way when the app
   * ended. A second call waits for the first.
   *
   * RxDB is not opened once it has been cleaned up. An app that has not moved does not wait for the
   * sidecar: it works on RxDB, as before.
   */
  initializeBothSystems(): Promise<void> {
    this.#initializing ??= this.#initialize().catch((error: unknown) => {
      this.#initializing = undefined;
      throw error;
    });
    return this.#initializing;
  }

  /** @throws SidecarError `E_MIGRATION`: it is not open, or has been cleaned up. */
  getRxDB(): Rx {
    if (this.#rxdb !== undefined) return this.#rxdb;
    throw migrationError(
      "RxDB is not open",
      "Await initializeBothSystems() first. After the cleanup there is no RxDB any more.",
    );
  }

  getLiveStore(): SidecarClient {
    return this.#options.liveStore;
  }

  /** Return what drives the migration of this database; the same one every time. */
  getMigration(): Promise<MigrationDriver> {
    this.#migration ??= this.#openMigration().catch((error: unknown) => {
      this.#migration = undefined;
      throw error;
    });
    return this.#migration;
  }

  /** End what this began; the two databases stay open. */
  async close(): Promise<void> {
    this.#endMirror();
    const migration = this.#migration;
    this.#migration = undefined;
    this.#initializing = undefined;
    // What could not be opened has nothing to close.
    await (await migration?.catch(() => undefined))?.close();
  }

  async #initialize(): Promise<void> {
    const { liveStore, openRxDB } = this.#options;
    const moved = hasMoved();
    this.#endMirror = mirrorMigrationFlags(liveStore);
    if (moved && (await knownState(liveStore)) === "cleaned") return;
    this.#rxdb ??= await openRxDB();
    // Who asks for the migration later is told why it can't go on.
    void this.#resume().catch(() => {});
  }

  async #openMigration(): Promise<MigrationDriver> {
    return RxDatabaseMigration.open(this.getLiveStore(), this.getRxDB());
  }

  /** Go on with what was under way when the app ended. */
  async #resume(): Promise<void> {
    const state = await knownState(this.getLiveStore());
    if (!isUnderWay(state)) return;
    const migration = await this.getMigration();
    if (state === "rolling-back") await migration.rollback();
    else migration.resume();
  }
}
