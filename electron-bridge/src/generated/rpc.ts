// Generated from rpc_schema/ by scripts/generate.mjs (npm run generate). Do not edit.

/**
 * A method without params.
 */
export type BackupCreateParams = Record<string, never>;
/**
 * A method without params.
 */
export type BackupListParams = Record<string, never>;
/**
 * A method without params.
 */
export type MigrateLeaveParams = Record<string, never>;
/**
 * Done; there is nothing to tell.
 */
export type MigrateLeaveResult = Record<string, never>;
/**
 * A method without params.
 */
export type MigrateStatusParams = Record<string, never>;
export type ChangesNotification = ChangesArrived | ChangesLost;
export type EventsNotification = EventsArrived | EventsFailed;
export type SubscriptionNotification = PatchNotification | ResultNotification | ErrorNotification;
export type ExplainParams = DocumentQuery | SqlQuery;
export type QueryParams = DocumentQuery | SqlQuery;
export type QueryResult = RowsResult | RowResult | CountResult;
/**
 * A method without params.
 */
export type DiscoverParams = Record<string, never>;
/**
 * A method without params.
 */
export type ServerInfoParams = Record<string, never>;
/**
 * A method without params.
 */
export type ServerShutdownParams = Record<string, never>;
/**
 * Done; there is nothing to tell.
 */
export type ServerShutdownResult = Record<string, never>;
/**
 * A method without params.
 */
export type ServerStatsParams = Record<string, never>;
export type SubscribeResult = SubscribedRows | SubscribedRow | SubscribedCount | SubscribedError;
/**
 * Done; there is nothing to tell.
 */
export type UnsubscribeResult = Record<string, never>;

/**
 * An attachment of a document.
 */
export interface AttachmentsGetParams {
  collection: string;
  documentId: string;
  id: string;
}
/**
 * An attachment with its content.
 */
export interface AttachmentsGetResult {
  type: string;
  digest: string;
  /**
   * Bytes
   */
  length: number;
  /**
   * base64
   */
  data: string;
}
/**
 * A copy of the store.
 */
export interface BackupCreateResult {
  name: string;
  bytes: number;
}
/**
 * A file among the backups.
 */
export interface BackupFile {
  name: string;
  bytes: number;
  /**
   * Milliseconds since 1970
   */
  modifiedAt: number;
}
/**
 * The backups, the newest first.
 */
export interface BackupListResult {
  backups: BackupFile[];
}
/**
 * A page of a backup's records.
 */
export interface BackupReadParams {
  name: string;
  /**
   * `next` of the page before
   */
  after?: number;
  limit?: number;
}
/**
 * Records of a backup, as `migrate.push` takes them.
 */
export interface BackupReadResult {
  records: string[];
  /**
   * `after` of the next page; null at the end
   */
  next: number | null;
}
/**
 * A backup by its file name.
 */
export interface BackupRestoreParams {
  name: string;
}
/**
 * The verified backup.
 */
export interface Backup {
  path: string;
  /**
   * Of the file's bytes before its last member, `sha256`.
   */
  sha256: string;
  bytes: number;
  /**
   * Documents by collection.
   */
  counts: {
    [k: string]: number;
  };
}
/**
 * One thing that was tried.
 */
export interface Check {
  name: string;
  passed: boolean;
  message: string;
}
/**
 * One collection, compared document by document by hash, both ways.
 */
export interface Compared {
  collection: string;
  /**
   * Documents that should be the same.
   */
  compared: number;
  identical: number;
  different: number;
  /**
   * In the source, not in the store.
   */
  missing: number;
  /**
   * Different because the store changed them meanwhile.
   */
  changed: number;
  /**
   * In the store, not in the source: what it held before, or got meanwhile.
   */
  onlyInStore: number;
  /**
   * Tombstones found identical.
   */
  tombstones: number;
  /**
   * Attachments found identical.
   */
  attachments: number;
  /**
   * Local documents found identical.
   */
  localDocuments: number;
}
/**
 * Documents of one collection; all but `attachments` add up to `read`.
 */
export interface Counts {
  /**
   * Documents, tombstones and local documents of the source.
   */
  read: number;
  /**
   * Put into the store.
   */
  imported: number;
  /**
   * In the store already, with the same content.
   */
  unchanged: number;
  /**
   * In the source again: the same, or an older revision.
   */
  repeated: number;
  /**
   * In the store already, different, and left alone.
   */
  conflicts: number;
  /**
   * Invalid; kept as text in the quarantine.
   */
  quarantined: number;
  /**
   * Deleted in RxDB; kept as tombstones.
   */
  tombstones: number;
  /**
   * Attachments now in the store.
   */
  attachments: number;
  /**
   * Local documents now in the store.
   */
  localDocuments: number;
}
/**
 * A document that is not the same in source and store.
 */
