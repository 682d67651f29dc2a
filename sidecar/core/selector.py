"""Selectors to SQL conditions (Q1, Q2).

A term on a declared scalar column becomes plain SQL that its index can serve; types are compared
here, at compile time, since a column holds one type. A term on a JSON column, a path or an
undeclared field calls the SQL function `mango`, which is `sidecar.core.mango.matches`. The two
agree: a test runs every operator both ways.

The SQL text depends on the shape of the selector only; values are parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import orjson

from sidecar.core.column import MISSING, Column, Kind
from sidecar.core.documents import json_path, literal, quote
from sidecar.core.errors import QueryError
from sidecar.core.json import Json, JsonObject, pointer
from sidecar.core.mango import OPERATORS, matches
from sidecar.core.state import SqlValue

if TYPE_CHECKING:
    from sidecar.core.table import Table

MAX_NESTING = 64
"""Levels of $and and $or; SQLite's parser stops at 1,000 levels of any expression."""

_ABREAST: Final = 2
"""Terms joined side by side: to SQLite each AND or OR is a level, and pairs need the fewest."""


@dataclass(frozen=True, slots=True)
class Condition:
    """An SQL condition and its parameters, in order."""

    sql: str
    params: Sequence[SqlValue] = ()


ALL: Final = Condition("1")
NONE: Final = Condition("0")


def compile_selector(table: Table, selector: JsonObject, path: str = "/selector") -> Condition:
    """Return the SQL condition that a selector means.

    Args:
        table: The table its fields belong to.
        selector: A Mango selector.
        path: JSON pointer of the selector, for errors.

    Raises:
        QueryError: An unknown operator, an operand of a wrong shape, or a path that is none.
    """
    return _selector(table, selector, path, MAX_NESTING)


def split_path(field: str, path: str) -> list[str]:
    """Return the segments of a dotted path.

    Raises:
        QueryError: An empty segment, a NUL, or a name of the engine's.
    """
    parts = field.split(".")
    if not all(parts) or field.startswith(("$", "_")) or "\0" in field:
        raise QueryError(
            f"{path}: {field!r} is no field path",
            hint="Separate names by single dots. Names that start with _ belong to the engine.",
            path=path,
        )
    return parts


def root_sql(table: Table, name: str) -> str:
    """Return the SQL expression of a top-level field's JSON text, NULL when absent."""
    extra = f"(_extra -> {literal(json_path(name))})"
    column = table.columns.get(name)
    return extra if column is None else f"coalesce({quote(name)}, {extra})"


def _selector(table: Table, selector: Json, path: str, depth: int) -> Condition:
    if not isinstance(selector, dict):
        raise QueryError(f"{path} must be an object", path=path)
    if depth == 0:
        raise QueryError(f"{path}: nested deeper than {MAX_NESTING} levels", path=path)
    terms: list[Condition] = []
    for key, value in selector.items():
        where = path + pointer(key)
        if key in ("$and", "$or"):
            terms.append(_junction(table, key, value, where, depth))
        elif key.startswith("$"):
            raise _unknown_operator(key, where)
        else:
            terms.extend(_field(table, key, value, where))
    return _join("AND", terms, ALL)


def _junction(table: Table, key: str, value: Json, path: str, depth: int) -> Condition:
    if not isinstance(value, list):
        raise QueryError(f"{path} must be an array of selectors", path=path)
    terms = [
        _selector(table, item, f"{path}/{index}", depth - 1) for index, item in enumerate(value)
    ]
    return _join("AND", terms, ALL) if key == "$and" else _join("OR", terms, NONE)


def _join(word: str, terms: Sequence[Condition], empty: Condition) -> Condition:
    if not terms:
        return empty
    while len(terms) > _ABREAST:
        groups = range(0, len(terms), _ABREAST)
        terms = [_join(word, terms[start : start + _ABREAST], empty) for start in groups]
    if len(terms) == 1:
        return terms[0]
    sql = f" {word} ".join(term.sql for term in terms)
    return Condition(f"({sql})", [param for term in terms for param in term.params])


def _field(table: Table, field: str, value: Json, path: str) -> list[Condition]:
    parts = split_path(field, path)
    column = table.columns.get(parts[0])
    terms: list[Condition] = []
    for operator, operand in _operators(value, path):
        where = path + pointer(operator)
        if operator not in OPERATORS:
            raise _unknown_operator(operator, where)
        if operator in ("$in", "$nin") and not isinstance(operand, list):
            raise QueryError(f"{where} must be an array", path=where)
        if column is None or column.kind is Kind.JSON:
            terms.append(_mango(table, parts, operator, operand))
        elif len(parts) > 1:
            terms.append(ALL if matches(MISSING, (), operator, operand) else NONE)
        else:
            terms.append(_COLUMN_TERMS[operator](parts[0], column, operand))
    return terms


