"""What one connection's live queries have yet to answer for.

A live query that commits touched owes its client a look at its result. However many commits come
before that look, there is one (L6): the backlog holds one entry per live query, so a slow client
costs no memory.

Invariants:

1. An entry is there exactly while a commit that touched the live query is newer than its last look.
2. A held live query, whose client does not know it yet, is not looked at.
3. Looks are taken in the order in which the live queries were first touched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass


@dataclass(slots=True)
class _Debt:
    first: int
    last: int


class Backlog:
    """The live queries of one connection that owe a look, by name."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}
        self._debts: dict[str, _Debt] = {}
        self._held: set[str] = set()

    def add(self, name: str) -> None:
        """Begin with a live query, held."""
        self._seen[name] = -1
        self._held.add(name)

    def release(self, name: str) -> None:
        """Let a held live query be looked at: its client knows it now."""
        self._held.discard(name)

    def drop(self, name: str) -> None:
        """Forget a live query."""
        self._seen.pop(name, None)
        self._debts.pop(name, None)
        self._held.discard(name)

    def touch(self, name: str, head: int) -> None:
        """Note that the commit with this head may have changed a live query's result."""
        if name not in self._seen or head <= self._seen[name]:
            return
        debt = self._debts.get(name)
        if debt is None:
            self._debts[name] = _Debt(head, head)
        else:
            debt.last = max(debt.last, head)

    def next(self) -> tuple[str, int] | None:
        """Return the live query to look at next and the last commit that touched it, or None."""
        return next(self.all(), None)

    def all(self) -> Iterator[tuple[str, int]]:
        """Yield all live queries to look at, each with the last commit that touched it."""
        for name, debt in self._debts.items():
            if name not in self._held:
                yield name, debt.last

    def looked(self, name: str, head: int) -> None:
        """Note that a live query's client knows its result as of a head."""
        if name not in self._seen:
            return
        self._seen[name] = max(head, self._seen[name])
        debt = self._debts.get(name)
        if debt is not None and debt.first <= head:
            del self._debts[name]
            if debt.last > head:
                self._debts[name] = _Debt(head + 1, debt.last)

    def owes(self, head: int, *, but: Collection[str] = ()) -> bool:
        """Tell whether any live query, but those named, owes a look for a commit up to a head."""
        return any(debt.first <= head and name not in but for name, debt in self._debts.items())
