"""JSON values: their types, their bounds, and the one form two equal values share.

The data model is JavaScript's, because every document comes from or goes to a browser:

1. There is one number type, so ``5`` and ``5.0`` are equal and share a canonical form. Integers are
   kept exactly, also those beyond 2**53, which a browser rounds.
2. Strings are Unicode text. A lone surrogate, which a JavaScript string may hold, has no UTF-8 form
   and is refused here; a migration keeps such a document in quarantine.
3. Objects are unordered.
"""

from __future__ import annotations

import hashlib
import math
import re
from typing import Final

import orjson
from pydantic import JsonValue

from sidecar.core.errors import ValidationError

Json = JsonValue
JsonObject = dict[str, JsonValue]

MAX_DEPTH = 250
"""Nesting levels a value may have; orjson writes 254, SQLite's JSON functions read 1,000."""

_TEXT: Final = frozenset([str])

_SURROGATE: Final = re.compile("[\ud800-\udfff]")

MAX_INTEGER = 2**63 - 1
"""Largest integer SQLite stores; beyond 2**53 a browser rounds anyway."""


def canonical(value: Json) -> bytes:
    """Return the bytes that two JSON values share exactly when JavaScript calls them equal.

    Args:
        value: Any JSON value.

    Returns:
        UTF-8 JSON with sorted keys, no spaces, and integral floats written as integers.
    """
    return orjson.dumps(_one_number_type(value), option=orjson.OPT_SORT_KEYS)


def digest(value: Json) -> str:
    """Return the SHA-256 of a value's canonical form, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def check_json(value: object, path: str = "") -> None:
    """Refuse what the store can't keep exactly.

    Args:
        value: What a decoder produced.
        path: JSON pointer of `value`, put before the pointer an error names.

    Raises:
        ValidationError: Deeper than `MAX_DEPTH`, not finite, beyond 64 bits, a lone surrogate, or
            no JSON at all. `path` names the place.
    """
    if not _sound(value):
        _blame(value, path, MAX_DEPTH)


def pointer(*parts: str | int) -> str:
    """Return the JSON pointer (RFC 6901) of the given keys and indexes."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def _sound(value: object) -> bool:
    """Return whether a value passes, level by level: most do, and need no paths."""
    level = [value]
    for depth in range(MAX_DEPTH + 1):
        below: list[object] = []
        for item in level:
            if not isinstance(item, dict | list):
                if not _scalar(item):
                    return False
                continue
            if depth == MAX_DEPTH:
                return False
            below += item
            if isinstance(item, dict):
                if not _TEXT.issuperset(map(type, item)):
                    return False
                below += item.values()
        if not below:
            return True
        level = below
    return True


def _scalar(value: object) -> bool:
    if isinstance(value, str):
        return value.isascii() or not _SURROGATE.search(value)
    if isinstance(value, int):
        return -MAX_INTEGER - 1 <= value <= MAX_INTEGER
    return value is None or (isinstance(value, float) and math.isfinite(value))


def _blame(value: object, path: str, depth: int) -> None:
    """Raise the error of the first value that does not pass."""
    if isinstance(value, dict | list):
        if depth == 0:
            raise ValidationError(
                f"{path[:60]}… is nested deeper than {MAX_DEPTH} levels", path=path[:200]
            )
        for key in value if isinstance(value, dict) else ():
            if not isinstance(key, str):
                raise ValidationError(f"{path or '/'} has a key that is not text", path=path)
            _blame(key, path, depth)
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            _blame(item, path + pointer(key), depth - 1)
    elif isinstance(value, str) and not _scalar(value):
        raise ValidationError(
            f"{path or '/'} holds a lone surrogate",
            hint="Send well-formed text: String.prototype.toWellFormed() mends it.",
            path=path,
        )
    elif not _scalar(value):
        shown = (
            "a number the store can't keep" if isinstance(value, int | float) else "no JSON value"
        )
        raise ValidationError(f"{path or '/'} is {shown}", path=path)


def _one_number_type(value: Json) -> Json:
    if isinstance(value, float):
        return int(value) if value.is_integer() and -(2**63) <= value < 2**63 else value
    if isinstance(value, dict):
        return {key: _one_number_type(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_one_number_type(item) for item in value]
    return value
