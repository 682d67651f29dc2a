"""Which live queries a commit may affect (L3).

An index from tables, values and columns to footprints: a changed row, as it was and as it is, leads
to the document queries that it may have to do with; each is then asked whether its selector matches
either. SQL is found by the columns that changed.

Invariants:

1. Sound: a live query whose result a commit changes is among `affected`.
2. A live query without a footprint is affected by every commit.
3. A document query hangs on one anchor at most: on the one that fewest others hang on.
4. The work of one commit is bounded: after `MOST_TESTS` selectors, what may match is taken to.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Generic, TypeVar

from sidecar.core.mango import test
from sidecar.live.footprint import (
    Anchor,
    DocumentFootprint,
    Equal,
    Footprint,
    Key,
    SqlFootprint,
    equality_keys,
    points,
)
from sidecar.live.intervals import Intervals
from sidecar.live.row import Row, UndecidableError, row_of
from sidecar.store.capture import TableChange, same

KeyT = TypeVar("KeyT", bound=Hashable)

MOST_TESTS: Final = 2_000
"""Selectors that are tried for one commit, some 10 µs each."""


class Index(Generic[KeyT]):
    """Live queries, by what they depend on."""

    def __init__(self) -> None:
        self._footprints: dict[KeyT, tuple[int, Footprint | None]] = {}
        self._last = 0
        self._anything: dict[KeyT, None] = {}
        self._tables: dict[str, _Readers[KeyT]] = {}
        self._engine: dict[str, dict[KeyT, None]] = {}

    def __len__(self) -> int:
        return len(self._footprints)

    @property
    def tables(self) -> frozenset[str]:
        """The tables whose rows decide who is affected."""
        return frozenset(self._tables)

    def put(self, key: KeyT, footprint: Footprint | None) -> None:
        """Add a live query, or say anew what it depends on; None is anything."""
        if key in self._footprints:
            number, known = self._footprints[key]
            if known == footprint:
                return
            self.drop(key)
        else:
            self._last += 1
            number = self._last
        self._footprints[key] = number, footprint
        if footprint is None:
            self._anything[key] = None
        elif isinstance(footprint, DocumentFootprint):
            self._readers(footprint.table).put_documents(key, footprint)
        else:
            for table, columns in footprint.columns.items():
                self._readers(table).put_sql(key, columns)
            for table in footprint.engine:
                self._engine.setdefault(table, {})[key] = None

    def drop(self, key: KeyT) -> None:
        """Forget a live query; one that is not there stays so."""
        _, footprint = self._footprints.pop(key, (0, None))
        self._anything.pop(key, None)
        if isinstance(footprint, DocumentFootprint):
            self._dropped(footprint.table, key)
        elif isinstance(footprint, SqlFootprint):
            for table in footprint.columns:
                self._dropped(table, key)
            for table in footprint.engine:
                del self._engine[table][key]
                if not self._engine[table]:
                    del self._engine[table]

    def affected(self, tables: Collection[str], changes: Mapping[str, TableChange]) -> list[KeyT]:
        """Return the live queries that a commit may affect, each once, oldest first.

        Args:
            tables: Tables that may have changed; only the engine's are looked for.
            changes: What became of tables; one that is not here may have changed in any way.
        """
        found = dict(self._anything)
        for table in tables:
            found.update(self._engine.get(table, {}))
        for table, readers in self._tables.items():
            change = changes.get(table)
            found.update(readers.all if change is None else dict.fromkeys(readers.of(change)))
        return sorted(found, key=lambda key: self._footprints[key][0])

    def _readers(self, table: str) -> _Readers[KeyT]:
        return self._tables.setdefault(table, _Readers())

    def _dropped(self, table: str, key: KeyT) -> None:
        readers = self._tables[table]
        readers.drop(key)
        if not readers.all:
            del self._tables[table]


class _Values(Generic[KeyT]):
    """The document queries that hang on one field's values."""

    def __init__(self) -> None:
        self.equal: dict[Key, dict[KeyT, None]] = {}
        self.between: Intervals[KeyT] = Intervals()

    def crowd(self, anchor: Anchor) -> tuple[bool, int]:
        """Return how many hang where an anchor is; equality, which is narrower, comes first."""
        if isinstance(anchor, Equal):
            return False, sum(1 + len(self.equal.get(key, ())) for key in anchor.keys)
        return True, len(self.between)

    def add(self, anchor: Anchor, key: KeyT) -> None:
        if isinstance(anchor, Equal):
            for value in anchor.keys:
                self.equal.setdefault(value, {})[key] = None
        else:
            self.between.add(anchor.interval, key)

    def discard(self, anchor: Anchor, key: KeyT) -> None:
        if not isinstance(anchor, Equal):
            self.between.discard(anchor.interval, key)
            return
        for value in anchor.keys:
            del self.equal[value][key]
            if not self.equal[value]:
                del self.equal[value]

    def at(self, row: Row, field: str) -> Iterator[KeyT]:
        value = row.field(field)
        if self.equal:
            for one in equality_keys(value):
                yield from self.equal.get(one, ())
        if self.between:
            for point in points(value):
                yield from self.between.at(point)


