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


def document_event(target: Target, item: Item, ready: Ready) -> NewEvent:
    """Return the event of a live document: the table's typed one, where that can carry it."""
    came: JsonObject = {"sourceId": item.source_id}
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


def attachment_event(item: Item, name: str, attachment: JsonObject) -> NewEvent:
    """Return the event of an attachment that has its data."""
    args: JsonObject = {
        "collection": item.collection,
        "documentId": item.id,
        "id": name,
        "type": attachment["type"],
        "digest": attachment.get("digest") or attachment_sha(attachment).hex(),
        "data": attachment["data"],
    }
    return NewEvent("v1.AttachmentImported", args)


def quarantine_event(item: Item, record: Record, issues: Sequence[Issue]) -> NewEvent:
    """Return the event of an invalid document, which keeps its text as it was."""
    problems: list[Json] = [{"path": one.path, "message": one.message} for one in issues]
    args: JsonObject = {
        "collection": item.collection or LOCALS,
        "sourceId": item.source_id,
        "document": record.raw.decode(),
        "problems": problems,
    }
    return NewEvent("v1.DocumentQuarantined", args)


def differing(one: JsonObject, other: JsonObject) -> list[str]:
    """Return the top-level fields that two documents do not share."""
    return [
        name
        for name in dict.fromkeys([*one, *other])
        if name not in one or name not in other or canonical(one[name]) != canonical(other[name])
    ]