export interface Difference {
  collection: string;
  id: string;
  kind: "missing" | "different" | "onlyInStore" | "conflict";
  /**
   * Top-level fields that differ, when both exist.
   */
  fields: string[];
}
/**
 * An error or a warning about one document.
 */
export interface Finding {
  /**
   * Null for a local document of the database.
   */
  collection: string | null;
  /**
   * Id in the source; null where it has none.
   */
  id: string | null;
  /**
   * JSON pointer into the document.
   */
  path: string;
  message: string;
}
/**
 * The seed guide's three queries, one after the other; at most 10,000 rows or 8 MB each.
 */
export interface Performance {
  queries: Timing[];
  totalMs: number;
  budgetMs: number;
  withinBudget: boolean;
}
/**
 * One query of the performance check.
 */
export interface Timing {
  name: string;
  rows: number;
  durationMs: number;
  /**
   * Why the store refused it, or null.
   */
  error: string | null;
}
/**
 * One phase that was run.
 */
export interface Phase {
  name: "reading" | "backing-up" | "checking-backup" | "importing" | "verifying";
  durationMs: number;
}
/**
 * What was wrong with the source's documents (M6).
 */
export interface Validation {
  /**
   * The first ones.
   */
  errors: Finding[];
  errorsTotal: number;
  /**
   * The first ones.
   */
  warnings: Finding[];
  warningsTotal: number;
}
/**
 * What was found when source and store were compared (M9).
 */
export interface Verification {
  /**
   * No document differs or is missing, and every check passed.
   */
  passed: boolean;
  collections: Compared[];
  /**
   * The first ones.
   */
  differences: Difference[];
  differencesTotal: number;
  health: Check;
  /**
   * Null without the queried tables.
   */
  performance: Performance | null;
  features: Check[];
  /**
   * Whether each reference finds its document. Not part of `passed`: an app may have deleted one, in RxDB as in the store.
   */
  references: Check[];
}
/**
 * The whole of a migration.
 */
export interface BackupRestoreResult {
  /**
   * The source's format.
   */
  format: string;
  ids: "preserve" | "remap";
  dryRun: boolean;
  /**
   * By collection; '' holds the database's local documents.
   */
  collections: {
    [k: string]: Counts;
  };
  validation: Validation;
  /**
   * The first ones.
   */
  conflicts: Difference[];
  conflictsTotal: number;
  /**
   * Null in a dry run.
   */
  backup: Backup | null;
  /**
   * Null in a dry run.
   */
  verification: Verification | null;
  phases: Phase[];
  durationMs: number;
}
/**
 * A backup by its file name.
 */
export interface BackupVerifyParams {
  name: string;
}
/**
 * What reading a backup to its end found.
 */
export interface BackupVerifyResult {
  name: string;
  valid: boolean;
  /**
   * Of what was read
   */
  sha256: string;
  /**
   * Documents by collection, or rows by table
   */
  counts: {
    [k: string]: number;
  };
}
/**
 * What commits do to documents from now on.
 */
export interface ChangesSubscribeParams {
  /**
   * Only documents of these; else of all there are and will be
   */
  collections?: string[] | null;
}
/**
 * A subscription to what commits behind `head` do; notifications `changes` follow.
 */
export interface ChangesSubscribeResult {
  subscription: string;
  head: number;
}
/**
 * An event to append.
 */
export interface CommitEvent {
  /**
   * Versioned name, `v1.PersonaCreated`
   */
  name: string;
  /**
   * The event's arguments; `rpc_schema/app.json` has them
   */
  args: {
    [k: string]: unknown;
  };
  /**
   * UUID the client made (version 7); makes a commit repeatable
   */
  id?: string | null;
  expect?: ExpectedDocument[];
}
/**
 * The revision a document must have just before an event (S13).
 */
export interface ExpectedDocument {
  collection: string;
  id: string;
  /**
   * The document's `_seq`; null when it must not exist
   */
  seq: number | null;
}
/**
 * Events to append in one transaction: all of them or none.
 */
export interface CommitParams {
  events: CommitEvent[];
  /**
   * Default: this connection's own
   */
  clientId?: string | null;
  /**
   * Default: this connection's own
   */
  sessionId?: string | null;
  /**
   * Refuse documents that the batch's v1.DocumentInserted and v1.DocumentPatched leave in a collection defined with a JSON schema they don't fit
   */
  validate?: boolean;
}
/**
 * Proof that a batch is durable.
 */
