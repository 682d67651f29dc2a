import type { Methods } from "../generated/rpc.ts";
import type { ChangesObserver } from "../live/changes.ts";
import type { LiveDataOf, LiveInput } from "../live/computed.ts";
import type { ClientDocument, ClientDocumentName, ClientDocumentValue } from "../live/document.ts";
import type { LiveQuery } from "../live/live.ts";
import type { LiveSnapshot } from "../live/snapshot.ts";
import type { DataOf, QueryInput } from "../query/types.ts";
import type { ConnectionStatus } from "./connection.ts";
import type { SidecarError } from "./errors.ts";
import type { Readable } from "./readable.ts";

/** What any call may be given. */
export interface CallOptions {
  /**
   * Gives the call up: its promise rejects with `signal.reason`, and what has not been sent is not
   * sent. What was sent may still take effect on the server.
   */
  readonly signal?: AbortSignal | undefined;
}

/** What a commit may be given. */
export interface CommitOptions extends CallOptions {
  /** Whether documents must match the JSON schemas of their collections, too; else `E_VALIDATION`. */
  readonly validate?: boolean;
}

/** The name of a method of the server. */
export type Method = keyof Methods;
/** What a method takes. */
export type Params<M extends Method> = Methods[M]["params"];
/** What a method answers. */
export type Result<M extends Method> = Methods[M]["result"];

/** The revision a document must have for an event to be stored. */
export interface Expect {
  readonly collection: string;
  readonly id: string;
  /** The document's `_seq`; null when it must not exist. */
  readonly seq: number | null;
}

/** An event to commit, as the `events.*` builders make it. */
export interface NewEvent<Name extends string = string, Args extends object = object> {
  readonly name: Name;
  readonly args: Args;
  /** A UUIDv7. The client makes one where it is missing. */
  readonly id?: string;
  /** What must hold just before the event; else the commit fails with `E_CONFLICT`. */
  readonly expect?: readonly Expect[];
}

/** An event of the log. */
export type LoggedEvent = Result<"events.list">["events"][number];

/** Proof that a batch of events is durable. */
export type Receipt = Result<"commit">;

/** How far a migration is. */
export interface MigrationProgress {
  readonly phase: string;
  readonly done: number;
  /** Null while it is not known. */
  readonly total: number | null;
}

/** What `migrate` may be given. */
export interface MigrateOptions extends CallOptions {
  /** Called as the server works; never after the promise settled. */
  readonly onProgress?: ((progress: MigrationProgress) => void) | undefined;
}

/**
 * A client of one sidecar, made by `connect`.
 *
 * Calls made before the connection is there wait for it. Each fails with a `SidecarError`: with the
 * server's code, or with `E_CONNECTION_LOST`, `E_CONNECTION_FAILED`, `E_CLOSED` or `E_TOO_LARGE` of
 * this side. The functions may be taken out of the object.
 */
export interface SidecarClient {
  /** The connection's state, observable. */
  readonly connection: Readable<ConnectionStatus>;
  /** The session that this client's commits belong to; the same after a reconnect. */
  readonly sessionId: string;

  /**
   * Run a query once. It results in rows, in a row or null for `first`, in a number for `count`.
   *
   * @throws SidecarError `E_QUERY`, `E_UNKNOWN_COLLECTION`, `E_NOT_FOUND` for `first: "required"`,
   *   `E_READ_ONLY`, `E_TIMEOUT`, `E_TOO_LARGE`.
   * @throws TypeError The query holds what JSON cannot carry: undefined, a RegExp, a Date, …
   */
  readonly query: <const Q extends QueryInput>(
    query: Q,
    options?: CallOptions,
  ) => Promise<DataOf<Q>>;

