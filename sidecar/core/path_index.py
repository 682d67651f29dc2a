"""Indexes over paths into JSON, and the conditions they serve.

The entry of a row is the scalar its path finds; NULL where there is none, and `MANY` where an array
is on the way or at the end, since a path then finds many values. So the rows that an operator holds
for are among those with a fitting entry or `MANY`: an index finds these, and the function `mango`
looks at each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import orjson

from sidecar.core.column import Kind, is_field
from sidecar.core.documents import json_path, literal, quote
from sidecar.core.json import Json
from sidecar.core.terms import Condition, orders_otherwise, parameter
from sidecar.core.values import is_index

if TYPE_CHECKING:
    from sidecar.core.table import Table

_MANY: Final = "x'00'"
"""Bytes: SQLite orders them behind all numbers and texts."""

_SIGNS: Final = {"$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}


def entry_sql(table: Table, field: str) -> str:
    """Return the SQL expression of an index's entry: a column, or what a path finds."""
    if field in table.columns:
        return quote(field)
    keys = field.split(".")
    column = table.columns.get(keys[0])
    source = "_extra"
    if column is not None:
        source, keys = quote(keys[0]), keys[1:]
    # What is kept in `_extra` is always an object.
    first = 0 if column is not None else 1
    steps = [literal(json_path(*keys[:end])) for end in range(first, len(keys) + 1)]
    arrays = " OR ".join(f"json_type({source}, {step}) = 'array'" for step in steps)
    return f"CASE WHEN {arrays} THEN {_MANY} ELSE {source} ->> {steps[-1]} END"


def indexable(table: Table, field: str) -> bool:
    """Return whether an index can be over a field: a column, or a path that leads into JSON."""
    if field in table.columns:
        return True
    root, *below = field.split(".")
    column = table.columns.get(root)
    if column is not None and (column.kind is not Kind.JSON or not below):
        return False
    return is_path(field)


def is_path(field: str) -> bool:
    """Return whether a field is a path without array indexes."""
    root, *below = field.split(".")
    return is_field(root) and all(part and not is_index(part) for part in below)


def served(table: Table, parts: Sequence[str], operator: str, operand: Json) -> Condition | None:
    """Return a condition of all rows an operator holds for, which an index serves, or None."""
    path = ".".join(parts)
    if path not in table.indexed_paths:
        return None
    entry = entry_sql(table, path)
    if operator == "$eq" and _is_scalar(operand):
        return Condition(f"{entry} IN (?, {_MANY})", (parameter(operand),))
    if operator == "$in" and isinstance(operand, list) and all(map(_is_scalar, operand)):
        values = f"SELECT value FROM json_each(?) UNION ALL SELECT {_MANY}"
        return Condition(f"{entry} IN ({values})", (orjson.dumps(operand).decode(),))
    sign = _SIGNS.get(operator)
    if sign is None or isinstance(operand, bool) or not _is_scalar(operand):
        return None
    if orders_otherwise(operand):
        return None
    range_sql = f"{entry} {sign} ?"
    # MANY is greater than all.
    sql = range_sql if sign[0] == ">" else f"({range_sql} OR {entry} = {_MANY})"
    return Condition(sql, (parameter(operand),))


def _is_scalar(operand: Json) -> bool:
    return isinstance(operand, str | int | float)
