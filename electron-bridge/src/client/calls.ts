/**
 * JSON-RPC 2.0 as a client speaks it, without a socket.
 *
 * 1. Calls are sent in the order they were made, also those that waited for a connection.
 * 2. Each call settles once: by its answer, by its caller's abort, or by the connection's end.
 * 3. A call that may be sent twice (`resend`) outlives a lost connection and is sent on the next one
 *    under the same id; any other call that was already sent is rejected, because nobody can know
 *    whether the server acted on it.
 */

import { SidecarError } from "./errors.ts";
import { isObject } from "./json.ts";
import { refusal } from "./sendable.ts";

/** How a call ended. */
export type Outcome =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: unknown };

/** What becomes of a sent call when its connection ends. */
export type OnLost = "reject" | "resend";

/** A message of the server that answers no call. */
export interface Notification {
  readonly method: string;
  readonly params: unknown;
}

interface Call {
  readonly text: string;
  readonly onLost: OnLost;
  readonly settle: (outcome: Outcome) => void;
  sent: boolean;
}

/** The calls under way on one connection and its successors. */
export class Calls {
  readonly #pending = new Map<number, Call>();
  #send: ((text: string) => void) | undefined;
  #ended: SidecarError | undefined;
  #lastId = 0;

  /**
   * Make a call: now, or when there is a connection.
   *
   * @param settle Called once, in the very turn the answer arrives, so that a notification in the
   *   next frame already finds what the answer set up.
   * @returns What makes the call be forgotten: its answer goes nowhere.
   */
  add(
    method: string,
    params: unknown,
    onLost: OnLost,
    settle: (outcome: Outcome) => void,
  ): () => void {
    const id = ++this.#lastId;
    const text = JSON.stringify({ jsonrpc: "2.0", id, method, params });
    const error = this.#ended ?? refusal(method, text);
    if (error !== undefined) {
      settle({ ok: false, error });
      return () => {};
    }
    const call: Call = { text, onLost, settle, sent: false };
    this.#pending.set(id, call);
    this.#dispatch(call);
    return () => {
      this.#pending.delete(id);
    };
  }

  /** A connection is open: calls made from now on are sent at once. */
  opened(send: (text: string) => void): void {
    this.#send = send;
    this.#ended = undefined;
  }

  /** Send what waits, in order. */
  flush(): void {
    for (const call of this.#pending.values()) this.#dispatch(call);
  }

  /** The connection ended and another will come. */
  lost(error: SidecarError): void {
    this.#send = undefined;
    this.#reject(error, (call) => call.sent && call.onLost === "reject");
    for (const call of this.#pending.values()) call.sent = false;
  }

  /** No connection will come: every call fails, and so does any later one. */
  ended(error: SidecarError): void {
    this.#send = undefined;
    this.#ended = error;
    this.#reject(error, () => true);
  }

  /** Calls may wait again: a connection is being made. */
  resumed(): void {
    this.#ended = undefined;
  }

  /**
   * Take one frame: settle the call it answers, or return the notification it is.
   *
   * @throws SidecarError `E_PROTOCOL` for anything that is no message.
   */
  receive(text: string): Notification | undefined {
    const message = parse(text);
    if (typeof message.method === "string") {
      return { method: message.method, params: message.params };
    }
    const { id } = message;
    if (typeof id !== "number" || !("result" in message || "error" in message)) {
      throw protocolError(text, message.error);
    }
    const call = this.#pending.get(id);
    // Without a call it is the late answer of one that its caller gave up.
    if (call === undefined) return undefined;
    this.#pending.delete(id);
    call.settle(
      "error" in message
        ? { ok: false, error: SidecarError.fromWire(message.error) }
        : { ok: true, result: message.result },
    );
    return undefined;
  }

  #dispatch(call: Call): void {
    if (this.#send === undefined || call.sent) return;
    call.sent = true;
    this.#send(call.text);
  }

  #reject(error: SidecarError, which: (call: Call) => boolean): void {
    for (const [id, call] of [...this.#pending]) {
      if (!which(call)) continue;
      this.#pending.delete(id);
      call.settle({ ok: false, error });
    }
  }
}

function parse(text: string): { readonly [key: string]: unknown } {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    throw protocolError(text);
  }
  if (!isObject(message) || message.jsonrpc !== "2.0") throw protocolError(text);
  return message;
}

function protocolError(text: string, wireError?: unknown): SidecarError {
  return new SidecarError("E_PROTOCOL", `The server sent no valid message: ${text.slice(0, 200)}`, {
    hint: "Do the app and its sidecar come from the same release?",
    cause: wireError === undefined ? undefined : SidecarError.fromWire(wireError),
  });
}
