"""Change capture: what a transaction did to rows, whatever SQL did it.

TEMP triggers on the writing connection hand every row that an INSERT, UPDATE or DELETE touches to
functions of that connection: as it was, as it is. A table has them from the first transaction in
which it is watched; later ones in which it is not watched pay one call a row.

Invariants:

1. `changes` has every touched row of each watched table, as it was before the transaction and as it
   is after it. A table that is not there may have changed in any way: nobody watched it, it is too
   wide, or too many of its rows were touched.
2. What a rollback undid is in no image: `mark` before the savepoint, `undo` after its rollback.
3. No more than `MOST_ROWS` touched rows of a table are kept, so memory is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from sidecar.core.documents import literal, quote
from sidecar.core.state import SqlValue
from sidecar.core.table import Table

if TYPE_CHECKING:
    from sidecar.store.driver import Connection

MOST_ROWS: Final = 1_000
"""Touched rows of one table whose images a transaction keeps."""

_MOST_COLUMNS: Final = 900
"""Columns of a table that can be watched: an SQL function takes no more than 1,000 values."""

Image = tuple[SqlValue, ...]
"""A row: its columns in the table's order, `_extra`, `_rowid_`."""

Rows = Sequence[tuple[Image | None, Image | None]]
"""Rows before and after; None where there was or is no such row."""


Revisions = Sequence[tuple[int | None, int]]
"""Of each of the rows: the `_seq` it had, and the `seq` of the last event that touched it."""


class Half(NamedTuple):
    """Half of a change: the row that was, or the row it became.

    Attributes:
        was: The `_seq` of a row that was.
        seq: The event that changed it.
    """

    became: bool
    image: Image
    was: int | None
    seq: int


@dataclass(frozen=True, slots=True)
class TableChange:
    """What a transaction did to one table.

    Attributes:
        table: Its columns say what an image holds.
        rows: The touched rows. One may be again what it was, but for its `_seq`.
        revisions: Of each of them.
    """

    table: Table
    rows: Rows
    revisions: Revisions = ()

    def columns(self) -> frozenset[str] | None:
        """Return the columns that changed, or None if rows came, went or took another place."""
        names = [*self.table.columns, "_extra"]
        changed = {"_seq"} if self.rows else set()
        for old, new in self.rows:
            if old is None or new is None or old[-1] != new[-1]:
                return None
            values = zip(names, old[:-1], new[:-1], strict=True)
            changed.update(name for name, was, now in values if not same(was, now))
        return frozenset(changed)


