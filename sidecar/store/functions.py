"""The SQL functions that compiled queries call.

| function                               | answers                                                |
|----------------------------------------|--------------------------------------------------------|
| `mango(root, path, operator, operand)` | whether an operator holds (`sidecar.core.mango`)       |
| `regex(text, pattern, flags)`          | whether a text matches a JavaScript regular expression |
| `sort_key(root, path)`                 | bytes that compare as RxDB sorts                       |

`root` is the JSON text of a top-level field or NULL; `path` a JSON array that begins with the
field's name for `mango`, and below it for `sort_key`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import orjson

from sidecar.core.column import MISSING
from sidecar.core.errors import QueryTimeoutError
from sidecar.core.json import Json, JsonObject
from sidecar.core.mango import holds
from sidecar.core.regex import regex_matches
from sidecar.core.values import member, sort_key

if TYPE_CHECKING:
    from sidecar.store.driver import Connection

Function = Callable[..., bool | bytes]


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
        def call(*arguments: object) -> bool | bytes:
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


def _regex(text: str | None, pattern: str, flags: str) -> bool:
    return text is not None and regex_matches(pattern, flags, text)


def _sort_key(root: str | None, path: str) -> bytes:
    fields = _parsed(path)
    assert isinstance(fields, list)
    value = MISSING if root is None else orjson.loads(root)
    return sort_key(member(value, [str(field) for field in fields]))


@lru_cache(maxsize=512)
def _parsed(text: str) -> Json:
    """Return a parameter's value; it is the same text for every row, and nobody changes it."""
    value: Json = orjson.loads(text)
    return value


_FUNCTIONS: Final[tuple[tuple[str, int, Function], ...]] = (
    ("mango", 4, _mango),
    ("regex", 3, _regex),
    ("sort_key", 2, _sort_key),
)
