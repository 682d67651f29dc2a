"""Which index would serve a query: its equal fields first, then its sort, or one range."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from sidecar.core.column import Kind
from sidecar.core.json import Json, JsonObject
from sidecar.core.mango import conditions
from sidecar.core.path_index import indexable
from sidecar.core.query import DocumentQuery

if TYPE_CHECKING:
    from sidecar.core.table import Table

_EQUAL: Final = ("$eq", "$in")
_RANGES: Final = ("$gt", "$gte", "$lt", "$lte", "$like")


def missing_index(table: Table, query: DocumentQuery) -> Sequence[str] | None:
    """Return the fields of an index that a query wants and its table does not declare, or None.

    Args:
        table: The table the query reads.
        query: A query that compiles.
    """
    if query.shape.searched:
        return None  # the search finds the rows
    terms = [*_terms(query.selector)]
    equal = [*dict.fromkeys(one for one, by in terms if by in _EQUAL and _can(table, one))]
    sorts = [field for term in query.sort for field in term]
    ranges = [one for one, by in terms if by in _RANGES and _can(table, one)]
    # Only a column's index is in the order of a result.
    ordered = [one for one in sorts if one in table.columns and _can(table, one)]
    behind = [one for one in (ordered if sorts else ranges[:1]) if one not in equal]
    wanted = (*equal, *behind)
    if not wanted or equal[:1] == [table.primary_key]:
        return None
    return None if any(_serves(one, equal, wanted) for one in table.indexes) else wanted


def _terms(selector: JsonObject) -> Iterator[tuple[str, str]]:
    """Yield fields and operators that every match satisfies."""
    for field, condition in selector.items():
        if field == "$and" and isinstance(condition, list):
            for one in condition:
                yield from _terms(one) if isinstance(one, dict) else ()
        elif not field.startswith("$"):
            yield from (
                (field, operator) for operator, operand in conditions(condition) if _is_one(operand)
            )


def _is_one(operand: Json) -> bool:
    return operand is not None and not isinstance(operand, dict)


def _can(table: Table, field: str) -> bool:
    column = table.columns.get(field)
    return indexable(table, field) and (column is None or column.kind is not Kind.JSON)


def _serves(index: Sequence[str], equal: Sequence[str], wanted: Sequence[str]) -> bool:
    count = len(equal)
    return {*index[:count]} == {*equal} and (*index[count : len(wanted)],) == (*wanted[count:],)
