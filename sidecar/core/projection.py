"""Parts of documents: the paths of `fields`, nested as they are in the document.

`["id", "messages.role"]` leaves `{"id": …, "messages": [{"role": …}, …]}`: a path fans out over
arrays, and what it can't go through is left out. Where one path is the beginning of another, it
stands for both. `*` stands for the whole document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

import orjson

from sidecar.core.column import MISSING, Missing
from sidecar.core.documents import (
    joined,
    json_path,
    key_sql,
    literal,
    member_sql,
    members_sql,
)
from sidecar.core.errors import QueryError
from sidecar.core.selector import split_path
from sidecar.core.terms import root_sql
from sidecar.core.values import Value

if TYPE_CHECKING:
    from sidecar.core.table import Table

Tree = Mapping[str, "Tree | None"]
"""What to keep of an object: names, and what to keep below each; None for all of it."""

WHOLE: Final = "*"

ENGINE_FIELDS: Final[Mapping[str, str]] = {"_seq": "_seq"}
"""Fields the engine adds to a row, and their SQL."""


def tree_of(fields: Iterable[str], path: str, extra: Mapping[str, str] = ENGINE_FIELDS) -> Tree:
    """Return the tree of some paths.

    Args:
        fields: Paths, or names in `extra`.
        path: JSON pointer of the list, for errors.
        extra: Fields of the engine's that may be named.

    Raises:
        QueryError: One of them is no path, or the whole document where rows stand for several.
    """
    tree: dict[str, Tree | None] = {}
    for index, field in enumerate(fields):
        place = f"{path}/{index}"
        if field == WHOLE and not extra:
            raise QueryError(
                f"{place}: a group has no whole document", hint="Name its fields.", path=place
            )
        parts = [field] if field in extra else split_path(field, place)
        level = tree
        for part in parts[:-1]:
            below = level.setdefault(part, {})
            if not isinstance(below, dict):
                break
            level = below
        else:
            level[parts[-1]] = None
    return tree


def project(value: Value, tree: Tree | None) -> Value:
    """Return the part of a value that a tree keeps, or `MISSING`."""
    if tree is None:
        return value
    if isinstance(value, list):
        kept = (project(item, tree) for item in value)
        return [item for item in kept if not isinstance(item, Missing)]
    if not isinstance(value, dict):
        return MISSING
    members = ((name, project(value.get(name, MISSING), below)) for name, below in tree.items())
    return {name: kept for name, kept in members if not isinstance(kept, Missing)}


def projection_sql(table: Table, tree: Tree, extra: Mapping[str, str] = ENGINE_FIELDS) -> str:
    """Return the SQL expression of the JSON text of a row's part.

    Args:
        table: The table, by its own name in the statement.
        tree: What to keep.
        extra: Fields of the engine's, and their SQL.
    """
    if tree.get(WHOLE, {}) is None:
        added = (f"{key_sql(name)} || {sql}" for name, sql in extra.items() if name in tree)
        return joined([*members_sql(table), *added])
    return joined(
        f"{key_sql(name)} || {extra[name]}" if name in extra else _member(table, name, below)
        for name, below in tree.items()
    )


def part_sql(table: Table, name: str, below: Tree | None) -> str:
    """Return the SQL expression of a field's part as JSON text, NULL when absent."""
    root = root_sql(table, name)
    return root if below is None else f"project({root}, {literal(orjson.dumps(below).decode())})"


def _member(table: Table, name: str, below: Tree | None) -> str:
    column = table.columns.get(name)
    part = f"{key_sql(name)} || {part_sql(table, name, below)}"
    if column is None or below is not None:
        return part
    undeclared = f"{key_sql(name)} || (_extra -> {literal(json_path(name))})"
    return f"coalesce({member_sql(name, column)}, {undeclared})"
