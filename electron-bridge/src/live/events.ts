/**
 * Subscriptions to the event log.
 *
 * 1. Each event that a subscription lets pass is given to it once, in order.
 * 2. On a new connection it goes on behind the last event it had.
 */

import type { LoggedEvent } from "../client/client.ts";
import type { SidecarError } from "../client/errors.ts";
import { isObject } from "../client/json.ts";
import { misread, type Stream } from "./streams.ts";

/** Return the subscription that calls `onEvents` with each event behind `after`. */
export function eventStream(
  params: { readonly after?: number },
  onEvents: (events: readonly LoggedEvent[]) => void,
  failed: (error: SidecarError) => void,
): Stream {
  let after = params.after ?? 0;
  return {
    method: "events.subscribe",
    params: () => ({ ...params, after }),
    take: ({ events }) => {
      if (!isEvents(events)) throw misread();
      after = events.at(-1)?.seq ?? after;
      onEvents(events);
    },
    failed,
  };
}

// The server made them from its models; what this side itself relies on is looked at.
function isEvents(value: unknown): value is readonly LoggedEvent[] {
  return Array.isArray(value) && value.every((one) => isObject(one) && typeof one.seq === "number");
}
