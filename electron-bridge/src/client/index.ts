/**
 * The core client: connect to a sidecar, ask, commit, keep results live. No React, no dependency.
 *
 * @packageDocumentation
 */

export * from "../generated/app.ts";
export { type ErrorCode, errorNumbers } from "../generated/errors.ts";
export type { Methods, Notifications, ReadyLine, StartErrorLine } from "../generated/rpc.ts";
export type { ChangesObserver, DocumentChange } from "../live/changes.ts";
export { type Computed, computed, type LiveDataOf, type LiveInput } from "../live/computed.ts";
export type {
  ClientDocument,
  ClientDocumentName,
  ClientDocumentValue,
} from "../live/document.ts";
export type { LiveQuery } from "../live/live.ts";
export { applyPatch, type Patch, type Upsert } from "../live/patch.ts";
export type { LiveSnapshot } from "../live/snapshot.ts";
export type { Comparison, Selector } from "../query/selector.ts";
export type {
  GroupedQuery,
  GroupsQuery,
  Operator,
  RowsQuery,
  TableQuery,
  TypedDocumentQuery,
} from "../query/steps.ts";
export { sql, table } from "../query/table.ts";
export type {
  DataOf,
  DocumentQuery,
  Query,
  QueryInput,
  SqlQuery,
  TypedQuery,
} from "../query/types.ts";
export type { Retry } from "./backoff.ts";
export type {
  CallOptions,
  CommitOptions,
  Expect,
  LoggedEvent,
  Method,
  MigrateOptions,
  MigrationProgress,
  NewEvent,
  Params,
  Receipt,
  Result,
  SidecarClient,
} from "./client.ts";
export { type ConnectOptions, connect } from "./connect.ts";
export type { ConnectionStatus } from "./connection.ts";
export type { CoreClient } from "./core.ts";
export {
  type ClientErrorCode,
  SidecarError,
  type SidecarErrorCode,
  type SidecarErrorDetails,
} from "./errors.ts";
export type { Json, JsonObject } from "./json.ts";
export type { Readable } from "./readable.ts";
export type {
  Endpoint,
  EndpointSource,
  SocketConstructor,
  SocketEvent,
  SocketLike,
} from "./socket.ts";
export type { ConnectionState } from "./states.ts";
export { uuid7 } from "./uuid7.ts";
