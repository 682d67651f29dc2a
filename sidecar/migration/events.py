"""The events that bring documents, tombstones, attachments and invalid documents into the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sidecar.core.event import NewEvent
from sidecar.core.json import Json, JsonObject, canonical
from sidecar.migration.normalize import Issue
from sidecar.migration.records import Record
from sidecar.migration.staging import Item
from sidecar.migration.survey import Ready, attachment_sha
from sidecar.migration.targets import Target

LOCALS: Final = "_local_documents"
"""What the quarantine calls the collection of a database's local documents."""


def document_event(target: Target, source_id: str | None, ready: Ready) -> NewEvent:
    """Return the event of a live document: the table's typed one, where that can carry it."""
    came: JsonObject = {"sourceId": source_id}
    if ready.original:
        came["original"] = ready.original
    if target.importer is not None and target.typed(ready.content):
        return NewEvent(target.importer.name, {**ready.content, **came})
    return NewEvent(
        "v1.DocumentInserted", {"collection": target.name, "document": ready.content, **came}
    )


def tombstone_event(item: Item, ready: Ready) -> NewEvent:
    """Return the event of a tombstone."""
    args: JsonObject = {"collection": item.collection, "id": item.id, "document": ready.content}
    return NewEvent("v1.TombstoneImported", args)


def local_event(item: Item, ready: Ready) -> NewEvent:
    """Return the event of a local document."""
    args: JsonObject = {
        "collection": item.collection or None,
        "id": item.id,
        "data": ready.content,
    }
    return NewEvent("v1.LocalDocumentImported", args)


def attachment_event(collection: str, id: str, name: str, attachment: JsonObject) -> NewEvent:
    """Return the event of a document's attachment that has its data."""
    args: JsonObject = {
        "collection": collection,
        "documentId": id,
        "id": name,
        "type": attachment["type"],
        "digest": attachment.get("digest") or attachment_sha(attachment).hex(),
        "data": attachment["data"],
    }
    return NewEvent("v1.AttachmentImported", args)


def quarantine_event(
    collection: str, source_id: str | None, record: Record, issues: Sequence[Issue]
) -> NewEvent:
    """Return the event of an invalid document, which keeps its text as it was."""
    problems: list[Json] = [{"path": one.path, "message": one.message} for one in issues]
    args: JsonObject = {
        "collection": collection or LOCALS,
        "sourceId": source_id,
        "document": record.raw.decode(),
        "problems": problems,
    }
    return NewEvent("v1.DocumentQuarantined", args)


def orphaned(path: str, collection: str, wanted: str) -> Issue:
    """Return what is wrong with a document that refers to one that is not there."""
    return Issue(path, f"it refers to {collection} {wanted}, which is not there")


def differing(one: JsonObject, other: JsonObject) -> list[str]:
    """Return the top-level fields that two documents do not share."""
    return [
        name
        for name in dict.fromkeys([*one, *other])
        if name not in one or name not in other or canonical(one[name]) != canonical(other[name])
    ]
