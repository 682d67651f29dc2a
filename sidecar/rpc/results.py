"""What each method answers, and what the server sends unasked: models for `rpc_schema/`.

The rows of a result are JSON text from SQLite and never become Python objects, so most of these
models describe messages without being built. Tests hold real answers against them.
"""

# ruff: noqa: N815 - members have the names of the wire

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue, WithJsonSchema

from sidecar.core.migration import MigrationState
from sidecar.migration.result import Backup, MigrationResult, PhaseName, Verification
from sidecar.rpc.params import AnyObject, Ident, Name, Seq, Wire

Row = Annotated[dict[str, JsonValue], WithJsonSchema({"type": "object"})]
"""A document, or a row of an SQL query."""

Time = Annotated[int, Field(ge=0, description="Milliseconds since 1970")]


class Empty(Wire):
    """Done; there is nothing to tell."""


class RowsResult(Wire):
    """The rows of a query."""

    rows: list[Row]
    head: Seq = Field(description="Place in the log the rows belong to")


class RowResult(Wire):
    """The one row of a query with `first`, or null."""

    row: Row | None
    head: Seq


class CountResult(Wire):
    """How many rows a query with `count` matches."""

    count: int = Field(ge=0)
    head: Seq


QueryResult = RowsResult | RowResult | CountResult


class CommitResult(Wire):
    """Proof that a batch is durable."""

    first: Seq = Field(description="`seq` of the batch's first event")
    last: Seq = Field(description="`seq` of its last")
    head: Seq = Field(description="The log's head just after the batch")
    ids: list[Ident] = Field(description="Event ids in the batch's order")
    at: Time
    duplicate: bool = Field(description="An earlier commit stored this batch already")


class MissingIndex(Wire):
    """An index that the table does not declare."""

    collection: str
    fields: list[str] = Field(description="What `indexes` should have as one more entry")
    reason: str = Field(description="What SQLite does for want of it")


class ExplainResult(Wire):
    """How a query is run; it was compiled, not run."""

    sql: str
    params: list[JsonValue] | dict[str, JsonValue]
    plan: list[str] = Field(description="SQLite's steps, indented below the step they belong to")
    indexes: list[str] = Field(description="Names of the indexes it uses")
    fullScan: bool = Field(description="Whether every row of a table may be looked at")
    missingIndex: MissingIndex | None


PrimaryKey = Annotated[
    str | None, Field(description="Field that names a row in patches; null: results come whole")
]


class WireError(Wire):
    """An error object of JSON-RPC; `data.code` and `data.hint` are always there."""

    code: int
    message: str
    data: AnyObject


class SubscribedRows(RowsResult):
    """A live query over rows."""

    subscription: Ident
    primaryKey: PrimaryKey


class SubscribedRow(RowResult):
    """A live query over one row."""

    subscription: Ident
    primaryKey: PrimaryKey


class SubscribedCount(CountResult):
    """A live count."""

    subscription: Ident
    primaryKey: PrimaryKey


class SubscribedError(Wire):
    """A live query whose required row is not there yet; its result comes when it is."""

    subscription: Ident
    error: WireError
    head: Seq
    primaryKey: PrimaryKey


SubscribeResult = SubscribedRows | SubscribedRow | SubscribedCount | SubscribedError


class Event(Wire):
    """An event of the log."""

    seq: int = Field(ge=1)
    id: Ident
    name: str
    args: AnyObject
    at: Time
    clientId: str
    sessionId: str


class EventsListResult(Wire):
    """A page of the event log, ascending."""

    events: list[Event]
    head: Seq
    next: Seq | None = Field(
        description="`after` of the page behind this one; null where this is the last. A page has "
        "fewer events than asked for where they are large"
    )


class EventsSubscribeResult(Wire):
    """A subscription to the event log; notifications `events` follow."""

    subscription: Ident
    head: Seq


class ChangesSubscribeResult(Wire):
    """A subscription to what commits behind `head` do; notifications `changes` follow."""

    subscription: Ident
    head: Seq


