/**
 * Subscriptions to what commits do to documents.
 *
 * 1. Changes come in the order of the events that made them, and those of a commit of this client's
 *    before its answer.
 * 2. Where changes are not told, that is told: too many at once, or a connection that was lost.
 */

import type { SidecarError } from "../client/errors.ts";
import { isObject } from "../client/json.ts";
import type { DocumentChange } from "../generated/rpc.ts";
import { misread, type Stream } from "./streams.ts";

export type { DocumentChange };

/** What hears of changes. */
export interface ChangesObserver {
  readonly onChanges: (changes: readonly DocumentChange[]) => void;
  /** Called when there were changes up to `head` that are not told. */
  readonly onLost: (head: number) => void;
  /** Called once when it can't go on; then it has ended. */
  readonly onError?: (error: SidecarError) => void;
}

/** Return the subscription that tells an observer of changes. */
export function changeStream(
  params: object,
  { onChanges, onLost, onError = () => {} }: ChangesObserver,
): Stream {
  return {
    method: "changes.subscribe",
    params: () => params,
    take: ({ changes, head, lost }) => {
      if (typeof head !== "number") throw misread();
      if (lost === true) onLost(head);
      else if (isChanges(changes)) onChanges(changes);
      else throw misread();
    },
    resumed: onLost,
    failed: onError,
  };
}

// As with events: what this side itself relies on is looked at.
function isChanges(value: unknown): value is readonly DocumentChange[] {
  return (
    Array.isArray(value) &&
    value.every(
      (one) => isObject(one) && typeof one.id === "string" && typeof one.collection === "string",
    )
  );
}
