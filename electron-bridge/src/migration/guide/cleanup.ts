import type { Systems } from "./systems.ts";

const question =
  "Do you want to clear the old IndexedDB data? " +
  "This will free up storage space but cannot be undone. " +
  "Make sure you have verified the migration is working correctly.";

/** Deletes what RxDB keeps in IndexedDB, at the very end. */
export class RxDBCleanup {
  readonly #systems: Pick<Systems, "getMigration">;
  readonly #confirm: () => boolean | Promise<boolean>;

  /** @param confirm Asks the user, or answers for them. Default: `window.confirm`. */
  constructor(
    systems: Pick<Systems, "getMigration">,
    confirm: () => boolean | Promise<boolean> = () => window.confirm(question),
  ) {
    this.#systems = systems;
    this.#confirm = confirm;
  }

  /**
   * Ask; then verify the backup again, end the migration for good, close RxDB, and delete every IndexedDB
   * database of it, which its own `remove()` leaves behind.
   *
   * @returns Whether it was confirmed, and done.
   * @throws SidecarError `E_MIGRATION`: the app has not switched, or the backup is damaged. Nothing was
   *   deleted.
   */
  async cleanupRxDB(): Promise<boolean> {
    if (!(await this.#confirm())) return false;
    const migration = await this.#systems.getMigration();
    await migration.cleanup({ confirm: true });
    return true;
  }
}
