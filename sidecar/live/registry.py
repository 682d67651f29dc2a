"""Which live queries a commit may affect: those that read a table it changed."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)


class Registry(Generic[KeyT]):
    """An index from tables to the live queries that read them.

    A live query that reads not known tables, because its first result is still on its way, is
    affected by every commit.
    """

    def __init__(self) -> None:
        self._tables: dict[KeyT, frozenset[str] | None] = {}
        self._readers: dict[str, dict[KeyT, None]] = {}
        self._starting: dict[KeyT, None] = {}

    def __len__(self) -> int:
        return len(self._tables)

    def put(self, key: KeyT, tables: frozenset[str] | None) -> None:
        """Register a live query, or say anew which tables it reads; None means not known yet."""
        if key in self._tables and self._tables[key] == tables:
            return
        self.drop(key)
        self._tables[key] = tables
        if tables is None:
            self._starting[key] = None
            return
        for table in tables:
            self._readers.setdefault(table, {})[key] = None

    def drop(self, key: KeyT) -> None:
        """Forget a live query; one that is not there stays so."""
        tables = self._tables.pop(key, None)
        self._starting.pop(key, None)
        for table in tables or ():
            readers = self._readers[table]
            del readers[key]
            if not readers:
                del self._readers[table]

    def affected(self, tables: Iterable[str]) -> list[KeyT]:
        """Return the live queries that read any of the tables, each once, oldest first."""
        found = dict(self._starting)
        for table in tables:
            found.update(self._readers.get(table, {}))
        return list(found)