export interface CommitResult {
  /**
   * `seq` of the batch's first event
   */
  first: number;
  /**
   * `seq` of its last
   */
  last: number;
  /**
   * The log's head just after the batch
   */
  head: number;
  /**
   * Event ids in the batch's order
   */
  ids: string[];
  /**
   * Milliseconds since 1970
   */
  at: number;
  /**
   * An earlier commit stored this batch already
   */
  duplicate: boolean;
}
/**
 * A page of the event log.
 */
export interface EventsListParams {
  /**
   * Events with a greater seq
   */
  after?: number;
  limit?: number;
  /**
   * Only events of these names
   */
  names?: string[] | null;
  /**
   * Only events that touched it
   */
  collection?: string | null;
  /**
   * Only events that touched this document
   */
  id?: string | null;
}
/**
 * An event of the log.
 */
export interface Event {
  seq: number;
  id: string;
  name: string;
  args: {
    [k: string]: unknown;
  };
  /**
   * Milliseconds since 1970
   */
  at: number;
  clientId: string;
  sessionId: string;
}
/**
 * A page of the event log, ascending.
 */
export interface EventsListResult {
  events: Event[];
  head: number;
  /**
   * `after` of the page behind this one; null where this is the last. A page has fewer events than asked for where they are large
   */
  next: number | null;
}
/**
 * The event log from some place on.
 */
export interface EventsSubscribeParams {
  /**
   * Events with a greater seq
   */
  after?: number;
  /**
   * Only events of these names
   */
  names?: string[] | null;
  /**
   * Only events that touched it
   */
  collection?: string | null;
  /**
   * Only events that touched this document
   */
  id?: string | null;
}
/**
 * A subscription to the event log; notifications `events` follow.
 */
export interface EventsSubscribeResult {
  subscription: string;
  head: number;
}
/**
 * What records are to be pushed for.
 */
export interface MigrateBeginParams {
  /**
   * `verify`: a copy to compare the store with, which moves nothing
   */
  purpose?: "move" | "verify";
}
/**
 * A migration that takes records.
 */
export interface MigrateBeginResult {
  migration: string;
  state:
    | "idle"
    | "backing-up"
    | "reading"
    | "importing"
    | "verifying"
    | "dual"
    | "switched"
    | "rolling-back"
    | "rolled-back"
    | "cleaned";
  /**
   * Records on disk
   */
  total: number;
  /**
   * How far each feed is, as last pushed
   */
  checkpoints: {
    [k: string]: unknown;
  };
}
/**
 * A page of what goes back into RxDB.
 */
export interface MigrateChangesParams {
  migration: string;
  /**
   * Changes behind this seq; the switch when absent
   */
  after?: number | null;
  /**
   * Documents
   */
  limit?: number;
}
/**
 * A document that RxDB is to delete.
 */
export interface DocumentToDelete {
  /**
   * When the store changed it last, in ms since 1970
   */
  at: number;
  collection: string;
  id: string;
  deleted: true;
}
/**
 * A document in the form RxDB has it.
 */
export interface DocumentToWrite {
  /**
   * When the store changed it last, in ms since 1970
   */
  at: number;
  collection: string;
  id: string;
  document: {
    [k: string]: unknown;
  };
}
/**
 * A change of a local document.
 */
export interface LocalDocumentToReturn {
  /**
   * When the store changed it last, in ms since 1970
   */
  at: number;
  collection: string | null;
  local: LocalToWrite | LocalToDelete;
}
/**
 * A local document of a collection or (null) of the database.
 */
export interface LocalToWrite {
  id: string;
  data: {
    [k: string]: unknown;
  };
}
/**
 * A local document that RxDB is to delete.
 */
export interface LocalToDelete {
  id: string;
  deleted: true;
}
/**
 * What the app changed in the store, each document once, as it is now.
 */
export interface MigrateChangesResult {
  changes: (DocumentToWrite | DocumentToDelete | LocalDocumentToReturn)[];
  /**
   * Where to go on; nothing is left when `changes` is empty
   */
  after: number;
  head: number;
}
/**
 * The migration to end for good.
 */
export interface MigrateCleanupParams {
  migration: string;
  /**
   * There is no way back afterwards
   */
  confirm: true;
}
/**
 * The whole of a migration.
 */
