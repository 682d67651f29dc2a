"""The SQL functions that compiled queries call.

| function                               | answers                                                |
|----------------------------------------|--------------------------------------------------------|
| `mango(root, path, operator, operand)` | whether an operator holds (`sidecar.core.mango`)       |
| `regex(bytes, [pattern, flags])`       | whether a text matches a JavaScript regular expression |
| `is_like(bytes, pattern, fold)`        | whether a text is like a pattern (`core.like`)         |
| `sort_key(root, path)`                 | bytes that compare as RxDB sorts                       |
| `project(root, tree)`                  | JSON text of a part, or NULL (`core.projection`)       |
| `canonical(root)`                      | text that equal JSON values share                      |
| `number(value)`                        | JSON text of a number, or null                         |
| `number_at(root, path)`                | a number, or NULL                                      |
| `keyed(root, path)`                    | bytes that compare as RxDB sorts, and hold the value   |
| `unkeyed(bytes)`                       | JSON text of that value, or null                       |

Operands are JSON texts, texts to look at are given as their bytes: SQLite's Python driver cuts a
text at its first NUL. `root` is the JSON text of a top-level field or NULL; `path` is a JSON array
that begins with the field's name for `mango`, and below it for the others.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

import orjson

from sidecar.core.column import MISSING, Missing
from sidecar.core.errors import QueryTimeoutError
from sidecar.core.json import Json, JsonObject, canonical
from sidecar.core.like import like
from sidecar.core.mango import holds
from sidecar.core.projection import Tree, project
from sidecar.core.regex import regex_matches
from sidecar.core.values import Value, member, sort_key

if TYPE_CHECKING:
    from sidecar.store.driver import Connection

Function = Callable[..., bool | float | str | bytes | None]

_LENGTH: Final = 4
"""Bytes of a length; SQLite has no value as long as they could say."""

_EXACT: Final = 2**53
"""Beyond it a double has no place for every integer."""


def define(connection: Connection) -> None:
    """Define the functions on a connection."""
    for name, count, function in _FUNCTIONS:
        connection.create_function(name, count, function, deterministic=True)


def define_guarded(
    connection: Connection, late: Callable[[], bool], failed: Callable[[Exception], None]
) -> None:
    """Define them so that they look at a deadline, which SQLite itself does only between its steps.

    Args:
        connection: A reading connection.
        late: Returns whether the deadline is past.
        failed: Told what a function raises; SQLite only says that one did.
    """

    def guarded(function: Function) -> Function:
        def call(*arguments: object) -> bool | float | str | bytes | None:
            try:
                _check(late)
                return function(*arguments)
            except Exception as error:
                failed(error)
                raise

        return call

    for name, count, function in _FUNCTIONS:
        connection.create_function(name, count, guarded(function), deterministic=True)


def _check(late: Callable[[], bool]) -> None:
    if late():
        raise QueryTimeoutError("the query took too long")


def _mango(root: str | None, path: str, operator: str, operand: str) -> bool:
    fields = _parsed(path)
    assert isinstance(fields, list)
    keys = [str(field) for field in fields]
    document: JsonObject = {} if root is None else {keys[0]: orjson.loads(root)}
    return holds(document, keys, operator, _parsed(operand))


def _regex(text: bytes | None, operand: str) -> bool:
    parsed = _parsed(operand)
    assert isinstance(parsed, list)
    pattern, flags = map(str, parsed)
    return text is not None and regex_matches(pattern, flags, text.decode())


def _is_like(text: bytes | None, pattern: str, fold: int) -> bool:
    return text is not None and like(text.decode(), str(_parsed(pattern)), fold=bool(fold))


def _sort_key(root: str | None, path: str) -> bytes:
    return sort_key(_member(root, path))


def _project(root: str | None, tree: str) -> str | None:
    if root is None:
        return None
    part = project(orjson.loads(root), cast("Tree", _parsed(tree)))
    return None if isinstance(part, Missing) else orjson.dumps(part).decode()


def _canonical(root: str | None) -> bytes | None:
    return None if root is None else canonical(orjson.loads(root))


def _number(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return "null"
    whole = abs(value) < _EXACT and value == int(value)
    return orjson.dumps(int(value) if whole else value).decode()


def _number_at(root: str | None, path: str) -> float | None:
    value = _member(root, path)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def _keyed(root: str | None, path: str) -> bytes | None:
    value = _member(root, path)
    if value is None or isinstance(value, Missing):
        return None
    text = orjson.dumps(value)
    return sort_key(value) + text + len(text).to_bytes(_LENGTH)


def _unkeyed(keyed: bytes | None) -> str:
    if keyed is None:
        return "null"
    size = int.from_bytes(keyed[-_LENGTH:])
    return keyed[-_LENGTH - size : -_LENGTH].decode()


def _member(root: str | None, path: str) -> Value:
    fields = _parsed(path)
    assert isinstance(fields, list)
    value = MISSING if root is None else orjson.loads(root)
    return member(value, [str(field) for field in fields])


@lru_cache(maxsize=512)
def _parsed(text: str) -> Json:
    """Return a parameter's value; it is the same text for every row, and nobody changes it."""
    value: Json = orjson.loads(text)
    return value


_FUNCTIONS: Final[tuple[tuple[str, int, Function], ...]] = (
    ("mango", 4, _mango),
    ("regex", 2, _regex),
    ("is_like", 3, _is_like),
    ("sort_key", 2, _sort_key),
    ("project", 2, _project),
    ("canonical", 1, _canonical),
    ("number", 1, _number),
    ("number_at", 2, _number_at),
    ("keyed", 2, _keyed),
    ("unkeyed", 1, _unkeyed),
)
