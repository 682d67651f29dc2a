"""Document queries to SQL statements (Q2, Q6).

A statement returns, for each row, its primary key and its JSON text, built by SQLite. Its text
depends on the query's shape only, so SQLite prepares it once; all but the conditions is kept here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from sidecar.core.documents import document_sql, quote
from sidecar.core.errors import QueryError
from sidecar.core.groups import Groups, distinct_rows, group_rows
from sidecar.core.json import JsonObject
from sidecar.core.order import (
    NO_FACTS,
    Facts,
    Term,
    behind,
    order_sql,
    order_terms,
    ordering,
)
from sidecar.core.projection import ENGINE_FIELDS, WHOLE, Tree, projection_sql, tree_of
from sidecar.core.query import SEARCH, DocumentQuery, Shape
from sidecar.core.search import fields_sql, match_expression, matches_sql
from sidecar.core.selector import compile_selector
from sidecar.core.state import SqlValue
from sidecar.core.terms import Condition

if TYPE_CHECKING:
    from sidecar.core.table import Table


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement ready to run.

    Attributes:
        sql: Returns (primary key, JSON text) a row, or one count.
        primary_key: The field that names the rows it returns, or None where they carry none.
    """

    sql: str
    params: Sequence[SqlValue]
    primary_key: str | None


_PAGE: Final = "LIMIT ? + 0 OFFSET ? + 0"
"""Sums, because SQLite would compile the statement anew for each value of a bare parameter here."""

_RANK: Final = Term("_rank", "asc", "_rank")


@dataclass(frozen=True, slots=True)
class _Frame:
    """A statement but for its conditions.

    Attributes:
        before: What stands before the selector's condition.
        behind: What stands behind it.
        order: What documents are ordered by.
        snippets: Whether the search's expression is a parameter once more.
        paged: Whether limit and offset are parameters.
        primary_key: As in `Compiled`.
    """

    before: str
    behind: str
    order: Sequence[Term] = ()
    snippets: bool = False
    paged: bool = False
    primary_key: str | None = None


def compile_query(table: Table, query: DocumentQuery, facts: Facts = NO_FACTS) -> Compiled:
    """Return the statement of a query.

    Args:
        table: The table it reads.
        query: The query.
        facts: What holds for the rows it reads.

    Raises:
        QueryError: `path` points at what means nothing here.
    """
    frame = _frame(table, query.shape, facts)
    params: list[SqlValue] = []
    selector: JsonObject = query.selector
    if query.shape.searched:
        expression = match_expression(selector[SEARCH], table)
        params = [expression, expression] if frame.snippets else [expression]
        selector = {key: value for key, value in selector.items() if key != SEARCH}
    condition = compile_selector(table, selector)
    sql = frame.before + condition.sql
    params += condition.params
    if query.after is not None:
        further = _behind(table, frame, query, query.after)
        sql += f" AND {further.sql}"
        params += further.params
    if frame.paged:
        params += _page(query)
    return Compiled(sql + frame.behind, params, frame.primary_key)


@lru_cache(maxsize=1024)
def _frame(table: Table, shape: Shape, facts: Facts) -> _Frame:
    name = quote(table.name)
    source = f"FROM {name}"
    if shape.searched and table.search:
        # CROSS: the search comes first, or SQLite may ask the index anew for every row.
        joined = f"CROSS JOIN {name} ON {name}._rowid_ = _match._at"
        source = f"FROM {matches_sql(table)} AS _match {joined}"
    source += " WHERE "
    if shape.distinct:
        return _grouped(source, distinct_rows(table, shape, facts))
    if shape.grouped:
        return _grouped(source, group_rows(table, shape, facts))
    order = order_terms(table, ordering(table, shape), facts)
    if shape.counted:
        return _Frame(f"SELECT count(*) {source}", "")
    return _documents(table, shape, source, order)


def _documents(table: Table, shape: Shape, source: str, order: Sequence[Term]) -> _Frame:
    row = document_sql(table)
    tree: Tree = {}
    if shape.fields is not None:
        extra = fields_sql(table) if shape.searched else ENGINE_FIELDS
        tree = tree_of(shape.fields, "/fields", extra)
        row = projection_sql(table, tree, extra)
    name, key = quote(table.name), quote(table.primary_key)
    ranked = shape.searched and not shape.sort
    before = f"SELECT {name}.{key}, {row} "
    behind = f" ORDER BY {order_sql([_RANK, *order] if ranked else order)}"
    paged = shape.paged or shape.searched
    if paged:
        # First the places of the page, then its documents: those passed over are never built.
        rank = ", _rank" if shape.searched else ""
        before += f"FROM (SELECT {name}._rowid_ AS _at{rank} "
        behind += f" {_PAGE}) AS _page CROSS JOIN {name} ON {name}._rowid_ = _page._at"
    named = shape.fields is None or not {table.primary_key, WHOLE}.isdisjoint(shape.fields)
    return _Frame(
        before + source,
        behind,
        order,
        "_snippet" in tree,
        paged,
        table.primary_key if named else None,
    )


def _grouped(source: str, groups: Groups) -> _Frame:
    by = f" GROUP BY {', '.join(groups.by)}" if groups.by else ""
    order = f" ORDER BY {order_sql(groups.order)}" if groups.order else ""
    return _Frame(f"SELECT NULL, {groups.row} {source}", f"{by}{order} {_PAGE}", paged=True)


def _behind(table: Table, frame: _Frame, query: DocumentQuery, row: JsonObject) -> Condition:
    if query.shape.searched and not query.sort:
        raise QueryError(
            "/after: a search by rank can't go on behind a row",
            hint="Give the query a sort.",
            path="/after",
        )
    return behind(table, frame.order, row, "/after")


def _page(query: DocumentQuery) -> tuple[int, int]:
    limit = query.limit
    if query.first:
        limit = 1 if limit is None else min(1, limit)
    return -1 if limit is None else limit, query.skip