export interface MigrationResult {
  /**
   * The source's format.
   */
  format: string;
  ids: "preserve" | "remap";
  dryRun: boolean;
  /**
   * By collection; '' holds the database's local documents.
   */
  collections: {
    [k: string]: Counts;
  };
  validation: Validation;
  /**
   * The first ones.
   */
  conflicts: Difference[];
  conflictsTotal: number;
  /**
   * Null in a dry run.
   */
  backup: Backup | null;
  /**
   * Null in a dry run.
   */
  verification: Verification | null;
  phases: Phase[];
  durationMs: number;
}
/**
 * Where the move from RxDB is.
 */
export interface MigrateCleanupResult {
  /**
   * Null when none was begun
   */
  migration: string | null;
  state:
    | "idle"
    | "backing-up"
    | "reading"
    | "importing"
    | "verifying"
    | "dual"
    | "switched"
    | "rolling-back"
    | "rolled-back"
    | "cleaned";
  ids: "preserve" | "remap";
  /**
   * The verified backup of the source
   */
  backup: Backup | null;
  /**
   * Of the import
   */
  report: MigrationResult | null;
  /**
   * Head at the switch
   */
  switched: number | null;
  /**
   * Documents in the quarantine
   */
  quarantined: number;
  /**
   * Whether a window is connected that feeds it
   */
  feeding: boolean;
}
/**
 * The migration that is meant.
 */
export interface MigrateCutoverParams {
  migration: string;
}
/**
 * Where the move from RxDB is.
 */
export interface MigrateCutoverResult {
  /**
   * Null when none was begun
   */
  migration: string | null;
  state:
    | "idle"
    | "backing-up"
    | "reading"
    | "importing"
    | "verifying"
    | "dual"
    | "switched"
    | "rolling-back"
    | "rolled-back"
    | "cleaned";
  ids: "preserve" | "remap";
  /**
   * The verified backup of the source
   */
  backup: Backup | null;
  /**
   * Of the import
   */
  report: MigrationResult | null;
  /**
   * Head at the switch
   */
  switched: number | null;
  /**
   * Documents in the quarantine
   */
  quarantined: number;
  /**
   * Whether a window is connected that feeds it
   */
  feeding: boolean;
}
/**
 * An export as JSON.
 */
export interface DataSource {
  data: {
    [k: string]: unknown;
  };
}
/**
 * An export in a file on the server's machine.
 */
export interface FileSource {
  path: string;
}
/**
 * The records pushed since a `migrate.begin`.
 */
export interface PushedSource {
  migration: string;
}
/**
 * A migration to run.
 */
export interface MigrateParams {
  source: FileSource | DataSource | PushedSource;
  ids?: "preserve" | "remap";
  /**
   * Read and validate only; nothing is stored
   */
  dryRun?: boolean;
  /**
   * Stop at the first invalid document
   */
  strict?: boolean;
  /**
   * Primary key fields of collections that neither the app nor the source names
   */
  primaryKeys?: {
    [k: string]: string;
  };
}
/**
 * Records of a live migration.
 */
export interface MigratePushParams {
  migration: string;
  /**
   * The JSON text of one object per document, schema or local document. Text, because a document of RxDB may hold half an emoji, which no other JSON can carry
   */
  records: string[];
  /**
   * How far each feed is with these records; `migrate.begin` gives them back
   */
  checkpoints?: {
    [k: string]: unknown;
  } | null;
}
/**
 * What became of the records: they are on disk, or in the store.
 */
export interface MigratePushResult {
  /**
   * Records of this push
   */
  received: number;
  /**
   * Records of all pushes that are on disk
   */
  total: number;
  /**
   * Records in quarantine, because the app wrote the document in the store
   */
  conflicts: number;
}
/**
 * The corrected form of a document in quarantine.
 */
export interface MigrateRepairParams {
  /**
   * Its `seq` in the quarantine
   */
  seq: number;
  document: {
    [k: string]: unknown;
  };
}
/**
 * A document that left the quarantine.
 */
export interface MigrateRepairResult {
  /**
   * Its id in the store
   */
  id: string;
}
/**
 * The whole of a migration.
 */
export interface MigrateResult {
  /**
   * The source's format.
   */
  format: string;
  ids: "preserve" | "remap";
  dryRun: boolean;
  /**
   * By collection; '' holds the database's local documents.
   */
  collections: {
    [k: string]: Counts;
  };
  validation: Validation;
  /**
   * The first ones.
   */
  conflicts: Difference[];
  conflictsTotal: number;
  /**
   * Null in a dry run.
   */
  backup: Backup | null;
  /**
   * Null in a dry run.
   */
  verification: Verification | null;
  phases: Phase[];
  durationMs: number;
}
/**
 * The migration to roll back.
 */
