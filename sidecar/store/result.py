"""What a query answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import orjson


@dataclass(frozen=True, slots=True)
class Result:
    """A query's result, at one head of the log.

    Attributes:
        kind: Which of rows, row and count it is.
        head: `seq` of the last event the result has seen.
        tables: Tables the query read.
        reads: Tables and columns that SQL read, as SQLite tells them; a table of which no column
            was read has one without a name.
        rows: The JSON text of each document; at most one where `kind` is row.
        ids: Primary keys of the rows, where they carry them.
        primary_key: The field that holds them, or None.
    """

    kind: Literal["rows", "row", "count"]
    head: int
    tables: frozenset[str]
    rows: Sequence[str] = ()
    ids: Sequence[str] | None = None
    primary_key: str | None = None
    count: int = 0
    reads: frozenset[tuple[str, str]] = frozenset()

    def body(self) -> dict[str, object]:
        """Return `{rows}`, `{row}` or `{count}`, for orjson; rows are spliced, not parsed."""
        if self.kind == "count":
            return {"count": self.count}
        if self.kind == "row":
            return {"row": orjson.Fragment(self.rows[0]) if self.rows else None}
        return {"rows": orjson.Fragment("[" + ",".join(self.rows) + "]")}

    def to_wire(self) -> dict[str, object]:
        """Return `{rows, head}`, `{row, head}` or `{count, head}`, for orjson."""
        return {**self.body(), "head": self.head}
