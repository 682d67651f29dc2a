import { SidecarError } from "../client/errors.ts";
import type { SidecarState } from "./states.ts";

/** A sidecar process at one moment: plain data, so that it reaches windows as it is. */
export interface SidecarStatus {
  readonly state: SidecarState;
  /** Crashes within the last minutes, since the owner's `start()`. */
  readonly crashes: number;
  /** Why it ended, where nobody asked it to; undefined while it runs. */
  readonly error: SidecarFailure | undefined;
}

/** What every sidecar begins with. */
export const stopped: SidecarStatus = { state: "stopped", crashes: 0, error: undefined };

/**
 * Why a sidecar ended, or never served.
 *
 * `code` is that of its error line (`E_LOCKED`, `E_WRONG_KEY`, `E_SCHEMA`, `E_CORRUPT`, …), or:
 *
 * - `E_CRASHED`: it ended without a word.
 * - `E_START_TIMEOUT`: it did not say that it serves.
 * - `E_SPAWN`: it could not be run, or there is none.
 * - `E_PROTOCOL`: it is of another release than this package.
 * - `E_KEY`: the app could not give the key.
 * - `E_STORAGE`: the data directory could not be made.
 */
export interface SidecarFailure {
  readonly code: string;
  /** One sentence for a person. */
  readonly message: string;
  /** What to do next. */
  readonly hint: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The last lines it wrote, the oldest first. */
  readonly log: readonly string[];
  /** Its log, where it got so far. */
  readonly logFile: string;
}

/** Return a failure as what promises reject with. */
export function failureError({ code, message, hint, ...data }: SidecarFailure): SidecarError {
  return new SidecarError(code, message, { hint, data });
}

/** Return why there was no process at all. */
export function failureOf(error: unknown, logFile: string): SidecarFailure {
  const message = error instanceof Error ? error.message : String(error);
  const { code, hint = "" } = SidecarError.is(error) ? error : { code: "E_SPAWN" };
  return { code, message, hint, exitCode: null, signal: null, log: [], logFile };
}
