import type { Methods } from "../generated/rpc.ts";
import { changeStream } from "../live/changes.ts";
import { ComputedValues, isComputed, type LiveDataOf, type LiveInput } from "../live/computed.ts";
import { ClientDocuments } from "../live/document.ts";
import { eventStream } from "../live/events.ts";
import { LiveQueries, type LiveQuery } from "../live/live.ts";
import { type LiveSnapshot, readAnswer } from "../live/snapshot.ts";
import { Streams } from "../live/streams.ts";
import { checkQuery } from "../query/plain.ts";
import type { DataOf, QueryInput } from "../query/types.ts";
import { defaultRetry, type Retry } from "./backoff.ts";
import { Calls, type OnLost } from "./calls.ts";
import type {
  CallOptions,
  CommitOptions,
  MigrateOptions,
  MigrationProgress,
  NewEvent,
  SidecarClient,
} from "./client.ts";
import { Connection } from "./connection.ts";
import { SidecarError } from "./errors.ts";
import { isObject } from "./json.ts";
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

/**
 * Connect to a sidecar.
 *
 * Returns at once; calls wait for the connection. A lost connection is made again with back-off: live
 * queries and unacknowledged commits go on, other calls under way reject with `E_CONNECTION_LOST`.
 *
 * @param endpoint `{url, token}` of the sidecar's ready line, or what finds it before each try.
 * @throws TypeError There is no WebSocket class.
 *
 * @example
 * const client = connect({ url, token });
 * await client.commit(events.personaActivated({ id }));
 * const active = await client.query(tables.personas.where({ isActive: true }).first());
 */
export function connect(endpoint: EndpointSource, options: ConnectOptions = {}): SidecarClient {
  const webSocket: SocketConstructor | undefined = options.webSocket ?? globalThis.WebSocket;
  if (webSocket === undefined) {
    throw new TypeError("There is no global WebSocket here: pass one as options.webSocket");
  }
  const sessionId = options.sessionId ?? uuid7();
  const calls = new Calls();
  const migrations = new Set<{ readonly id: string | null } & Pick<MigrateOptions, "onProgress">>();

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
          if (notification?.method === "migration") reportProgress(notification.params);
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

  function reportProgress(params: unknown): void {
    if (!isObject(params)) return;
    const { migration, phase, done, total } = params;
    if (typeof phase !== "string" || typeof done !== "number") return;
    const progress: MigrationProgress = {
      phase,
      done,
      total: typeof total === "number" ? total : null,
    };
    for (const { id, onProgress } of migrations) {
      if (id === (migration ?? null)) onProgress?.(progress);
    }
  }

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
  function commit(
    events: NewEvent | readonly NewEvent[],
    { validate, ...options }: CommitOptions = {},
  ): Promise<unknown> {
    const batch = "name" in events ? [events] : events;
    const named = batch.map((event) => ({ ...event, id: event.id ?? uuid7() }));
    return call("commit", { events: named, sessionId, validate }, "resend", options);
  }

  function query<const Q extends QueryInput>(query: Q, options?: CallOptions): Promise<DataOf<Q>>;
  async function query(query: QueryInput, options: CallOptions = {}): Promise<unknown> {
    checkQuery(query);
    return readAnswer(await call("query", query, "reject", options)).value;
  }

  const computedValues = new ComputedValues(liveQuery);
  const documents = new ClientDocuments(liveQuery, commit);

  function liveQuery<const Q extends LiveInput>(query: Q): LiveQuery<LiveDataOf<Q>>;
  function liveQuery(query: LiveInput): LiveQuery<unknown> {
    if (isComputed(query)) return computedValues.get(query);
    checkQuery(query);
    return live.get(query);
  }

  function subscribe<const Q extends LiveInput>(
    query: Q,
    onChange: (snapshot: LiveSnapshot<LiveDataOf<Q>>) => void,
  ): () => void {
    const result = liveQuery(query);
    const leave = result.subscribe(() => onChange(result.getSnapshot()));
    if (result.getSnapshot().status !== "loading") onChange(result.getSnapshot());
    return leave;
  }

  async function migrate(
    params: Methods["migrate"]["params"],
    options: MigrateOptions = {},
  ): Promise<Methods["migrate"]["result"]> {
    const { onProgress } = options;
    const id = "migration" in params.source ? params.source.migration : null;
    const entry = { id, onProgress };
    migrations.add(entry);
    try {
      return await request("migrate", params, options);
    } finally {
      migrations.delete(entry);
    }
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
    subscribe,
    clientDocument: (name, id = sessionId) => documents.get(name, id),
    migrate,
    events: {
      list: (params = {}, options) => request("events.list", params, options),
      subscribe: (params, onEvents, onError = () => {}) =>
        streams.add(eventStream(params, onEvents, onError)),
    },
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
  };
}
