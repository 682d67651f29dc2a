"""One operator on one declared column, as SQL that an index can serve.

Types are compared here, at compile time, since a column holds one type. A term is None where only
the function `mango` can tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import orjson

from sidecar.core.column import Column, Kind
from sidecar.core.documents import json_path, literal, quote
from sidecar.core.json import Json
from sidecar.core.like import prefix_range
from sidecar.core.regex import Plain, plain
from sidecar.core.state import SqlValue

if TYPE_CHECKING:
    from sidecar.core.table import Table


@dataclass(frozen=True, slots=True)
class Condition:
    """An SQL condition and its parameters, in order."""

    sql: str
    params: Sequence[SqlValue] = ()


ALL: Final = Condition("1")
NONE: Final = Condition("0")

WIDE: Final = re.compile("[\ue000-\uffff]")
"""The characters of which `is_wide` tells."""


def root_sql(table: Table, name: str) -> str:
    """Return the SQL expression of a top-level field's JSON text, NULL when absent."""
    extra = f"(_extra -> {literal(json_path(name))})"
    column = table.columns.get(name)
    if column is None:
        return extra
    if column.kind is Kind.JSON:
        return f"coalesce({quote(name)}, {extra})"
    if column.kind is Kind.BOOLEAN:
        return f"CASE {quote(name)} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE {extra} END"
    return f"iif({quote(name)} IS NULL, {extra}, json_quote({quote(name)}))"


def is_wide(name: str) -> str:
    """Return the SQL condition that a text column holds a character from U+E000 to U+FFFF.

    They alone come before a character beyond U+FFFF by code point, as SQLite orders text, and after
    it by UTF-16 code unit, as JavaScript does.
    """
    return f"{quote(name)} GLOB '*[\ue000-\uffff]*'"


def utf16_order(sql: str) -> str:
    """Return the SQL expression of a text that SQLite orders as JavaScript orders the original.

    In UTF-8 the characters from U+E000 to U+FFFF begin with EE or EF, those beyond with F0 to F4,
    and no other byte of a text is any of these: F5 and F6 in place of EE and EF set them last.
    """
    swapped = f"replace({sql}, CAST(x'EE' AS TEXT), CAST(x'F5' AS TEXT))"
    return f"replace({swapped}, CAST(x'EF' AS TEXT), CAST(x'F6' AS TEXT))"


def column_term(name: str, column: Column, operator: str, operand: Json) -> Condition | None:
    """Return an operator on a scalar column, or None."""
    term = _TERMS.get(operator)
    return None if term is None else term(name, column, operand)


def array_term(name: str, column: Column, operator: str, operand: Json) -> Condition | None:
    """Return an operator on a JSON column that always holds an array, or None."""
    if column.container is not list:
        return None
    each = f"EXISTS (SELECT 1 FROM json_each({quote(name)}) AS each WHERE each.type "
    if operator in ("$eq", "$contains") and isinstance(operand, str):
        return _listed(name, operand, Condition(f"{each} = 'text' AND each.value = ?)", (operand,)))
    if operator == "$in" and isinstance(operand, list):
        texts = [one for one in operand if isinstance(one, str)]
        if len(texts) == len(operand):
            listed = _json(operand)
            some = "each.value IN (SELECT value FROM json_each(?)))"
            return Condition(f"{each} = 'text' AND {some}", (listed,))
    return None


def _listed(name: str, text: str, term: Condition) -> Condition:
    """Return the term with a cheap look before it: the text must be in the JSON, or an escape."""
    quoted = _json(text)
    seen = f"(instr({quote(name)}, ?) OR instr({quote(name)}, '\\'))"
    return Condition(f"({seen} AND {term.sql})", (quoted, *term.params))


def _comparable(column: Column, operand: Json) -> bool:
    """Return whether values of a column and an operand are of one JSON type."""
    if column.kind is Kind.TEXT:
        return isinstance(operand, str)
    if column.kind is Kind.BOOLEAN:
        return isinstance(operand, bool)
    return isinstance(operand, int | float) and not isinstance(operand, bool)


def orders_otherwise(operand: Json) -> bool:
    """Return whether SQLite may order texts about an operand otherwise than JavaScript does."""
    return isinstance(operand, str) and max(operand, default="") >= "\ue000"


def parameter(operand: Json) -> SqlValue:
    """Return the SQLite form of a scalar operand."""
    assert not isinstance(operand, dict | list)
    if isinstance(operand, int) and not -(2**63) <= operand < 2**63:
        return float(operand)
    return operand


def _is_null(name: str) -> str:
    return f"json_type(_extra, {literal(json_path(name))}) = 'null'"


def _equal(name: str, column: Column, operand: Json) -> Condition:
    if operand is None:
        return Condition(f"{quote(name)} IS NULL")
    if not _comparable(column, operand):
        return NONE
    return Condition(f"{quote(name)} = ?", (parameter(operand),))


