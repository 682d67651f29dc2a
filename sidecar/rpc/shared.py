"""A query that live queries ask, one or many, and what is known of its result.

Invariants:

1. Its standing is the latest result that is known; `changes` are all that may have changed that.
2. Equal results are one standing: whoever stands there can follow the step that leaves it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol

from sidecar.core.query import Query
from sidecar.core.table import Table
from sidecar.live.standing import Standing, standing_of
from sidecar.live.step import MOST_ROWS, Moment, Step, Stepper
from sidecar.store import Result
from sidecar.store.capture import TableChange


class Listener(Protocol):
    """What has live queries: a session."""

    def touch(self, name: str, head: int) -> None:
        """Note that the commit with this head may have changed a live query."""


class Shared:
    """A query that live queries ask.

    Attributes:
        query: The query.
        listeners: Who has a live query of it, and by what name.
        learned: Whether its footprint is known.
        stepper: Makes its steps, where it has such.
        standing: The latest result that is known.
        head: The log's head it is of, or -1 where there is none.
        changes: Heads of later commits that may affect it, each with what became of its table, if
            that is known.
        step: The last step, if the standing is its end.
        flight: A run on its way, and the log's head when it began.
    """

    __slots__ = (
        "changes",
        "flight",
        "head",
        "key",
        "learned",
        "listeners",
        "query",
        "standing",
        "step",
        "stepper",
    )

    def __init__(self, key: bytes, query: Query) -> None:
        self.key = key
        self.query = query
        self.listeners: dict[tuple[Listener, str], None] = {}
        self.learned = False
        self.stepper: Stepper | None = None
        self.standing: Standing | None = None
        self.head = -1
        self.changes: list[tuple[int, TableChange | None]] = []
        self.step: Step | None = None
        self.flight: tuple[asyncio.Task[tuple[Result, Standing]], int] | None = None

    def stand(self, result: Result) -> Standing:
        """Take a result that it was run for; return it as it is remembered."""
        standing = standing_of(result)
        if standing == self.standing:
            standing = self.standing
        if result.head > self.head:
            if standing is not self.standing:
                self.step = None
            self.standing, self.head = standing, result.head
            self.changes = [one for one in self.changes if one[0] > result.head]
        return standing

    def note(self, head: int, change: TableChange | None) -> None:
        """Take that a commit may have changed the result."""
        if head <= self.head:
            return
        if len(self.changes) == MOST_ROWS:
            # More than a step is made of: only that it must be run matters.
            self.changes, change = [], None
        self.changes.append((head, change))

    def seen(self, head: int) -> None:
        """Take that all commits up to a head have been noted where they may change the result."""
        if self.standing is not None and not self.changes:
            self.head = max(self.head, head)

    def step_to(self, moment: Moment, tables: Mapping[str, Table]) -> bool:
        """Take the step that the changes make up, if they do; tell whether they did.

        Args:
            moment: The rows after all changes there were.
            tables: The tables there are: what changed may be none of them any more.
        """
        changes = [change for _, change in self.changes if change is not None]
        if self.standing is None or self.stepper is None or len(changes) < len(self.changes):
            return False
        table = tables.get(self.stepper.table.name)
        if any(one is not table for one in (self.stepper.table, *(each.table for each in changes))):
            return False
        step = self.stepper.step(moment, self.standing, changes)
        if step is None:
            return False
        self.step, self.standing, self.changes = step, step.after, []
        return True
