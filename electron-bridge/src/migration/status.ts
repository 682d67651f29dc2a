/** Where the move from RxDB is, as every window sees it. */

import type { Result, SidecarClient } from "../client/index.ts";
import { derived, type Readable } from "../client/readable.ts";

/** Everything the server says of the move. */
export type MigrationStatus = Result<"migrate.status">;

/** A state of the move; `sidecar/core/migration.py` has them as a table. */
export type MigrationState = MigrationStatus["state"];

/** Which move there is, and where it is. */
export type MigrationPosition = Pick<MigrationStatus, "migration" | "state">;

const idle: MigrationPosition = { migration: null, state: "idle" };

const known: { readonly [State in MigrationState]: true } = {
  idle: true,
  "backing-up": true,
  reading: true,
  importing: true,
  verifying: true,
  dual: true,
  switched: true,
  "rolling-back": true,
  "rolled-back": true,
  cleaned: true,
};

/**
 * Return where the move is, live; undefined until the store has said it, or while it says what this
 * version does not know.
 */
export function watchMigration(client: SidecarClient): Readable<MigrationPosition | undefined> {
  const live = client.live({ sql: "SELECT migration, state FROM _migration" });
  return derived<MigrationPosition | undefined>([live], (before) => {
    const { data } = live.getSnapshot();
    if (data === undefined) return undefined;
    const { migration, state } = data[0] ?? idle;
    if (!isState(state)) return undefined;
    const position = { migration: typeof migration === "string" ? migration : null, state };
    const same = before?.migration === position.migration && before.state === state;
    return same ? before : position;
  });
}

function isState(state: unknown): state is MigrationState {
  return typeof state === "string" && Object.hasOwn(known, state);
}

/** Whether a move has begun and has not ended. */
export function isUnderWay(state: MigrationState): boolean {
  return !["idle", "rolled-back", "cleaned"].includes(state);
}

/** Whether the store has had all that RxDB held. */
export function isImported(state: MigrationState): boolean {
  return ["dual", "switched", "rolling-back", "rolled-back", "cleaned"].includes(state);
}

/** Whether the store takes what is written in RxDB. */
export function isFollowed(state: MigrationState): boolean {
  return state === "dual" || state === "switched";
}
