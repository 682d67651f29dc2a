"""The store: one SQLite file, one writer, many readers. The facade of `sidecar.store`."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

from filelock import FileLock, Timeout

from sidecar.core.documents import quote
from sidecar.core.errors import (
    CorruptError,
    LockedError,
    QueryError,
    SidecarError,
    StorageError,
)
from sidecar.core.event import NewEvent, Receipt
from sidecar.core.json import Json, JsonObject
from sidecar.core.order import names_one
from sidecar.core.query import Query, SqlQuery
from sidecar.core.schema import Schema
from sidecar.core.state import State
from sidecar.core.table import Table
from sidecar.store import search
from sidecar.store.driver import Connection, DriverError, connect, make_durable, translate
from sidecar.store.explain import Explanation
from sidecar.store.layout import FORMAT, create_log, create_state, state_tables
from sidecar.store.log import EventPage
from sidecar.store.readers import Readers, Reading
from sidecar.store.rebuild import Progress, get_meta, rebuild, recognize, set_meta
from sidecar.store.result import Result
from sidecar.store.snapshot import Limits, Snapshot
from sidecar.store.vault import Vault
from sidecar.store.writer import Committed, Writer

FILE: Final = "store.db"
LOCK: Final = "store.lock"

ResultT = TypeVar("ResultT")

_log = logging.getLogger(__name__)


def _now() -> int:
    return time.time_ns() // 1_000_000


def _silent(phase: str, done: int, total: int) -> None:
    pass


class Store:
    """An open store. Its methods may be called from any thread; futures resolve on the store's.

    Use `Store.open`. As a context it closes itself.
    """

    def __init__(
        self,
        lock: FileLock,
        connection: Connection,
        data_dir: Path,
        schema: Schema,
        key: str | None,
        limits: Limits,
        clock: Callable[[], int],
    ) -> None:
        self._lock = lock
        self.data_dir = data_dir
        self.path = data_dir / FILE
        self.schema = schema
        self.limits = limits
        self.vault = Vault(key)
        self._key = key
        self._writer = Writer(connection, schema, clock)

        def open_snapshot() -> Snapshot:
            reader = connect(self.path, key=self._key, read_only=True)
            return Snapshot(reader, lambda: self._writer.catalog, limits)

        self._readers = Readers(open_snapshot)

    @classmethod
    def open(
        cls,
        data_dir: Path,
        schema: Schema,
        *,
        key: str | None = None,
        limits: Limits | None = None,
        clock: Callable[[], int] = _now,
        progress: Progress = _silent,
    ) -> Store:
        """Open the store of a directory, making it when there is none.

        The state is rebuilt first when the schema's fingerprint is another than the file's (S6).

        Args:
            data_dir: Its own directory; made when missing.
            schema: The app's schema.
            key: Passphrase for encryption at rest, or None.
            limits: What a query may cost.
            clock: Returns milliseconds since 1970.
            progress: Told how far a rebuild is.

        Raises:
            LockedError: Another process holds it (S12).
            CorruptError: The file is damaged, or from a newer version.
            WrongKeyError: It is encrypted with another key.
            SchemaError: It is another app's, or its log has an event that this schema knows and
                can't apply.
            StorageError: The directory can't be used.
        """
        lock = acquire(data_dir)
        connection: Connection | None = None
        try:
            connection = connect(data_dir / FILE, key=key)
            _prepare(connection, data_dir / FILE, schema, key, progress)
            return cls(lock, connection, data_dir, schema, key, limits or Limits(), clock)
        except BaseException as error:
            if connection is not None:
                connection.close()
            lock.release()
            if isinstance(error, DriverError):
                raise _unusable(translate(error), data_dir / FILE) from error
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def head(self) -> int:
        """`seq` of the last durable event, 0 for an empty log."""
        return self._writer.head

    @property
    def tables(self) -> Mapping[str, Table]:
        """The tables there are by name, declared and defined."""
        return self._writer.catalog.tables

    @property
    def fingerprint(self) -> str:
        """The schema's fingerprint, which the state has too."""
        return self.schema.fingerprint

    def commit(
        self,
        events: Sequence[NewEvent],
        *,
        client_id: str = "local",
        session_id: str = "local",
        validate: bool = False,
    ) -> Future[Receipt]:
        """Append a batch, whole or not at all (S3, S4, S5).

        Args:
            events: At least one event.
            client_id: The device or installation.
            session_id: The window or process.
            validate: Refuse documents that don't fit their collection's JSON schema.

        Returns:
            The receipt, once the batch is durable and observers have seen it. The future raises
            ValidationError, UnknownEventError, UnknownCollectionError, NotFoundError or
            ConflictError, with `index` and `path`, or StorageError.

        Raises:
            ShuttingDownError: The store is closed.
        """
        return self._writer.commit(events, client_id, session_id, validate=validate)

    def probe(self, events: Sequence[NewEvent], look: Callable[[State], None]) -> Future[Receipt]:
        """Apply events in a transaction, look at the state they lead to, and roll it back (M9).

        Args:
            events: At least one event.
            look: Called with the state on the writer's thread; what it raises the future raises.
        """
        return self._writer.probe(events, look)

    def observe(self, observer: Callable[[Committed], None]) -> None:
        """Call `observer` on the writer's thread after each durable transaction.

        Receipts of the transaction are given out after it returns, so it must be quick.
        """
        self._writer.observe(observer)

    def watch(self, tables: frozenset[str] | None) -> None:
        """Say of which tables observers want to see the rows, None for all: `Committed.changes`.

        Those of others cost nothing; it holds from the next transaction on.
        """
        self._writer.watch(tables)

    def read(self, query: Query, *, window: str = "local") -> Reading[Result]:
        """Run a query on a snapshot (Q4, Q5).

        Args:
            query: The query.
            window: Whose read it is; one window's slow reads don't hold up another's.

        Returns:
            The result, once awaited or waited for. It raises QueryError, UnknownCollectionError,
            ReadOnlyError, QueryTimeoutError or TooLargeError.
        """
        return self._readers.submit(
            window, lambda snapshot: snapshot.query(query), short=self._is_short(query)
        )

    def glance(self, work: Callable[[Snapshot], ResultT]) -> ResultT | None:
        """Look at a snapshot at once, on this thread; None if all that could read are busy.

        Args:
            work: Called with the snapshot; takes less time than waking a thread would.
        """
        return self._readers.glance(work)

    def explain(self, query: Query, *, window: str = "local") -> Reading[Explanation]:
        """Return how a query would be run, without running it; errors as in `read`."""
        return self._readers.submit(window, lambda snapshot: snapshot.explain(query))

    def events(
        self,
        *,
        after: int = 0,
        limit: int = 1000,
        names: Sequence[str] | None = None,
        collection: str | None = None,
        id: str | None = None,
        window: str = "local",
    ) -> Reading[EventPage]:
        """Read the log; with `collection` and `id`, all that happened to one document.

        Args:
            after: Only events with a larger `seq`.
            limit: Most events to return.
            names: Only events of these names.
            collection: Only events that changed a document of this collection.
            id: Only events that changed a document with this primary key.
            window: Whose read it is.
        """

        def work(snapshot: Snapshot) -> EventPage:
            return snapshot.events(
                after=after, limit=limit, names=names, collection=collection, id=id
            )

        return self._readers.submit(window, work)

    def info(self) -> Reading[JsonObject]:
        """Return `{head, events, tables, unknownEvents, bytes, path, fingerprint}`."""

        def work(snapshot: Snapshot) -> JsonObject:
            # As of this snapshot: a collection may be removed, or defined, meanwhile.
            there = set(snapshot.rows("SELECT name FROM sqlite_master WHERE type = 'table'"))
            tables: JsonObject = {}
            for name in [one for one in self._writer.catalog.tables if (one,) in there]:
                ((count,),) = snapshot.rows(f"SELECT count(*) FROM {quote(name)}")
                assert isinstance(count, int)
                tables[name] = count
            ((unknown,),) = snapshot.rows("SELECT value FROM _meta WHERE key = 'unknown'")
            assert isinstance(unknown, str)
            described: dict[str, Json] = {
                "head": snapshot.head(),
                "tables": tables,
                "unknownEvents": int(unknown),
                "bytes": sum(
                    file.stat().st_size for file in self.data_dir.glob(f"{FILE}*") if file.is_file()
                ),
                "path": str(self.path),
                "fingerprint": self.fingerprint,
            }
            return described

        return self._readers.submit("info", work)

    def collection(self, name: str) -> Table:
        """Return a table, declared or defined.

        Raises:
            UnknownCollectionError: There is none of that name.
        """
        return self._writer.catalog.table(name)

    def collections(self) -> list[str]:
        """Return the names of all tables, declared and defined."""
        return list(self._writer.catalog.tables)

    def copy(self, path: Path) -> None:
        """Write a copy of the store, under the same key, and check it; others go on meanwhile.

        Args:
            path: Where no file is.

        Raises:
            StorageError: The disk refused.
            CorruptError: The copy is not sound.
        """
        try:
            with (
                closing(connect(self.path, key=self._key, read_only=True)) as source,
                closing(connect(path, key=self._key)) as target,
            ):
                source.backup(target)
        except DriverError as error:
            raise translate(error) from error
        self.check_copy(path)

    def check_copy(self, path: Path) -> dict[str, int]:
        """Read a copy of the store to its end; return its events and documents by table.

        Raises:
            CorruptError: It is not sound, or no store.
            WrongKeyError: It has another key than the store.
        """
        try:
            with closing(connect(path, key=self._key, read_only=True)) as copy:
                ((found, *_),) = copy.execute("PRAGMA integrity_check(1)").fetchall()
                names = {name for (name,) in copy.execute("SELECT name FROM sqlite_master")}
                counts = {
                    name: int(copy.execute(f"SELECT count(*) FROM {quote(name)}").fetchone()[0])
                    for name in ("_events", *self.tables)
                    if name in names
                }
        except DriverError as error:
            raise translate(error) from error
        if found != "ok" or "_events" not in counts:
            raise CorruptError(f"{path.name} is not sound: {found}")
        return counts

    def _is_short(self, query: Query) -> bool:
        if isinstance(query, SqlQuery):
            return False
        table = self._writer.catalog.tables.get(query.from_)
        return table is not None and names_one(table, query)

    def close(self) -> None:
        """Finish what is queued, close the file and let go of the lock."""
        self._readers.close()
        self._writer.close()
        self._lock.release()


