"""What a live query's result depends on.

Invariants:

1. A document query depends on the rows that its selector matches: a commit that changes none which
   matches before or after leaves the result as it is, whatever the order, the window or the form of
   the result.
2. A row that matches meets every anchor. Each is a term of the selector, or of its `$and`.
3. SQL depends on the values of the columns it reads, on which rows there are, and, where it leaves
   the order open, on the columns of indexes that SQLite might walk.
4. What this module does not know, it takes to depend on all of the table, or on everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import orjson

from sidecar.core.column import Kind, Missing
from sidecar.core.json import Json, JsonObject, canonical
from sidecar.core.mango import JUNCTIONS, OPERATORS, conditions
from sidecar.core.query import DocumentQuery, SqlQuery
from sidecar.core.regex import plain
from sidecar.core.table import Table
from sidecar.core.values import Value, order_key
from sidecar.live.intervals import Interval

Key = str | float | tuple[bool] | bytes | None
"""A value as a key: equal exactly if the values are."""


@dataclass(frozen=True, slots=True)
class Equal:
    """A field equals one of some values, or has one for an element."""

    field: str
    keys: Sequence[Key]


@dataclass(frozen=True, slots=True)
class Between:
    """A field's value, or an element of it, is in an interval."""

    field: str
    interval: Interval


Anchor = Equal | Between


@dataclass(frozen=True, slots=True)
class DocumentFootprint:
    """What a document query depends on.

    Attributes:
        table: Its table.
        anchors: What all rows it depends on meet.
        selector: What they match; None where only SQLite can tell, or in its own time.
        fields: The top-level fields that the selector looks at.
        revisions: Whether the result tells `_seq`, which a row's change to what it was changes too.
    """

    table: str
    anchors: Sequence[Anchor] = ()
    selector: JsonObject | None = None
    fields: Sequence[str] = ()
    revisions: bool = False


@dataclass(frozen=True, slots=True)
class SqlFootprint:
    """What SQL depends on: columns, by table; and tables of the engine's, whole."""

    columns: Mapping[str, frozenset[str]]
    engine: frozenset[str]


Footprint = DocumentFootprint | SqlFootprint


def of_documents(query: DocumentQuery, table: Table) -> DocumentFootprint:
    """Return what a document query, one that has been run, depends on."""
    revisions = query.fields is not None and "_seq" in query.fields
    terms = list(_terms(query.selector))
    if query.model_fields_set - _KNOWN or any(term.operator not in _OPERATORS for term in terms):
        return DocumentFootprint(table.name, revisions=revisions)
    anchors = tuple(_anchors(query.selector, table))
    if not all(map(_quick, terms)):
        return DocumentFootprint(table.name, anchors, revisions=revisions)
    fields = tuple({term.field for term in terms})
    return DocumentFootprint(table.name, anchors, query.selector, fields, revisions)


def of_sql(
    query: SqlQuery, reads: frozenset[tuple[str, str]], tables: Mapping[str, Table]
) -> SqlFootprint | None:
    """Return what SQL depends on, or None for everything.

    Args:
        query: The SQL.
        reads: Tables and columns that SQLite says it reads.
        tables: The tables there are.
    """
    if _UNTOLD.search(query.sql):
        return None
    columns: dict[str, set[str]] = {}
    engine: set[str] = set()
    for name, column in reads:
        if name in tables:
            columns.setdefault(name, set()).add(column)
        elif name.startswith(("_", "sqlite_")):
            engine.add(name)
        elif name not in _FUNCTIONS:
            return None
    walked = {name: frozenset(_walked(tables[name], read)) for name, read in columns.items()}
    return SqlFootprint(walked, frozenset(engine))


def equality_keys(value: Value) -> set[Key]:
    """Return the keys under which an `Equal` may have a field's value."""
    keys = {_key(value)}
    if isinstance(value, list):
        keys.update(map(_key, value))
    return keys


def points(value: Value) -> list[bytes]:
    """Return the points at which a `Between` may have a field's value."""
    return [order_key(one) for one in (value if isinstance(value, list) else [value])]


