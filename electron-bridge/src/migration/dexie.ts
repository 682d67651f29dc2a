/** What RxDB's Dexie storage leaves in IndexedDB: one database per collection and schema version. */

import { migrationError } from "./errors.ts";

/**
 * Delete everything that an RxDatabase on Dexie has in IndexedDB, which is closed by now. RxDB's own
 * `remove()` leaves the databases and the content of attachments behind.
 *
 * @returns The names of what was deleted; none where there is no IndexedDB.
 * @throws SidecarError `E_MIGRATION`: another window has one of them open and does not let go.
 */
export async function deleteDexieDatabases(name: string): Promise<string[]> {
  if (globalThis.indexedDB === undefined) return [];
  const found = (await indexedDB.databases()).flatMap((one) => one.name ?? []);
  const own = found.filter((one) => isOf(name, one));
  await Promise.all(own.map(deleted));
  return own;
}

/** Whether an IndexedDB database is one of an RxDatabase: `rxdb-dexie-<name>--<version>--<collection>`. */
function isOf(name: string, found: string): boolean {
  const prefix = `rxdb-dexie-${name}--`;
  // What follows is looked at, because another database may be called `<name>--…`.
  return found.startsWith(prefix) && /^\d+--\D/.test(found.slice(prefix.length));
}

function deleted(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
    // Dexie lets go by itself when it is asked; this is somebody else.
    request.onblocked = () =>
      reject(
        migrationError(
          `Another window has ${name} open`,
          "Close the app's other windows, and clean up again.",
          { database: name },
        ),
      );
  });
}
