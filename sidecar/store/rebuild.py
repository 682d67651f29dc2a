"""Deriving the state from the log again (S6, S7).

The log is replayed into a file of its own beside the store. Then either the two states are
compared, table by table and byte by byte, or the new one takes the old one's place in one
transaction. Until then the old state serves; a process that is killed leaves the store as it was,
and the next rebuild starts afresh.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sidecar.core.documents import quote
from sidecar.core.errors import (
    CorruptError,
    SchemaError,
    SidecarError,
    StoreError,
    UnknownCollectionError,
    UnknownEventError,
)
from sidecar.core.event import Event
from sidecar.core.schema import Schema
from sidecar.store import log, search
from sidecar.store.driver import Connection, DriverError, connect, translate
from sidecar.store.layout import FORMAT, create_state, state_tables
from sidecar.store.materialize import Materializer

Progress = Callable[[str, int, int], None]
"""Called with a phase, what is done and the total."""

_STEP: Final = 1_000
"""Events between two reports of progress."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """What a rebuild found.

    Attributes:
        events: Events replayed.
        unknown: Events passed over (S7): this schema doesn't know their name or their collection,
            or they need what such an event did.
        rows: Rows of the derived state, by table.
        differences: One line for each table that differs from the state in use; empty when equal.
    """

    events: int
    unknown: int
    rows: dict[str, int]
    differences: tuple[str, ...] = ()


def derive(
    source: Connection, target: Connection, schema: Schema, progress: Progress
) -> tuple[int, int]:
    """Replay a log into an empty file.

    Args:
        source: Has the log.
        target: A writing connection on an empty file.
        schema: Says what the events do.
        progress: Told how far it is.

    Returns:
        Events replayed, and how many of them were passed over (S7).

    Raises:
        SchemaError: An event that this schema knows can't be applied.
    """
    total = log.head(source)[0]
    done = unknown = 0
    target.execute("PRAGMA synchronous=OFF")
    target.execute("BEGIN")
    create_state(target, schema.tables.values())
    state = Materializer(target, schema)
    for event in log.replay(source):
        target.execute("SAVEPOINT event")
        try:
            state.apply(event)
        except SidecarError as error:
            _pass_over(event, error, unknown)
            target.execute("ROLLBACK TO event")
            state.reload()
            unknown += 1
        target.execute("RELEASE event")
        done += 1
        if done % _STEP == 0:
            progress("replay", done, total)
    target.execute("COMMIT")
    progress("replay", done, total)
    return done, unknown


def _pass_over(event: Event, error: SidecarError, unknown: int) -> None:
    """Return if the log can be replayed without an event, which is kept for another version."""
    if isinstance(error, UnknownEventError | UnknownCollectionError):
        if unknown == 0:
            _log.warning("event %d is kept, not applied: %s", event.seq, error)
        return
    if isinstance(error, StoreError):
        raise error
    # One that was passed over may have made what this one changes.
    if unknown == 0:
        raise SchemaError(
            f"event {event.seq}, {event.name}, can't be applied: {error}",
            hint="Let the schema take what earlier versions wrote, by an upcast for one.",
        ) from error
    _log.warning("event %d is not applied, as those before it: %s", event.seq, error)


def compare(left: Connection, right: Connection, progress: Progress) -> tuple[str, ...]:
    """Return a line for each derived table that is not the same, byte by byte, in two files."""
    names = state_tables(left)
    if names != state_tables(right):
        missing = sorted({*names} ^ {*state_tables(right)})
        return (f"tables only one side has: {', '.join(missing)}",)
    differences: list[str] = []
    for done, name in enumerate(names):
        progress("compare", done, len(names))
        if _definition(left, name) != _definition(right, name):
            differences.append(f"{name}: defined differently")
        elif line := _first_difference(left, right, name):
            differences.append(line)
    progress("compare", len(names), len(names))
    return tuple(differences)


def swap(store: Connection, derived: Path, key: str | None, schema: Schema, unknown: int) -> None:
    """Put a derived state in the place of the store's, in one transaction."""
    if key is None:
        store.execute("ATTACH ? AS derived", (str(derived),))
    else:
        store.execute("ATTACH ? AS derived KEY ?", (str(derived), key))
    try:
        store.execute("BEGIN IMMEDIATE")
        search.drop(store)
        for name in state_tables(store):
            store.execute(f"DROP TABLE main.{quote(name)}")
        for name in state_tables(store, "derived"):
            for sql in _definition(store, name, "derived"):
                store.execute(sql)
            store.execute(f"INSERT INTO main.{quote(name)} SELECT * FROM derived.{quote(name)}")
        search.create(store, schema.tables.values())
        set_meta(store, "fingerprint", schema.fingerprint)
        set_meta(store, "unknown", str(unknown))
        store.execute("COMMIT")
    finally:
        if store.in_transaction:
            store.execute("ROLLBACK")
        store.execute("DETACH derived")


