/** Where a sidecar listens, as its ready line says. */
export interface Endpoint {
  /** `ws://127.0.0.1:<port>/rpc` */
  readonly url: string;
  /** The secret of this launch. */
  readonly token: string;
}

/**
 * An endpoint, or what finds it before each try to connect.
 *
 * Give a function where the sidecar may be restarted: each start has its own port and token. While
 * its promise is pending, the client waits; a rejection counts as a failed try.
 */
export type EndpointSource = Endpoint | (() => Endpoint | Promise<Endpoint>);

/** What the client reads of a socket's events. */
export interface SocketEvent {
  readonly type: string;
  readonly data?: unknown;
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
}

/** The part of the WebSocket interface the client uses; the browser's and `ws`'s both have it. */
export interface SocketLike {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(
    type: "open" | "message" | "close" | "error",
    listener: (event: SocketEvent) => void,
  ): void;
}

/** A WebSocket class: the global one, or `WebSocket` of the package `ws` in Node 20. */
export type SocketConstructor = new (url: string, protocols: string[]) => SocketLike;

/** Return the subprotocols that name this protocol and prove the right to speak it. */
export function subprotocols(token: string): string[] {
  return ["sidecar.v1", `token.${token}`];
}