class Capture:
    """What the transaction of one writing connection did to rows.

    Args:
        connection: The connection.
        seq: Returns `seq` of the event that is being applied.
    """

    def __init__(self, connection: Connection, seq: Callable[[], int]) -> None:
        self._connection = connection
        self._seq = seq
        self._watching: frozenset[str] | None = frozenset()
        self._installed: set[str] = set()
        self._room: dict[str, int] = {}
        self._halves: list[tuple[str, Half]] = []
        connection.create_function("_watched", 1, self._watched)
        connection.create_function("_was", -1, self._was)
        connection.create_function("_is", -1, self._is)

    def begin(self, tables: Iterable[Table], watching: frozenset[str] | None) -> None:
        """Forget the last transaction, and prepare for one that is about to begin.

        Args:
            tables: The tables there are.
            watching: Names of those whose rows are to be kept, or None for all there will be.
        """
        self._halves = []
        self._room = {}
        self._watching = watching
        for table in tables:
            if self._keeps(table):
                self._room[table.name] = MOST_ROWS
                if table.name not in self._installed:
                    _install(self._connection, table)
                    self._installed.add(table.name)

    def define(self, table: Table) -> None:
        """Take on a table that the transaction has made, with triggers that it may take back."""
        # Of a name whose table it has dropped there may be images already: those don't fit.
        if self._keeps(table) and not any(name == table.name for name, _ in self._halves):
            self._room[table.name] = MOST_ROWS
            _install(self._connection, table)

    def mark(self) -> int:
        """Return how far the transaction is."""
        return len(self._halves)

    def undo(self, mark: int) -> None:
        """Forget the images since a mark."""
        del self._halves[mark:]

    def forget(self, table: str) -> None:
        """Forget a table that is dropped, and its triggers with it; another may get its name."""
        self._installed.discard(table)
        self._room.pop(table, None)

    def changes(self, tables: Mapping[str, Table]) -> dict[str, TableChange]:
        """Return what became of the tables of which that is known.

        Args:
            tables: The tables there are.
        """
        touched: dict[str, list[Half]] = {name: [] for name in self._room if name in tables}
        for name, half in self._halves:
            if name in touched:
                touched[name].append(half)
        return {
            name: TableChange(tables[name], *fold(tables[name], halves))
            for name, halves in touched.items()
        }

    def _keeps(self, table: Table) -> bool:
        wanted = self._watching is None or table.name in self._watching
        return wanted and len(table.columns) <= _MOST_COLUMNS

    def _watched(self, table: str) -> bool:
        room = self._room.pop(table, 0)
        if room > 0:
            self._room[table] = room - 1
        return room > 0

    def _was(self, table: str, was: int, *image: SqlValue) -> None:
        self._halves.append((table, Half(False, image, was, self._seq())))

    def _is(self, table: str, *image: SqlValue) -> None:
        self._halves.append((table, Half(True, image, None, self._seq())))


def _install(connection: Connection, table: Table) -> None:
    """Make the triggers of a table."""
    name, text = quote(table.name), literal(table.name)
    columns = [*map(quote, table.columns), "_extra"]
    old, new = (
        f"_{half}({', '.join([text, *(f'{row}.{one}' for one in values)])})"
        for half, row, values in (
            ("was", "OLD", ["_seq", *columns, "_rowid_"]),
            ("is", "NEW", [*columns, "_rowid_"]),
        )
    )
    # SQLite compares names as the UPDATE spells them, and takes three for the row's number. Each
    # change is followed by another that stamps `_seq`, which would only be captured twice.
    changed = f"UPDATE OF {', '.join([*columns, 'rowid', '_rowid_', 'oid'])}"
    for trigger, action, condition, halves in (
        ("insert", "INSERT", "", new),
        ("update", changed, "", f"{old}, {new}"),
        ("revise", "UPDATE OF _seq", "NEW._seq <> _event_seq() AND", f"{old}, {new}"),
        ("delete", "DELETE", "", old),
    ):
        connection.execute(
            f"CREATE TEMP TRIGGER IF NOT EXISTS {quote(f'_capture_{trigger}_{table.name}')} "
            f"AFTER {action} ON main.{name} WHEN {condition} _watched({text}) "
            f"BEGIN SELECT {halves}; END"
        )


def fold(table: Table, halves: Iterable[Half]) -> tuple[Rows, Revisions]:
    """Return the touched rows, each as it first was and as it last is, and their revisions.

    Args:
        table: The rows' table.
        halves: In the order of the changes; an update is the row it was and the row it became.
    """
    key = list(table.columns).index(table.primary_key)
    first: dict[SqlValue, Half] = {}
    last: dict[SqlValue, Half] = {}
    for half in halves:
        first.setdefault(half.image[key], half)
        last[half.image[key]] = half
    # A row that came and went was never there.
    pairs = [(one, last[id]) for id, one in first.items() if not one.became or last[id].became]
    rows = [
        (None if old.became else old.image, new.image if new.became else None) for old, new in pairs
    ]
    return rows, [(old.was, new.seq) for old, new in pairs]


def same(was: SqlValue, now: SqlValue) -> bool:
    """Return whether two values are one to SQL: 1 and 1.0, which are to Python, are not."""
    return was == now and type(was) is type(now)
