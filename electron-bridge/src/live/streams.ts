/**
 * Subscriptions that are told of what happens, beside live queries: to the event log, and to changes.
 *
 * On a new connection each begins again, with the params it then has.
 */

import type { Outcome } from "../client/calls.ts";
import { SidecarError } from "../client/errors.ts";
import { isObject } from "../client/json.ts";

/** One subscription: how it is asked for, and what hears of it. */
export interface Stream {
  readonly method: string;
  /** Return the params to subscribe with, now. */
  readonly params: () => object;
  /**
   * Take the params of a notification.
   *
   * @throws SidecarError `E_PROTOCOL` when they are none.
   */
  readonly take: (told: { readonly [name: string]: unknown }) => void;
  /** Called when it has begun again: what happened in between was not told. */
  readonly resumed?: (head: number) => void;
  /** Called once when it can't go on. */
  readonly failed: (error: SidecarError) => void;
}

/** Where subscriptions come from. */
export interface StreamSource {
  /** Send a call; `settle` is called once, with what the server answered. */
  subscribe(method: string, params: object, settle: (outcome: Outcome) => void): void;
  /** Send `unsubscribe`, if there is a connection. */
  unsubscribe(subscription: string): void;
}

interface Running {
  readonly stream: Stream;
  begun: boolean;
  subscription?: string | undefined;
  asking?: symbol | undefined;
}

/** The subscriptions of one client. */
export class Streams {
  readonly #source: StreamSource;
  readonly #all = new Set<Running>();

  constructor(source: StreamSource) {
    this.#source = source;
  }

  /** Begin one; return what ends it. */
  add(stream: Stream): () => void {
    const one: Running = { stream, begun: false };
    this.#all.add(one);
    this.#ask(one);
    return () => {
      if (!this.#all.delete(one) || one.subscription === undefined) return;
      this.#source.unsubscribe(one.subscription);
    };
  }

  /**
   * Take the params of a notification.
   *
   * @throws SidecarError `E_PROTOCOL` when they are none.
   */
  receive(params: unknown): void {
    if (!isObject(params)) throw misread();
    const one = [...this.#all].find(({ subscription }) => subscription === params.subscription);
    // Without a stream it is the last word of one that was just ended.
    if (one === undefined) return;
    if (params.error === undefined) one.stream.take(params);
    else this.#fail(one, SidecarError.fromWire(params.error));
  }

  /** The connection ended: its subscriptions are gone. */
  lost(): void {
    for (const one of this.#all) one.subscription = undefined;
  }

  /** There is a new connection: go on. */
  resume(): void {
    for (const one of this.#all) {
      // A call that is still under way is sent again by itself.
      if (one.asking === undefined) this.#ask(one);
    }
  }

  #ask(one: Running): void {
    const asking = Symbol("subscribe");
    const { stream } = one;
    one.asking = asking;
    this.#source.subscribe(stream.method, stream.params(), (outcome) => {
      if (one.asking !== asking) return;
      one.asking = undefined;
      if (!outcome.ok) {
        this.#fail(one, outcome.error);
        return;
      }
      const { result } = outcome;
      if (!isObject(result) || typeof result.subscription !== "string") throw misread();
      // It was ended while the call was under way.
      if (!this.#all.has(one)) {
        this.#source.unsubscribe(result.subscription);
        return;
      }
      one.subscription = result.subscription;
      if (one.begun && typeof result.head === "number") stream.resumed?.(result.head);
      one.begun = true;
    });
  }

  #fail(one: Running, cause: unknown): void {
    if (!this.#all.delete(one)) return;
    const error = SidecarError.is(cause)
      ? cause
      : new SidecarError("E_INTERNAL", "The subscription failed", { cause });
    one.stream.failed(error);
  }
}

/** The error of a notification in no known form. */
export function misread(): SidecarError {
  return new SidecarError("E_PROTOCOL", "The server sent a notification in no known form", {
    hint: "Do the app and its sidecar come from the same release?",
  });
}