export interface MigrateRollbackParams {
  migration: string;
  /**
   * RxDB has all changes up to this seq: it may be used again
   */
  through?: number | null;
}
/**
 * Where the move from RxDB is.
 */
export interface MigrateRollbackResult {
  /**
   * Null when none was begun
   */
  migration: string | null;
  state:
    | "idle"
    | "backing-up"
    | "reading"
    | "importing"
    | "verifying"
    | "dual"
    | "switched"
    | "rolling-back"
    | "rolled-back"
    | "cleaned";
  ids: "preserve" | "remap";
  /**
   * The verified backup of the source
   */
  backup: Backup | null;
  /**
   * Of the import
   */
  report: MigrationResult | null;
  /**
   * Head at the switch
   */
  switched: number | null;
  /**
   * Documents in the quarantine
   */
  quarantined: number;
  /**
   * Whether a window is connected that feeds it
   */
  feeding: boolean;
}
/**
 * Where the move from RxDB is.
 */
export interface MigrateStatusResult {
  /**
   * Null when none was begun
   */
  migration: string | null;
  state:
    | "idle"
    | "backing-up"
    | "reading"
    | "importing"
    | "verifying"
    | "dual"
    | "switched"
    | "rolling-back"
    | "rolled-back"
    | "cleaned";
  ids: "preserve" | "remap";
  /**
   * The verified backup of the source
   */
  backup: Backup | null;
  /**
   * Of the import
   */
  report: MigrationResult | null;
  /**
   * Head at the switch
   */
  switched: number | null;
  /**
   * Documents in the quarantine
   */
  quarantined: number;
  /**
   * Whether a window is connected that feeds it
   */
  feeding: boolean;
}
/**
 * What to compare the store with.
 */
export interface MigrateVerifyParams {
  source: FileSource | DataSource | PushedSource;
}
/**
 * What was found when source and store were compared (M9).
 */
export interface MigrateVerifyResult {
  /**
   * No document differs or is missing, and every check passed.
   */
  passed: boolean;
  collections: Compared[];
  /**
   * The first ones.
   */
  differences: Difference[];
  differencesTotal: number;
  health: Check;
  /**
   * Null without the queried tables.
   */
  performance: Performance | null;
  features: Check[];
  /**
   * Whether each reference finds its document. Not part of `passed`: an app may have deleted one, in RxDB as in the store.
   */
  references: Check[];
}
/**
 * Changes, in the order of the events that made them.
 */
export interface ChangesArrived {
  subscription: string;
  head: number;
  changes: DocumentChange[];
}
/**
 * A document before and after one or several commits; both have its revision, `_seq`.
 */
export interface DocumentChange {
  collection: string;
  id: string;
  /**
   * The last event that changed it
   */
  seq: number;
  /**
   * null: there was no such document
   */
  before: {
    [k: string]: unknown;
  } | null;
  /**
   * null: there is none any more
   */
  after: {
    [k: string]: unknown;
  } | null;
}
/**
 * Some changes up to a head are not told: too many at once, or this client is too slow.
 */
export interface ChangesLost {
  subscription: string;
  head: number;
  lost: true;
}
/**
 * Events that a subscription to the log lets pass, each once and in order.
 */
export interface EventsArrived {
  subscription: string;
  events: Event[];
  head: number;
}
/**
 * A subscription to the log could not go on, and is ended.
 */
export interface EventsFailed {
  subscription: string;
  head: number;
  error: WireError;
}
/**
 * An error object of JSON-RPC; `data.code` and `data.hint` are always there.
 */
export interface WireError {
  code: number;
  message: string;
  data: {
    [k: string]: unknown;
  };
}
/**
 * How far the migration of this connection is.
 */
export interface MigrationNotification {
  /**
   * Its id where records were pushed
   */
  migration: string | null;
  phase: "reading" | "backing-up" | "checking-backup" | "importing" | "verifying";
  done: number;
  total: number;
  /**
   * What `done` and `total` count
   */
  unit: "bytes" | "documents";
  /**
   * Units per second since the phase began
   */
  rate: number;
}
/**
 * The count of a live query.
 */
export interface CountChange {
  count: number;
}
/**
 * A live query fails from now on; when it recovers, its result is sent whole.
 */
