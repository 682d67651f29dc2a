"""Documents and rows: one document is a row of typed columns and a JSON column `_extra` (S9).

Invariants, for every document that `encode` takes:

1. `decode(encode(document))` equals the document: `0`, `""`, `false`, `null` and absent stay apart.
2. A column is NULL when its field is null or absent. It was null exactly if `_extra` has the key,
   with null; no other declared field is ever in `_extra`.
3. `_extra` is NULL when it would be empty.
4. `document_sql` builds the same JSON inside SQLite, so rows are never parsed to be sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import orjson

from sidecar.core.column import Column, Kind, Missing
from sidecar.core.errors import ValidationError
from sidecar.core.json import JsonObject, pointer
from sidecar.core.state import SqlValue

if TYPE_CHECKING:
    from sidecar.core.table import Table


def quote(name: str) -> str:
    """Return an SQL identifier, quoted."""
    return '"' + name.replace('"', '""') + '"'


def json_path(*keys: str) -> str:
    """Return the SQLite JSON path of nested object keys."""
    return "$" + "".join("." + json.dumps(key, ensure_ascii=False) for key in keys)


def literal(text: str) -> str:
    """Return an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def encode(table: Table, document: JsonObject, path: str = "") -> dict[str, SqlValue]:
    """Return the row of a document: every column and `_extra`.

    Args:
        table: The document's table.
        document: Fields and values; fields without a column go to `_extra`.
        path: JSON pointer of the document, for errors.

    Raises:
        ValidationError: No primary key, a value of a wrong type, or a field name of the engine's.
    """
    row: dict[str, SqlValue] = dict.fromkeys(table.columns)
    extra: JsonObject = {}
    for name, value in document.items():
        column = table.columns.get(name)
        if column is None or value is None:
            check_name(name, path)
            extra[name] = value
        elif isinstance(encoded := column.encode(value), Missing):
            raise column.mismatch(value, path + pointer(name))
        else:
            row[name] = encoded
    if not row[table.primary_key]:
        where = path + pointer(table.primary_key)
        raise ValidationError(f"{where} is missing: it is the primary key", path=where)
    row["_extra"] = orjson.dumps(extra).decode() if extra else None
    return row


def decode(table: Table, row: Mapping[str, SqlValue]) -> JsonObject:
    """Return the document of a row."""
    document: JsonObject = {
        name: _decode(column, value)
        for name, column in table.columns.items()
        if (value := row[name]) is not None
    }
    extra = row["_extra"]
    if isinstance(extra, str):
        document.update(orjson.loads(extra))
    return document


@lru_cache(maxsize=256)
def document_sql(table: Table) -> str:
    """Return the SQL expression of a row's JSON text."""
    return joined(members_sql(table))


def members_sql(table: Table) -> list[str]:
    """Return the SQL expressions of all members of a row's JSON text, for `joined`."""
    members = [member_sql(name, column) for name, column in table.columns.items()]
    return [*members, "',' || substr(_extra, 2, length(_extra) - 2)"]


def joined(members: Iterable[str]) -> str:
    """Return the SQL expression of an object's JSON text; a member that is NULL is left out."""
    # Each member starts with a comma; concat() passes over NULLs, substr() drops the first comma.
    return "'{' || substr(concat('', " + ", ".join(members) + "), 2) || '}'"


def check_name(name: str, path: str) -> None:
    """Refuse a field name that belongs to the engine, or that SQLite's JSON paths cut short.

    Raises:
        ValidationError: The name is empty, starts with an underscore or holds a NUL.
    """
    if not name or name.startswith("_") or "\0" in name:
        where = path + pointer(name)
        raise ValidationError(
            f"{where}: names that are empty, start with _ or hold a NUL are no field's",
            hint="Rename the field. Names that start with _ belong to the engine.",
            path=where,
        )


def _decode(column: Column, value: SqlValue) -> str | int | float | bool | JsonObject | None:
    if column.kind is Kind.BOOLEAN:
        return bool(value)
    if column.kind is Kind.JSON and isinstance(value, str):
        nested: JsonObject = orjson.loads(value)
        return nested
    assert not isinstance(value, bytes)
    return value


def key_sql(name: str) -> str:
    """Return the SQL text that a member of this name begins with, for `joined`."""
    return literal(f",{json.dumps(name, ensure_ascii=False)}:")


def member_sql(name: str, column: Column) -> str:
    """Return the SQL expression of a column as a member, for `joined`."""
    key = key_sql(name)
    value = quote(name)
    if column.kind is Kind.BOOLEAN:
        return f"{key} || CASE {value} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
    if column.kind is Kind.TEXT:
        # json_quote() would turn an absent value into the text null.
        return f"CASE WHEN {value} IS NOT NULL THEN {key} || json_quote({value}) END"
    return f"{key} || {value}"