class MigrateBeginResult(Wire):
    """A migration that takes records."""

    migration: Ident
    state: MigrationState
    total: int = Field(ge=0, description="Records on disk")
    checkpoints: AnyObject = Field(description="How far each feed is, as last pushed")


class PushResult(Wire):
    """What became of the records: they are on disk, or in the store."""

    received: int = Field(ge=0, description="Records of this push")
    total: int = Field(ge=0, description="Records of all pushes that are on disk")
    conflicts: int = Field(
        ge=0, description="Records in quarantine, because the app wrote the document in the store"
    )


class MigrationStatus(Wire):
    """Where the move from RxDB is."""

    migration: Ident | None = Field(description="Null when none was begun")
    state: MigrationState
    ids: Literal["preserve", "remap"]
    backup: Backup | None = Field(description="The verified backup of the source")
    report: MigrationResult | None = Field(description="Of the import")
    switched: Seq | None = Field(description="Head at the switch")
    quarantined: int = Field(ge=0, description="Documents in the quarantine")
    feeding: bool = Field(description="Whether a window is connected that feeds it")


class _Returning(Wire):
    at: int = Field(description="When the store changed it last, in ms since 1970")


class DocumentToWrite(_Returning):
    """A document in the form RxDB has it."""

    collection: Name
    id: str
    document: AnyObject


class DocumentToDelete(_Returning):
    """A document that RxDB is to delete."""

    collection: Name
    id: str
    deleted: Literal[True]


class LocalToWrite(Wire):
    """A local document of a collection or (null) of the database."""

    id: str
    data: AnyObject


class LocalToDelete(Wire):
    """A local document that RxDB is to delete."""

    id: str
    deleted: Literal[True]


class LocalDocumentToReturn(_Returning):
    """A change of a local document."""

    collection: Name | None
    local: LocalToWrite | LocalToDelete


class MigrateChangesResult(Wire):
    """What the app changed in the store, each document once, as it is now."""

    changes: list[DocumentToWrite | DocumentToDelete | LocalDocumentToReturn]
    after: Seq = Field(description="Where to go on; nothing is left when `changes` is empty")
    head: Seq


class MigrateRepairResult(Wire):
    """A document that left the quarantine."""

    id: str = Field(description="Its id in the store")


class AttachmentsGetResult(Wire):
    """An attachment with its content."""

    type: str
    digest: str
    length: int = Field(ge=0, description="Bytes")
    data: str = Field(description="base64")


class BackupFile(Wire):
    """A file among the backups."""

    name: str
    bytes: int
    modifiedAt: int = Field(description="Milliseconds since 1970")


class BackupListResult(Wire):
    """The backups, the newest first."""

    backups: list[BackupFile]


class BackupVerifyResult(Wire):
    """What reading a backup to its end found."""

    name: str
    valid: bool
    sha256: str = Field(description="Of what was read")
    counts: dict[str, int] = Field(description="Documents by collection, or rows by table")


class BackupReadResult(Wire):
    """Records of a backup, as `migrate.push` takes them."""

    records: list[str]
    next: int | None = Field(description="`after` of the next page; null at the end")


class BackupCreateResult(Wire):
    """A copy of the store."""

    name: str
    bytes: int


MigrateResult = MigrationResult
MigrateVerifyResult = Verification

OpenRpcDocument = Annotated[
    dict[str, JsonValue],
    WithJsonSchema(
        {
            "title": "OpenRpcDocument",
            "description": "https://spec.open-rpc.org",
            "type": "object",
        }
    ),
]


class ServerLimits(Wire):
    """What the server takes at most."""

    messageBytes: int
    frameBytes: int
    batchRequests: int
    requestsInFlight: int = Field(description="Per connection; more wait their turn")


class ServerInfo(Wire):
    """What this server is and holds."""

    version: str
    protocol: int
    app: str = Field(description="Name of the app's schema")
    schema_: str = Field(alias="schema", description="The schema's fingerprint")
    head: Seq
    pid: int
    uptime: int = Field(description="Milliseconds since it was ready")
    clientId: str = Field(description="This connection's own, the default of `commit`")
    sessionId: str
    limits: ServerLimits
    store: AnyObject = Field(description="Rows per table, unknown events, sizes in bytes")


