/**
 * The localStorage flags of the guide, for code that reads them.
 *
 * The store is the truth: the flags follow it, and what is written into them changes nothing.
 */

import type { SidecarClient } from "../../client/index.ts";
import { sideOf } from "./side.ts";

/** The part of a `Storage` that flags need. */
export type FlagStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const complete = "migration-complete";
const date = "migration-date";
const finalBackup = "final-backup";

/** Return the page's localStorage; undefined where there is none, or the page may not use it. */
export function localFlags(): FlagStorage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}

/** Whether this origin has moved, as far as it remembers. */
export function hasMoved(flags: FlagStorage | undefined = localFlags()): boolean {
  return flags?.getItem(complete) === "true";
}

/** Remember the copy of RxDB that was saved at the switch. */
export function rememberBackup(name: string, flags: FlagStorage | undefined = localFlags()): void {
  flags?.setItem(finalBackup, name);
}

/**
 * Keep `migration-complete`, `migration-date` and `final-backup` as the store has them: set while it is
 * the truth, gone while RxDB is.
 *
 * @returns What ends it.
 */
export function mirrorMigrationFlags(
  client: SidecarClient,
  flags: FlagStorage | undefined = localFlags(),
): () => void {
  if (flags === undefined) return () => {};
  const side = sideOf(client);
  const look = (): void => {
    const now = side.getSnapshot();
    if (now === "rxdb") {
      for (const name of [complete, date, finalBackup]) flags.removeItem(name);
    }
    if (now !== "store") return;
    flags.setItem(complete, "true");
    // A lost connection leaves these two to the next start.
    void client.query({ sql: switchQuery }).then(
      ([row]) => {
        if (side.getSnapshot() !== "store" || row === undefined) return;
        const { at, backup } = row;
        if (typeof at === "number") flags.setItem(date, new Date(at).toISOString());
        if (typeof backup === "string" && flags.getItem(finalBackup) === null) {
          flags.setItem(finalBackup, backup);
        }
      },
      () => {},
    );
  };
  const leave = side.subscribe(look);
  look();
  return leave;
}

const switchQuery = `SELECT _events.at, json_extract(_migration.backup, '$.path') AS backup
  FROM _migration JOIN _events ON _events.seq = _migration.switched`;
