"""The methods: what each takes, gives and may fail with. `rpc_schema/` is generated from here.

`sidecar.rpc.methods` implements them; a test holds the two tables together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel

from sidecar.core.errors import (
    BusyError,
    ConflictError,
    CorruptError,
    MigrationError,
    NotFoundError,
    QueryError,
    QueryTimeoutError,
    ReadOnlyError,
    ShuttingDownError,
    SidecarError,
    StorageError,
    TooLargeError,
    UnknownCollectionError,
    UnknownEventError,
    ValidationError,
)
from sidecar.core.query import DocumentQuery, SqlQuery
from sidecar.rpc import params, results
from sidecar.rpc.binding import order
from sidecar.rpc.examples import AT, EVENT, PERSONA, QUERIES, Example

Model = type[BaseModel]
ErrorClass = type[SidecarError]

_READ: Sequence[ErrorClass] = (
    QueryError,
    UnknownCollectionError,
    ReadOnlyError,
    QueryTimeoutError,
    TooLargeError,
    NotFoundError,
    ShuttingDownError,
)


@dataclass(frozen=True, slots=True)
class Contract:
    """A method as its callers see it.

    An example whose params are the first ones of `order` also stands in the OpenRPC document, whose
    readers take them by position.

    Attributes:
        title: Stem of the names of its generated types.
        params: Models of its params, any one of which fits.
        result: Model, or union of models, of its result.
        errors: What it may fail with, beside the errors of JSON-RPC itself.
    """

    name: str
    title: str
    summary: str
    result: object
    params: Sequence[Model] = (params.NoParams,)
    description: str = ""
    errors: Sequence[ErrorClass] = ()
    examples: Sequence[Example] = field(default=())

    @property
    def order(self) -> tuple[str, ...]:
        """Names of the params by position."""
        return order(self.params)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification the server sends."""

    name: str
    title: str
    summary: str
    params: object


