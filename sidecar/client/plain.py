"""What a query may hold: JSON, copied, so that nobody changes a query behind its back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from math import isfinite
from typing import Final

from sidecar.core.errors import QueryError
from sidecar.core.json import MAX_DEPTH, Json, pointer


def plain(value: object, path: str, depth: int = MAX_DEPTH) -> Json:
    """Return a copy of a JSON value; tuples become lists.

    Args:
        value: What a caller wants in a query.
        path: JSON pointer of its place there, for errors.
        depth: Levels it may have.

    Raises:
        QueryError: It holds what JSON can't; the hint says what to write instead.
    """
    if depth < 0:
        raise QueryError(f"{path[:60]}… is nested deeper than {MAX_DEPTH} levels", path=path[:200])
    match value:
        case None | bool() | int() | str():
            return value
        case float() if isfinite(value):
            return value
        case list() | tuple():
            return [plain(one, f"{path}/{at}", depth - 1) for at, one in enumerate(value)]
        case Mapping():
            return {
                _key(key, path): plain(one, path + pointer(str(key)), depth - 1)
                for key, one in value.items()
            }
    shown = f"the {value} of a float" if isinstance(value, float) else f"a {type(value).__name__}"
    raise QueryError(f"{path} is {shown}, which JSON can't hold", hint=_hint(value), path=path)


def _key(key: object, path: str) -> str:
    if not isinstance(key, str):
        raise QueryError(f"{path} has the key {key!r}, which is no text", hint=_MADE_OF, path=path)
    return key


_MADE_OF: Final = "A query is made of None, booleans, numbers, texts, lists, and dicts by text."


def _hint(value: object) -> str:
    match value:
        case float():
            return "Write a finite number."
        case date():
            return "Times are milliseconds since 1970: round(moment.timestamp() * 1000)."
        case re.Pattern():
            return f'Write {{"$regex": {value.pattern!r}}}, and flags as "$options": "i".'
        case set() | frozenset():
            return "Write a list."
    return _MADE_OF
