"""The one writer: group commit on a thread of its own (S1, S3, S4, S5, S13).

Invariants:

1. Append, materialization and bookkeeping of a batch are one savepoint; it is stored whole or not
   at all.
2. Batches that wait at the same time share one transaction. A bad one is rolled back to its
   savepoint and answered with its error; the others go on.
3. No future resolves before the transaction is durable, and none before the observers have seen it.
4. Where the transaction itself fails (a full disk, say) every batch in it gets the error, nothing
   of it is stored, and the writer goes on.
"""

from __future__ import annotations

import logging
import os
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Final

import orjson

from sidecar.core.errors import (
    ConflictError,
    ShuttingDownError,
    SidecarError,
    StorageError,
    StoreError,
    ValidationError,
)
from sidecar.core.event import Event, Expect, NewEvent, Receipt, uuid7
from sidecar.core.json import Json, check_json, pointer
from sidecar.core.schema import Schema
from sidecar.core.state import State
from sidecar.store import log, search
from sidecar.store.capture import TableChange
from sidecar.store.driver import Connection, DriverError, translate
from sidecar.store.materialize import Materializer
from sidecar.store.validation import check_documents

MAX_EVENTS: Final = 10_000
"""Most events of one batch."""

_SHOWN: Final = 200
"""Most characters of a name or an id that an error quotes."""

_ALWAYS_CHANGED: Final = frozenset(["_events", "_touched"])

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Committed:
    """What one durable transaction changed.

    Attributes:
        head: The log's head after it.
        tables: Tables whose rows may have changed.
        changes: The touched rows of each watched table; one that is not here may have changed in
            any way, though `tables` don't name it: their names are the materializers' word.
    """

    head: int
    tables: frozenset[str]
    changes: Mapping[str, TableChange]


@dataclass(frozen=True, slots=True)
class _Batch:
    events: Sequence[NewEvent]
    client_id: str
    session_id: str
    validate: bool = False
    future: Future[Receipt] = field(default_factory=Future)


class _Probe:
    """Events to apply, a look at the state they lead to, and a rollback (M9)."""

    def __init__(self, batch: _Batch, look: Callable[[State], None]) -> None:
        self.batch = batch
        self.look = look