def _not_equal(name: str, column: Column, operand: Json) -> Condition:
    if operand is None:
        return Condition(f"{quote(name)} IS NOT NULL")
    if not _comparable(column, operand):
        return ALL
    return Condition(f"{quote(name)} IS NOT ?", (parameter(operand),))


def _member(name: str, column: Column, operand: Json) -> Condition:
    assert isinstance(operand, list)
    values = [parameter(item) for item in operand if _comparable(column, item)]
    # One parameter, however many values: the statement's text stays the same and stays compiled.
    sql = f"{quote(name)} IN (SELECT value FROM json_each(?))"
    condition = Condition(sql, (orjson.dumps(values).decode(),))
    if None in operand:
        return Condition(f"({quote(name)} IS NULL OR {sql})", condition.params)
    return condition


def _not_member(name: str, column: Column, operand: Json) -> Condition:
    inner = _member(name, column, operand)
    return Condition(f"({inner.sql}) IS NOT 1", inner.params)


def _exists(name: str, _: Column, operand: Json) -> Condition:
    present = f"({quote(name)} IS NOT NULL OR {_is_null(name)})"
    wanted = isinstance(operand, dict | list) or bool(operand)
    return Condition(f"{present} IS {'' if wanted else 'NOT '}1")


def _regex(name: str, column: Column, operand: Json) -> Condition:
    if column.kind is not Kind.TEXT:
        return NONE
    assert isinstance(operand, list)
    pattern, flags = map(str, operand)
    found = plain(pattern, flags)
    term = None if found is None else _plain(name, found)
    return term or Condition(f"regex({_bytes(name)}, ?)", (_json(operand),))


def _plain(name: str, pattern: Plain) -> Condition | None:
    """Return the condition of a pattern that only looks for a text."""
    text = f"lower({quote(name)})" if pattern.fold else quote(name)
    if pattern.begins and pattern.ends:
        return Condition(f"{text} = ?", (pattern.text,))
    if pattern.ends:
        return None
    if not pattern.begins:
        return Condition(f"instr({text}, ?) > 0", (pattern.text,))
    if pattern.fold:
        return Condition(f"instr({text}, ?) = 1", (pattern.text,))
    return _prefixed(name, re.sub(r"[%_\\]", r"\\\g<0>", pattern.text) + "%")


def _like(name: str, column: Column, operand: Json) -> Condition:
    if column.kind is not Kind.TEXT:
        return NONE
    assert isinstance(operand, str)
    return _prefixed(name, operand) or Condition(
        f"is_like({_bytes(name)}, ?, 0)", (_json(operand),)
    )


def _prefixed(name: str, pattern: str) -> Condition | None:
    """Return the condition of a pattern that begins with text, which an index can serve."""
    found = prefix_range(pattern)
    if found is None:
        return None
    least, behind, whole = found
    sql, params = f"{quote(name)} >= ?", [least]
    if behind is not None:
        sql, params = f"({sql} AND {quote(name)} < ?)", [*params, behind]
    if not whole:
        sql, params = f"({sql} AND is_like({_bytes(name)}, ?, 0))", [*params, _json(pattern)]
    return Condition(sql, params)


def _ilike(name: str, column: Column, operand: Json) -> Condition:
    if column.kind is not Kind.TEXT:
        return NONE
    return Condition(f"is_like({_bytes(name)}, ?, 1)", (_json(operand),))


def _bytes(name: str) -> str:
    # A function of ours is given a text only up to its first NUL.
    return f"CAST({quote(name)} AS BLOB)"


def _json(operand: Json) -> str:
    return orjson.dumps(operand).decode()


def _contains(name: str, column: Column, operand: Json) -> Condition:
    if column.kind is not Kind.TEXT or not isinstance(operand, str):
        return NONE
    return Condition(f"instr({quote(name)}, ?) > 0", (operand,))


def _range(sign: str) -> Callable[[str, Column, Json], Condition | None]:
    def term(name: str, column: Column, operand: Json) -> Condition | None:
        if operand is None and "=" in sign:
            return Condition(f"({quote(name)} IS NULL AND {_is_null(name)})")
        if not _comparable(column, operand):
            return NONE
        if orders_otherwise(operand):
            return Condition(
                f"{utf16_order(quote(name))} {sign} {utf16_order('?')}", (parameter(operand),)
            )
        return Condition(f"{quote(name)} {sign} ?", (parameter(operand),))

    return term


_TERMS: Final[Mapping[str, Callable[[str, Column, Json], Condition | None]]] = {
    "$eq": _equal,
    "$ne": _not_equal,
    "$in": _member,
    "$nin": _not_member,
    "$gt": _range(">"),
    "$gte": _range(">="),
    "$lt": _range("<"),
    "$lte": _range("<="),
    "$exists": _exists,
    "$regex": _regex,
    "$like": _like,
    "$ilike": _ilike,
    "$contains": _contains,
}
