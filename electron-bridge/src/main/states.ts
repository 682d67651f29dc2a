/**
 * The states of a sidecar process, as one table, and what follows from its end.
 *
 * 1. There is a process in `starting`, `running` and `stopping` alone, and never two.
 * 2. `stopped` and `failed` are left by the owner's `start()` alone, never by themselves.
 * 3. What the owner stopped is not started again, whatever its exit code.
 */

/** Where a sidecar process is. In `waiting` it crashed, and is started again in a moment. */
export type SidecarState = "stopped" | "starting" | "running" | "waiting" | "stopping" | "failed";

/**
 * What happens to a sidecar process.
 *
 * - `start`, `stop`: the owner asked.
 * - `ready`: it said that it serves.
 * - `crashed`: it ended unasked, and is to be started again; `retry`: that moment has come.
 * - `gaveUp`: it ended, and another start would end the same way.
 * - `ended`: it ended as it was asked to, by the owner or by somebody else.
 */
export type SidecarEvent = "start" | "stop" | "ready" | "crashed" | "retry" | "gaveUp" | "ended";

/** Every transition there is; an event that a state does not list changes nothing. */
export const transitions: {
  readonly [State in SidecarState]: { readonly [Event in SidecarEvent]?: SidecarState };
} = {
  stopped: { start: "starting" },
  starting: { ready: "running", crashed: "waiting", gaveUp: "failed", stop: "stopping" },
  running: { crashed: "waiting", gaveUp: "failed", ended: "stopped", stop: "stopping" },
  waiting: { retry: "starting", start: "starting", stop: "stopped" },
  stopping: { ended: "stopped" },
  failed: { start: "starting", stop: "stopped" },
};

/** Return the state after an event. */
export function nextState(state: SidecarState, event: SidecarEvent): SidecarState {
  return transitions[state][event] ?? state;
}

/** How a sidecar that crashed is started again. */
export interface Restart {
  /** The crash at which it is given up. Default 5. */
  readonly crashes: number;
  /** Milliseconds within which that many crashes are too many. Default 3 minutes. */
  readonly within: number;
  /** Milliseconds from the first crash to the next start; four times as many after each. Default 100. */
  readonly minDelay: number;
}

/** What holds where the caller says nothing. */
export const defaultRestart: Restart = { crashes: 5, within: 180_000, minDelay: 100 };

/** How a process ended that its owner did not stop. */
export interface Ending {
  /** Its exit code; null where a signal ended it, or where there was no process. */
  readonly exitCode: number | null;
  /** Whether it had said that it serves. */
  readonly served: boolean;
  /** Whether another start would end the same way, whatever the exit code. */
  readonly final: boolean;
}

/** What follows from an {@link Ending}. */
export interface Consequence {
  readonly event: "crashed" | "gaveUp" | "ended";
  /** When it crashed, lately: to be given with the next one. */
  readonly crashes: readonly number[];
  /** Milliseconds until it is started again. */
  readonly delay: number;
}

const MAX_DELAY = 10_000;

/** Exit codes that another start would meet again: usage, lock, damage, schema, key. */
const FINAL_CODES: ReadonlySet<number | null> = new Set([2, 3, 4, 5, 6]);

/**
 * Return what follows from the end of a process.
 *
 * @param crashes When it crashed before, in milliseconds of a clock that never goes back.
 * @param now The same clock.
 */
export function afterEnd(
  { exitCode, served, final }: Ending,
  crashes: readonly number[],
  now: number,
  restart: Restart,
): Consequence {
  // Only a signal or a client's `server.shutdown` ends it like this.
  if (served && exitCode === 0) return { event: "ended", crashes, delay: 0 };
  if (final || FINAL_CODES.has(exitCode)) return { event: "gaveUp", crashes, delay: 0 };
  const recent = [...crashes, now].filter((at) => now - at < restart.within);
  return {
    event: recent.length < restart.crashes ? "crashed" : "gaveUp",
    crashes: recent,
    delay: Math.min(MAX_DELAY, restart.minDelay * 4 ** (recent.length - 1)),
  };
}