class Writer:
    """Appends batches in the order they come.

    Args:
        connection: The store's only writing connection; the writer closes it.
        schema: Its events may be committed.
        clock: Returns milliseconds since 1970.
    """

    def __init__(self, connection: Connection, schema: Schema, clock: Callable[[], int]) -> None:
        self._connection = connection
        self._clock = clock
        self._state = Materializer(connection, schema)
        self._tables = schema.tables
        search.watch(connection, schema.tables.values())
        self._head, self._at = log.head(connection)
        self.head = self._head
        """`seq` of the last durable event, 0 for an empty log."""
        self._queue: SimpleQueue[_Batch | _Probe | None] = SimpleQueue()
        self._observers: list[Callable[[Committed], None]] = []
        self._watching: frozenset[str] | None = frozenset()
        self._closed = False
        self._lock = threading.Lock()
        self.catalog = self._state.catalog
        """The tables as of the last durable transaction."""
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def observe(self, observer: Callable[[Committed], None]) -> None:
        """Call `observer` on the writer's thread after each durable transaction."""
        self._observers.append(observer)

    def watch(self, tables: frozenset[str] | None) -> None:
        """Say of which tables, or of all, observers want the rows, from the next transaction on."""
        self._watching = tables

    def commit(
        self, events: Sequence[NewEvent], client_id: str, session_id: str, *, validate: bool
    ) -> Future[Receipt]:
        """Queue a batch; the future has its receipt once it is durable."""
        batch = _Batch(events, client_id, session_id, validate)
        self._put(batch)
        return batch.future

    def probe(self, events: Sequence[NewEvent], look: Callable[[State], None]) -> Future[Receipt]:
        """Queue events that are applied, looked at and rolled back."""
        probe = _Probe(_Batch(events, "probe", "probe"), look)
        self._put(probe)
        return probe.batch.future

    def close(self) -> None:
        """Finish what is queued, and end."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _put(self, item: _Batch | _Probe) -> None:
        with self._lock:
            if self._closed:
                raise ShuttingDownError("the store is closed")
            self._queue.put(item)

    def _run(self) -> None:
        ending = False
        while not ending:
            items = [self._queue.get()]
            try:
                while True:
                    items.append(self._queue.get_nowait())
            except Empty:
                pass
            ending = None in items
            # A caller that went away before its turn is passed over; from here on none can cancel.
            batches = [
                one
                for one in items
                if isinstance(one, _Batch) and one.future.set_running_or_notify_cancel()
            ]
            if batches:
                self._transact(batches)
            for one in items:
                if isinstance(one, _Probe) and one.batch.future.set_running_or_notify_cancel():
                    self._rehearse(one)
        self._connection.close()

    def _transact(self, batches: Sequence[_Batch]) -> None:
        before = self._head, self._at
        done: list[tuple[_Batch, Receipt]] = []
        capture = self._state.capture
        self._state.changed.clear()
        try:
            capture.begin(self.catalog.tables.values(), self._watching)
            self._connection.execute("BEGIN IMMEDIATE")
            for batch in batches:
                try:
                    done.append((batch, self._store(batch)))
                except StoreError:
                    raise
                except SidecarError as error:
                    batch.future.set_exception(error)
            search.refresh(self._connection, self._tables)
            self._connection.execute("COMMIT")
        except (DriverError, StoreError) as error:
            self._head, self._at = before
            self._abandon()
            failure = translate(error) if isinstance(error, DriverError) else error
            _log.error("transaction failed: %s", failure)
            for batch in batches:
                if not batch.future.done():
                    batch.future.set_exception(failure)
            return
        self.catalog, self.head = self._state.catalog, self._head
        if self._head != before[0]:
            changes = capture.changes(self.catalog.tables)
            changed = _ALWAYS_CHANGED | self._state.changed
            self._announce(Committed(self._head, changed, changes))
        for batch, receipt in done:
            batch.future.set_result(receipt)

    def _announce(self, committed: Committed) -> None:
        for observer in self._observers:
            try:
                observer(committed)
            except Exception:  # noqa: BLE001  (its fault must not undo what is durable)
                _log.exception("an observer of commits failed")

    def _store(self, batch: _Batch) -> Receipt:
        """Store one batch in a savepoint of the open transaction."""
        head, at, catalog = self._head, self._at, self._state.catalog
        mark = self._state.capture.mark()
        self._connection.execute("SAVEPOINT batch")
        try:
            receipt = self._append(batch)
        except Exception as error:
            failure = _failure(error)
            if not self._connection.in_transaction:
                # SQLite has rolled all of it back itself, so no batch of it is stored.
                raise StorageError(failure.message, hint=failure.hint) from error
            self._connection.execute("ROLLBACK TO batch")
            self._connection.execute("RELEASE batch")
            self._state.capture.undo(mark)
            self._head, self._at = head, at
            if self._state.catalog is not catalog:
                self._state.reload()
            raise failure from error
        self._connection.execute("RELEASE batch")
        return receipt

    def _append(self, batch: _Batch) -> Receipt:
        _check(batch)
        earlier = log.earlier_receipt(self._connection, batch.events)
        if earlier is not None:
            return earlier
        first, self._at = self._head + 1, max(self._clock(), self._at)
        ids: list[str] = []
        for index, new in enumerate(batch.events):
            try:
                ids.append(self._append_one(new, batch))
            except SidecarError as error:
                raise error.located(index=index, name=new.name[:_SHOWN]) from error
        if batch.validate:
            check_documents(self._state, batch.events)
        return Receipt(first, self._head, self._head, tuple(ids), self._at)

    def _append_one(self, new: NewEvent, batch: _Batch) -> str:
        id = new.id or uuid7(self._at, os.urandom(10))
        event = Event(
            self._head + 1, id, new.name, new.args, self._at, batch.client_id, batch.session_id
        )
        for expect in new.expect:
            self._expect(expect)
        # Written down before a materializer has them in its hands, and might change them.
        args = orjson.dumps(new.args).decode()
        # Materialized first: an unknown name or wrong arguments never reach the log.
        self._state.apply(event)
        log.append(self._connection, event, args)
        self._head = event.seq
        return id

    def _expect(self, expect: Expect) -> None:
        row = self._state.row(expect.collection, expect.id)
        seq = None if row is None else row[0]
        if seq != expect.seq:
            current: Json = None if row is None else {**row[1], "_seq": row[0]}
            raise ConflictError(
                f"{expect.collection} {expect.id!r} is at revision {seq}, not {expect.seq}",
                collection=expect.collection,
                id=expect.id,
                seq=seq,
                current=current,
            )

    def _rehearse(self, probe: _Probe) -> None:
        before = self._head, self._at
        answer: Receipt | Exception
        self._state.capture.begin((), frozenset())
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            answer = self._append(probe.batch)
            probe.look(self._state)
        except DriverError as error:
            answer = translate(error)
        except Exception as error:  # noqa: BLE001  (whatever `look` raises is the answer)
            answer = error
        self._head, self._at = before
        self._abandon()
        if isinstance(answer, Exception):
            probe.batch.future.set_exception(answer)
        else:
            probe.batch.future.set_result(answer)

    def _abandon(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            self._state.reload()
        except DriverError:  # the next transaction meets it, and answers its own callers
            _log.exception("a rollback failed")


def _failure(error: Exception) -> SidecarError:
    if isinstance(error, SidecarError):
        return error
    if isinstance(error, DriverError):
        return translate(error)
    _log.error("a batch failed", exc_info=error)
    return SidecarError("the batch could not be stored")


def _check(batch: _Batch) -> None:
    events = batch.events
    if not 0 < len(events) <= MAX_EVENTS:
        raise ValidationError(
            f"a batch has 1 to {MAX_EVENTS} events, not {len(events)}", path="/events"
        )
    for index, one in enumerate(events):
        try:
            _check_one(one)
        except ValidationError as error:
            raise error.located(index=index, name=one.name[:_SHOWN]) from error
    check_json([batch.client_id, batch.session_id], "/session")
    ids = [one.id for one in events if one.id is not None]
    if len(set(ids)) < len(ids):
        raise ValidationError("two events of the batch have the same id", path="/events")


def _check_one(new: NewEvent) -> None:
    if new.id is not None and not _is_uuid(new.id):
        raise ValidationError(f"{new.id[:_SHOWN]!r} is no UUID in lower case", path="/id")
    for index, expect in enumerate(new.expect):
        check_json([expect.collection, expect.id, expect.seq], pointer("expect", index))
    check_json(new.args, "/args")


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
