/** Waiting for what may come soon, and asking again what a lost connection left unanswered. */

import { type SidecarClient, SidecarError } from "../client/index.ts";

/** Something that rings for one who waits; it is not missed by one who comes late. */
export class Bell {
  #rung = false;
  #wake = (): void => {};

  /** Wake who waits, or who waits next. */
  ring(): void {
    this.#rung = true;
    this.#wake();
  }

  /** Wait until it rings, `ms` have passed, or the signal says to end. */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", wake);
        this.#rung = false;
        this.#wake = () => {};
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal.addEventListener("abort", wake);
      this.#wake = wake;
      if (this.#rung || signal.aborted) wake();
    });
  }
}

/** Wait some time, or until the signal says to end. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Bell().wait(ms, signal);
}

/** Whether an error says that a connection ended, and not what became of the call. */
export function isLost(error: unknown): boolean {
  return SidecarError.is(error, "E_CONNECTION_LOST") || SidecarError.is(error, "E_SHUTTING_DOWN");
}

/** Wait until a client is connected; without a wait where it is, has given up, or was closed. */
export async function connected(client: SidecarClient, signal: AbortSignal): Promise<void> {
  const bell = new Bell();
  const leave = client.connection.subscribe(() => bell.ring());
  try {
    while (!signal.aborted && client.connection.getSnapshot().state === "connecting") {
      await bell.wait(1000, signal);
    }
  } finally {
    leave();
  }
}

/**
 * Ask what may be asked twice, until it is answered.
 *
 * @throws unknown What `ask` rejects with, but for a lost connection; the signal's reason.
 */
export async function persist<T>(
  client: SidecarClient,
  signal: AbortSignal,
  ask: () => Promise<T>,
): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      if (!isLost(error)) throw error;
      await pause(AGAIN, signal);
      await connected(client, signal);
    }
  }
}

/** Milliseconds until something is asked again. */
export const AGAIN = 300;
