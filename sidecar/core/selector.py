"""Selectors to SQL conditions (Q1, Q2).

A term on a declared scalar column becomes plain SQL that its index can serve (`terms.py`). A term
on a JSON column, a path or an undeclared field calls the SQL function `mango`, which is
`sidecar.core.mango.holds`. The two agree: a test runs every operator both ways.

The SQL text depends on the shape of the selector only; values are parameters. What RxDB checks in
dev-mode alone is checked here always: an unknown operator or an operand of a wrong shape is an
error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import orjson

from sidecar.core.column import Kind
from sidecar.core.errors import QueryError
from sidecar.core.json import MAX_DEPTH, Json, JsonObject, pointer
from sidecar.core.like import MAX_PATTERN
from sidecar.core.mango import JUNCTIONS, OPERATORS, conditions, holds
from sidecar.core.path_index import served
from sidecar.core.regex import check_regex
from sidecar.core.terms import ALL, NONE, Condition, array_term, column_term, root_sql

if TYPE_CHECKING:
    from sidecar.core.table import Table

MAX_NESTING = 64
"""Levels of $and, $or, $nor, $not and $elemMatch; SQLite stops at 1,000 of any expression."""

_ABREAST: Final = 2
"""Terms joined side by side: to SQLite each AND or OR is a level, and pairs need the fewest."""

_PAIR: Final = 2


def compile_selector(table: Table, selector: JsonObject, path: str = "/selector") -> Condition:
    """Return the SQL condition that a selector means.

    Args:
        table: The table its fields belong to.
        selector: A Mango selector.
        path: JSON pointer of the selector, for errors.

    Raises:
        QueryError: An unknown operator, an operand of a wrong shape, or a path that is none.
    """
    return _selector(table, selector, path, MAX_NESTING)


def split_path(field: str, path: str) -> list[str]:
    """Return the segments of a dotted path.

    Raises:
        QueryError: An empty segment, a NUL, a name of the engine's, or more segments than a
            document has levels.
    """
    parts = field.split(".", MAX_DEPTH)
    if len(parts) > MAX_DEPTH:
        raise QueryError(f"{path}: a path of more than {MAX_DEPTH} names leads nowhere", path=path)
    if not all(parts) or field.startswith(("$", "_")) or "\0" in field:
        raise QueryError(
            f"{path}: {field!r} is no field path",
            hint="Separate names by single dots. Names that start with _ belong to the engine.",
            path=path,
        )
    return parts


def _selector(table: Table, selector: Json, path: str, depth: int) -> Condition:
    terms: list[Condition] = []
    for key, value in _members(selector, path, depth).items():
        where = path + pointer(key)
        if key in JUNCTIONS:
            terms.append(_junction(table, key, value, where, depth))
        elif key.startswith("$"):
            raise _unknown_operator(key, where)
        else:
            terms.append(_field(table, split_path(key, where), value, where, depth))
    return _join("AND", terms, ALL)


def _junction(table: Table, key: str, value: Json, path: str, depth: int) -> Condition:
    terms = [
        _selector(table, item, f"{path}/{index}", depth - 1)
        for index, item in enumerate(_array(value, path, "selectors"))
    ]
    if key == "$and":
        return _join("AND", terms, ALL)
    either = _join("OR", terms, NONE)
    return either if key == "$or" else _negated(either)


def _field(table: Table, parts: Sequence[str], value: Json, path: str, depth: int) -> Condition:
    terms: list[Condition] = []
    for operator, operand in _conditions(value, path, depth):
        where = path + pointer(operator)
        if operator == "$not":
            terms.append(_negated(_field(table, parts, operand, where, depth - 1)))
        elif operator in JUNCTIONS:
            terms.append(_junction(table, operator, operand, where, depth))
        else:
            _check_operand(operator, operand, where, depth)
            terms.append(_term(table, parts, operator, operand))
    return _join("AND", terms, ALL)


def _term(table: Table, parts: Sequence[str], operator: str, operand: Json) -> Condition:
    column = table.columns.get(parts[0])
    found: Condition | None = None
    if column is not None and column.kind is not Kind.JSON:
        if len(parts) > 1:  # nothing is below a scalar
            return ALL if holds({}, parts, operator, operand) else NONE
        found = column_term(parts[0], column, operator, operand)
    elif column is not None and len(parts) == 1:
        found = array_term(parts[0], column, operator, operand)
    if found is not None:
        return found
    asked = Condition(
        f"mango({root_sql(table, parts[0])}, ?, ?, ?)",
        (orjson.dumps(parts).decode(), operator, orjson.dumps(operand).decode()),
    )
    among = served(table, parts, operator, operand)
    return asked if among is None else _join("AND", [among, asked], ALL)


def _negated(condition: Condition) -> Condition:
    # Not NOT: a term on a column that is NULL is NULL, and so would its negation be.
    return Condition(f"({condition.sql}) IS NOT 1", condition.params)


def _join(word: str, terms: Sequence[Condition], empty: Condition) -> Condition:
    if not terms:
        return empty
    while len(terms) > _ABREAST:
        groups = range(0, len(terms), _ABREAST)
        terms = [_join(word, terms[start : start + _ABREAST], empty) for start in groups]
    if len(terms) == 1:
        return terms[0]
    sql = f" {word} ".join(term.sql for term in terms)
    return Condition(f"({sql})", [param for term in terms for param in term.params])


def _conditions(value: Json, path: str, depth: int) -> list[tuple[str, Json]]:
    """Return a field's operators and operands, each operator one that is known."""
    if depth == 0:
        raise _too_deep(path)
    if isinstance(value, dict) and any(key.startswith("$") for key in value):
        stray = next((key for key in value if not key.startswith("$")), None)
        if stray is not None:
            raise QueryError(
                f"{path}: {stray!r} stands beside operators",
                hint='Write a nested field as a path: {"a.b": …}.',
                path=path + pointer(stray),
            )
    found = conditions(value)
    for operator, _ in found:
        if operator not in OPERATORS and operator not in JUNCTIONS and operator not in _OTHERS:
            raise _unknown_operator(operator, path + pointer(operator))
    return found