_KNOWN: Final = frozenset(
    ("from_", "selector", "sort", "skip", "limit", "after", "fields", "distinct", "groupBy")
).union(("aggregate", "first", "fallback", "count"))
"""Members of a query under which the first invariant holds."""

_OPERATORS: Final = frozenset([*OPERATORS, "$exists"])
"""Operators mango knows, but for junctions in a field's condition: those look at any field."""

_UNTOLD: Final = re.compile(r"\b(using|natural)\b", re.IGNORECASE)
"""SQLite tells the authorizer nothing of the columns that such a join compares."""

_FUNCTIONS: Final = ("json_each", "json_tree")
"""Tables that are functions."""

_RANGES: Final[Mapping[str, bool]] = {"$gt": True, "$gte": True, "$lt": False, "$lte": False}
"""Operators of ranges, each with whether its operand is the lower bound."""


def _walked(table: Table, read: set[str]) -> Iterator[str]:
    """Yield columns that are read, and those of indexes over any of them."""
    yield from read
    if any(column not in table.columns for column in read):
        # Perhaps of the table's search, whose reads are told as the table's own.
        yield from table.search
    for index in table.indexes:
        roots = {field.partition(".")[0] for field in index}
        # A path leads into a column, or into `_extra`.
        columns = {root if root in table.columns else "_extra" for root in roots}
        if not read.isdisjoint(columns):
            yield from columns


def _key(value: Value) -> Key:
    if value is None or isinstance(value, Missing):
        return None
    if isinstance(value, bool):
        return (value,)
    return canonical(value) if isinstance(value, dict | list) else value


class _Term(NamedTuple):
    """An operator on a top-level field, or on what is below it."""

    field: str
    operator: str
    operand: Json


def _terms(selector: JsonObject) -> Iterator[_Term]:
    """Yield a selector's terms, those in its junctions too."""
    for key, condition in selector.items():
        if key in JUNCTIONS:
            assert isinstance(condition, list)
            for each in condition:
                assert isinstance(each, dict)
                yield from _terms(each)
        elif key.startswith("$"):
            yield _Term(key, key, condition)
        else:
            yield from _field_terms(key.partition(".")[0], condition)


def _field_terms(field: str, condition: Json) -> Iterator[_Term]:
    for operator, operand in conditions(condition):
        if operator == "$not":
            yield from _field_terms(field, operand)
        else:
            yield _Term(field, operator, operand)


def _quick(term: _Term) -> bool:
    """Return whether a term takes no time to speak of: a pattern may backtrack for seconds."""
    if term.operator != "$regex":
        return term.operator != "$elemMatch" or b'"$regex"' not in orjson.dumps(term.operand)
    assert isinstance(term.operand, list)
    pattern, flags = term.operand
    return plain(str(pattern), str(flags)) is not None


def _anchors(selector: JsonObject, table: Table) -> Iterator[Anchor]:
    for key, condition in selector.items():
        if key == "$and":
            assert isinstance(condition, list)
            for each in condition:
                assert isinstance(each, dict)
                yield from _anchors(each, table)
        elif key not in JUNCTIONS and "." not in key:
            yield from _field_anchors(key, conditions(condition), table)


def _field_anchors(field: str, terms: Sequence[tuple[str, Json]], table: Table) -> Iterator[Anchor]:
    column = table.columns.get(field)
    whole: Interval | None = None
    for operator, operand in terms:
        if operator == "$eq":
            yield Equal(field, (_key(operand),))
        elif operator == "$in":
            assert isinstance(operand, list)
            yield Equal(field, tuple(dict.fromkeys(map(_key, operand))))
        elif operator in _RANGES:
            low, high = _interval(operand, lower=_RANGES[operator])
            # Of an array each bound may hold for another element.
            if whole is not None and column is not None and column.kind is not Kind.JSON:
                low, high = max(low, whole[0]), min(high, whole[1])
            whole = low, high
    if whole is not None:
        yield Between(field, whole)


def _interval(operand: Json, *, lower: bool) -> Interval:
    """Return the interval of a range's values, which are all of the operand's type."""
    bound = order_key(operand)
    if lower:
        return bound, bytes([bound[0] + 1])
    return bound[:1], bound