def _operators(value: Json, path: str) -> list[tuple[str, Json]]:
    if isinstance(value, dict) and value and any(key.startswith("$") for key in value):
        stray = next((key for key in value if not key.startswith("$")), None)
        if stray is not None:
            raise QueryError(
                f"{path}: {stray!r} stands beside operators",
                hint='Write a nested field as a path: {"a.b": …}.',
                path=path + pointer(stray),
            )
        return list(value.items())
    return [("$eq", value)]


def _unknown_operator(name: str, path: str) -> QueryError:
    known = " ".join([*OPERATORS, "$and", "$or"])
    return QueryError(f"{path}: no operator {name}", hint=f"Known: {known}.", path=path)


def _mango(table: Table, parts: Sequence[str], operator: str, operand: Json) -> Condition:
    return Condition(
        f"mango({root_sql(table, parts[0])}, ?, ?, ?)",
        (orjson.dumps(parts[1:]).decode(), operator, orjson.dumps(operand).decode()),
    )


def _comparable(column: Column, operand: Json) -> bool:
    """Return whether values of a column and an operand are of one JSON type."""
    if column.kind is Kind.TEXT:
        return isinstance(operand, str)
    if column.kind is Kind.BOOLEAN:
        return isinstance(operand, bool)
    return isinstance(operand, int | float) and not isinstance(operand, bool)


def _param(operand: Json) -> SqlValue:
    assert not isinstance(operand, dict | list)
    if isinstance(operand, int) and not -(2**63) <= operand < 2**63:
        return float(operand)
    return operand


def _equal(name: str, column: Column, operand: Json) -> Condition:
    if operand is None:
        return Condition(f"{quote(name)} IS NULL")
    if not _comparable(column, operand):
        return NONE
    return Condition(f"{quote(name)} = ?", (_param(operand),))


def _not_equal(name: str, column: Column, operand: Json) -> Condition:
    if operand is None:
        return Condition(f"{quote(name)} IS NOT NULL")
    if not _comparable(column, operand):
        return ALL
    return Condition(f"{quote(name)} IS NOT ?", (_param(operand),))


def _member(name: str, column: Column, operand: Json) -> Condition:
    assert isinstance(operand, list)
    values = [_param(item) for item in operand if _comparable(column, item)]
    # One parameter, however many values: the statement's text stays the same and stays compiled.
    sql = f"{quote(name)} IN (SELECT value FROM json_each(?))"
    condition = Condition(sql, (orjson.dumps(values).decode(),))
    if None in operand:
        return Condition(f"({quote(name)} IS NULL OR {sql})", condition.params)
    return condition


def _not_member(name: str, column: Column, operand: Json) -> Condition:
    inner = _member(name, column, operand)
    return Condition(f"({inner.sql}) IS NOT 1", inner.params)


def _range(operator: str, sign: str) -> Callable[[str, Column, Json], Condition]:
    def term(name: str, column: Column, operand: Json) -> Condition:
        if operand is None and "=" in sign:
            kind = f"json_type(_extra, {literal(json_path(name))})"
            return Condition(f"({quote(name)} IS NULL AND {kind} = 'null')")
        if not _comparable(column, operand):
            return NONE
        if isinstance(operand, str) and max(operand, default="") >= "\ue000":
            # SQLite orders by code point, JavaScript by UTF-16 unit: they differ from here on.
            root = f"iif({quote(name)} IS NULL, NULL, json_quote({quote(name)}))"
            text = orjson.dumps(operand).decode()
            return Condition(f"mango({root}, '[]', ?, ?)", (operator, text))
        return Condition(f"{quote(name)} {sign} ?", (_param(operand),))

    return term


_COLUMN_TERMS: Final[Mapping[str, Callable[[str, Column, Json], Condition]]] = {
    "$eq": _equal,
    "$ne": _not_equal,
    "$in": _member,
    "$nin": _not_member,
    "$gt": _range("$gt", ">"),
    "$gte": _range("$gte", ">="),
    "$lt": _range("$lt", "<"),
    "$lte": _range("$lte", "<="),
}
