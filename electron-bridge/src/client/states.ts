/**
 * The states of a connection, as one table.
 *
 * 1. `closed` is final: nothing leaves it.
 * 2. Calls are sent in `open` alone; in `connecting` they wait, in `failed` and `closed` they reject.
 * 3. `failed` is left by the owner's `reconnect()` alone, never by itself.
 */

/** Where a connection is: what a status light would show. */
export type ConnectionState = "connecting" | "open" | "failed" | "closed";

/**
 * What happens to a connection.
 *
 * - `opened`: the server accepted the socket.
 * - `lost`: the socket ended, or could not be made, and another try is due.
 * - `gaveUp`: it ended, and no further try is due.
 * - `broken`: the peer does not speak this protocol; trying again would not help.
 * - `reconnect`, `close`: the owner asked.
 */
export type ConnectionEvent = "opened" | "lost" | "gaveUp" | "broken" | "reconnect" | "close";

/** Every transition there is; an event that a state does not list changes nothing. */
export const transitions: {
  readonly [State in ConnectionState]: { readonly [Event in ConnectionEvent]?: ConnectionState };
} = {
  connecting: {
    opened: "open",
    lost: "connecting",
    gaveUp: "failed",
    broken: "failed",
    close: "closed",
  },
  open: { lost: "connecting", gaveUp: "failed", broken: "failed", close: "closed" },
  failed: { reconnect: "connecting", close: "closed" },
  closed: {},
};

/** Return the state after an event. */
export function nextState(state: ConnectionState, event: ConnectionEvent): ConnectionState {
  return transitions[state][event] ?? state;
}