def recognize(store: Connection, path: Path, schema: Schema) -> None:
    """Return if a file is a store that this version and this schema's app may touch.

    Raises:
        CorruptError: It is no store, or one of another format.
        SchemaError: It is another app's.
    """
    tables = {name for (name,) in store.execute("SELECT name FROM sqlite_master")}
    if not {"_meta", "_events"} <= tables:
        raise CorruptError(f"{path} is an SQLite file, but no store")
    written = get_meta(store, "format")
    if written != FORMAT:
        raise CorruptError(
            f"{path} has format {written}; this version reads {FORMAT}",
            hint="Open it with the version that wrote it, or a newer one.",
        )
    app = get_meta(store, "app")
    if app != schema.name:
        raise SchemaError(
            f"{path} is a store of the app {app}, not of {schema.name}",
            hint="Name that app's schema by --schema, or use another --data-dir.",
        )


def rebuild(
    store: Connection, path: Path, schema: Schema, key: str | None, progress: Progress
) -> RebuildReport:
    """Derive the state again and put it in the place of the old one.

    Args:
        store: The store's writing connection, with no transaction open.
        path: The store's file.
        schema: Says what the events do.
        key: The store's key, or None.
        progress: Told how far it is.

    Raises:
        SchemaError: It is another app's store, or an event that this schema knows can't be
            applied; the old state stays.
        StorageError: The disk refused; the old state stays.
        CorruptError: The file is damaged or no store.
    """
    recognize(store, path, schema)
    scratch = path.with_name(path.name + ".rebuild")
    _remove(scratch)
    target = connect(scratch, key=key)
    try:
        events, unknown = derive(store, target, schema, progress)
        rows = _row_counts(target)
        target.close()
        progress("swap", 0, 1)
        swap(store, scratch, key, schema, unknown)
        progress("swap", 1, 1)
    except DriverError as error:
        raise translate(error) from error
    finally:
        target.close()
        _remove(scratch)
    return RebuildReport(events, unknown, rows)


def check(path: Path, schema: Schema, key: str | None, progress: Progress) -> RebuildReport:
    """Compare a rebuilt copy with the state in use; nothing is changed.

    It reads one snapshot, so a server may go on writing meanwhile.

    Raises:
        SchemaError: It is another app's store, or an event that this schema knows can't be applied.
        StorageError: The disk refused.
        CorruptError: The file is damaged or no store.
        WrongKeyError: It is encrypted with another key.
    """
    scratch = path.with_name(path.name + ".check")
    _remove(scratch)
    source = connect(path, key=key, read_only=True)
    target = connect(scratch, key=key)
    try:
        source.execute("BEGIN")
        recognize(source, path, schema)
        events, unknown = derive(source, target, schema, progress)
        differences = (
            *compare(source, target, progress),
            *search.faults(source, schema.tables.values()),
        )
        return RebuildReport(events, unknown, _row_counts(target), differences)
    except DriverError as error:
        raise translate(error) from error
    finally:
        source.close()
        target.close()
        _remove(scratch)


def get_meta(connection: Connection, key: str) -> str | None:
    """Return a value of the store's bookkeeping, or None."""
    row = connection.execute("SELECT value FROM _meta WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row[0])


def set_meta(connection: Connection, key: str, value: str) -> None:
    """Set a value of the store's bookkeeping."""
    connection.execute("INSERT OR REPLACE INTO _meta VALUES (?, ?)", (key, value))


def _definition(connection: Connection, table: str, schema: str = "main") -> list[str]:
    rows = connection.execute(
        f"SELECT sql FROM {schema}.sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL "
        "ORDER BY type DESC, name",
        (table,),
    )
    return [sql for (sql,) in rows]


def _first_difference(left: Connection, right: Connection, table: str) -> str | None:
    sql = f"SELECT * FROM {quote(table)} ORDER BY {_key(left, table)}"
    ours, theirs = left.execute(sql), right.execute(sql)
    while True:
        row, other = ours.fetchone(), theirs.fetchone()
        if row != other or [*map(type, row or ())] != [*map(type, other or ())]:
            named = (row or other)[0]
            return f"{table}: the first row that differs is {named!r}"
        if row is None:
            return None


def _key(connection: Connection, table: str) -> str:
    rows = connection.execute(
        "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", (table,)
    )
    return ", ".join(quote(name) for (name,) in rows)


def _row_counts(connection: Connection) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in state_tables(connection):
        (counts[name],) = connection.execute(f"SELECT count(*) FROM {quote(name)}").fetchone()
    return counts


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
