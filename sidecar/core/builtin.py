"""The engine's own events, which every schema has: collections, documents, migrations.

Tables they write besides the collections' own:

| table              | a row is                                                             |
|--------------------|----------------------------------------------------------------------|
| `_collections`     | a collection defined at run time (S10)                               |
| `_tombstones`      | a document RxDB had deleted                                          |
| `_attachments`     | an attachment of a document, as bytes                                |
| `_local_documents` | an RxDB local document; collection `''` is the database's own        |
| `_id_map`          | the id a document had in its source (M7)                             |
| `_quarantine`      | a document that could not be imported, as text, with its problems    |
| `_migration`       | the move from RxDB, one row at most: see `sidecar.core.migration`    |
"""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

import orjson
from pydantic import Field, JsonValue

from sidecar.core.collection import collection_table
from sidecar.core.errors import ConflictError, NotFoundError, ValidationError
from sidecar.core.event import Event
from sidecar.core.json import JsonObject, pointer
from sidecar.core.migration import MIGRATION_EVENTS
from sidecar.core.schema import AnyEvent, Args, event
from sidecar.core.state import Change, Define, SqlValue, State, Statement, Statements, Undefine
from sidecar.core.table import Table

Text = Annotated[str, Field(min_length=1)]


class CollectionDefined(Args):
    """A collection that has no declared table."""

    name: Text
    primaryKey: Text
    jsonSchema: dict[str, JsonValue] = Field(default_factory=dict)


class CollectionRemoved(Args):
    """The end of a collection's documents, and of its definition where it had one."""

    name: Text


class DocumentInserted(Args):
    """A whole document; an import adds where it came from and the forms it had there."""

    collection: Text
    document: dict[str, JsonValue]
    sourceId: str | None = None
    original: dict[str, JsonValue] | None = None


class DocumentPatched(Args):
    """New values of some fields, and fields to take away."""

    collection: Text
    id: Text
    patch: dict[str, JsonValue] = Field(default_factory=dict)
    unset: list[str] = Field(default_factory=list)


class DocumentDeleted(Args):
    """The end of a document."""

    collection: Text
    id: Text


class TombstoneImported(Args):
    """A document that RxDB had deleted, with the fields it still had."""

    collection: Text
    id: Text
    document: dict[str, JsonValue]


class AttachmentImported(Args):
    """An attachment; `data` is base64."""

    collection: Text
    documentId: Text
    id: Text
    type: str
    digest: str
    data: str


class LocalDocumentInserted(Args):
    """A new local document, of a collection or (null) of the database."""

    collection: str | None
    id: Text
    data: dict[str, JsonValue]


class LocalDocumentImported(LocalDocumentInserted):
    """A local document as it is now, whether it was there or not."""


class LocalDocumentDeleted(Args):
    """The end of a local document, of a collection or (null) of the database."""

    collection: str | None
    id: Text


class Problem(Args):
    """What is wrong with a document, and where."""

    path: str
    message: str


class DocumentQuarantined(Args):
    """A document that could not be imported, as JSON text."""

    collection: Text
    sourceId: str | None
    document: str
    problems: list[Problem]


class QuarantineResolved(Args):
    """The end of a quarantined document: it was repaired, or its source has it otherwise now."""

    seq: int


class DocumentMirrored(Args):
    """A document as its source has it now, while the store follows it.

    Without `document` the source deleted it, and `tombstone` is what it left. `attachments` are the
    ids of those it still has.
    """

    collection: Text
    id: Text
    document: dict[str, JsonValue] | None
    sourceId: str | None = None
    original: dict[str, JsonValue] | None = None
    tombstone: dict[str, JsonValue] | None = None
    attachments: list[str] = Field(default_factory=list)


def imported_id(event: Event, table: Table, id: str, source_id: str | None) -> list[Statement]:
    """Return the statements that keep a document's id map (M7); none without a source."""
    if source_id is None:
        return []
    return [_engine_row("_id_map", table.name, source_id, id, event.seq)]


def existing(state: State, collection: str, id: str) -> Table:
    """Return the table of a document that is there.

    Raises:
        UnknownCollectionError: There is no such collection.
        NotFoundError: There is no such document.
    """
    table = state.collection(collection)
    if state.get(collection, id) is None:
        raise NotFoundError(f"{collection} has no document {id!r}", collection=collection, id=id)
    return table


@event("v1.CollectionDefined", CollectionDefined)
def collection_defined(args: CollectionDefined, event: Event, state: State) -> Statements:
    """Create the collection's table; defining it again the same way does nothing."""
    table = collection_table(args.name, args.primaryKey, args.jsonSchema)
    return Define(table, {"primaryKey": args.primaryKey, "jsonSchema": args.jsonSchema})


@event("v1.CollectionRemoved", CollectionRemoved)
def collection_removed(args: CollectionRemoved, event: Event, state: State) -> Statements:
    """Delete all that the collection has; what is in quarantine it never had."""
    table = state.collection(args.name)
    owned = [
        Statement(f"DELETE FROM {name} WHERE collection = ?", (args.name,), (name,))
        for name in ("_tombstones", "_attachments", "_local_documents", "_id_map")
    ]
    # Row by row also where the table goes, so that each document's history has its end.
    changes: list[Change] = [table.delete(where={}), *owned]
    return [*changes, Undefine(table)]


@event("v1.DocumentInserted", DocumentInserted)
def document_inserted(args: DocumentInserted, event: Event, state: State) -> Statements:
    """Insert the document as it is."""
    table = state.collection(args.collection)
    insert = table.put(args.document, path="/args/document")
    id = str(args.document[table.primary_key])
    return [insert, *imported_id(event, table, id, args.sourceId)]


