"""What a migration knows of each document while it runs, on disk so that memory stays flat.

A scratch SQLite file beside the store, thrown away at the end: ids, hashes, places in the source
and decisions, no contents. It is no store, and only the driver's own library opens it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Literal

from sidecar.core.state import SqlValue
from sidecar.migration.normalize import Issue
from sidecar.migration.records import Record
from sidecar.store.driver import DriverError, connect, translate

_TABLES: Final = """
CREATE TABLE item (
    n INTEGER PRIMARY KEY, kind TEXT NOT NULL, collection TEXT NOT NULL, sourceId TEXT, id TEXT,
    offset INTEGER NOT NULL, length INTEGER NOT NULL, raw BLOB NOT NULL, digest BLOB,
    written REAL, state TEXT NOT NULL, local INTEGER AS (kind = 'local')
);
CREATE TABLE issue (n INTEGER NOT NULL, severity TEXT NOT NULL, path TEXT, message TEXT);
CREATE TABLE wanted (n INTEGER NOT NULL, path TEXT, collection TEXT, sourceId TEXT);
CREATE TABLE known (collection TEXT, sourceId TEXT, PRIMARY KEY (collection, sourceId)) STRICT;
CREATE TABLE asked (collection TEXT, sourceId TEXT, PRIMARY KEY (collection, sourceId)) STRICT;
CREATE TABLE about (collection TEXT, key TEXT NOT NULL, offset INTEGER, length INTEGER);
CREATE TABLE attachment (n INTEGER, name TEXT, sha BLOB);
CREATE TABLE quarantined (hash BLOB PRIMARY KEY) WITHOUT ROWID
"""

_INDEXES: Final = """
CREATE INDEX item_source ON item (collection, local, sourceId);
CREATE INDEX item_order ON item (collection, local);
CREATE INDEX item_id ON item (collection, id);
CREATE INDEX issue_n ON issue (n);
CREATE INDEX attachment_n ON attachment (n)
"""

_ITEM_COLUMNS: Final = (
    "n, kind, collection, sourceId, id, offset, length, raw, digest, written, state"
)

_BUFFERED: Final = 1000


class Kind(StrEnum):
    """What an item of the source is."""

    LIVE = "live"
    TOMBSTONE = "tombstone"
    LOCAL = "local"


class State(StrEnum):
    """What becomes of it. `VALID` is on the way; the last three are the ends of a valid one."""

    VALID = "valid"
    INVALID = "invalid"
    REPEATED = "repeated"
    IMPORTED = "imported"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Item:
    """A document, tombstone or local document of the source.

    Attributes:
        n: Its number in the source, from 1.
        collection: Its collection; `""` for a local document of the database.
        source_id: Id in the source, or None.
        id: Id in the store, or None.
        offset: Where its text begins in the source.
        length: Bytes of its text.
        raw: Hash of its text.
        digest: Hash of its content as the store will have it; None when it is invalid.
        written: RxDB's time of the last write, or None.
    """

    n: int
    kind: Kind
    collection: str
    source_id: str | None
    id: str | None
    offset: int
    length: int
    raw: bytes
    digest: bytes | None
    written: float | None
    state: State


class Staging:
    """The scratch file. Additions are buffered: `flush` before reading."""

    def __init__(self, path: Path, key: str | None = None) -> None:
        self._connection = connect(path, key=key)
        self._buffers: dict[str, list[Sequence[SqlValue]]] = {}
        with _ours():
            self._connection.execute("PRAGMA journal_mode=OFF").fetchone()
            self._connection.execute("PRAGMA synchronous=OFF")
            # SQLCipher sorts in memory unless told otherwise, for it encrypts no file to sort in.
            if key is None:
                self._connection.execute("PRAGMA temp_store=FILE")
            for statement in _TABLES.split(";"):
                self._connection.execute(statement)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def add(self, item: Item) -> None:
        """Add an item."""
        self._put(
            f"INSERT INTO item ({_ITEM_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                item.n,
                item.kind.value,
                item.collection,
                item.source_id,
                item.id,
                item.offset,
                item.length,
                item.raw,
                item.digest,
                item.written,
                item.state.value,
            ),
        )

    def add_issues(self, n: int, severity: str, issues: Iterable[Issue]) -> None:
        """Add errors or warnings about an item."""
        for issue in issues:
            self._put(
                "INSERT INTO issue VALUES (?, ?, ?, ?)", (n, severity, issue.path, issue.message)
            )

    def add_wanted(self, n: int, path: str, collection: str, source_id: str) -> None:
        """Say that an item needs another document to exist."""
        self._put("INSERT INTO wanted VALUES (?, ?, ?, ?)", (n, path, collection, source_id))

    def add_about(self, record: Record) -> None:
        """Keep the place of what else the source says."""
        self._put(
            "INSERT INTO about VALUES (?, ?, ?, ?)",
            (record.collection, record.key, record.offset, len(record.raw)),
        )

    def add_attachment(self, n: int, name: str, sha: bytes) -> None:
        """Keep the hash of an attachment's bytes."""
        self._put("INSERT INTO attachment VALUES (?, ?, ?)", (n, name, sha))

    def remember(self, table: Literal["known", "asked"], collection: str, source_id: str) -> None:
        """Keep that the store was asked for a document, or that it has it."""
        self._put(f"INSERT OR IGNORE INTO {table} VALUES (?, ?)", (collection, source_id))

    def remember_quarantined(self, hashed: bytes) -> bool:
        """Keep that the quarantine has a document; return whether that is news."""
        return bool(self.execute("INSERT OR IGNORE INTO quarantined VALUES (?)", (hashed,)))

    def set_state(self, n: int, state: State) -> None:
        """Decide about an item."""
        self._put("UPDATE item SET state = ? WHERE n = ?", (state.value, n))

    def flush(self) -> None:
        """Write what is buffered."""
        with _ours():
            for sql, rows in self._buffers.items():
                self._connection.execute("BEGIN")
                self._connection.executemany(sql, rows)
                self._connection.execute("COMMIT")
        self._buffers.clear()

    def execute(self, sql: str, params: Sequence[SqlValue] = ()) -> int:
        """Run a statement that writes; return how many rows it changed."""
        self.flush()
        with _ours():
            changed: int = self._connection.execute(sql, params).rowcount
        return changed

    def index(self) -> None:
        """Build the indexes, once every item is there."""
        for statement in _INDEXES.split(";"):
            self.execute(statement)

    def rows(self, sql: str, params: Sequence[SqlValue] = ()) -> Iterator[tuple[SqlValue, ...]]:
        """Yield the rows of a read, one by one."""
        yield from self._select(sql, params)

    def count(self, sql: str, params: Sequence[SqlValue] = ()) -> int:
        """Return the one number a read answers."""
        ((found,),) = self._select(sql, params)
        return int(found)

    def items(self, where: str, params: Sequence[SqlValue] = ()) -> Iterator[Item]:
        """Yield items; `where` may end in ORDER BY."""
        for row in self._select(f"SELECT {_ITEM_COLUMNS} FROM item WHERE {where}", params):
            n, kind, collection, source, id_, offset, length, raw, digest, written, state = row
            yield Item(
                n,
                Kind(kind),
                collection,
                source,
                id_,
                offset,
                length,
                raw,
                digest,
                written,
                State(state),
            )

    def issues(self, n: int, severity: str) -> list[Issue]:
        """Return the errors or warnings about an item."""
        sql = "SELECT path, message FROM issue WHERE n = ? AND severity = ?"
        return [Issue(path, message) for path, message in self._select(sql, (n, severity))]

    def attachments(self, n: int) -> list[tuple[str, bytes]]:
        """Return name and hash of each attachment of an item."""
        return list(self._select("SELECT name, sha FROM attachment WHERE n = ?", (n,)))

    def has_live(self, collection: str, id_: str) -> bool:
        """Return whether a live document of the source has this id in the store."""
        sql = "SELECT count(*) FROM item WHERE collection = ? AND id = ? AND kind = 'live'"
        return self.count(sql, (collection, id_)) > 0

    def _select(self, sql: str, params: Sequence[SqlValue]) -> Iterator[Any]:
        self.flush()
        with _ours():
            # Not `yield from`: ended early, that closes a cursor the file may be closed under.
            for row in self._connection.cursor().execute(sql, params):  # noqa: UP028
                yield row

    def _put(self, sql: str, row: Sequence[SqlValue]) -> None:
        rows = self._buffers.setdefault(sql, [])
        rows.append(row)
        if len(rows) >= _BUFFERED:
            self.flush()


@contextmanager
def _ours() -> Iterator[None]:
    try:
        yield
    except DriverError as error:
        raise translate(error) from error
