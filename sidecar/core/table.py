"""Tables, and the statements that write them.

A materializer builds its statements from the table it writes: `insert`, `upsert`, `put`, `update`,
`delete`. Values are JSON; expressions (`increment`, `append`) are computed by SQLite from the row as it
is. Conditions are selectors, the same as in a query.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from sidecar.core.column import Column, Missing
from sidecar.core.documents import check_name, encode, json_path, quote
from sidecar.core.errors import SchemaError, ValidationError
from sidecar.core.json import Json, JsonObject, pointer
from sidecar.core.selector import compile_selector
from sidecar.core.state import SqlValue, Statement


@dataclass(frozen=True, slots=True)
class Expression:
    """A value SQLite computes; `{}` stands for the column."""

    sql: str
    params: Sequence[SqlValue]


def increment(by: int = 1) -> Expression:
    """Add to a number; an absent one counts as 0."""
    return Expression("coalesce({}, 0) + ?", (by,))


def append(value: Json) -> Expression:
    """Append to a JSON array; an absent one counts as empty."""
    item = orjson.dumps(value).decode()
    return Expression("json_insert(coalesce({}, '[]'), '$[#]', json(?))", (item,))


Value = Json | Expression


class Table:
    """A table: its columns by name, and statements that write its rows.

    Args:
        name: Table name, which is the collection's name on the wire.
        columns: The declared fields.
        indexes: A field or a tuple of fields each; the first is also an unsorted query's order.
        imported: The typed event that imports a document; None for `v1.DocumentInserted`.

    Raises:
        SchemaError: Not one primary key, a name of the engine's, or an index over no column.
    """

    def __init__(
        self,
        name: str,
        columns: Mapping[str, Column],
        *,
        indexes: Iterable[str | Sequence[str]] = (),
        imported: str | None = None,
    ) -> None:
        self.name = name
        self.columns = columns
        self.indexes: tuple[tuple[str, ...], ...] = tuple(
            (one,) if isinstance(one, str) else tuple(one) for one in indexes
        )
        self.imported = imported
        keys = [field for field, column in columns.items() if column.primary_key]
        if len(keys) != 1:
            raise SchemaError(f"table {name} needs exactly one primary key, and has {len(keys)}")
        self.primary_key = keys[0]
        names = [*map(quote, columns), "_extra"]
        self._insert = (
            f"INSERT INTO {quote(name)} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        )
        for field in columns:
            if field.startswith("_"):
                raise SchemaError(f"table {name}: column {field} belongs to the engine")
        for field in (field for one in self.indexes for field in one):
            if field not in columns:
                raise SchemaError(f"table {name}: index over {field}, which is no column")

    @property
    def references(self) -> Mapping[str, str]:
        """Fields that hold another table's primary key, with that table's name."""
        return {
            name: column.references
            for name, column in self.columns.items()
            if column.references is not None
        }

    @property
    def order(self) -> tuple[str, ...]:
        """Fields an unsorted query is ordered by: the first index, as RxDB does."""
        return self.indexes[0] if self.indexes else ()

    def describe(self) -> JsonObject:
        """Return what decides the state, as data."""
        columns: JsonObject = {name: column.describe() for name, column in self.columns.items()}
        indexes: list[Json] = [list[Json](one) for one in self.indexes]
        return {"primaryKey": self.primary_key, "columns": columns, "indexes": indexes}

    def insert(self, values: JsonObject) -> Statement:
        """Insert a row, filling defaults.

        Raises:
            ValidationError: A field that is neither nullable nor has a default is left out.
        """
        return self.put(self._filled(values))

    def put(self, document: JsonObject) -> Statement:
        """Insert a document exactly as it is: no defaults, nothing required but the primary key."""
        return self._statement(self._insert, encode(self, document).values())

    def upsert(self, values: JsonObject) -> Statement:
        """Insert a row, or replace the one with its primary key, filling defaults."""
        row = encode(self, self._filled(values))
        changes = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in row)
        conflict = f"ON CONFLICT ({quote(self.primary_key)}) DO UPDATE SET {changes}"
        return self._statement(f"{self._insert} {conflict}", row.values())

    def update(
        self,
        values: Mapping[str, Value],
        *,
        where: JsonObject,
        unset: Iterable[str] = (),
    ) -> Statement:
        """Change fields of the rows a selector matches.

        Args:
            values: New values; null stays null. Fields without a column are kept in `_extra`.
            where: A selector.
            unset: Fields to take away.

        Raises:
            ValidationError: A value of a wrong type, or a change of the primary key.
        """
        sets: list[str] = []
        params: list[SqlValue] = []
        kept: list[tuple[str, Json]] = []
        dropped: list[str] = []
        for name, value in values.items():
            column = self._changeable(name)
            if isinstance(value, Expression):
                if column is None:
                    raise ValidationError(f"{name} has no column to compute", path=pointer(name))
                sets.append(f"{quote(name)} = {value.sql.format(quote(name))}")
                params.extend(value.params)
                dropped.append(name)
            elif column is None or value is None:
                kept.append((name, value))
                if column is not None:
                    sets.append(f"{quote(name)} = NULL")
            else:
                encoded = column.encode(value)
                if isinstance(encoded, Missing):
                    raise column.mismatch(value, pointer(name))
                sets.append(f"{quote(name)} = ?")
                params.append(encoded)
                dropped.append(name)
        for name in unset:
            if self._changeable(name) is not None:
                sets.append(f"{quote(name)} = NULL")
            dropped.append(name)
        extra, extra_params = _extra_sql(kept, dropped)
        condition = compile_selector(self, where)
        return self._statement(
            f"UPDATE {quote(self.name)} SET {', '.join([*sets, extra])} WHERE {condition.sql}",
            [*params, *extra_params, *condition.params],
        )

    def delete(self, *, where: JsonObject) -> Statement:
        """Delete the rows a selector matches."""
        condition = compile_selector(self, where)
        return self._statement(
            f"DELETE FROM {quote(self.name)} WHERE {condition.sql}", condition.params
        )

    def _statement(self, sql: str, params: Iterable[SqlValue]) -> Statement:
        return Statement(sql, tuple(params), (self.name,))

    def _filled(self, values: JsonObject) -> JsonObject:
        filled = dict(values)
        for name, column in self.columns.items():
            if name not in filled and not isinstance(column.default, Missing):
                filled[name] = column.default
            if filled.get(name) is None and not column.nullable:
                where = pointer(name)
                raise ValidationError(f"{where} is required by {self.name}", path=where)
        return filled

    def _changeable(self, name: str) -> Column | None:
        check_name(name, "")
        if name == self.primary_key:
            raise ValidationError(
                f"{name} is the primary key of {self.name} and never changes", path=pointer(name)
            )
        return self.columns.get(name)


def _extra_sql(
    kept: Sequence[tuple[str, Json]], dropped: Sequence[str]
) -> tuple[str, list[SqlValue]]:
    expression = "coalesce(_extra, '{}')"
    params: list[SqlValue] = []
    if dropped:
        expression = f"json_remove({expression}{', ?' * len(dropped)})"
        params.extend(json_path(name) for name in dropped)
    if kept:
        expression = f"json_set({expression}{', ?, json(?)' * len(kept)})"
        for name, value in kept:
            params.extend((json_path(name), orjson.dumps(value).decode()))
    return f"_extra = nullif({expression}, '{{}}')", params