class _Readers(Generic[KeyT]):
    """The live queries on one table."""

    def __init__(self) -> None:
        self.all: dict[KeyT, None] = {}
        self._documents: dict[KeyT, tuple[DocumentFootprint, Anchor | None]] = {}
        self._values: dict[str, _Values[KeyT]] = {}
        self._adrift: dict[KeyT, None] = {}
        self._revisions: dict[KeyT, None] = {}
        self._sql: dict[KeyT, frozenset[str]] = {}
        self._columns: dict[str, dict[KeyT, None]] = {}

    def put_documents(self, key: KeyT, footprint: DocumentFootprint) -> None:
        self.all[key] = None
        anchor = min(
            footprint.anchors,
            key=lambda one: self._values.get(one.field, _Values[KeyT]()).crowd(one),
            default=None,
        )
        self._documents[key] = footprint, anchor
        if footprint.revisions:
            self._revisions[key] = None
        if anchor is None:
            self._adrift[key] = None
        else:
            self._values.setdefault(anchor.field, _Values()).add(anchor, key)

    def put_sql(self, key: KeyT, columns: frozenset[str]) -> None:
        self.all[key] = None
        self._sql[key] = columns
        for column in columns:
            self._columns.setdefault(column, {})[key] = None

    def drop(self, key: KeyT) -> None:
        self.all.pop(key)
        self._adrift.pop(key, None)
        self._revisions.pop(key, None)
        _, anchor = self._documents.pop(key, (None, None))
        # One that nothing equals hangs on no value.
        if anchor is not None and anchor.field in self._values:
            values = self._values[anchor.field]
            values.discard(anchor, key)
            if not values.equal and not values.between:
                del self._values[anchor.field]
        for column in self._sql.pop(key, ()):
            del self._columns[column][key]
            if not self._columns[column]:
                del self._columns[column]

    def of(self, change: TableChange) -> Iterator[KeyT]:
        """Yield those that a change may affect, some more than once."""
        if self._sql:
            yield from self._sql_of(change)
        if self._documents:
            yield from self._documents_of(change)

    def _sql_of(self, change: TableChange) -> Iterator[KeyT]:
        columns = change.columns()
        if columns is None:
            yield from self._sql
            return
        for column in columns:
            yield from self._columns.get(column, ())

    def _documents_of(self, change: TableChange) -> Iterable[KeyT]:
        found: dict[KeyT, None] = {}
        adrift = dict(self._adrift)
        left = MOST_TESTS
        for old, new in change.rows:
            rows = [row_of(change.table, image) for image in (old, new) if image is not None]
            if old is not None and new is not None and all(map(same, old, new)):
                candidates: Iterable[KeyT] = self._revisions
            else:
                try:
                    candidates = {**adrift, **self._hanging(rows)}
                except UndecidableError:
                    return self._documents
            for key in candidates:
                if key in found:
                    continue
                left -= 1
                if left < 0 or _matches(self._documents[key][0], rows):
                    found[key] = None
                    adrift.pop(key, None)
            if len(found) == len(self._documents):
                break
        return found

    def _hanging(self, rows: Sequence[Row]) -> dict[KeyT, None]:
        return {
            key: None
            for field, values in self._values.items()
            for row in rows
            for key in values.at(row, field)
        }


def _matches(footprint: DocumentFootprint, rows: Sequence[Row]) -> bool:
    """Return whether a selector matches any of the rows, or none can tell."""
    if footprint.selector is None:
        return True
    try:
        return any(test(row.document(footprint.fields), footprint.selector) for row in rows)
    except UndecidableError:
        return True