export interface ErrorNotification {
  subscription: string;
  head: number;
  /**
   * Whether what the same commits did to another live query follows at once, so that both may be shown together
   */
  more?: boolean;
  error: WireError;
}
/**
 * The way from the rows a client has to the rows at `head`.
 *
 * Take out the removed and the upserted ids, insert each upsert at its index, ascending; where
 * `order` is given, put the ids in that order.
 */
export interface Patch {
  head: number;
  remove: string[];
  upsert: UpsertedRow[];
  order?: string[] | null;
}
/**
 * A row that is new or changed.
 */
export interface UpsertedRow {
  /**
   * Its index in the final result
   */
  at: number;
  row: {
    [k: string]: unknown;
  };
}
/**
 * Rows of a live query changed.
 */
export interface PatchNotification {
  subscription: string;
  head: number;
  /**
   * Whether what the same commits did to another live query follows at once, so that both may be shown together
   */
  more?: boolean;
  patch: Patch;
}
/**
 * A live query's result changed, and is sent whole.
 */
export interface ResultNotification {
  subscription: string;
  head: number;
  /**
   * Whether what the same commits did to another live query follows at once, so that both may be shown together
   */
  more?: boolean;
  result: RowsChange | RowChange | CountChange;
}
/**
 * All rows of a live query.
 */
export interface RowsChange {
  rows: {
    [k: string]: unknown;
  }[];
}
/**
 * The row of a live query with `first`.
 */
export interface RowChange {
  row: {
    [k: string]: unknown;
  } | null;
}
/**
 * What one name of a group stands for: exactly one of the members.
 */
export interface Aggregate {
  /**
   * How many documents.
   */
  count?: true | null;
  /**
   * Path; numbers only. 0 of none.
   */
  sum?: string | null;
  /**
   * Path; numbers only. null of none.
   */
  avg?: string | null;
  /**
   * Path; the least value, null of none.
   */
  min?: string | null;
  /**
   * Path; the greatest value, null of none.
   */
  max?: string | null;
}
/**
 * Documents of one collection.
 */
export interface DocumentQuery {
  /**
   * Collection name.
   */
  from: string;
  /**
   * Mango selector.
   */
  selector?: {
    [k: string]: unknown;
  };
  /**
   * Terms {field: asc|desc}, most significant first; the primary key breaks ties.
   */
  sort?: {
    [k: string]: "asc" | "desc";
  }[];
  /**
   * Documents to pass over.
   */
  skip?: number;
  /**
   * Most documents to return.
   */
  limit?: number | null;
  /**
   * A row to go on behind: its primary key and the fields the sort names.
   */
  after?: {
    [k: string]: unknown;
  } | null;
  /**
   * Paths to return, nested as they are in the document; all when absent. Also _seq, with $search _rank and _snippet, and * for the whole document beside them.
   */
  fields?: string[] | null;
  /**
   * Return rows that differ in the fields, each once.
   */
  distinct?: boolean;
  /**
   * Paths; one row for each group.
   */
  groupBy?: string[] | null;
  /**
   * Names and what they count or compute of a group, or of all that match.
   */
  aggregate?: {
    [k: string]: Aggregate;
  } | null;
  /**
   * Return one document, or null; `required` fails where there is none.
   */
  first?: boolean | "required";
  /**
   * Row to return instead of null.
   */
  fallback?: {
    [k: string]: unknown;
  } | null;
  /**
   * Return how many documents match.
   */
  count?: boolean;
}
/**
 * One read in SQL (Q4).
 */
export interface SqlQuery {
  /**
   * One SELECT, WITH or VALUES.
   */
  sql: string;
  /**
   * Values by position (?) or by name (:name).
   */
  params?:
    | (string | number | boolean | null)[]
    | {
        [k: string]: string | number | boolean | null;
      };
}
/**
 * An index that the table does not declare.
 */
export interface MissingIndex {
  collection: string;
  /**
   * What `indexes` should have as one more entry
   */
  fields: string[];
  /**
   * What SQLite does for want of it
   */
  reason: string;
}
/**
 * How a query is run; it was compiled, not run.
 */
export interface ExplainResult {
  sql: string;
  params:
    | unknown[]
    | {
        [k: string]: unknown;
      };
  /**
   * SQLite's steps, indented below the step they belong to
   */
  plan: string[];
  /**
   * Names of the indexes it uses
   */
  indexes: string[];
  /**
   * Whether every row of a table may be looked at
   */
  fullScan: boolean;
  missingIndex: MissingIndex | null;
}
/**
 * How many rows a query with `count` matches.
 */
export interface CountResult {
  count: number;
  head: number;
}
/**
 * The one row of a query with `first`, or null.
 */
