"""Follow a source: bring what RxDB has now into a store that has its documents already (M2, M10).

Rules:

1. A record is a document's whole state in RxDB. Of several in one push the last one counts.
2. The same state again changes nothing, so a push may be repeated, and an echo does no harm.
3. What came already is no news, though the app has gone on from there.
4. What the store has from RxDB, or has in common with it since a rollback, is replaced. What the
   app wrote in the store is not: RxDB's version goes to the quarantine, as a conflict.
5. The quarantine has RxDB's newest version of a document or none: a good one takes it out.
6. A document that refers to one that is not there waits in quarantine until that comes.
7. A push is decided about before any of it is committed, and is durable when `push` returns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sidecar.core.errors import CallerError, ConflictError, MigrationError, ValidationError
from sidecar.core.event import NewEvent
from sidecar.core.json import Json, JsonObject, digest
from sidecar.migration import events
from sidecar.migration.formats import decoded
from sidecar.migration.move import CLIENT, Standing
from sidecar.migration.normalize import Issue
from sidecar.migration.records import Kind as RecordKind
from sidecar.migration.records import Record, UnstorableError, decode
from sidecar.migration.staging import Kind
from sidecar.migration.stored import Quarantined, Stored
from sidecar.migration.survey import Ready, attachment_sha, prepare
from sidecar.migration.targets import Targets
from sidecar.store import Store
from sidecar.store.vault import Readable

BATCH: Final = 500
"""Documents of one commit."""

_WRITTEN: Final = "the app wrote this document in the store; this is RxDB's"


@dataclass(frozen=True, slots=True)
class _Entry:
    record: Record
    ready: Ready

    @property
    def collection(self) -> str:
        return self.record.collection or ""


@dataclass(frozen=True, slots=True)
class _Change:
    entry: _Entry
    events: Sequence[NewEvent]
    conflict: bool = False


class Feed:
    """Brings a source's records into a store, in the order of the pushes.

    Args:
        store: The store.
        standing: The move; its ids decide about the documents'.
    """

    def __init__(self, store: Store, standing: Standing) -> None:
        self._store = store
        self._stored = Stored(store)
        self._synced = standing.synced or 0
        self._targets = Targets(store, {}, remap=standing.ids == "remap")
        for collection, schema in (standing.schemas or {}).items():
            if schema:
                self._targets.add_schema(collection, schema)

    def push(self, path: Readable) -> int:
        """Bring a file of records into the store; return how many of them are conflicts.

        Raises:
            MigrationError: It is no file of records; nothing is changed.
            StorageError: The disk refused; what was committed stays.
        """
        entries: dict[tuple[str, str, int | str], _Entry] = {}
        for n, (record, value) in enumerate(decoded(path)):
            if record.kind is RecordKind.SCHEMA:
                self._add_schema(record, value)
                continue
            ready = prepare(record, value, self._targets)
            key = (record.kind.value, record.collection or "", ready.source_id or n)
            entries.pop(key, None)
            entries[key] = _Entry(record, ready)
        return self._bring(list(entries.values()))

    def _add_schema(self, record: Record, value: Json | UnstorableError) -> None:
        if isinstance(value, UnstorableError):
            raise MigrationError(f"the schema of {record.collection} can't be kept")
        name = record.collection or ""
        if name not in self._store.collections():
            self._targets.add_schema(name, value)
            target = self._targets[name]
            if target.definition is not None:
                self._commit([NewEvent("v1.CollectionDefined", target.definition)])
        elif name not in {one.name for one in self._targets.in_order()}:
            self._targets.add_schema(name, value)

    def _bring(self, entries: Sequence[_Entry]) -> int:
        conflicts = 0
        came: list[_Entry] = []
        for batch in self._batches(entries):
            changes = self._decide(batch)
            while refused := self._refused(changes):
                changes = [refused.get(id(one), one) for one in changes]
            conflicts += sum(one.conflict for one in changes)
            came += [one.entry for one in changes if one.entry.ready.kind is Kind.LIVE]
        self._bring_orphans(came)
        return conflicts

    def _batches(self, entries: Sequence[_Entry]) -> Iterable[list[_Entry]]:
        """Yield entries of one collection and kind, those others refer to first."""
        order = {target.name: n for n, target in enumerate(self._targets.in_order())}
        grouped: dict[tuple[int, str, bool], list[_Entry]] = {}
        for one in entries:
            local = one.ready.kind is Kind.LOCAL
            at = order.get(one.collection, len(order))
            grouped.setdefault((at, one.collection, local), []).append(one)
        for key in sorted(grouped):
            group = grouped[key]
            for start in range(0, len(group), BATCH):
                yield group[start : start + BATCH]

    def _decide(self, batch: Sequence[_Entry]) -> list[_Change]:
        valid = [one for one in batch if not one.ready.errors]
        changes = [self._quarantine(one, one.ready.errors) for one in batch if one.ready.errors]
        if valid and valid[0].ready.kind is Kind.LOCAL:
            return changes + self._locals(valid)
        there = self._satisfied(valid)
        changes += [
            self._quarantine(one, missing) for one in valid if (missing := _missing(one, there))
        ]
        return changes + self._documents([one for one in valid if not _missing(one, there)])

    def _documents(self, entries: Sequence[_Entry]) -> list[_Change]:
        if not entries:
            return []
        collection = entries[0].collection
        ids = [str(one.ready.id) for one in entries]
        held = self._stored.documents(collection, ids)
        left = self._stored.tombstones(collection, ids)
        changed = self._stored.changed_by(collection, ids)
        changes: list[_Change] = []
        for one, name in zip(entries, ids, strict=True):
            deleted = one.ready.kind is Kind.TOMBSTONE
            there = left.get(name) if deleted else held.get(name)
            other = held if deleted else left
            came = [_mirrored(one), *_attachment_events(one)]
            if (
                there is not None
                and name not in other
                and digest(there) == digest(one.ready.content)
            ):
                came = [] if deleted else self._attachments(one)
            elif not self._is_ours(changed.get(name)) and not (deleted and name not in held):
                if not self._came_already(one, left.get(name)):
                    changes.append(self._quarantine(one, [Issue("", _WRITTEN)], conflict=True))
                continue
            changes.append(_Change(one, came + self._resolved(one)))
        return changes

    def _locals(self, entries: Sequence[_Entry]) -> list[_Change]:
        collection = entries[0].collection
        ids = [str(one.ready.id) for one in entries]
        held = self._stored.locals(collection, ids)
        changed = self._stored.local_changed_by(collection, ids)
        changes: list[_Change] = []
        for one, name in zip(entries, ids, strict=True):
            there = held.get(name)
            if there is None if one.ready.gone else _same(there, one):
                changes.append(_Change(one, self._resolved(one)))
            elif not self._is_ours(changed.get(name)):
                came = self._stored.local_came(collection, name)
                if came is None or came.get("data") != (
                    None if one.ready.gone else one.ready.content
                ):
                    changes.append(self._quarantine(one, [Issue("", _WRITTEN)], conflict=True))
            else:
                changes.append(_Change(one, [_local(one), *self._resolved(one)]))
        return changes

    def _came_already(self, one: _Entry, left: JsonObject | None) -> bool:
        """Return whether this is what came last, and the app has gone on from there."""
        if one.ready.kind is Kind.TOMBSTONE:
            return _same(left, one)
        name = str(one.ready.id)
        came = self._stored.came(one.collection, [name]).get(name, {})
        brought = came["document"] if "document" in came else _without_marks(came)
        return isinstance(brought, dict) and _same(brought, one)

    def _is_ours(self, changed: tuple[int, str] | None) -> bool:
        """Return whether the store has a document from RxDB, or in common with it, or never."""
        return changed is None or changed[1] == CLIENT or changed[0] <= self._synced

    def _satisfied(self, entries: Sequence[_Entry]) -> set[tuple[str, str]]:
        """Return which documents that entries need are there, by collection and source id."""
        needed: dict[str, set[str]] = {}
        for one in entries:
            for _, collection, wanted in one.ready.needs:
                needed.setdefault(collection, set()).add(wanted)
        found: set[tuple[str, str]] = set()
        for collection, wanted_ids in needed.items():
            stored = {self._targets.remapped(collection, one): one for one in wanted_ids}
            present = self._stored.present(collection, list(stored))
            found |= {(collection, stored[one]) for one in present}
        return found

    def _attachments(self, one: _Entry) -> list[NewEvent]:
        """Return what brings a document's attachments where the document itself is the same."""
        id_ = str(one.ready.id)
        there = set(self._stored.attachment_ids(one.collection, id_))
        differ = there != set(one.ready.attachments) or any(
            attachment.get("data") is not None
            and self._stored.attachment(one.collection, id_, name) != attachment_sha(attachment)
            for name, attachment in one.ready.attachments.items()
        )
        return [_mirrored(one), *_attachment_events(one)] if differ else []

    def _resolved(self, one: _Entry) -> list[NewEvent]:
        """Return what takes a document's other versions out of the quarantine."""
        if one.ready.source_id is None:
            return []
        held = self._stored.quarantined(one.collection or events.LOCALS, [one.ready.source_id])
        return [_resolved(found) for found in held]

    def _quarantine(
        self, one: _Entry, issues: Sequence[Issue], *, conflict: bool = False
    ) -> _Change:
        text, name = one.record.raw.decode(), one.ready.source_id
        collection = one.collection or events.LOCALS
        held = [] if name is None else self._stored.quarantined(collection, [name])
        brought = [_resolved(found) for found in held if found.document != text]
        if all(found.document != text for found in held):
            brought.append(events.quarantine_event(collection, name, one.record, issues))
        return _Change(one, brought, conflict)

    def _refused(self, changes: Sequence[_Change]) -> dict[int, _Change]:
        """Commit changes; return what becomes of the one that the store refused, if any."""
        try:
            self._commit([event for one in changes for event in one.events])
        except CallerError as error:
            owners = [one for one in changes for _ in one.events]
            index = error.data.get("index")
            refused = owners[index] if isinstance(index, int) else None
            if refused is None or not isinstance(error, ConflictError | ValidationError):
                raise
            path = str(error.data.get("path", "")).removeprefix("/args/document")
            issue = Issue(path, error.message)
            return {id(refused): self._quarantine(refused.entry, [issue])}
        return {}

    def _commit(self, batch: list[NewEvent]) -> None:
        if batch:
            self._store.commit(batch, client_id=CLIENT).result()

    def _bring_orphans(self, came: Sequence[_Entry]) -> None:
        """Bring what waited for documents that have come (rule 6)."""
        collections = {one.collection for one in came}
        waiting: dict[int, Quarantined] = {}
        for target in self._targets.in_order():
            for name, collection in target.checked.items():
                if collection in collections:
                    held = self._stored.orphans(target.paths[name])
                    waiting |= {one.seq: one for one in held if one.collection == target.name}
        entries = [one for held in waiting.values() if (one := self._entry(held)) is not None]
        there = self._satisfied(entries)
        if ready := [one for one in entries if not _missing(one, there)]:
            self._bring(ready)

    def _entry(self, one: Quarantined) -> _Entry | None:
        record = Record(RecordKind.DOCUMENT, one.collection, one.document.encode(), 0)
        try:
            ready = prepare(record, decode(record), self._targets)
        except UnstorableError:
            return None
        return None if ready.errors else _Entry(record, ready)


