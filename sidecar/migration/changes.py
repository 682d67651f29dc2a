"""Decide what each document of a batch means for the store as it is.

Rules:

1. What the store does not have is imported, a document together with its attachments.
2. What the store has with the same content is unchanged; attachments it lacks are added.
3. What the store has otherwise, or under another id, or alive where the source has a tombstone,
   is a conflict: the store's stays. A live source leaves conflicts to its feed, which knows what
   the store has from it.
4. What is invalid goes to the quarantine, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sidecar.core.event import NewEvent
from sidecar.core.json import JsonObject, digest
from sidecar.migration import events
from sidecar.migration.records import Record
from sidecar.migration.staging import Item, Kind, Staging, State
from sidecar.migration.stored import Stored
from sidecar.migration.survey import Ready, attachment_sha, raw_hash
from sidecar.migration.targets import Targets


@dataclass(frozen=True, slots=True)
class Entry:
    """An item of the source with its record, read and prepared again."""

    item: Item
    record: Record
    ready: Ready


@dataclass(frozen=True, slots=True)
class Change:
    """What an item means for the store.

    Attributes:
        events: What brings it; none when the store needs nothing.
        end: What becomes of the item once they are committed.
        fields: Where the store differs, for a conflict.
    """

    item: Item
    record: Record
    end: State
    events: Sequence[NewEvent] = ()
    fields: Sequence[str] = field(default=())


class Changes:
    """Decides, with reads of the store.

    Args:
        stored: The store.
        targets: The source's collections.
        staging: Knows the errors of invalid items, and gets what the quarantine holds.
    """

    def __init__(self, stored: Stored, targets: Targets, staging: Staging) -> None:
        self._stored = stored
        self._targets = targets
        self._staging = staging
        self._held: dict[str, bool] = {}
        for held in stored.quarantine():
            hashed = _quarantine_hash(held.collection, held.source_id, held.document)
            staging.remember_quarantined(hashed)

    def of(self, collection: str, entries: Sequence[Entry]) -> list[Change]:
        """Return the changes that a batch of one collection makes."""
        valid = [one for one in entries if one.item.state is State.VALID]
        return [
            *self._live(collection, [one for one in valid if one.item.kind is Kind.LIVE]),
            *self._tombstones(
                collection, [one for one in valid if one.item.kind is Kind.TOMBSTONE]
            ),
            *self._locals(collection, [one for one in valid if one.item.kind is Kind.LOCAL]),
            *(
                self.invalid(one.item, one.record)
                for one in entries
                if one.item.state is State.INVALID
            ),
        ]

    def _live(self, collection: str, entries: Sequence[Entry]) -> list[Change]:
        if not entries:
            return []
        target = self._targets[collection]
        held: dict[str, JsonObject] = {}
        mapped: dict[str, str] = {}
        if self._holds(collection):
            held = self._stored.documents(collection, _ids(entries))
            mapped = self._stored.mapped(collection, [str(one.item.source_id) for one in entries])
        changes: list[Change] = []
        for one in entries:
            item, ready = one.item, one.ready
            there = held.get(str(item.id))
            if mapped.get(str(item.source_id), item.id) != item.id:
                changes.append(_conflict(one, [target.key]))
            elif there is None:
                brought = [events.document_event(target, item.source_id, ready)]
                brought += [
                    events.attachment_event(item.collection, str(item.id), name, attachment)
                    for name, attachment in _with_data(ready)
                ]
                changes.append(Change(item, one.record, State.IMPORTED, brought))
            elif digest(there) == digest(ready.content):
                changes.append(self._unchanged(one))
            else:
                changes.append(_conflict(one, events.differing(there, ready.content)))
        return changes

    def _unchanged(self, one: Entry) -> Change:
        lacking: list[NewEvent] = []
        fields: list[str] = []
        collection, id_ = one.item.collection, str(one.item.id)
        for name, attachment in _with_data(one.ready):
            there = self._stored.attachment(collection, id_, name)
            if there is None:
                lacking.append(
                    events.attachment_event(one.item.collection, str(one.item.id), name, attachment)
                )
            elif there != attachment_sha(attachment):
                fields = ["_attachments"]
        return Change(one.item, one.record, State.UNCHANGED, lacking, fields)

    def _tombstones(self, collection: str, entries: Sequence[Entry]) -> list[Change]:
        if not entries:
            return []
        held = self._stored.tombstones(collection, _ids(entries))
        alive: set[str] = set()
        if self._holds(collection):
            alive = self._stored.present(collection, _ids(entries))
        changes: list[Change] = []
        for one in entries:
            there = held.get(str(one.item.id))
            if there is None and one.item.id not in alive:
                event = events.tombstone_event(one.item, one.ready)
                changes.append(Change(one.item, one.record, State.IMPORTED, [event]))
            elif there is None:
                changes.append(_conflict(one, ["_deleted"]))
            else:
                changes.append(_compared(one, there))
        return changes

    def _locals(self, collection: str, entries: Sequence[Entry]) -> list[Change]:
        held = self._stored.locals(collection, _ids(entries)) if entries else {}
        changes: list[Change] = []
        for one in entries:
            there = held.get(str(one.item.id))
            if there is None:
                event = events.local_event(one.item, one.ready)
                changes.append(Change(one.item, one.record, State.IMPORTED, [event]))
            else:
                changes.append(_compared(one, there))
        return changes

    def invalid(self, item: Item, record: Record) -> Change:
        """Return the change that puts an item into the quarantine, unless it is there."""
        text = record.raw.decode()
        collection = item.collection or events.LOCALS
        brought: list[NewEvent] = []
        hashed = _quarantine_hash(collection, item.source_id, text)
        if self._staging.remember_quarantined(hashed):
            issues = self._staging.issues(item.n, "error")
            brought.append(events.quarantine_event(collection, item.source_id, record, issues))
        return Change(item, record, State.INVALID, brought)

    def _holds(self, collection: str) -> bool:
        """Return whether the collection had documents when the import came to it."""
        if collection not in self._held:
            self._held[collection] = self._stored.count(collection) > 0
        return self._held[collection]


def _compared(one: Entry, there: JsonObject) -> Change:
    if digest(there) == digest(one.ready.content):
        return Change(one.item, one.record, State.UNCHANGED)
    return _conflict(one, events.differing(there, one.ready.content))


def _conflict(one: Entry, fields: Sequence[str]) -> Change:
    return Change(one.item, one.record, State.CONFLICT, (), fields)


def _ids(entries: Sequence[Entry]) -> list[str]:
    return [str(one.item.id) for one in entries]


def _with_data(ready: Ready) -> list[tuple[str, JsonObject]]:
    return [(name, one) for name, one in ready.attachments.items() if one.get("data") is not None]


def _quarantine_hash(collection: str, source_id: str | None, text: str) -> bytes:
    return raw_hash("\0".join((collection, source_id or "", text)).encode())
