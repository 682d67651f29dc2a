"""Put a surveyed source into the store, in batches (M1, M6, M7).

Invariants:

1. A document, its id map and its attachments are one commit; a batch is whole in the store or not
   at all, so whatever ends an import, another one completes it.
2. Nothing the store has is overwritten.
3. The store has the last word: a document it refuses goes to the quarantine as well.
4. While a batch is being committed the next is prepared; no more than that is in memory.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from sidecar.core.errors import CallerError, ConflictError, ValidationError
from sidecar.core.event import NewEvent, Receipt
from sidecar.core.json import Json, JsonObject
from sidecar.migration.changes import Change, Changes, Entry
from sidecar.migration.events import quarantine_event
from sidecar.migration.normalize import Issue
from sidecar.migration.progress import Meter
from sidecar.migration.records import Record, UnstorableError
from sidecar.migration.result import Difference, Listing
from sidecar.migration.staging import Item, Staging, State
from sidecar.migration.stored import Stored
from sidecar.migration.survey import prepare
from sidecar.migration.targets import Targets
from sidecar.store import Store

BATCH: Final = 500
"""Documents of one commit; it holds up other commits of the app for as long as it takes."""

BATCH_BYTES: Final = 4 << 20
"""JSON text of one commit, more only for one document that is larger."""

_STARTED: Final = "v1.MigrationStarted"
_COMPLETED: Final = "v1.MigrationCompleted"
_ROLLED_BACK: Final = "v1.MigrationRolledBack"


@dataclass(slots=True)
class _Batch:
    collection: str = ""
    entries: list[Entry] = field(default_factory=list)
    size: int = 0

    def has_room(self, item: Item, record: Record) -> bool:
        roomy = len(self.entries) < BATCH and self.size + len(record.raw) <= BATCH_BYTES
        return item.collection == self.collection and roomy


@dataclass(frozen=True, slots=True)
class _Flight:
    """A commit under way, and what it is to bring."""

    changes: Sequence[Change]
    future: Future[Receipt]


class Importer:
    """Imports documents in the order they come.

    Args:
        store: Where to.
        targets: The source's collections.
        staging: The source's items; gets what became of each.
        meter: Told the documents imported.
        dry_run: Decide everything, commit nothing.
    """

    def __init__(
        self, store: Store, targets: Targets, staging: Staging, meter: Meter, *, dry_run: bool
    ) -> None:
        self._store = store
        self._targets = targets
        self._staging = staging
        self._meter = meter
        self._dry_run = dry_run
        self._flight: _Flight | None = None
        self._started = False
        self.conflicts: Listing[Difference] = Listing()

    def run(self, read: Iterable[tuple[Record, Json | UnstorableError, Item]]) -> None:
        """Import everything that is read.

        Raises:
            StorageError: The disk refused; what was committed stays.
            MigrationError: It was cancelled; what was committed stays.
        """
        changes = Changes(Stored(self._store), self._targets, self._staging)
        with self._landing():
            self._define_collections()
            batch = _Batch()
            for record, value, item in read:
                self._meter.advance()
                if item.state is State.REPEATED:
                    continue
                if not batch.has_room(item, record):
                    self._commit(changes.of(batch.collection, batch.entries))
                    batch = _Batch(item.collection)
                batch.entries.append(Entry(item, record, prepare(record, value, self._targets)))
                batch.size += len(record.raw)
            self._commit(changes.of(batch.collection, batch.entries))
            self._land()
        self._staging.flush()

    def complete(self, counts: JsonObject, backup: str | None) -> None:
        """Say in the log that the import is whole, unless nothing was begun."""
        if self._started or self._open_ended():
            done = NewEvent(_COMPLETED, {"counts": counts, "backup": backup})
            self._store.commit([done]).result()

    def _open_ended(self) -> bool:
        """Return whether the log's last migration began and did not end."""
        after, last = 0, ""
        names = [_STARTED, _COMPLETED, _ROLLED_BACK]
        while page := self._store.events(after=after, names=names).result().events:
            after, last = page[-1].seq, page[-1].name
        return last == _STARTED

    def _define_collections(self) -> None:
        for target in self._targets.in_order():
            if target.definition is not None and not self._dry_run:
                self._begin()
                self._store.commit([NewEvent("v1.CollectionDefined", target.definition)]).result()

    def _begin(self) -> None:
        """Say once in the log that an import begins, before its first change."""
        if not self._started:
            self._started = True
            args: JsonObject = {
                "fromSystem": "rxdb",
                "toSystem": "sidecar",
                "startedAt": time.time_ns() // 1_000_000,
            }
            self._store.commit([NewEvent(_STARTED, args)]).result()

    @contextmanager
    def _landing(self) -> Iterator[None]:
        """Leave no commit under way, however the import ends."""
        try:
            yield
        finally:
            if self._flight is not None:
                wait([self._flight.future])

    def _commit(self, changes: Sequence[Change]) -> None:
        """Commit a batch, once the one before it is in the store."""
        self._land()
        self._tell_conflicts(changes)
        events = [event for one in changes for event in one.events]
        if not events or self._dry_run:
            self._settle(changes)
            return
        self._begin()
        self._flight = _Flight(changes, self._store.commit(events, client_id="migration"))

    def _land(self) -> None:
        """Wait for the commit under way; take out what the store refuses, and commit the rest."""
        while self._flight is not None:
            flight, self._flight = self._flight, None
            try:
                flight.future.result()
            except CallerError as error:
                self._commit(self._without_refused(flight.changes, error))
            else:
                self._settle(flight.changes)

    def _without_refused(self, changes: Sequence[Change], error: CallerError) -> list[Change]:
        """Return a batch with the one refused document put where it belongs."""
        index = error.data.get("index")
        owners = [one for one in changes for _ in one.events]
        refused = owners[index] if isinstance(index, int) else None
        if refused is None or refused.end is State.INVALID:
            raise error
        item, record = refused.item, refused.record
        if isinstance(error, ConflictError):
            # The app put a document there after the batch was decided.
            instead = Change(item, record, State.CONFLICT, (), [str(error.data.get("path", ""))])
        elif isinstance(error, ValidationError):
            issue = Issue(str(error.data.get("path", "")).removeprefix("/args"), error.message)
            self._staging.add_issues(item.n, "error", [issue])
            event = quarantine_event(item, record, [issue])
            instead = Change(item, record, State.INVALID, [event])
        else:
            raise error
        rest = [Change(one.item, one.record, one.end, one.events) for one in changes]
        return [instead if one.item is item else one for one in rest]

    def _settle(self, changes: Sequence[Change]) -> None:
        for one in changes:
            if one.item.state is not one.end:
                self._staging.set_state(one.item.n, one.end)

    def _tell_conflicts(self, changes: Sequence[Change]) -> None:
        for one in changes:
            if one.fields:
                item, fields = one.item, list(one.fields)
                self.conflicts.add(
                    Difference(
                        collection=item.collection, id=str(item.id), kind="conflict", fields=fields
                    )
                )