def _without_marks(args: JsonObject) -> JsonObject:
    """Return the document that a typed import event carries."""
    return {name: value for name, value in args.items() if name not in {"sourceId", "original"}}


def _same(there: JsonObject | None, one: _Entry) -> bool:
    return there is not None and digest(there) == digest(one.ready.content)


def _missing(one: _Entry, there: set[tuple[str, str]]) -> list[Issue]:
    return [
        events.orphaned(path, collection, wanted)
        for path, collection, wanted in one.ready.needs
        if (collection, wanted) not in there
    ]


def _mirrored(one: _Entry) -> NewEvent:
    ready = one.ready
    deleted = ready.kind is Kind.TOMBSTONE
    args: JsonObject = {
        "collection": one.collection,
        "id": ready.id,
        "document": None if deleted else ready.content,
        "sourceId": ready.source_id,
        "original": ready.original or None,
        "tombstone": ready.content if deleted else None,
        "attachments": [*ready.attachments],
    }
    return NewEvent("v1.DocumentMirrored", args)


def _attachment_events(one: _Entry) -> list[NewEvent]:
    return [
        events.attachment_event(one.collection, str(one.ready.id), name, attachment)
        for name, attachment in one.ready.attachments.items()
        if attachment.get("data") is not None
    ]


def _local(one: _Entry) -> NewEvent:
    args: JsonObject = {"collection": one.collection or None, "id": one.ready.id}
    if one.ready.gone:
        return NewEvent("v1.LocalDocumentDeleted", args)
    return NewEvent("v1.LocalDocumentImported", {**args, "data": one.ready.content})


def _resolved(found: Quarantined) -> NewEvent:
    return NewEvent("v1.QuarantineResolved", {"seq": found.seq})
