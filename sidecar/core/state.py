"""What a materializer may read, and what it may answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from sidecar.core.json import JsonObject

if TYPE_CHECKING:
    from sidecar.core.table import Table

SqlValue = str | int | float | bytes | None


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement with its parameters.

    Attributes:
        sql: An INSERT, UPDATE, DELETE or REPLACE, also behind WITH.
        tables: Tables it may write.
    """

    sql: str
    params: Sequence[SqlValue] = ()
    tables: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Define:
    """The creation of a collection's table at run time (S10)."""

    table: Table
    definition: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Undefine:
    """The end of a collection that was defined at run time, with the rows it still has."""

    table: Table


Change = Statement | Define | Undefine
"""One thing a materializer does."""

Statements = Change | Sequence[Change]


class State(Protocol):
    """The state just before an event, read-only."""

    def get(self, table: str, id: str) -> JsonObject | None:
        """Return a document by primary key, or None."""

    def select(self, sql: str, params: Sequence[SqlValue] = ()) -> list[tuple[SqlValue, ...]]:
        """Return the rows of a read."""

    def collection(self, name: str) -> Table:
        """Return a table, declared or defined.

        Raises:
            UnknownCollectionError: There is none of that name.
        """
