"""A changed row as the document it is, field by field as they are asked for.

What SQL says of a row and what `sidecar.core.mango` says of its document are the same as long as
the row is one that `sidecar.core.documents.encode` makes, and its numbers are ones that JavaScript
keeps. A materializer's own SQL may write other rows; those are undecidable.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import orjson

from sidecar.core.column import MISSING, Column, Kind, Missing
from sidecar.core.json import JsonObject
from sidecar.core.state import SqlValue
from sidecar.core.table import Table
from sidecar.core.values import Value
from sidecar.store.capture import Image

_EXACT: Final = 2**53
"""mango compares numbers as JavaScript does, which from here on sees several as one."""


class UndecidableError(Exception):
    """What this row means to a selector only SQLite can tell."""


class Row:
    """A row, or as much of it as is asked for.

    Args:
        table: The row's table.
        values: Values by column; `_extra` is one.
    """

    __slots__ = ("_extra", "_table", "_values")

    def __init__(self, table: Table, values: Mapping[str, SqlValue]) -> None:
        self._table = table
        self._values = values
        self._extra: JsonObject | None = None

    def field(self, name: str) -> Value:
        """Return a top-level field's value.

        Raises:
            UndecidableError: No document could have it.
        """
        column = self._table.columns.get(name)
        if column is None:
            return self._undeclared().get(name, MISSING)
        value = self._values[name]
        if value is None:
            return self._undeclared().get(name, MISSING)
        return _decoded(column, value)

    def document(self, fields: Collection[str]) -> JsonObject:
        """Return the document, as far as these fields go.

        Raises:
            UndecidableError: One of them has a value that no document could have.
        """
        found = {name: self.field(name) for name in fields}
        return {name: value for name, value in found.items() if not isinstance(value, Missing)}

    def _undeclared(self) -> JsonObject:
        if self._extra is None:
            text = self._values["_extra"]
            extra = {} if text is None else _parsed(text)
            if not isinstance(extra, dict):
                raise UndecidableError
            if any(
                value is not None and name in self._table.columns for name, value in extra.items()
            ):
                raise UndecidableError
            self._extra = extra
        return self._extra


def row_of(table: Table, image: Image) -> Row:
    """Return the row of an image."""
    return Row(table, dict(zip([*table.columns, "_extra"], image[:-1], strict=True)))


def _decoded(column: Column, value: SqlValue) -> Value:
    if column.kind is Kind.JSON:
        nested = _parsed(value)
        if isinstance(nested, column.container or (dict, list)):
            return nested
    elif column.kind is Kind.TEXT:
        if isinstance(value, str):
            return value
    elif column.kind is Kind.BOOLEAN:
        if value in (0, 1):
            return bool(value)
    elif isinstance(value, int | float) and -_EXACT < value < _EXACT:
        return value
    raise UndecidableError


def _parsed(text: SqlValue) -> Value:
    if not isinstance(text, str):
        raise UndecidableError
    try:
        value: Value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UndecidableError from error
    return value
