import { backoff, type Retry } from "./backoff.ts";
import { SidecarError } from "./errors.ts";
import { type Readable, type Writable, writable } from "./readable.ts";
import {
  type Endpoint,
  type EndpointSource,
  type SocketConstructor,
  type SocketEvent,
  type SocketLike,
  subprotocols,
} from "./socket.ts";
import { type ConnectionEvent, type ConnectionState, nextState } from "./states.ts";

/** A connection at one moment. */
export interface ConnectionStatus {
  /** `connecting` also while the client waits before it tries again. */
  readonly state: ConnectionState;
  /** Failed tries in a row, the loss of a connection that did not last among them; 0 while open. */
  readonly failures: number;
  /** Why the last try failed, or why the client gave up. */
  readonly error: SidecarError | undefined;
}

/** What every connection begins with. */
export const connecting: ConnectionStatus = { state: "connecting", failures: 0, error: undefined };

/** What a {@link Connection} tells its owner. */
export interface ConnectionListener {
  /** The socket is open: send what waits. */
  opened(): void;
  /** One text frame came. */
  received(text: string): void;
  /** The open socket ended; another is on its way. */
  lost(error: SidecarError): void;
  /** There will be no socket any more, unless the owner asks for one. */
  ended(error: SidecarError): void;
}

/** What a {@link Connection} needs. */
export interface ConnectionOptions {
  readonly endpoint: EndpointSource;
  readonly webSocket: SocketConstructor;
  readonly retry: Retry;
  readonly listener: ConnectionListener;
}

/**
 * One socket at a time, made again when it ends.
 *
 * It knows nothing of what the frames say. Which state follows which is in `states.ts`.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #status: Writable<ConnectionStatus> = writable(connecting);
  #socket: SocketLike | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Raised by each try and each end, so that what an earlier try still brings is ignored. */
  #round = 0;
  #failures = 0;
  #openedAt = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    // After whoever makes this has it in hand: the listener uses it.
    queueMicrotask(() => void this.#dial());
  }

  /** The state, for whoever shows it. */
  get status(): Readable<ConnectionStatus> {
    return this.#status;
  }

  /** Send one text frame. The state is `open`. */
  send(text: string): void {
    this.#socket?.send(text);
  }

  /** Try again. The state is `failed`. */
  reconnect(): void {
    this.#failures = 0;
    this.#move("reconnect", undefined);
    void this.#dial();
  }

  /** End it for good. */
  close(): void {
    this.#end("close", new SidecarError("E_CLOSED", "The client was closed"));
  }

  /** End it because the peer sent what is no message: trying again would bring the same. */
  fail(error: SidecarError): void {
    this.#end("broken", error);
  }

  async #dial(): Promise<void> {
    if (this.#status.getSnapshot().state !== "connecting") return;
    const round = ++this.#round;
    const { endpoint } = this.#options;
    try {
      const found = typeof endpoint === "function" ? await endpoint() : endpoint;
      if (round === this.#round) this.#open(found, round);
    } catch (cause) {
      if (round === this.#round) this.#dropped(cause);
    }
  }

  #open({ url, token }: Endpoint, round: number): void {
    let socket: SocketLike;
    try {
      socket = new this.#options.webSocket(url, subprotocols(token));
    } catch (cause) {
      // The address itself is wrong: the next try would meet the same.
      this.#end("gaveUp", connectionError("E_CONNECTION_FAILED", cause));
      return;
    }
    this.#attach(socket, round);
  }

  #attach(socket: SocketLike, round: number): void {
    const { listener } = this.#options;
    const current = (): boolean => round === this.#round;
    let failure: SocketEvent | undefined;
    this.#socket = socket;
    socket.addEventListener("open", () => {
      if (!current()) return;
      this.#openedAt = Date.now();
      this.#move("opened", undefined);
      listener.opened();
    });
    socket.addEventListener("message", ({ data }) => {
      if (current()) listener.received(typeof data === "string" ? data : "");
    });
    socket.addEventListener("error", (event) => {
      failure = event;
    });
    socket.addEventListener("close", (event) => {
      if (current()) this.#dropped(failure ?? event);
    });
  }

  /** The socket ended, or could not be made. */
  #dropped(cause: unknown): void {
    const { retry, listener } = this.#options;
    const wasOpen = this.#status.getSnapshot().state === "open";
    // A server that accepts and then ends each connection must not be tried for ever at full speed.
    const lasted = wasOpen && Date.now() - this.#openedAt > retry.maxDelay;
    this.#failures = lasted ? 1 : this.#failures + 1;
    if (this.#failures > retry.attempts) {
      this.#end("gaveUp", connectionError("E_CONNECTION_FAILED", cause));
      return;
    }
    this.#round += 1;
    this.#socket = undefined;
    const error = connectionError(wasOpen ? "E_CONNECTION_LOST" : "E_CONNECTION_FAILED", cause);
    const delay = backoff(this.#failures, retry, Math.random());
    this.#timer = setTimeout(() => void this.#dial(), delay);
    this.#move("lost", error);
    if (wasOpen) listener.lost(error);
  }

  #end(event: ConnectionEvent, error: SidecarError): void {
    const { state } = this.#status.getSnapshot();
    if (nextState(state, event) === state) return;
    this.#round += 1;
    clearTimeout(this.#timer);
    this.#socket?.close(1000);
    this.#socket = undefined;
    this.#move(event, error);
    this.#options.listener.ended(error);
  }

  #move(event: ConnectionEvent, error: SidecarError | undefined): void {
    const state = nextState(this.#status.getSnapshot().state, event);
    this.#status.set({ state, failures: state === "open" ? 0 : this.#failures, error });
  }
}

function connectionError(
  code: "E_CONNECTION_LOST" | "E_CONNECTION_FAILED",
  cause: unknown,
): SidecarError {
  const message =
    code === "E_CONNECTION_LOST"
      ? "The connection to the sidecar was lost"
      : "The sidecar could not be reached";
  return new SidecarError(code, message, {
    hint: "Is the sidecar running, and are url and token those of its ready line?",
    cause,
  });
}
