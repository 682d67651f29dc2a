/**
 * What this window does with a migration, for all components that show it.
 *
 * One driver has one session: a component that mounts later, or again, sees what is under way.
 */

import type { MigrationProgress } from "../../client/index.ts";
import { type Readable, writable } from "../../client/readable.ts";
import { migrationError } from "../errors.ts";
import type { MigrationDriver, MoveOptions } from "../guide/systems.ts";

/** What a component can have done. */
export type MigrationAction = "run" | "verify" | "cutover" | "rollback" | "cleanup";

/** What is under way in this window, and how the last action ended. */
export interface MigrationActivity {
  /** Null while nothing is. */
  readonly running: MigrationAction | null;
  /** How far the action is, or was when it ended; null before. */
  readonly progress: MigrationProgress | null;
  /** What the last `verify` found. */
  readonly verification: Awaited<ReturnType<MigrationDriver["verify"]>> | null;
  /** Why the last action failed; null when it did not. */
  readonly error: unknown;
}

/** What a component shows and calls. Actions never reject: why one failed is in `error`. */
export interface MigrationSession {
  readonly activity: Readable<MigrationActivity>;
  /** Move everything; goes on where it stopped. */
  readonly run: (options?: Pick<MoveOptions, "ids" | "strict">) => Promise<void>;
  /** Stop `run`, which may be called again. */
  readonly stop: () => void;
  /** Compare RxDB and the store. */
  readonly verify: () => Promise<void>;
  /** Switch every window to the store. */
  readonly cutover: () => Promise<void>;
  /** Return every window to RxDB, with what was written since. */
  readonly rollback: () => Promise<void>;
  /** End it for good and delete what RxDB keeps. Ask the user before. */
  readonly cleanup: () => Promise<void>;
}

const sessions = new WeakMap<MigrationDriver, MigrationSession>();

/** Return the session of a driver; without a driver, one whose actions fail. */
export function sessionOf(driver: MigrationDriver | undefined): MigrationSession {
  const session = driver === undefined ? undriven : (sessions.get(driver) ?? newSession(driver));
  if (driver !== undefined) sessions.set(driver, session);
  return session;
}

function newSession(driver: MigrationDriver | undefined): MigrationSession {
  const activity = writable<MigrationActivity>(atRest);
  let stopping = new AbortController();
  const change = (changed: Partial<MigrationActivity>): void =>
    activity.set({ ...activity.getSnapshot(), ...changed });
  const onProgress = (progress: MigrationProgress): void => change({ progress });

  async function act(
    running: MigrationAction,
    action: (driver: MigrationDriver, signal: AbortSignal) => Promise<Partial<MigrationActivity>>,
  ): Promise<void> {
    if (activity.getSnapshot().running !== null) return;
    change({ running, progress: null, error: null });
    stopping = new AbortController();
    const { signal } = stopping;
    try {
      if (driver === undefined) throw notDriven();
      change({ ...(await action(driver, signal)), running: null });
    } catch (error) {
      change({ running: null, error: signal.aborted && error === signal.reason ? null : error });
    }
  }
  const nothing = (): Partial<MigrationActivity> => ({});

  return {
    activity,
    run: (options = {}) =>
      act("run", (one, signal) => one.run({ ...options, signal, onProgress }).then(nothing)),
    stop: () => stopping.abort(),
    verify: () =>
      act("verify", async (one) => ({ verification: await one.verify({ onProgress }) })),
    cutover: () => act("cutover", (one) => one.cutover().then(nothing)),
    rollback: () => act("rollback", (one) => one.rollback({ onProgress }).then(nothing)),
    cleanup: () => act("cleanup", (one) => one.cleanup({ confirm: true }).then(nothing)),
  };
}

const atRest: MigrationActivity = {
  running: null,
  progress: null,
  verification: null,
  error: null,
};

/** Of windows that only watch. */
const undriven = newSession(undefined);

function notDriven(): Error {
  return migrationError(
    "This window has nothing that drives the migration",
    "Give useMigration what RxDatabaseMigration.open(client, database) returned.",
  );
}
