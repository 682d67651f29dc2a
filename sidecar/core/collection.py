"""Collections defined at run time from an RxDB JSON schema (S10).

A collection becomes a table: its primary key, a column per indexed top-level field of a scalar
type, and `_extra` for the rest, with indexes over paths into it. RxDB's rule that an unsorted query
follows the first index holds for them as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from sidecar.core.column import Column, Kind, is_field
from sidecar.core.errors import ValidationError
from sidecar.core.json import Json, JsonObject
from sidecar.core.path_index import is_path
from sidecar.core.table import Table

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_$-]{0,127}")

_KINDS: Final[dict[str, Kind]] = {
    "string": Kind.TEXT,
    "integer": Kind.INTEGER,
    "number": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
}


def collection_table(name: str, primary_key: str, json_schema: JsonObject) -> Table:
    """Return the table of a defined collection.

    Args:
        name: Collection name.
        primary_key: The field that names its documents, a string.
        json_schema: RxDB's JSON schema; `properties` and `indexes` are read.

    Raises:
        ValidationError: A name that can't be a table's or a key's.
    """
    if not _NAME.fullmatch(name) or name.lower().startswith("sqlite_"):
        raise ValidationError(
            f"/args/name: {name[:80]!r} can't be a collection",
            hint="Start with a letter; letters, digits, _ $ - may follow, 128 in all.",
            path="/args/name",
        )
    if not is_field(primary_key):
        raise ValidationError(
            f"/args/primaryKey: {primary_key!r} can't be a primary key", path="/args/primaryKey"
        )
    kinds = _scalar_kinds(primary_key, json_schema)
    indexes = [
        one
        for one in _indexes(json_schema)
        if all(field in kinds or _is_path(field, kinds) for field in one)
    ]

    columns = {primary_key: Column(Kind.TEXT, primary_key=True)}
    for field in (field for one in indexes for field in one if field in kinds):
        columns.setdefault(field, Column(kinds[field], nullable=True))
    return Table(name, columns, indexes=indexes)


def _scalar_kinds(primary_key: str, json_schema: JsonObject) -> dict[str, Kind]:
    kinds = {primary_key: Kind.TEXT}
    properties = json_schema.get("properties")
    if not isinstance(properties, dict):
        return kinds
    # SQLite takes names that differ in case only for one: the others stay in `_extra`.
    taken = {primary_key.lower()}
    for field, described in properties.items():
        kind = described.get("type") if isinstance(described, dict) else None
        if not isinstance(kind, str) or kind not in _KINDS or not is_field(field):
            continue
        if field.lower() not in taken:
            taken.add(field.lower())
            kinds[field] = _KINDS[kind]
    return kinds


def _is_path(field: str, kinds: Mapping[str, Kind]) -> bool:
    root, _, below = field.partition(".")
    return bool(below) and root not in kinds and is_path(field)


def _indexes(json_schema: JsonObject) -> list[tuple[str, ...]]:
    declared = json_schema.get("indexes")
    if not isinstance(declared, list):
        return []
    return [fields for one in declared if (fields := _fields(one))]


def _fields(index: Json) -> tuple[str, ...]:
    if isinstance(index, str):
        return (index,)
    if isinstance(index, list):
        return tuple(field for field in index if isinstance(field, str))
    return ()
