/** Which of the two databases an app reads and writes, at each state of the migration. */

import type { SidecarClient } from "../../client/index.ts";
import { derived, type Readable } from "../../client/readable.ts";
import { type MigrationState, watchMigration } from "../status.ts";

/** Where the truth is. */
export type Side = "rxdb" | "store";

const sides: { readonly [State in MigrationState]: Side } = {
  idle: "rxdb",
  "backing-up": "rxdb",
  reading: "rxdb",
  importing: "rxdb",
  verifying: "rxdb",
  dual: "rxdb",
  switched: "store",
  "rolling-back": "store",
  "rolled-back": "rxdb",
  cleaned: "store",
};

/** Return where the truth is, live; undefined until the store has said it. */
export function sideOf(client: SidecarClient): Readable<Side | undefined> {
  const position = watchMigration(client);
  return derived([position], () => {
    const state = position.getSnapshot()?.state;
    return state && sides[state];
  });
}

/** Resolve to where the move is, as soon as the store has said it. */
export async function knownState(client: SidecarClient): Promise<MigrationState> {
  const position = watchMigration(client);
  return settled([position], () => position.getSnapshot()?.state);
}

/** Resolve to where the truth is, as soon as the store has said it. */
export async function knownSide(client: SidecarClient): Promise<Side> {
  return sides[await knownState(client)];
}

/**
 * Resolve to where to read: where the truth is, or in RxDB while the sidecar can't be reached, unless this
 * origin has moved.
 */
export async function sideToRead(client: SidecarClient, moved: () => boolean): Promise<Side> {
  const side = sideOf(client);
  return settled([side, client.connection], () => {
    const unreachable = client.connection.getSnapshot().failures > 0;
    return side.getSnapshot() ?? (unreachable && !moved() ? "rxdb" : undefined);
  });
}

/** Resolve to the first value there is. */
function settled<T>(sources: readonly Readable<unknown>[], value: () => T | undefined): Promise<T> {
  return new Promise((resolve) => {
    const leaves: (() => void)[] = [];
    const look = (): void => {
      const found = value();
      if (found === undefined) return;
      for (const leave of leaves) leave();
      resolve(found);
    };
    for (const source of sources) leaves.push(source.subscribe(look));
    look();
  });
}
