"""Put a surveyed source into the store, in batches (M1, M6, M7).

Invariants:

1. A document, its id map and its attachments are one commit; a batch is whole in the store or not
   at all, so whatever ends an import, another one completes it.
2. Nothing the store has is overwritten.
3. The store has the last word: a document it refuses goes to the quarantine as well.
4. One batch is in memory at a time. The next is not prepared while one is being committed: two
   threads that both compute change places at every step of SQLite, and take three times as long.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from sidecar.core.errors import CallerError, ConflictError, ValidationError
from sidecar.core.event import NewEvent
from sidecar.core.json import Json, JsonObject
from sidecar.migration.changes import Change, Changes, Entry
from sidecar.migration.move import CLIENT
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
        self._changes = Changes(Stored(store), targets, staging)
        self._started = False
        self.conflicts: Listing[Difference] = Listing()

    def run(self, read: Iterable[tuple[Record, Json | UnstorableError, Item]]) -> None:
        """Import everything that is read.

        Raises:
            StorageError: The disk refused; what was committed stays.
            MigrationError: It was cancelled; what was committed stays.
        """
        self._define_collections()
        batch = _Batch()
        for record, value, item in read:
            self._meter.advance()
            if item.state is State.REPEATED:
                continue
            if not batch.has_room(item, record):
                self._commit(self._changes.of(batch.collection, batch.entries))
                batch = _Batch(item.collection)
            ready = prepare(record, value, self._targets, check=False)
            batch.entries.append(Entry(item, record, ready))
            batch.size += len(record.raw)
        self._commit(self._changes.of(batch.collection, batch.entries))
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

    def _commit(self, changes: Sequence[Change]) -> None:
        """Commit a batch; take out what the store refuses, and commit the rest."""
        while True:
            self._tell_conflicts(changes)
            events = [event for one in changes for event in one.events]
            try:
                if events and not self._dry_run:
                    self._begin()
                    self._store.commit(events, client_id=CLIENT).result()
            except CallerError as error:
                changes = self._without_refused(changes, error)
            else:
                for one in changes:
                    if one.item.state is not one.end:
                        self._staging.set_state(one.item.n, one.end)
                return

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
            instead = self._changes.invalid(item, record)
        else:
            raise error
        # Conflicts among the others have been told.
        rest = [Change(one.item, one.record, one.end, one.events) for one in changes]
        return [instead if one.item is item else one for one in rest]

    def _tell_conflicts(self, changes: Sequence[Change]) -> None:
        for one in changes:
            if one.fields:
                item, fields = one.item, list(one.fields)
                self.conflicts.add(
                    Difference(
                        collection=item.collection, id=str(item.id), kind="conflict", fields=fields
                    )
                )
