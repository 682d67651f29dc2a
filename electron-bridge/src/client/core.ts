/** The core of a client: a connection, and what is asked, committed and kept live over it. */

import type { Methods } from "../generated/rpc.ts";
import { changeStream } from "../live/changes.ts";
import type { LiveDataOf } from "../live/computed.ts";
import { LiveQueries, type LiveQuery } from "../live/live.ts";
import { readAnswer } from "../live/snapshot.ts";
import { Streams } from "../live/streams.ts";
import type { DataOf, QueryInput } from "../query/types.ts";
import { defaultRetry, type Retry } from "./backoff.ts";
import { Calls, type Notification, type OnLost } from "./calls.ts";
import type { CallOptions, CommitOptions, NewEvent, SidecarClient } from "./client.ts";
import { Connection } from "./connection.ts";
import { SidecarError } from "./errors.ts";
import type { EndpointSource, SocketConstructor } from "./socket.ts";
import { uuid7 } from "./uuid7.ts";

/** What `connect` may be given. */
export interface ConnectOptions {
  /** The WebSocket class; default the global one. In Node 20: `WebSocket` of the package `ws`. */
  readonly webSocket?: SocketConstructor;
  /** How a lost connection is tried again. */
  readonly retry?: Partial<Retry>;
  /**
   * The session that commits belong to, and whose client documents are found; default a new one. Keep
   * it, as in `sessionStorage`, where a window that is loaded again should find its own.
   */
  readonly sessionId?: string;
}

/** What any client has, whatever else there is to it. */
export interface CoreClient
  extends Pick<
    SidecarClient,
    | "changes"
    | "close"
    | "commit"
    | "connection"
    | "query"
    | "ready"
    | "reconnect"
    | "request"
    | "server"
    | "sessionId"
  > {
  /** As {@link SidecarClient.live}, of queries alone. */
  readonly live: <const Q extends QueryInput>(query: Q) => LiveQuery<LiveDataOf<Q>>;
}

/** A core client, open to what builds on it. */
export interface Core extends CoreClient {
  readonly streams: Streams;
  /** Called with each notification. */
  readonly watchers: Set<(notification: Notification) => void>;
}

/**
 * Open a core client. Queries go to the server as they are: who asks has seen to it that JSON carries
 * them.
 *
 * @throws TypeError There is no WebSocket class.
 */
export function openCore(endpoint: EndpointSource, options: ConnectOptions = {}): Core {
  const webSocket: SocketConstructor | undefined = options.webSocket ?? globalThis.WebSocket;
  if (webSocket === undefined) {
    throw new TypeError("There is no global WebSocket here: pass one as options.webSocket");
  }
  const sessionId = options.sessionId ?? uuid7();
  const calls = new Calls();
  const watchers = new Set<(notification: Notification) => void>();

  const live = new LiveQueries({
    subscribe: (query, since, settle) => {
      const params = since === undefined ? { query } : { query, since };
      calls.add("subscribe", params, "resend", settle);
    },
    unsubscribe,
  });

  const streams = new Streams({
    subscribe: (method, params, settle) => calls.add(method, params, "resend", settle),
    unsubscribe,
  });

  function unsubscribe(subscription: string): void {
    // Without a connection there is no subscription to end.
    if (connection.status.getSnapshot().state !== "open") return;
    calls.add("unsubscribe", { subscription }, "reject", () => {});
  }

  const connection = new Connection({
    endpoint,
    webSocket,
    retry: { ...defaultRetry, ...options.retry },
    listener: {
      opened: () => {
        calls.opened((text) => connection.send(text));
        // Before the commits that wait, so that their answers find the data already shown.
        live.resume();
        streams.resume();
        calls.flush();
      },
      received: (text) => {
        try {
          const notification = calls.receive(text);
          // Who hears of changes knows them before a live result shows them.
          if (notification?.method === "changes") streams.receive(notification.params);
          if (notification?.method === "subscription") live.receive(notification.params);
          else live.show();
          if (notification?.method === "events") streams.receive(notification.params);
          if (notification !== undefined) for (const watch of watchers) watch(notification);
        } catch (error) {
          if (!SidecarError.is(error, "E_PROTOCOL")) throw error;
          connection.fail(error);
        }
      },
      lost: (error) => {
        live.lost();
        streams.lost();
        calls.lost(error);
      },
      ended: (error) => {
        live.lost();
        streams.lost();
        calls.ended(error);
      },
    },
  });

  function call(
    method: string,
    params: unknown,
    onLost: OnLost,
    { signal }: CallOptions,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      let forget = (): void => {};
      const abort = (): void => {
        forget();
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort);
      forget = calls.add(method, params, onLost, (outcome) => {
        signal?.removeEventListener("abort", abort);
        if (outcome.ok) resolve(outcome.result);
        else reject(outcome.error);
      });
    });
  }

  // The overloads below are where the wire's word is taken: the types are generated from the models that
  // the server answers with.
  function request<M extends keyof Methods>(
    method: M,
    params: Methods[M]["params"],
    options?: CallOptions,
  ): Promise<Methods[M]["result"]>;
  function request(method: string, params: object, options: CallOptions = {}): Promise<unknown> {
    return call(method, params, "reject", options);
  }

  function commit(
    events: NewEvent | readonly NewEvent[],
    options?: CommitOptions,
  ): Promise<Methods["commit"]["result"]>;
  async function commit(
    events: NewEvent | readonly NewEvent[],
    { validate, ...options }: CommitOptions = {},
  ): Promise<unknown> {
    const batch = "name" in events ? [events] : events;
    const named = batch.map((event) => ({ ...event, id: event.id ?? uuid7() }));
    const receipt = await call("commit", { events: named, sessionId, validate }, "resend", options);
    // The answer to one that was sent again may overtake those to the queries asked again (L5).
    await live.resumed();
    return receipt;
  }

  function query<const Q extends QueryInput>(query: Q, options?: CallOptions): Promise<DataOf<Q>>;
  async function query(query: QueryInput, options: CallOptions = {}): Promise<unknown> {
    return readAnswer(await call("query", query, "reject", options)).value;
  }

  function liveQuery<const Q extends QueryInput>(query: Q): LiveQuery<LiveDataOf<Q>>;
  function liveQuery(query: QueryInput): LiveQuery<unknown> {
    return live.get(query);
  }

  function ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): boolean => {
        const { state, error } = connection.status.getSnapshot();
        if (state === "connecting") return false;
        if (state === "open") resolve();
        else reject(error);
        return true;
      };
      if (look()) return;
      const leave = connection.status.subscribe(() => {
        if (look()) leave();
      });
    });
  }

  return {
    connection: connection.status,
    sessionId,
    query,
    commit,
    live: liveQuery,
    changes: {
      subscribe: (params, observer) => streams.add(changeStream(params, observer)),
    },
    server: {
      info: (options) => request("server.info", {}, options),
      stats: (options) => request("server.stats", {}, options),
      shutdown: (options) => request("server.shutdown", {}, options),
    },
    request,
    ready,
    reconnect: () => {
      if (connection.status.getSnapshot().state !== "failed") return;
      calls.resumed();
      connection.reconnect();
    },
    close: () => connection.close(),
    streams,
    watchers,
  };
}
