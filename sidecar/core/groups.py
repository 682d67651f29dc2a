"""Rows that stand for many documents: `distinct`, and `groupBy` with `aggregate`.

Two documents are of one group if their fields are equal as JSON, absent and null apart. Which of
the equal spellings of a value a row shows (1 or 1.0) is left open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import orjson

from sidecar.core.column import Kind, is_field
from sidecar.core.documents import literal, quote
from sidecar.core.errors import QueryError
from sidecar.core.json import pointer
from sidecar.core.order import NO_FACTS, Facts, Ordering, Term, order_terms, ordering
from sidecar.core.projection import Tree, part_sql, projection_sql, tree_of
from sidecar.core.query import Aggregate, Shape
from sidecar.core.selector import split_path
from sidecar.core.terms import root_sql

if TYPE_CHECKING:
    from sidecar.core.table import Table


@dataclass(frozen=True, slots=True)
class Groups:
    """The SQL of grouped rows.

    Attributes:
        row: Expression of a row's JSON text.
        by: Expressions that are equal in one group; none where all rows are one.
        order: What the rows are ordered by.
    """

    row: str
    by: list[str]
    order: list[Term]


def distinct_rows(table: Table, shape: Shape, facts: Facts) -> Groups:
    """Return the rows that differ in some fields.

    Raises:
        QueryError: A field that is no path, or a sort by another field.
    """
    fields = shape.fields or ()
    tree = tree_of(fields, "/fields", {})
    by = _by(table, tree)
    sort = ordering(table, shape)
    _check_sort(sort, fields)
    order = order_terms(table, sort, facts)
    return Groups(projection_sql(table, tree, {}), by, [*order, *_ties(by)])


def group_rows(table: Table, shape: Shape, facts: Facts) -> Groups:
    """Return one row a group, with what is computed of it.

    Raises:
        QueryError: A field that is no path, a name twice, or a sort by what is no part of a row.
    """
    fields = shape.group_by
    tree = tree_of(fields, "/groupBy", {})
    by = _by(table, tree)
    computed: dict[str, str] = {}
    for name, aggregate in shape.aggregate:
        path = "/aggregate" + pointer(name)
        if not is_field(name) or name in tree:
            raise QueryError(
                f"{path}: {name!r} can't name a result",
                hint="A name holds no dot, does not start with _ or $ and is no field grouped by.",
                path=path,
            )
        computed[name] = _computed(table, aggregate, path)
    sort = ordering(table, shape)
    _check_sort(sort, [*fields, *computed])
    order: list[Term] = []
    for field, way in sort:
        if field in computed:
            order.append(Term(f"sort_key({computed[field]}, '[]')", way, field))
        else:
            order += order_terms(table, [(field, way)], facts)
    row = projection_sql(table, {**tree, **dict.fromkeys(computed)}, computed)
    return Groups(row, by, [*order, *_ties(by)])


def _by(table: Table, tree: Tree) -> list[str]:
    by: list[str] = []
    for name, below in tree.items():
        column = table.columns.get(name)
        if column is None or column.kind is Kind.JSON or below is not None:
            by.append(f"canonical({part_sql(table, name, below)})")
        else:
            by += [term.sql for term in order_terms(table, [(name, "asc")], NO_FACTS)]
    return by


def _check_sort(sort: Ordering, fields: Sequence[str]) -> None:
    for index, (field, _) in enumerate(sort):
        if field not in fields:
            path = f"/sort/{index}"
            raise QueryError(
                f"{path}: {field!r} is no part of the rows",
                hint=f"Sort by what they have: {', '.join(fields)}.",
                path=path,
            )


def _ties(by: Iterable[str]) -> list[Term]:
    return [Term(sql, "asc", "") for sql in by]


def _computed(table: Table, aggregate: Aggregate, path: str) -> str:
    """Return the SQL expression of what is computed of a group, as JSON text."""
    if aggregate.count:
        return "CAST(count(*) AS TEXT)"
    ((function, field),) = aggregate.model_dump(exclude_none=True).items()
    root, *below = split_path(field, path + pointer(function))
    column = table.columns.get(root)
    if column is not None and not below and column.kind in _NUMERIC:
        return f"number({_NATIVE[function]}({quote(root)}))"
    arguments = f"{root_sql(table, root)}, {literal(orjson.dumps(below).decode())}"
    if function in ("min", "max"):
        return f"unkeyed({function}(keyed({arguments})))"
    return f"number({_NATIVE[function]}(number_at({arguments})))"


_NUMERIC: Final = (Kind.INTEGER, Kind.NUMBER, Kind.TIMESTAMP)

_NATIVE: Final = {"sum": "total", "avg": "avg", "min": "min", "max": "max"}
"""SQLite's own; total() is a sum that neither overflows nor is NULL."""