class ServerStats(Wire):
    """Counters since the server was ready."""

    uptime: int = Field(description="Milliseconds")
    rss: int | None = Field(description="Resident memory in bytes, where the system tells")
    connections: int = Field(description="Open now")
    connectionsTotal: int
    refused: int = Field(description="Handshakes refused")
    subscriptions: int = Field(description="Live now")
    inFlight: int = Field(description="Messages being answered now")
    requests: int
    queries: int
    commits: int
    events: int = Field(description="Events committed")
    notifications: int
    errors: int = Field(description="Calls of methods that failed")
    faults: int = Field(description="Of these, faults of the sidecar")
    bytesIn: int
    bytesOut: int


class UpsertedRow(Wire):
    """A row that is new or changed."""

    at: int = Field(ge=0, description="Its index in the final result")
    row: Row


class Patch(Wire):
    """The way from the rows a client has to the rows at `head`.

    Take out the removed and the upserted ids, insert each upsert at its index, ascending; where
    `order` is given, put the ids in that order.
    """

    head: Seq
    remove: list[str]
    upsert: list[UpsertedRow]
    order: list[str] | None = None


class RowsChange(Wire):
    """All rows of a live query."""

    rows: list[Row]


class RowChange(Wire):
    """The row of a live query with `first`."""

    row: Row | None


class CountChange(Wire):
    """The count of a live query."""

    count: int = Field(ge=0)


class _Notification(Wire):
    subscription: Ident
    head: Seq
    more: bool = Field(
        default=False,
        description="Whether what the same commits did to another live query follows at once, so "
        "that both may be shown together",
    )


class PatchNotification(_Notification):
    """Rows of a live query changed."""

    patch: Patch


class ResultNotification(_Notification):
    """A live query's result changed, and is sent whole."""

    result: RowsChange | RowChange | CountChange


class ErrorNotification(_Notification):
    """A live query fails from now on; when it recovers, its result is sent whole."""

    error: WireError


SubscriptionNotification = PatchNotification | ResultNotification | ErrorNotification


class EventsArrived(Wire):
    """Events that a subscription to the log lets pass, each once and in order."""

    subscription: Ident
    events: list[Event] = Field(min_length=1)
    head: Seq


class EventsFailed(Wire):
    """A subscription to the log could not go on, and is ended."""

    subscription: Ident
    head: Seq
    error: WireError


EventsNotification = EventsArrived | EventsFailed


class DocumentChange(Wire):
    """A document before and after one or several commits; both have its revision, `_seq`."""

    collection: str
    id: str
    seq: int = Field(ge=1, description="The last event that changed it")
    before: Row | None = Field(description="null: there was no such document")
    after: Row | None = Field(description="null: there is none any more")


class ChangesArrived(Wire):
    """Changes, in the order of the events that made them."""

    subscription: Ident
    head: Seq
    changes: list[DocumentChange] = Field(min_length=1)


class ChangesLost(Wire):
    """Some changes up to a head are not told: too many at once, or this client is too slow."""

    subscription: Ident
    head: Seq
    lost: Literal[True]


ChangesNotification = ChangesArrived | ChangesLost


class MigrationNotification(Wire):
    """How far the migration of this connection is."""

    migration: Ident | None = Field(description="Its id where records were pushed")
    phase: PhaseName
    done: int = Field(ge=0)
    total: int = Field(ge=0)
    unit: Literal["bytes", "documents"] = Field(description="What `done` and `total` count")
    rate: float = Field(description="Units per second since the phase began")


class ReadyLine(Wire):
    """The one line on stdout when the server serves."""

    type: Literal["ready"]
    protocol: int
    pid: int
    url: str
    token: str
    version: str
    schema_: str = Field(alias="schema")
    head: Seq


class StartErrorLine(Wire):
    """The one line on stdout when the server can't start."""

    type: Literal["error"]
    code: str
    message: str
    hint: str
