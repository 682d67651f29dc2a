import { ComputedValues, isComputed, type LiveDataOf, type LiveInput } from "../live/computed.ts";
import { ClientDocuments } from "../live/document.ts";
import { eventStream } from "../live/events.ts";
import type { LiveQuery } from "../live/live.ts";
import type { LiveSnapshot } from "../live/snapshot.ts";
import { checkQuery } from "../query/plain.ts";
import type { DataOf, QueryInput } from "../query/types.ts";
import type { Notification } from "./calls.ts";
import type {
  CallOptions,
  MigrateOptions,
  MigrationProgress,
  Params,
  Result,
  SidecarClient,
} from "./client.ts";
import { type ConnectOptions, openCore } from "./core.ts";
import { isObject } from "./json.ts";
import type { EndpointSource } from "./socket.ts";

export type { ConnectOptions };

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
  const { streams, watchers, ...core } = openCore(endpoint, options);
  const { request, sessionId } = core;
  const migrations = new Set<{ readonly id: string | null } & Pick<MigrateOptions, "onProgress">>();
  watchers.add(reportProgress);

  function reportProgress({ method, params }: Notification): void {
    if (method !== "migration" || !isObject(params)) return;
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

  function query<const Q extends QueryInput>(query: Q, options?: CallOptions): Promise<DataOf<Q>>;
  async function query(query: QueryInput, options: CallOptions = {}): Promise<unknown> {
    checkQuery(query);
    return core.query(query, options);
  }

  const computedValues = new ComputedValues(liveQuery);
  const documents = new ClientDocuments(liveQuery, core.commit);

  function liveQuery<const Q extends LiveInput>(query: Q): LiveQuery<LiveDataOf<Q>>;
  function liveQuery(query: LiveInput): LiveQuery<unknown> {
    if (isComputed(query)) return computedValues.get(query);
    checkQuery(query);
    return core.live(query);
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
    params: Params<"migrate">,
    options: MigrateOptions = {},
  ): Promise<Result<"migrate">> {
    const { onProgress } = options;
    const id = "migration" in params.source ? params.source.migration : null;
    const entry = { id, onProgress };
    migrations.add(entry);
    try {
      return await core.request("migrate", params, options);
    } finally {
      migrations.delete(entry);
    }
  }

  return {
    ...core,
    query,
    live: liveQuery,
    subscribe,
    clientDocument: (name, id = sessionId) => documents.get(name, id),
    migrate,
    events: {
      list: (params = {}, options) => request("events.list", params, options),
      subscribe: (params, onEvents, onError = () => {}) =>
        streams.add(eventStream(params, onEvents, onError)),
    },
  };
}