@event("v1.DocumentPatched", DocumentPatched)
def document_patched(args: DocumentPatched, event: Event, state: State) -> Statements:
    """Change the document's fields."""
    table = existing(state, args.collection, args.id)
    where: JsonObject = {table.primary_key: args.id}
    return table.update(args.patch, where=where, unset=args.unset, path="/args/patch")


@event("v1.DocumentDeleted", DocumentDeleted)
def document_deleted(args: DocumentDeleted, event: Event, state: State) -> Statements:
    """Delete the document."""
    table = existing(state, args.collection, args.id)
    return table.delete(where={table.primary_key: args.id})


@event("v1.TombstoneImported", TombstoneImported)
def tombstone_imported(args: TombstoneImported, event: Event, state: State) -> Statements:
    """Keep the tombstone."""
    document = orjson.dumps(args.document).decode()
    return _engine_row("_tombstones", args.collection, args.id, document, event.seq)


@event("v1.AttachmentImported", AttachmentImported)
def attachment_imported(args: AttachmentImported, event: Event, state: State) -> Statements:
    """Keep the attachment's bytes."""
    try:
        data = base64.b64decode(args.data, validate=True)
    except binascii.Error as error:
        raise ValidationError("/args/data is not base64", path="/args/data") from error
    return _engine_row(
        "_attachments",
        args.collection,
        args.documentId,
        args.id,
        args.type,
        args.digest,
        data,
        event.seq,
    )


@event("v1.LocalDocumentInserted", LocalDocumentInserted)
def local_document_inserted(args: LocalDocumentInserted, event: Event, state: State) -> Statements:
    """Keep the local document; one that is there already is a conflict."""
    if _has_local(state, args.collection, args.id):
        raise ConflictError(
            f"there is a local document {args.id!r} already",
            collection=args.collection,
            id=args.id,
        )
    return _local_row(args, event)


@event("v1.LocalDocumentImported", LocalDocumentImported)
def local_document_imported(args: LocalDocumentImported, event: Event, state: State) -> Statements:
    """Keep the local document, in the place of the one that was there."""
    return _local_row(args, event)


@event("v1.LocalDocumentDeleted", LocalDocumentDeleted)
def local_document_deleted(args: LocalDocumentDeleted, event: Event, state: State) -> Statements:
    """Delete the local document."""
    if not _has_local(state, args.collection, args.id):
        raise NotFoundError(
            f"there is no local document {args.id!r}", collection=args.collection, id=args.id
        )
    where = (args.collection or "", args.id)
    sql = "DELETE FROM _local_documents WHERE collection = ? AND id = ?"
    return Statement(sql, where, ("_local_documents",))


@event("v1.DocumentQuarantined", DocumentQuarantined)
def document_quarantined(args: DocumentQuarantined, event: Event, state: State) -> Statements:
    """Keep the document and its problems."""
    problems = orjson.dumps([one.model_dump() for one in args.problems]).decode()
    return _engine_row(
        "_quarantine", event.seq, args.collection, args.sourceId, args.document, problems
    )


@event("v1.QuarantineResolved", QuarantineResolved)
def quarantine_resolved(args: QuarantineResolved, event: Event, state: State) -> Statements:
    """Take the document out of the quarantine."""
    if not state.select("SELECT 1 FROM _quarantine WHERE seq = ?", (args.seq,)):
        raise NotFoundError(f"the quarantine has no document {args.seq}", seq=args.seq)
    return Statement("DELETE FROM _quarantine WHERE seq = ?", (args.seq,), ("_quarantine",))


@event("v1.DocumentMirrored", DocumentMirrored)
def document_mirrored(args: DocumentMirrored, event: Event, state: State) -> Statements:
    """Put the document in the place of the one that was there, if any, or take it away."""
    table = state.collection(args.collection)
    if args.document is not None and args.document.get(table.primary_key) != args.id:
        where_it_is = "/args/document" + pointer(table.primary_key)
        raise ValidationError(f"{where_it_is} is not the id {args.id!r}", path=where_it_is)
    where = (args.collection, args.id)
    kept = orjson.dumps(args.attachments).decode()
    changes: list[Change] = [
        table.delete(where={table.primary_key: args.id}),
        Statement(
            "DELETE FROM _attachments WHERE collection = ? AND documentId = ? "
            "AND id NOT IN (SELECT value FROM json_each(?))",
            (*where, kept),
            ("_attachments",),
        ),
        Statement(
            "DELETE FROM _tombstones WHERE collection = ? AND id = ?", where, ("_tombstones",)
        ),
    ]
    if args.document is not None:
        changes.append(table.put(args.document, path="/args/document"))
        return [*changes, *imported_id(event, table, args.id, args.sourceId)]
    if args.tombstone is not None:
        left = orjson.dumps(args.tombstone).decode()
        changes.append(_engine_row("_tombstones", *where, left, event.seq))
    return changes


BUILTIN_EVENTS: tuple[AnyEvent, ...] = (
    collection_defined,
    collection_removed,
    document_inserted,
    document_patched,
    document_deleted,
    tombstone_imported,
    attachment_imported,
    local_document_inserted,
    local_document_imported,
    local_document_deleted,
    document_quarantined,
    quarantine_resolved,
    document_mirrored,
    *MIGRATION_EVENTS,
)


def _engine_row(table: str, *values: SqlValue) -> Statement:
    marks = ", ".join("?" * len(values))
    return Statement(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", values, (table,))


def _has_local(state: State, collection: str | None, id: str) -> bool:
    sql = "SELECT 1 FROM _local_documents WHERE collection = ? AND id = ?"
    return bool(state.select(sql, (collection or "", id)))


def _local_row(args: LocalDocumentInserted, event: Event) -> Statement:
    data = orjson.dumps(args.data).decode()
    return _engine_row("_local_documents", args.collection or "", args.id, data, event.seq)
