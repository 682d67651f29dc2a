import { useEffect, useMemo, useState } from "react";
import type { Result } from "../../client/index.ts";
import { useSidecar } from "../../react/provider.ts";
import { useReadable } from "../../react/useReadable.ts";
import type { MigrationDriver } from "../guide/systems.ts";
import { type MigrationState, watchMigration } from "../status.ts";
import { type MigrationActivity, type MigrationSession, sessionOf } from "./session.ts";

/** What {@link useMigration} returns. */
export interface UseMigration extends MigrationActivity, Omit<MigrationSession, "activity"> {
  /** Where the move is, in every window; undefined until the store has said it. */
  readonly state: MigrationState | undefined;
  /** What else the server knows of it, with the report; null until it has said that. */
  readonly status: Result<"migrate.status"> | null;
}

/**
 * Return where the move from RxDB is, and what moves it.
 *
 * @param driver What `RxDatabaseMigration.open(client, database)` resolved to, in the window that has
 *   RxDB. Without it, the hook watches: any window can show the state.
 *
 * @example
 * const { state, progress, run, cutover } = useMigration(driver);
 * if (state === "dual") return <button onClick={cutover}>Use the new database</button>;
 * return <><button onClick={() => run()}>Move</button><MigrationProgress progress={progress} /></>;
 */
export function useMigration(driver?: MigrationDriver): UseMigration {
  const client = useSidecar();
  const position = useMemo(() => watchMigration(client), [client]);
  const now = useReadable(position, () => undefined);
  const session = sessionOf(driver);
  const activity = useReadable(session.activity, session.activity.getSnapshot);
  const [status, setStatus] = useState<Result<"migrate.status"> | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when it has moved on.
  useEffect(() => {
    let current = true;
    client.request("migrate.status", {}).then(
      (told) => current && setStatus(told),
      // The connection is gone: what was said last stays, and `useConnection` tells of it.
      () => {},
    );
    return () => {
      current = false;
    };
  }, [client, now, activity.running]);
  const { activity: _, ...actions } = session;
  return { state: now?.state, status, ...activity, ...actions };
}
