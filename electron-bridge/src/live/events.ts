/**
 * Subscriptions to the event log.
 *
 * 1. Each event that a subscription lets pass is given to it once, in order.
 * 2. On a new connection it goes on behind the last event it had.
 */

import type { Outcome } from "../client/calls.ts";
import type { LoggedEvent } from "../client/client.ts";
import { SidecarError } from "../client/errors.ts";
import { isObject } from "../client/json.ts";

/** What hears of a subscription to the log. */
export interface EventsObserver {
  readonly onEvents: (events: readonly LoggedEvent[]) => void;
  readonly onError: (error: SidecarError) => void;
}

/** Where subscriptions to the log come from. */
export interface EventsSource {
  /** Send `events.subscribe`; `settle` is called once, with what the server answered. */
  subscribe(params: object, settle: (outcome: Outcome) => void): void;
  /** Send `unsubscribe`, if there is a connection. */
  unsubscribe(subscription: string): void;
}

/** The subscriptions to the log of one client. */
export class EventStreams {
  readonly #source: EventsSource;
  readonly #streams = new Set<Stream>();

  constructor(source: EventsSource) {
    this.#source = source;
  }

  /** Begin one; return what ends it. */
  add(params: { readonly after?: number }, observer: EventsObserver): () => void {
    const stream: Stream = { params, observer, after: params.after ?? 0 };
    this.#streams.add(stream);
    this.#ask(stream);
    return () => {
      if (!this.#streams.delete(stream) || stream.subscription === undefined) return;
      this.#source.unsubscribe(stream.subscription);
    };
  }

  /**
   * Take the params of an `events` notification.
   *
   * @throws SidecarError `E_PROTOCOL` when they are none.
   */
  receive(params: unknown): void {
    if (!isObject(params)) throw misread();
    const stream = [...this.#streams].find((one) => one.subscription === params.subscription);
    // Without a stream it is the last word of one that was just ended.
    if (stream === undefined) return;
    if (params.error !== undefined) {
      this.#fail(stream, SidecarError.fromWire(params.error));
      return;
    }
    if (!isEvents(params.events)) throw misread();
    stream.after = params.events.at(-1)?.seq ?? stream.after;
    stream.observer.onEvents(params.events);
  }

  /** The connection ended: its subscriptions are gone. */
  lost(): void {
    for (const stream of this.#streams) stream.subscription = undefined;
  }

  /** There is a new connection: go on. */
  resume(): void {
    for (const stream of this.#streams) {
      // A call that is still under way is sent again by itself.
      if (stream.asking === undefined) this.#ask(stream);
    }
  }

  #ask(stream: Stream): void {
    const asking = Symbol("events.subscribe");
    stream.asking = asking;
    this.#source.subscribe({ ...stream.params, after: stream.after }, (outcome) => {
      if (stream.asking !== asking) return;
      stream.asking = undefined;
      if (!outcome.ok) {
        this.#fail(stream, outcome.error);
        return;
      }
      const { result } = outcome;
      if (!isObject(result) || typeof result.subscription !== "string") throw misread();
      // It was ended while the call was under way.
      if (!this.#streams.has(stream)) this.#source.unsubscribe(result.subscription);
      else stream.subscription = result.subscription;
    });
  }

  #fail(stream: Stream, cause: unknown): void {
    if (!this.#streams.delete(stream)) return;
    const error = SidecarError.is(cause)
      ? cause
      : new SidecarError("E_INTERNAL", "The subscription to the log failed", { cause });
    stream.observer.onError(error);
  }
}

interface Stream {
  readonly params: object;
  readonly observer: EventsObserver;
  after: number;
  subscription?: string | undefined;
  asking?: symbol | undefined;
}

// The server made them from its models; what this side itself relies on is looked at.
function isEvents(value: unknown): value is readonly LoggedEvent[] {
  return Array.isArray(value) && value.every((one) => isObject(one) && typeof one.seq === "number");
}

function misread(): SidecarError {
  return new SidecarError("E_PROTOCOL", "The server sent events in no known form", {
    hint: "Do the app and its sidecar come from the same release?",
  });
}
