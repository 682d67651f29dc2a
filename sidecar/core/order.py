"""The order of a result in SQL, and what comes behind a row in it.

Invariants:

1. The order is RxDB's: mixed types by rank, text by UTF-16 unit, absent before null before others.
2. It is total: its last term is the primary key, or what makes a row of a group its own.
3. A term compares as SQLite compares its expression's values, NULL first. A declared column is its
   own expression, which an index can serve; one that can be NULL takes a second, which tells absent
   from null.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import orjson

from sidecar.core.column import MISSING, Kind, Missing
from sidecar.core.documents import json_path, literal, quote
from sidecar.core.errors import QueryError
from sidecar.core.json import JsonObject, pointer
from sidecar.core.query import Direction, DocumentQuery, Shape
from sidecar.core.selector import split_path
from sidecar.core.state import SqlValue
from sidecar.core.terms import ALL, NONE, Condition, root_sql, utf16_order
from sidecar.core.values import member, sort_key

if TYPE_CHECKING:
    from sidecar.core.table import Table

Ordering = Sequence[tuple[str, Direction]]
"""Paths, each with its direction, most significant first."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the compiler may rely on about the rows a query reads.

    Attributes:
        wide: Text columns that SQLite's order would put wrong (`is_wide`): no index serves them.
        full: Columns that are NULL in no row.
    """

    wide: frozenset[str] = frozenset()
    full: frozenset[str] = frozenset()


NO_FACTS: Final = Facts()


@dataclass(frozen=True, slots=True)
class Term:
    """An expression to order by.

    Attributes:
        path: The path it belongs to.
        operand: SQL of a value to compare it with, with one parameter.
        nullable: Whether it can be NULL.
        null: Whether it is the second term of a column, which tells absent from null.
    """

    sql: str
    way: Direction
    path: str
    operand: str = "?"
    nullable: bool = False
    null: bool = False


@lru_cache(maxsize=1024)
def ordering(table: Table, shape: Shape) -> Ordering:
    """Return the paths that a query's rows are ordered by; for documents the primary key is last.

    A search without `sort` is ordered by rank before them.
    """
    given: Ordering = shape.sort
    if shape.grouped:
        return given or [(field, "asc") for field in shape.fields or shape.group_by]
    if not given and not shape.searched:
        given = [(field, "asc") for field in table.order]
    return given if table.primary_key in dict(given) else [*given, (table.primary_key, "asc")]


def names_one(table: Table, query: DocumentQuery) -> bool:
    """Return whether a query asks for one document by its primary key and nothing else."""
    if len(query.selector) != 1:
        return False
    match query.selector.get(table.primary_key):
        case str():
            return True
        case {"$eq": str(), **others}:
            return not others
        case {"$in": [str()], **others}:
            return not others
    return False


def order_terms(table: Table, ordering: Ordering, facts: Facts) -> list[Term]:
    """Return the terms of an ordering.

    Raises:
        QueryError: A path that is none.
    """
    terms: list[Term] = []
    for index, (path, way) in enumerate(ordering):
        parts = split_path(path, f"/sort/{index}")
        column = table.columns.get(parts[0])
        if column is None or column.kind is Kind.JSON or len(parts) > 1:
            below = literal(orjson.dumps(parts[1:]).decode())
            terms.append(Term(f"sort_key({root_sql(table, parts[0])}, {below})", way, path))
            continue
        nullable = path != table.primary_key and path not in facts.full
        if path in facts.wide:
            wide = utf16_order(quote(path))
            terms.append(Term(wide, way, path, utf16_order("?"), nullable))
        else:
            terms.append(Term(quote(path), way, path, nullable=nullable))
        if nullable:
            terms.append(Term(_null_sql(path), way, path, nullable=True, null=True))
    return terms


def order_sql(terms: Iterable[Term]) -> str:
    """Return what stands behind ORDER BY."""
    return ", ".join(f"{term.sql} {term.way}" for term in terms)


def behind(table: Table, terms: Sequence[Term], row: JsonObject, path: str) -> Condition:
    """Return the condition that a row comes behind another one.

    Args:
        table: The table of both.
        terms: A total order.
        row: The other one: its primary key, and the fields it is ordered by.
        path: JSON pointer of the row, for errors.

    Raises:
        QueryError: It has no primary key, or a value that its column can't have.
    """
    if not isinstance(row.get(table.primary_key), str):
        raise QueryError(
            f"{path} needs {table.primary_key}, the primary key",
            hint="Give the last row of the page before, with the fields it is sorted by.",
            path=path,
        )
    *others, last = [(term, _value(table, term, row, path)) for term in terms]
    condition = _beyond(*last)
    for term, value in reversed(others):
        same = Condition(f"{term.sql} IS {term.operand}", (value,))
        condition = _joined("OR", _beyond(term, value), _joined("AND", same, condition))
    # It says nothing new, but an index can begin there.
    return _joined("AND", _from(terms[0], _value(table, terms[0], row, path)), condition)


def _beyond(term: Term, value: SqlValue) -> Condition:
    """Return the condition that a term is behind a value; NULL is before all."""
    if term.way == "asc":
        if value is None:
            return Condition(f"{term.sql} IS NOT NULL")
        return Condition(f"{term.sql} > {term.operand}", (value,))
    if value is None:
        return NONE
    sql = f"{term.sql} < {term.operand}"
    return Condition(f"({sql} OR {term.sql} IS NULL)" if term.nullable else sql, (value,))


def _from(term: Term, value: SqlValue) -> Condition:
    """Return the condition that a term is not before a value, where one range says it."""
    if value is None:
        return ALL if term.way == "asc" else Condition(f"{term.sql} IS NULL")
    if term.way == "asc":
        return Condition(f"{term.sql} >= {term.operand}", (value,))
    return ALL if term.nullable else Condition(f"{term.sql} <= {term.operand}", (value,))


def _joined(word: str, left: Condition, right: Condition) -> Condition:
    return Condition(f"({left.sql} {word} {right.sql})", [*left.params, *right.params])


def _null_sql(name: str) -> str:
    null = f"(json_type(_extra, {literal(json_path(name))}) IS NOT NULL)"
    return f"CASE WHEN {quote(name)} IS NULL THEN {null} END"


def _value(table: Table, term: Term, row: JsonObject, path: str) -> SqlValue:
    """Return what a term is of a row."""
    root, *below = term.path.split(".")
    value = member(row.get(root, MISSING), below)
    column = table.columns.get(root)
    if column is None or column.kind is Kind.JSON or below:
        return sort_key(value)
    if value is None or isinstance(value, Missing):
        return int(value is None) if term.null else None
    if term.null:
        return None
    encoded = column.encode(value)
    if isinstance(encoded, Missing):
        place = path + pointer(root)
        raise QueryError(f"{column.mismatch(value, place)}", path=place)
    return encoded
