"""Document queries to SQL statements (Q2, Q6).

A statement returns, for each document, its primary key and its JSON text, built by SQLite. The text
of the statement depends on the query's shape only, so that it is prepared once.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from sidecar.core.column import Kind
from sidecar.core.documents import document_sql, json_path, literal, quote
from sidecar.core.errors import QueryError
from sidecar.core.query import Direction, DocumentQuery
from sidecar.core.selector import compile_selector, split_path
from sidecar.core.state import SqlValue
from sidecar.core.table import Table
from sidecar.core.terms import root_sql, utf16_order


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement ready to run.

    Attributes:
        sql: Returns (primary key, JSON text) a document, or one count.
        primary_key: The field that names the rows it returns, or None where they carry none.
    """

    sql: str
    params: Sequence[SqlValue]
    primary_key: str | None


_PAGE: Final = "LIMIT ? + 0 OFFSET ? + 0"
"""Sums, because SQLite would compile the statement anew for each value of a bare parameter here."""


def compile_query(table: Table, query: DocumentQuery, wide: Container[str] = ()) -> Compiled:
    """Return the statement of a query.

    Args:
        table: The table it reads.
        query: The query.
        wide: Text columns that SQLite's order would put wrong; see `is_wide`. No index serves an
            order by them.

    Raises:
        QueryError: `path` points at what means nothing here.
    """
    condition = compile_selector(table, query.selector)
    source = f"FROM {quote(table.name)} WHERE {condition.sql}"
    order, order_params = _order(table, query, wide)
    if query.count:
        return Compiled(f"SELECT count(*) {source}", condition.params, None)
    for index, field in enumerate(query.fields or ()):
        path = f"/fields/{index}"
        if len(split_path(field, path)) > 1:
            raise QueryError(f"{path}: {field!r} is not a top-level field", path=path)
    fields = None if query.fields is None else list(dict.fromkeys(query.fields))
    named = fields is None or table.primary_key in fields
    limit = 1 if query.first and query.limit is None else query.limit
    limit = min(limit, 1) if query.first and limit is not None else limit
    return Compiled(
        f"SELECT {quote(table.primary_key)}, {document_sql(table, fields)} {source} "
        f"ORDER BY {order} {_PAGE}",
        [*condition.params, *order_params, -1 if limit is None else limit, query.skip],
        table.primary_key if named else None,
    )


def ordering(table: Table, query: DocumentQuery) -> list[tuple[str, Direction]]:
    """Return the fields a query is ordered by, each with its direction; the primary key is last."""
    terms = [(field, way) for term in query.sort for field, way in term.items()]
    if not terms:
        terms = [(field, "asc") for field in table.order]
    return terms if table.primary_key in dict(terms) else [*terms, (table.primary_key, "asc")]


def _order(table: Table, query: DocumentQuery, wide: Container[str]) -> tuple[str, list[SqlValue]]:
    sql: list[str] = []
    params: list[SqlValue] = []
    for index, (field, way) in enumerate(ordering(table, query)):
        parts = split_path(field, f"/sort/{index}")
        column = table.columns.get(parts[0])
        if column is None or column.kind is Kind.JSON or len(parts) > 1:
            sql.append(f"sort_key({root_sql(table, parts[0])}, ?) {way}")
            params.append(orjson.dumps(parts[1:]).decode())
            continue
        sql.append(f"{utf16_order(quote(field)) if field in wide else quote(field)} {way}")
        if field != table.primary_key:
            # SQLite puts NULL first; among those, absent comes before null.
            null = f"(json_type(_extra, {literal(json_path(field))}) IS NOT NULL)"
            sql.append(f"CASE WHEN {quote(field)} IS NULL THEN {null} END {way}")
    return ", ".join(sql), params