def _check_operand(operator: str, operand: Json, path: str, depth: int) -> None:
    check = _CHECKS.get(operator)
    if check is not None:
        check(operand, path)
    if operator == "$elemMatch":
        _check_element(operand, path, depth - 1)


def _check_element(operand: Json, path: str, depth: int) -> None:
    members = _members(operand, path, depth)
    if members and all(key.startswith("$") and key not in JUNCTIONS for key in members):
        _check_conditions(operand, path, depth)
    else:
        _check_selector(operand, path, depth)


def _check_selector(selector: Json, path: str, depth: int) -> None:
    for key, value in _members(selector, path, depth).items():
        where = path + pointer(key)
        if key in JUNCTIONS:
            for index, item in enumerate(_array(value, where, "selectors")):
                _check_selector(item, f"{where}/{index}", depth - 1)
        elif key.startswith("$"):
            raise _unknown_operator(key, where)
        else:
            _check_conditions(value, where, depth - 1)


def _check_conditions(value: Json, path: str, depth: int) -> None:
    for operator, operand in _conditions(value, path, depth):
        where = path + pointer(operator)
        if operator == "$not":
            _check_conditions(operand, where, depth - 1)
        elif operator in JUNCTIONS:
            _check_selector({operator: operand}, path, depth - 1)
        else:
            _check_operand(operator, operand, where, depth)


def _members(value: Json, path: str, depth: int) -> JsonObject:
    if not isinstance(value, dict):
        raise QueryError(f"{path} must be an object", path=path)
    if depth == 0:
        raise _too_deep(path)
    return value


def _array(value: Json, path: str, of: str = "values") -> list[Json]:
    if not isinstance(value, list):
        raise QueryError(f"{path} must be an array of {of}", path=path)
    return value


def _check_array(operand: Json, path: str) -> None:
    _array(operand, path)


def _check_mod(operand: Json, path: str) -> None:
    if len(_array(operand, path, "a divisor and a remainder")) != _PAIR:
        raise QueryError(f"{path} must be an array of a divisor and a remainder", path=path)


def _check_size(operand: Json, path: str) -> None:
    if isinstance(operand, bool) or not isinstance(operand, int | float):
        raise QueryError(f"{path} must be a number", path=path)


def _check_type(operand: Json, path: str) -> None:
    for name in operand if isinstance(operand, list) else [operand]:
        if isinstance(name, bool) or not isinstance(name, str | int | float):
            raise QueryError(f"{path} must be a type's name or BSON number, or several", path=path)


def _check_regex(operand: Json, path: str) -> None:
    pattern, flags = _array(operand, path)
    if not isinstance(pattern, str) or not isinstance(flags, str):
        raise QueryError(
            f"{path} and its $options must be text",
            hint='Give a RegExp as text: {"$regex": "^a", "$options": "i"}.',
            path=path,
        )
    check_regex(pattern, flags, path)


def _check_like(operand: Json, path: str) -> None:
    if not isinstance(operand, str) or len(operand) > MAX_PATTERN:
        raise QueryError(
            f"{path} must be text, of at most {MAX_PATTERN} characters",
            hint="% stands for any text, _ for one character, and \\ takes the next as it is.",
            path=path,
        )


def _check_contains(operand: Json, path: str) -> None:
    if isinstance(operand, list):
        raise QueryError(
            f"{path} must be one value",
            hint="For one of several take $in, for all of them several $contains in $and.",
            path=path,
        )


_CHECKS: Final[Mapping[str, Callable[[Json, str], None]]] = {
    "$in": _check_array,
    "$nin": _check_array,
    "$mod": _check_mod,
    "$size": _check_size,
    "$type": _check_type,
    "$regex": _check_regex,
    "$like": _check_like,
    "$ilike": _check_like,
    "$contains": _check_contains,
}

_OTHERS: Final = ("$exists", "$not")


def _too_deep(path: str) -> QueryError:
    return QueryError(f"{path[:200]}: nested deeper than {MAX_NESTING} levels", path=path[:200])


def _unknown_operator(name: str, path: str) -> QueryError:
    if name == "$search":
        return QueryError(
            f"{path}: $search stands beside the fields of a query's selector, once",
            hint='{"selector": {"$search": "green tea", "personaId": "p1"}}',
            path=path,
        )
    known = " ".join([*OPERATORS, *_OTHERS, *JUNCTIONS])
    return QueryError(f"{path}: no operator {name}", hint=f"Known: {known}.", path=path)