  /**
   * Append events, all of them or none. Resolves once they are durable, and after this client's own
   * live queries show them.
   *
   * A commit outlives a lost connection: it is sent again, and stored once.
   *
   * @throws SidecarError `E_VALIDATION`, `E_CONFLICT`, `E_UNKNOWN_EVENT`, `E_UNKNOWN_COLLECTION`,
   *   `E_BUSY`, `E_STORAGE`; `data.index` and `data.path` name the event and the place in it.
   */
  readonly commit: (
    events: NewEvent | readonly NewEvent[],
    options?: CommitOptions,
  ) => Promise<Receipt>;

  /**
   * Return the live result of a query, or of a `computed` value. Equal queries share one; it starts
   * now, and ends a moment after its last reader left.
   */
  readonly live: <const Q extends LiveInput>(query: Q) => LiveQuery<LiveDataOf<Q>>;

  /**
   * Call `onChange` with the result of a query, and again whenever it changes.
   *
   * @returns What ends it.
   */
  readonly subscribe: <const Q extends LiveInput>(
    query: Q,
    onChange: (snapshot: LiveSnapshot<LiveDataOf<Q>>) => void,
  ) => () => void;

  /**
   * Return a client document: its value, which changes show in at once, and what sets it.
   *
   * @param id Default `sessionId`.
   */
  readonly clientDocument: <Name extends ClientDocumentName>(
    name: Name,
    id?: string,
  ) => ClientDocument<ClientDocumentValue<Name>>;

  /**
   * Migrate RxDB data into the store: a file on the server's machine, an export as JSON, or records
   * that were pushed. For a live RxDatabase see `migrateRxDatabase` in `./migration`.
   *
   * @returns The report, with counts, problems and the verification.
   * @throws SidecarError `E_MIGRATION`, `E_BUSY`, `E_STORAGE`, `E_NOT_FOUND`.
   */
  readonly migrate: (
    params: Params<"migrate">,
    options?: MigrateOptions,
  ) => Promise<Result<"migrate">>;

  /** The event log. */
  readonly events: {
    /** Read a page of it, ascending. */
    readonly list: (
      params?: Params<"events.list">,
      options?: CallOptions,
    ) => Promise<Result<"events.list">>;
    /**
     * Call `onEvents` with each event behind `after`, in order, and go on with what is committed by
     * whomever. A lost connection leaves nothing out and brings nothing twice.
     *
     * @param onError Called once when it can't go on; then it has ended.
     * @returns What ends it.
     */
    readonly subscribe: (
      params: Params<"events.subscribe">,
      onEvents: (events: readonly LoggedEvent[]) => void,
      onError?: (error: SidecarError) => void,
    ) => () => void;
  };

  /** What commits do to documents. */
  readonly changes: {
    /**
     * Tell an observer of each document that a commit of whomever inserts, changes or deletes from now
     * on: as it was and as it is.
     *
     * @returns What ends it.
     */
    readonly subscribe: (
      params: Params<"changes.subscribe">,
      observer: ChangesObserver,
    ) => () => void;
  };

  /** The server itself. */
  readonly server: {
    /** What it is and holds. */
    readonly info: (options?: CallOptions) => Promise<Result<"server.info">>;
    /** Counters since it was ready. */
    readonly stats: (options?: CallOptions) => Promise<Result<"server.stats">>;
    /** End it, after it finished what it acknowledged. */
    readonly shutdown: (options?: CallOptions) => Promise<Result<"server.shutdown">>;
  };

  /** Call any method of the server, as `rpc_schema/openrpc.json` has them. */
  readonly request: <M extends Method>(
    method: M,
    params: Params<M>,
    options?: CallOptions,
  ) => Promise<Result<M>>;

  /**
   * Resolve when the connection is open.
   *
   * @throws SidecarError `E_CONNECTION_FAILED` or `E_CLOSED` when there will be none.
   */
  readonly ready: () => Promise<void>;

  /** Try again after the state became `failed`; else nothing happens. */
  readonly reconnect: () => void;

  /** End the connection. What is under way rejects with `E_CLOSED`; nothing can be called any more. */
  readonly close: () => void;
}