export interface RowResult {
  row: {
    [k: string]: unknown;
  } | null;
  head: number;
}
/**
 * The rows of a query.
 */
export interface RowsResult {
  rows: {
    [k: string]: unknown;
  }[];
  /**
   * Place in the log the rows belong to
   */
  head: number;
}
/**
 * https://spec.open-rpc.org
 */
export interface DiscoverResult {
  [k: string]: unknown;
}
/**
 * What the server takes at most.
 */
export interface ServerLimits {
  messageBytes: number;
  frameBytes: number;
  batchRequests: number;
  /**
   * Per connection; more wait their turn
   */
  requestsInFlight: number;
}
/**
 * What this server is and holds.
 */
export interface ServerInfoResult {
  version: string;
  protocol: number;
  /**
   * Name of the app's schema
   */
  app: string;
  /**
   * The schema's fingerprint
   */
  schema: string;
  head: number;
  pid: number;
  /**
   * Milliseconds since it was ready
   */
  uptime: number;
  /**
   * This connection's own, the default of `commit`
   */
  clientId: string;
  sessionId: string;
  limits: ServerLimits;
  /**
   * Rows per table, unknown events, sizes in bytes
   */
  store: {
    [k: string]: unknown;
  };
}
/**
 * Counters since the server was ready.
 */
export interface ServerStatsResult {
  /**
   * Milliseconds
   */
  uptime: number;
  /**
   * Resident memory in bytes, where the system tells
   */
  rss: number | null;
  /**
   * Open now
   */
  connections: number;
  connectionsTotal: number;
  /**
   * Handshakes refused
   */
  refused: number;
  /**
   * Live now
   */
  subscriptions: number;
  /**
   * Messages being answered now
   */
  inFlight: number;
  requests: number;
  queries: number;
  commits: number;
  /**
   * Events committed
   */
  events: number;
  notifications: number;
  /**
   * Calls of methods that failed
   */
  errors: number;
  /**
   * Of these, faults of the sidecar
   */
  faults: number;
  bytesIn: number;
  bytesOut: number;
}
/**
 * The one line on stdout when the server can't start.
 */
export interface StartErrorLine {
  type: "error";
  code: string;
  message: string;
  hint: string;
}
/**
 * The one line on stdout when the server serves.
 */
export interface ReadyLine {
  type: "ready";
  protocol: number;
  pid: number;
  url: string;
  token: string;
  version: string;
  schema: string;
  head: number;
}
/**
 * A query to keep live.
 */
export interface SubscribeParams {
  /**
   * A query, as `query` takes it
   */
  query: DocumentQuery | SqlQuery;
  /**
   * Head of the rows the client has; the answer is whole either way
   */
  since?: number | null;
}
/**
 * A live count.
 */
export interface SubscribedCount {
  count: number;
  head: number;
  subscription: string;
  /**
   * Field that names a row in patches; null: results come whole
   */
  primaryKey: string | null;
}
/**
 * A live query whose required row is not there yet; its result comes when it is.
 */
export interface SubscribedError {
  subscription: string;
  error: WireError;
  head: number;
  /**
   * Field that names a row in patches; null: results come whole
   */
  primaryKey: string | null;
}
/**
 * A live query over one row.
 */
export interface SubscribedRow {
  row: {
    [k: string]: unknown;
  } | null;
  head: number;
  subscription: string;
  /**
   * Field that names a row in patches; null: results come whole
   */
  primaryKey: string | null;
}
/**
 * A live query over rows.
 */
export interface SubscribedRows {
  rows: {
    [k: string]: unknown;
  }[];
  /**
   * Place in the log the rows belong to
   */
  head: number;
  subscription: string;
  /**
   * Field that names a row in patches; null: results come whole
   */
  primaryKey: string | null;
}
/**
 * A live query to end.
 */
export interface UnsubscribeParams {
  subscription: string;
}
/**
 * Each method of the server, with what it takes and what it answers.
 */
