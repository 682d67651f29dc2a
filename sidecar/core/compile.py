"""Document queries to SQL statements (Q2, Q6).

A statement returns, for each row, its primary key and its JSON text, built by SQLite. The text of
the statement depends on the query's shape only, so that it is prepared once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sidecar.core.documents import document_sql, quote
from sidecar.core.errors import QueryError
from sidecar.core.groups import Groups, distinct_rows, group_rows
from sidecar.core.order import (
    NO_FACTS,
    Facts,
    Term,
    behind,
    order_sql,
    order_terms,
    ordering,
)
from sidecar.core.projection import ENGINE_FIELDS, projection_sql, tree_of
from sidecar.core.query import DocumentQuery
from sidecar.core.search import FIELD, fields_sql, match_expression, matches_sql
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


def compile_query(table: Table, query: DocumentQuery, facts: Facts = NO_FACTS) -> Compiled:
    """Return the statement of a query.

    Args:
        table: The table it reads.
        query: The query.
        facts: What holds for the rows it reads.

    Raises:
        QueryError: `path` points at what means nothing here.
    """
    source = _source(table, query)
    if query.distinct:
        return _grouped(query, source, distinct_rows(table, query, facts))
    if query.grouped:
        return _grouped(query, source, group_rows(table, query, facts))
    order = order_terms(table, ordering(table, query), facts)
    if query.count:
        return Compiled(f"SELECT count(*) {source.sql}", source.params, None)
    return _documents(table, query, source, order)


def _source(table: Table, query: DocumentQuery) -> Condition:
    """Return what stands behind FROM."""
    name = quote(table.name)
    selector = {key: value for key, value in query.selector.items() if key != FIELD}
    condition = compile_selector(table, selector)
    if FIELD not in query.selector:
        return Condition(f"FROM {name} WHERE {condition.sql}", condition.params)
    expression = match_expression(query.selector[FIELD], table)
    # CROSS: the search comes first, or SQLite may ask the index anew for every row.
    joined = f"CROSS JOIN {name} ON {name}._rowid_ = _match._at"
    return Condition(
        f"FROM {matches_sql(table)} AS _match {joined} WHERE {condition.sql}",
        [expression, *condition.params],
    )


def _documents(
    table: Table, query: DocumentQuery, source: Condition, order: Sequence[Term]
) -> Compiled:
    searched = FIELD in query.selector
    ranked = searched and not query.sort
    if query.after is not None:
        if ranked:
            raise QueryError(
                "/after: there is no going on behind a row by rank",
                hint="Give a sort.",
                path="/after",
            )
        source = _and(source, behind(table, order, query.after, "/after"))
    row, params = document_sql(table), list[SqlValue]()
    if query.fields is not None:
        extra = fields_sql(table) if searched else ENGINE_FIELDS
        tree = tree_of(query.fields, "/fields", extra)
        row = projection_sql(table, tree, extra)
        params = list(source.params[:1]) if "_snippet" in tree else []
    name, key = quote(table.name), quote(table.primary_key)
    rows = f"{source.sql} ORDER BY {order_sql([_RANK, *order] if ranked else order)}"
    params += source.params
    if query.first or query.skip or query.limit is not None or searched:
        # First the places of the page, then its documents: those passed over are never built.
        rank = ", _rank" if searched else ""
        page = f"SELECT {name}._rowid_ AS _at{rank} {rows} {_PAGE}"
        rows = f"FROM ({page}) AS _page CROSS JOIN {name} ON {name}._rowid_ = _page._at"
        params += _page(query)
    named = query.fields is None or table.primary_key in query.fields
    return Compiled(
        f"SELECT {name}.{key}, {row} {rows}", params, table.primary_key if named else None
    )


def _grouped(query: DocumentQuery, source: Condition, groups: Groups) -> Compiled:
    by = f" GROUP BY {', '.join(groups.by)}" if groups.by else ""
    order = f" ORDER BY {order_sql(groups.order)}" if groups.order else ""
    return Compiled(
        f"SELECT NULL, {groups.row} {source.sql}{by}{order} {_PAGE}",
        [*source.params, *_page(query)],
        None,
    )


def _page(query: DocumentQuery) -> list[SqlValue]:
    limit = query.limit
    if query.first:
        limit = 1 if limit is None else min(1, limit)
    return [-1 if limit is None else limit, query.skip]


def _and(source: Condition, condition: Condition) -> Condition:
    sql = f"{source.sql} AND {condition.sql}"
    return Condition(sql, [*source.params, *condition.params])