CONTRACTS: Sequence[Contract] = (
    Contract(
        "server.info",
        "ServerInfo",
        "Tell what this server is and holds.",
        results.ServerInfo,
    ),
    Contract(
        "commit",
        "Commit",
        "Append events to the log and answer once they are durable.",
        results.CommitResult,
        (params.CommitParams,),
        "All events of a batch are stored, or none. Sending a batch again, by its event ids, gives "
        "the first receipt with `duplicate: true`. The connection's own live queries get their "
        "patches before this answer. An error names the event by `index` and the place by `path`; "
        "what `validate` refuses has `collection`, `id` and `errors`, each `{path, message, "
        "keyword}` with a path into the document, and in `others` the same of each further one.",
        (
            ValidationError,
            ConflictError,
            NotFoundError,
            UnknownEventError,
            UnknownCollectionError,
            BusyError,
            StorageError,
            ShuttingDownError,
        ),
        (
            Example(
                "create a persona",
                {
                    "events": [
                        {
                            "name": "v1.PersonaCreated",
                            "args": {
                                "id": PERSONA,
                                "name": "Ada",
                                "description": "Counts",
                                "personality": {
                                    "traits": ["curious"],
                                    "temperament": "calm",
                                    "communicationStyle": "plain",
                                },
                                "settings": {
                                    "memoryRetention": 90,
                                    "privacyLevel": "medium",
                                    "autoLearn": True,
                                },
                            },
                            "id": EVENT,
                        }
                    ]
                },
                {
                    "first": 1,
                    "last": 1,
                    "head": 1,
                    "ids": [EVENT],
                    "at": AT,
                    "duplicate": False,
                },
            ),
            Example(
                "only if nobody changed it",
                {
                    "events": [
                        {
                            "name": "v1.DocumentPatched",
                            "args": {
                                "collection": "personas",
                                "id": PERSONA,
                                "patch": {"name": "Ada L."},
                            },
                            "expect": [{"collection": "personas", "id": PERSONA, "seq": 1}],
                        }
                    ],
                    "clientId": "laptop",
                    "sessionId": "window-1",
                    "validate": True,
                },
                {"first": 2, "last": 2, "head": 2, "ids": [EVENT], "at": AT, "duplicate": False},
            ),
        ),
    ),
    Contract(
        "query",
        "Query",
        "Read documents of a collection, or run any read in SQL.",
        results.QueryResult,
        (DocumentQuery, SqlQuery),
        "A document query means what it means in RxDB. `first` answers one row or null, `count` "
        "a number. docs/queries.md tells of every member and operator.",
        _READ,
        QUERIES,
    ),
    Contract(
        "query.explain",
        "Explain",
        "Tell how a query is run: its SQL, SQLite's plan, and the index that is missing.",
        results.ExplainResult,
        (DocumentQuery, SqlQuery),
        errors=_READ,
        examples=[Example(one.name, one.params, {}) for one in QUERIES],
    ),
    Contract(
        "subscribe",
        "Subscribe",
        "Run a query and keep its result up to date.",
        results.SubscribeResult,
        (params.SubscribeParams,),
        "Notifications `subscription` follow, at most one a commit and none when nothing changed. "
        "Rows with a `primaryKey` change by patches; other results are sent whole. A query whose "
        "`required` row is not there yet answers its error, and its result follows when it is.",
        (*_READ, ValidationError),
        (
            Example(
                "keep the personas",
                {"query": {"from": "personas"}},
                {"subscription": "s1", "rows": [], "head": 0, "primaryKey": "id"},
            ),
            Example(
                "again after a reconnect",
                {"query": {"from": "personas", "first": True}, "since": 0},
                {"subscription": "s2", "row": None, "head": 0, "primaryKey": "id"},
            ),
        ),
    ),
    Contract(
        "unsubscribe",
        "Unsubscribe",
        "End a live query, or a subscription to the event log or to changes.",
        results.Empty,
        (params.UnsubscribeParams,),
        errors=(NotFoundError,),
        examples=(Example("end the first", {"subscription": "s1"}, {}),),
    ),
    Contract(
        "events.list",
        "EventsList",
        "Read a page of the event log.",
        results.EventsListResult,
        (params.EventsListParams,),
        errors=(UnknownCollectionError, TooLargeError, ShuttingDownError),
        examples=(
            Example(
                "from the start",
                {"after": 0, "limit": 10},
                {"events": [], "head": 0, "next": None},
            ),
            Example(
                "what happened to one persona",
                {
                    "after": 0,
                    "limit": 10,
                    "names": ["v1.PersonaCreated"],
                    "collection": "personas",
                    "id": PERSONA,
                },
                {"events": [], "head": 1, "next": None},
            ),
        ),
    ),
    Contract(
        "events.subscribe",
        "EventsSubscribe",
        "Stream the event log from any place on, and go on with what is committed.",
        results.EventsSubscribeResult,
        (params.EventsSubscribeParams,),
        "Notifications `events` follow, each event once and in order. `unsubscribe` ends it. After "
        "a lost connection go on behind the last event there was.",
        errors=(ShuttingDownError,),
        examples=(
            Example("all of it", {"after": 0}, {"subscription": "s1", "head": 0}),
            Example(
                "what happens to one persona from now on",
                {
                    "after": 7,
                    "names": ["v1.PersonaUpdated"],
                    "collection": "personas",
                    "id": PERSONA,
                },
                {"subscription": "s2", "head": 7},
            ),
        ),
    ),
    Contract(
        "changes.subscribe",
        "ChangesSubscribe",
        "Tell of each document that commits insert, change or delete: as it was and as it is.",
        results.ChangesSubscribeResult,
        (params.ChangesSubscribeParams,),
        "Notifications `changes` follow, those of the connection's own commits before their "
        "answers. `lost` stands for a transaction that touched more than 1,000 documents of a "
        "collection, for the end of a collection, and for what a slow client did not take in "
        "time. `unsubscribe` ends it.",
        errors=(ShuttingDownError,),
        examples=(
            Example(
                "of personas", {"collections": ["personas"]}, {"subscription": "s1", "head": 0}
            ),
        ),
    ),
    Contract(
        "migrate.begin",
        "MigrateBegin",
        "Begin the move from RxDB, or join the one there is: records follow with `migrate.push`.",
        results.MigrateBeginResult,
        (params.MigrateBeginParams,),
        "The connection that began it feeds it, until it closes or leaves; another one is refused "
        "so long.",
        (BusyError, StorageError, ShuttingDownError),
        (Example("a copy to verify by", {"purpose": "verify"}, {}),),
    ),
    Contract(
        "migrate.leave",
        "MigrateLeave",
        "Feed the move no more, so that another connection may.",
        results.Empty,
        errors=(ShuttingDownError,),
    ),
    Contract(
        "migrate.push",
        "MigratePush",
        "Take records of a migration, in order: to disk before the import, to the store after it.",
        results.PushResult,
        (params.PushParams,),
        'A record is the text of `{"collection", "document"}`, `{"collection", "schema"}` or '
        '`{"collection", "local"}`. What the app changed in the store is not overwritten: RxDB\'s '
        "version goes to the quarantine, as a conflict. The same again changes nothing.",
        (MigrationError, NotFoundError, StorageError, ShuttingDownError),
        (
            Example(
                "one document",
                {
                    "migration": "4f9f0a1c5a0e4d0f8c1b2a3d4e5f6071",
                    "records": ['{"collection":"personas","document":{"id":"p1","name":"Ada"}}'],
                },
                {"received": 1, "total": 1, "conflicts": 0},
            ),
            Example(
                "and how far the feed is",
                {
                    "migration": "4f9f0a1c5a0e4d0f8c1b2a3d4e5f6071",
                    "records": ['{"collection":null,"local":{"id":"theme","deleted":true}}'],
                    "checkpoints": {"personas": {"id": "p1", "lwt": AT}},
                },
                {"received": 1, "total": 2, "conflicts": 0},
            ),
        ),
    ),
    Contract(
        "migrate.status",
        "MigrateStatus",
        "Tell where the move from RxDB is.",
        results.MigrationStatus,
        description="Windows follow it by a live query of the table `_migration` of one row.",
    ),
    Contract(
        "migrate.verify",
        "MigrateVerify",
        "Compare a source with the store, document by document, both ways; import nothing.",
        results.MigrateVerifyResult,
        (params.MigrateVerifyParams,),
        "A pushed copy is removed afterwards.",
        (MigrationError, NotFoundError, BusyError, StorageError, ShuttingDownError),
        (Example("with a file", {"source": {"path": "rxdb-export.json"}}, {}),),
    ),
    Contract(
        "migrate.cutover",
        "MigrateCutover",
        "Switch the app to the store.",
        results.MigrationStatus,
        (params.MigrationParams,),
        "Feed what RxDB has first. Late writes may be pushed afterwards, too.",
        (MigrationError, NotFoundError, StorageError, ShuttingDownError),
        (Example("switch", {"migration": "4f9f0a1c5a0e4d0f8c1b2a3d4e5f6071"}, {}),),
    ),
    Contract(
        "migrate.changes",
        "MigrateChanges",
        "Return what the app changed in the store since the switch, in the forms RxDB has.",
        results.MigrateChangesResult,
        (params.MigrateChangesParams,),
        errors=(MigrationError, NotFoundError, ShuttingDownError),
        examples=(
            Example(
                "the first page",
                {
                    "migration": "4f9f0a1c5a0e4d0f8c1b2a3d4e5f6071",
                    "after": 0,
                    "limit": 100,
                },
                {
                    "changes": [
                        {"at": 1, "collection": "personas", "id": "p1", "document": {"id": "p1"}},
                        {"at": 2, "collection": "personas", "id": "p2", "deleted": True},
                        {
                            "at": 3,
                            "collection": None,
                            "local": {"id": "theme", "data": {"dark": True}},
                        },
                        {
                            "at": 4,
                            "collection": "personas",
                            "local": {"id": "old", "deleted": True},
                        },
                    ],
                    "after": 12,
                    "head": 12,
                },
            ),
        ),
    ),
    Contract(
        "migrate.rollback",
        "MigrateRollback",
        "Return to RxDB: at once before the switch, after it once RxDB has all changes.",
        results.MigrationStatus,
        (params.MigrateRollbackParams,),
        "After the switch: roll back, write what `migrate.changes` gives into RxDB, and roll back "
        "again with `through`. What is still written in the store comes by `migrate.changes`, too; "
        "`through` says then that RxDB has it, or something newer.",
        (MigrationError, NotFoundError, StorageError, ShuttingDownError),
        (
            Example(
                "all is written back",
                {"migration": "4f9f0a1c5a0e4d0f8c1b2a3d4e5f6071", "through": 12},
                {},
            ),
        ),
    ),
    Contract(
        "migrate.cleanup",
        "MigrateCleanup",
        "End the move for good, once its backup is verified again; RxDB's data may go then.",
        results.MigrationStatus,
        (params.MigrateCleanupParams,),
        errors=(MigrationError, NotFoundError, StorageError, ShuttingDownError),
        examples=(
            Example(
                "confirmed",
                {"migration": "4f9f0a1c5a0e4d0f8c1b2a3d4e5f6071", "confirm": True},
                {},
            ),
        ),
    ),
    Contract(
        "migrate.repair",
        "MigrateRepair",
        "Import the corrected form of a document in quarantine, and take it out of there.",
        results.MigrateRepairResult,
        (params.MigrateRepairParams,),
        "`SELECT seq, collection, document, problems FROM _quarantine` lists them.",
        (MigrationError, NotFoundError, ValidationError, ConflictError, StorageError),
        (
            Example(
                "a name",
                {"seq": 7, "document": {"id": "p1", "name": "Ada"}},
                {"id": "p1"},
            ),
        ),
    ),
    Contract(
        "attachments.get",
        "AttachmentsGet",
        "Return an attachment of a document.",
        results.AttachmentsGetResult,
        (params.AttachmentsGetParams,),
        errors=(NotFoundError, TooLargeError),
        examples=(
            Example(
                "a picture",
                {"collection": "personas", "documentId": "p1", "id": "photo.png"},
                {"type": "image/png", "digest": "md5-", "length": 2, "data": "AP8="},
            ),
        ),
    ),
    Contract(
        "backup.create",
        "BackupCreate",
        "Copy the store into a file of its own, and verify the copy.",
        results.BackupCreateResult,
        errors=(StorageError, CorruptError, ShuttingDownError),
    ),
    Contract(
        "backup.list",
        "BackupList",
        "List the backups, the newest first.",
        results.BackupListResult,
        errors=(StorageError,),
    ),
    Contract(
        "backup.verify",
        "BackupVerify",
        "Read a backup to its end and compare it with what it says it holds.",
        results.BackupVerifyResult,
        (params.BackupParams,),
        errors=(NotFoundError, StorageError),
        examples=(Example("a day's", {"name": "rxdb-backup-2026-01-31.json"}, {}),),
    ),
    Contract(
        "backup.read",
        "BackupRead",
        "Return records of a backup of RxDB, to bring them back there.",
        results.BackupReadResult,
        (params.BackupReadParams,),
        errors=(NotFoundError, MigrationError, StorageError),
        examples=(
            Example(
                "a page",
                {"name": "rxdb-backup-2026-01-31.json", "after": 0, "limit": 1},
                {
                    "records": ['{"collection":"personas","document":{"id":"p1"}}'],
                    "next": 1,
                },
            ),
        ),
    ),
    Contract(
        "backup.restore",
        "BackupRestore",
        "Import a backup of RxDB into the store; what the store has stays.",
        results.MigrateResult,
        (params.BackupParams,),
        errors=(MigrationError, NotFoundError, BusyError, StorageError, ShuttingDownError),
        examples=(Example("a day's", {"name": "rxdb-backup-2026-01-31.json"}, {}),),
    ),
    Contract(
        "migrate",
        "Migrate",
        "Migrate RxDB data into the store and verify it.",
        results.MigrateResult,
        (params.MigrateParams,),
        "Backs up, validates, imports and verifies; notifications `migration` tell how far it is. "
        "One migration runs at a time.",
        (MigrationError, NotFoundError, BusyError, StorageError, ShuttingDownError),
        (
            Example(
                "try an export",
                {
                    "source": {
                        "data": {
                            "version": "1.0",
                            "exportedAt": AT,
                            "personas": [{"id": "p1", "name": "Ada"}],
                            "memoryEntities": [],
                            "metadata": {"totalPersonas": 1, "totalMemories": 0},
                        }
                    },
                    "ids": "preserve",
                    "dryRun": True,
                    "strict": False,
                    "primaryKeys": {"notes": "slug"},
                },
                {},
            ),
            Example("from a file", {"source": {"path": "rxdb-export.json"}, "ids": "remap"}, {}),
            Example(
                "what was pushed",
                {"source": {"migration": "4f9f0a1c5a0e4d0f8c1b2a3d4e5f6071"}},
                {},
            ),
        ),
    ),
    Contract(
        "server.stats",
        "ServerStats",
        "Tell what the server has done since it was ready.",
        results.ServerStats,
    ),
    Contract(
        "rpc.discover",
        "Discover",
        "Return this API as an OpenRPC document.",
        results.OpenRpcDocument,
    ),
    Contract(
        "server.shutdown",
        "ServerShutdown",
        "End the server after finishing what it acknowledged.",
        results.Empty,
    ),
)

METHODS = {one.name: one for one in CONTRACTS}

NOTICES: Sequence[Notice] = (
    Notice(
        "subscription",
        "Subscription",
        "A live query's result changed, or it fails from now on.",
        results.SubscriptionNotification,
    ),
    Notice(
        "events",
        "Events",
        "Events of a subscription to the log, or why it ended.",
        results.EventsNotification,
    ),
    Notice(
        "changes",
        "Changes",
        "What commits did to documents.",
        results.ChangesNotification,
    ),
    Notice(
        "migration",
        "Migration",
        "How far this connection's migration is.",
        results.MigrationNotification,
    ),
)