def _unusable(error: SidecarError, path: Path) -> SidecarError:
    if not isinstance(error, QueryError):
        return error
    # Our own statements fit the tables a store has: somebody changed those.
    return CorruptError(
        f"{path}: the derived tables are not as this version makes them ({error})",
        hint="The event log may be whole: `sidecar rebuild` derives the tables from it again.",
    )


def acquire(data_dir: Path) -> FileLock:
    """Take the lock of a data directory, making the directory when it is missing.

    Raises:
        LockedError: Another process holds it (S12).
        StorageError: The directory can't be made or written.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Any thread may close the store.
        lock = FileLock(data_dir / LOCK, thread_local=False)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LockedError(f"another process holds {data_dir}", path=str(data_dir)) from error
    except OSError as error:
        raise StorageError(f"{data_dir} can't be used: {error.strerror}") from error
    return lock


def is_locked(data_dir: Path) -> bool:
    """Return whether a process holds a data directory; nothing is made for the question."""
    if not (data_dir / LOCK).exists():
        return False
    try:
        acquire(data_dir).release()
    except LockedError:
        return True
    return False


def _prepare(
    connection: Connection, path: Path, schema: Schema, key: str | None, progress: Progress
) -> None:
    """Bring a file to where this version serves it: made, checked, its state derived."""
    if not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
        make_durable(connection)
        connection.execute("BEGIN IMMEDIATE")
        create_log(connection)
        create_state(connection, schema.tables.values())
        search.create(connection, schema.tables.values())
        set_meta(connection, "format", FORMAT)
        set_meta(connection, "store", secrets.token_hex(8))
        set_meta(connection, "app", schema.name)
        set_meta(connection, "fingerprint", schema.fingerprint)
        set_meta(connection, "unknown", "0")
        connection.execute("COMMIT")
        return
    recognize(connection, path, schema)
    make_durable(connection)
    if get_meta(connection, "fingerprint") != schema.fingerprint:
        _log.info("the schema changed: rebuilding %d tables", len(state_tables(connection)))
        rebuild(connection, path, schema, key, progress)
