"""Tables, and the statements that write them.

A materializer builds its statements from the table it writes: `insert`, `upsert`, `put`, `update`,
`delete`. Values are JSON; expressions (`increment`, `append`) are computed by SQLite from the row
as it is. Conditions are selectors, the same as in a query.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

import orjson

from sidecar.core.column import Column, Kind, Missing, is_field
from sidecar.core.documents import check_name, encode, json_path, quote
from sidecar.core.errors import SchemaError, ValidationError
from sidecar.core.json import Json, JsonObject, pointer
from sidecar.core.path_index import indexable
from sidecar.core.selector import compile_selector
from sidecar.core.state import SqlValue, Statement

_AT_ONCE: Final = 400
"""Fields one call of an SQL function takes; SQLite allows 1,000 arguments."""


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


@dataclass(frozen=True, slots=True)
class Writes:
    """A table's own events that do what the document events do, and say it in the app's words.

    Attributes:
        insert: Takes a document as its arguments.
        patch: Takes `{<primary key>, updates}`.
        remove: Takes `{<primary key>}`.
        stamped: Fields that `patch` sets by itself where `updates` does not.
    """

    insert: str | None = None
    patch: str | None = None
    remove: str | None = None
    stamped: Sequence[str] = ()


class Table:
    """A table: its columns by name, and statements that write its rows.

    Args:
        name: Table name, which is the collection's name on the wire.
        columns: The declared fields.
        indexes: A field or a tuple of fields each, columns or paths into JSON; the first is also an
            unsorted query's order.
        search: Full-text search over these text and JSON columns: their weights in the ranking.
        imported: The typed event that imports a document; None for `v1.DocumentInserted`.
        writes: The typed events that insert, patch and remove one.

    Raises:
        SchemaError: Not one primary key, a name no query could use, a default of a wrong type, an
            index over no column, or a search over what has no texts.
    """

    def __init__(
        self,
        name: str,
        columns: Mapping[str, Column],
        *,
        indexes: Iterable[str | Sequence[str]] = (),
        search: Mapping[str, float] | None = None,
        imported: str | None = None,
        writes: Writes = Writes(),
    ) -> None:
        self.name = name
        self.columns = columns
        self.indexes: tuple[tuple[str, ...], ...] = tuple(
            (one,) if isinstance(one, str) else tuple(one) for one in indexes
        )
        self._indexed_paths = frozenset(
            field for one in self.indexes for field in one if field not in columns
        )
        self.search: Mapping[str, float] = search or {}
        self.imported = imported
        self.writes = writes
        self.primary_key = _checked(self)
        names = [*map(quote, columns), "_extra"]
        self._defaults = {
            name: column.default
            for name, column in columns.items()
            if not isinstance(column.default, Missing)
        }
        self._required = [name for name, column in columns.items() if not column.nullable]
        # With `_seq` at once: the engine's trigger would have to write the row a second time.
        self._insert = (
            f"INSERT INTO {quote(name)} ({', '.join(names)}, _seq) "
            f"VALUES ({', '.join('?' * len(names))}, _event_seq())"
        )

    @property
    def indexed_paths(self) -> frozenset[str]:
        """Paths into JSON that an index is over."""
        return self._indexed_paths

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

    @property
    def filled(self) -> list[str]:
        """Fields that `insert` fills or requires; a document with all of them goes in as it is."""
        return [
            name
            for name, column in self.columns.items()
            if not column.nullable or not isinstance(column.default, Missing)
        ]

    def describe(self) -> JsonObject:
        """Return what decides the state, as data."""
        columns: JsonObject = {name: column.describe() for name, column in self.columns.items()}
        indexes: list[Json] = [list[Json](one) for one in self.indexes]
        described: JsonObject = {
            "primaryKey": self.primary_key,
            "columns": columns,
            "indexes": indexes,
        }
        if self.search:
            # In their order, without the weights: those decide results, no state.
            described["search"] = list[Json](self.search)
        return described

    def insert(self, values: JsonObject, *, path: str = "/args") -> Statement:
        """Insert a row, filling defaults.

        Args:
            values: Fields and values.
            path: JSON pointer of `values` in the event, for errors; so in the other methods.

        Raises:
            ValidationError: A value of a wrong type, or none for a field that is neither nullable
                nor has a default.
        """
        return self.put(self._filled(values, path), path=path)

    def put(self, document: JsonObject, *, path: str = "/args") -> Statement:
        """Insert a document exactly as it is: no defaults, nothing required but the primary key.

        Raises:
            ValidationError: A value of a wrong type, or no primary key.
        """
        return self._statement(self._insert, encode(self, document, path).values())

    def upsert(self, values: JsonObject, *, path: str = "/args") -> Statement:
        """Insert a row, or replace the one with its primary key, filling defaults.

        Raises:
            ValidationError: As `insert`.
        """
        row = encode(self, self._filled(values, path), path)
        changes = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in row)
        conflict = f"ON CONFLICT ({quote(self.primary_key)}) DO UPDATE SET {changes}"
        return self._statement(f"{self._insert} {conflict}", row.values())

    def update(
        self,
        values: Mapping[str, Value],
        *,
        where: JsonObject,
        unset: Iterable[str] = (),
        path: str = "/args",
    ) -> Statement:
        """Change fields of the rows a selector matches.

        Args:
            values: New values; null stays null. Fields without a column are kept in `_extra`.
            where: A selector.
            unset: Fields to take away.
            path: JSON pointer of `values` in the event, for errors.

        Raises:
            ValidationError: A value of a wrong type, a change of the primary key, or a field that
                gets a value and is taken away.
        """
        sets: list[str] = []
        params: list[SqlValue] = []
        kept: list[tuple[str, Json]] = []
        dropped: list[str] = []
        for name, value in values.items():
            column = self._changeable(name, path)
            if isinstance(value, Expression):
                if column is None:
                    raise SchemaError(f"{self.name}.{name} has no column to compute")
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
                    raise column.mismatch(value, path + pointer(name))
                sets.append(f"{quote(name)} = ?")
                params.append(encoded)
                dropped.append(name)
        for name in dict.fromkeys(unset):
            if name in values:
                place = path + pointer(name)
                raise ValidationError(f"{place} is given and taken away", path=place)
            if self._changeable(name, path) is not None:
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

    def _filled(self, values: JsonObject, path: str) -> JsonObject:
        filled = dict(values)
        for name, default in self._defaults.items():
            filled.setdefault(name, default)
        for name in self._required:
            if filled.get(name) is None:
                where = path + pointer(name)
                raise ValidationError(f"{where} is required by {self.name}", path=where)
        return filled

    def _changeable(self, name: str, path: str) -> Column | None:
        check_name(name, path)
        if name == self.primary_key:
            raise ValidationError(
                f"{name} is the primary key of {self.name} and never changes",
                path=path + pointer(name),
            )
        return self.columns.get(name)


def _extra_sql(
    kept: Sequence[tuple[str, Json]], dropped: Sequence[str]
) -> tuple[str, list[SqlValue]]:
    expression = "coalesce(_extra, '{}')"
    params: list[SqlValue] = []
    for start in range(0, len(dropped), _AT_ONCE):
        names = dropped[start : start + _AT_ONCE]
        expression = f"json_remove({expression}{', ?' * len(names)})"
        params.extend(json_path(name) for name in names)
    for start in range(0, len(kept), _AT_ONCE):
        members = kept[start : start + _AT_ONCE]
        expression = f"json_set({expression}{', ?, json(?)' * len(members)})"
        for name, value in members:
            params.extend((json_path(name), orjson.dumps(value).decode()))
    return f"_extra = nullif({expression}, '{{}}')", params


def _checked(table: Table) -> str:
    """Return a table's primary key, or raise the SchemaError of what it declares."""
    keys = [name for name, column in table.columns.items() if column.primary_key]
    if len(keys) != 1 or table.columns[keys[0]].kind is not Kind.TEXT:
        raise SchemaError(f"table {table.name} needs exactly one primary key, a text")
    if len({name.lower() for name in table.columns}) < len(table.columns):
        raise SchemaError(f"table {table.name}: SQLite sees two columns as one, but for case")
    for name, column in table.columns.items():
        if not is_field(name):
            raise SchemaError(
                f"table {table.name}: {name!r} can't be a column",
                hint="A name is not empty, holds no dot or NUL and does not start with _ or $.",
            )
        if isinstance(column.default, Missing) or column.default is None:
            continue
        if isinstance(column.encode(column.default), Missing):
            raise SchemaError(f"table {table.name}: the default of {name} is of another type")
    for name in (name for one in table.indexes for name in one):
        if not indexable(table, name):
            raise SchemaError(
                f"table {table.name}: no index can be over {name!r}",
                hint="Name columns, or paths into JSON without array indexes.",
            )
    _check_search(table)
    return keys[0]


def _check_search(table: Table) -> None:
    for name, weight in table.search.items():
        column = table.columns.get(name)
        if column is None or column.kind not in (Kind.TEXT, Kind.JSON):
            raise SchemaError(f"table {table.name}: search over {name}, no text or JSON column")
        if name.lower() in ("rank", "rowid"):
            raise SchemaError(
                f"table {table.name}: FTS5 keeps the name {name}, so no search over it"
            )
        if not 0 < weight < inf:
            raise SchemaError(f"table {table.name}: the weight of {name} is not above 0")
