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

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

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


@dataclass(frozen=True, slots=True)
class TableChange:
    """What a transaction did to one table.

    Attributes:
        table: Its columns say what an image holds.
        rows: The touched rows. One may be again what it was, but for its `_seq`.
    """

    table: Table
    rows: Rows

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
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._installed: set[str] = set()
        self._room: dict[str, int] = {}
        self._halves: list[tuple[str, bool, Image]] = []
        connection.create_function("_watched", 1, self._watched)
        connection.create_function("_was", -1, self._was)
        connection.create_function("_is", -1, self._is)

    def begin(self, watching: Iterable[Table]) -> None:
        """Forget the last transaction, and prepare for one that is about to begin.

        Args:
            watching: Tables whose rows are to be kept.
        """
        self._halves = []
        self._room = {}
        for table in watching:
            if len(table.columns) > _MOST_COLUMNS:
                continue
            self._room[table.name] = MOST_ROWS
            if table.name not in self._installed:
                _install(self._connection, table)
                self._installed.add(table.name)

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
        touched: dict[str, list[tuple[bool, Image]]] = {name: [] for name in self._room}
        for name, became, image in self._halves:
            if name in touched:
                touched[name].append((became, image))
        return {
            name: TableChange(tables[name], fold(tables[name], halves))
            for name, halves in touched.items()
        }

    def _watched(self, table: str) -> bool:
        room = self._room.pop(table, 0)
        if room > 0:
            self._room[table] = room - 1
        return room > 0

    def _was(self, table: str, *image: SqlValue) -> None:
        self._halves.append((table, False, image))

    def _is(self, table: str, *image: SqlValue) -> None:
        self._halves.append((table, True, image))


def _install(connection: Connection, table: Table) -> None:
    """Make the triggers of a table; no transaction is open that could take them back."""
    name, text = quote(table.name), literal(table.name)
    columns = [*map(quote, table.columns), "_extra"]
    old, new = (
        f"_{half}({', '.join([text, *(f'{row}.{one}' for one in [*columns, '_rowid_'])])})"
        for half, row in (("was", "OLD"), ("is", "NEW"))
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


def fold(table: Table, halves: Iterable[tuple[bool, Image]]) -> Rows:
    """Return the touched rows, each as it first was and as it last is.

    Args:
        table: The rows' table.
        halves: Images in the order of the changes, each with whether a row became it; an update is
            the row it was and the row it became.
    """
    key = list(table.columns).index(table.primary_key)
    first: dict[SqlValue, Image | None] = {}
    last: dict[SqlValue, Image | None] = {}
    for became, image in halves:
        first.setdefault(image[key], None if became else image)
        last[image[key]] = image if became else None
    return [(old, last[id]) for id, old in first.items() if old or last[id]]


def same(was: SqlValue, now: SqlValue) -> bool:
    """Return whether two values are one to SQL: 1 and 1.0, which are to Python, are not."""
    return was == now and type(was) is type(now)