export interface Methods {
  /**
   * Tell what this server is and holds.
   */
  "server.info": {
    params: ServerInfoParams;
    result: ServerInfoResult;
  };
  /**
   * Append events to the log and answer once they are durable.
   */
  commit: {
    params: CommitParams;
    result: CommitResult;
  };
  /**
   * Read documents of a collection, or run any read in SQL.
   */
  query: {
    params: QueryParams;
    result: QueryResult;
  };
  /**
   * Tell how a query is run: its SQL, SQLite's plan, and the index that is missing.
   */
  "query.explain": {
    params: ExplainParams;
    result: ExplainResult;
  };
  /**
   * Run a query and keep its result up to date.
   */
  subscribe: {
    params: SubscribeParams;
    result: SubscribeResult;
  };
  /**
   * End a live query, or a subscription to the event log or to changes.
   */
  unsubscribe: {
    params: UnsubscribeParams;
    result: UnsubscribeResult;
  };
  /**
   * Read a page of the event log.
   */
  "events.list": {
    params: EventsListParams;
    result: EventsListResult;
  };
  /**
   * Stream the event log from any place on, and go on with what is committed.
   */
  "events.subscribe": {
    params: EventsSubscribeParams;
    result: EventsSubscribeResult;
  };
  /**
   * Tell of each document that commits insert, change or delete: as it was and as it is.
   */
  "changes.subscribe": {
    params: ChangesSubscribeParams;
    result: ChangesSubscribeResult;
  };
  /**
   * Begin the move from RxDB, or join the one there is: records follow with `migrate.push`.
   */
  "migrate.begin": {
    params: MigrateBeginParams;
    result: MigrateBeginResult;
  };
  /**
   * Feed the move no more, so that another connection may.
   */
  "migrate.leave": {
    params: MigrateLeaveParams;
    result: MigrateLeaveResult;
  };
  /**
   * Take records of a migration, in order: to disk before the import, to the store after it.
   */
  "migrate.push": {
    params: MigratePushParams;
    result: MigratePushResult;
  };
  /**
   * Tell where the move from RxDB is.
   */
  "migrate.status": {
    params: MigrateStatusParams;
    result: MigrateStatusResult;
  };
  /**
   * Compare a source with the store, document by document, both ways; import nothing.
   */
  "migrate.verify": {
    params: MigrateVerifyParams;
    result: MigrateVerifyResult;
  };
  /**
   * Switch the app to the store.
   */
  "migrate.cutover": {
    params: MigrateCutoverParams;
    result: MigrateCutoverResult;
  };
  /**
   * Return what the app changed in the store since the switch, in the forms RxDB has.
   */
  "migrate.changes": {
    params: MigrateChangesParams;
    result: MigrateChangesResult;
  };
  /**
   * Return to RxDB: at once before the switch, after it once RxDB has all changes.
   */
  "migrate.rollback": {
    params: MigrateRollbackParams;
    result: MigrateRollbackResult;
  };
  /**
   * End the move for good, once its backup is verified again; RxDB's data may go then.
   */
  "migrate.cleanup": {
    params: MigrateCleanupParams;
    result: MigrateCleanupResult;
  };
  /**
   * Import the corrected form of a document in quarantine, and take it out of there.
   */
  "migrate.repair": {
    params: MigrateRepairParams;
    result: MigrateRepairResult;
  };
  /**
   * Return an attachment of a document.
   */
  "attachments.get": {
    params: AttachmentsGetParams;
    result: AttachmentsGetResult;
  };
  /**
   * Copy the store into a file of its own, and verify the copy.
   */
  "backup.create": {
    params: BackupCreateParams;
    result: BackupCreateResult;
  };
  /**
   * List the backups, the newest first.
   */
  "backup.list": {
    params: BackupListParams;
    result: BackupListResult;
  };
  /**
   * Read a backup to its end and compare it with what it says it holds.
   */
  "backup.verify": {
    params: BackupVerifyParams;
    result: BackupVerifyResult;
  };
  /**
   * Return records of a backup of RxDB, to bring them back there.
   */
  "backup.read": {
    params: BackupReadParams;
    result: BackupReadResult;
  };
  /**
   * Import a backup of RxDB into the store; what the store has stays.
   */
  "backup.restore": {
    params: BackupRestoreParams;
    result: BackupRestoreResult;
  };
  /**
   * Migrate RxDB data into the store and verify it.
   */
  migrate: {
    params: MigrateParams;
    result: MigrateResult;
  };
  /**
   * Tell what the server has done since it was ready.
   */
  "server.stats": {
    params: ServerStatsParams;
    result: ServerStatsResult;
  };
  /**
   * Return this API as an OpenRPC document.
   */
  "rpc.discover": {
    params: DiscoverParams;
    result: DiscoverResult;
  };
  /**
   * End the server after finishing what it acknowledged.
   */
  "server.shutdown": {
    params: ServerShutdownParams;
    result: ServerShutdownResult;
  };
}
/**
 * What the server sends unasked.
 */
export interface Notifications {
  subscription: SubscriptionNotification;
  events: EventsNotification;
  changes: ChangesNotification;
  migration: MigrationNotification;
}
