"""JSON values: their types, their bounds, and the one form two equal values share.

The data model is JavaScript's, because every document comes from or goes to a browser:

1. There is one number type, so ``5`` and ``5.0`` are equal and share a canonical form.
2. Strings are Unicode text. A lone surrogate, which a JavaScript string may hold, has no UTF-8 form
   and is refused here; a migration keeps such a document in quarantine.
3. Objects are unordered.
"""

from __future__ import annotations

import hashlib
import math
from typing import cast

import orjson
from pydantic import JsonValue

from sidecar.core.errors import ValidationError

Json = JsonValue
JsonObject = dict[str, JsonValue]

MAX_DEPTH = 256
"""Nesting levels a value may have; SQLite's JSON functions stop at 1,000."""

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
        ValidationError: Deeper than `MAX_DEPTH`, not finite, beyond 64 bits, a lone surrogate, or no
            JSON at all. `path` names the place.
    """
    _check(value, path, MAX_DEPTH)


def pointer(*parts: str | int) -> str:
    """Return the JSON pointer (RFC 6901) of the given keys and indexes."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def _check(value: object, path: str, depth: int) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        if not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError as error:
                raise ValidationError(
                    f"{path or '/'} holds a lone surrogate",
                    hint="Send well-formed text: String.prototype.toWellFormed() mends it.",
                    path=path,
                ) from error
    elif isinstance(value, int):
        if not -MAX_INTEGER - 1 <= value <= MAX_INTEGER:
            raise ValidationError(f"{path or '/'} is beyond 64 bits", path=path)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise ValidationError(f"{path or '/'} is not a finite number", path=path)
    elif isinstance(value, dict | list):
        if depth == 0:
            raise ValidationError(
                f"{path[:60]}… is nested deeper than {MAX_DEPTH} levels", path=path[:200]
            )
        _check_children(cast("dict[object, object] | list[object]", value), path, depth - 1)
    else:
        raise ValidationError(f"{path or '/'} is not a JSON value", path=path)


def _check_children(value: dict[object, object] | list[object], path: str, depth: int) -> None:
    if isinstance(value, list):
        for index, item in enumerate(value):
            _check(item, f"{path}/{index}", depth)
        return
    for key, item in value.items():
        if not isinstance(key, str):
            raise ValidationError(f"{path or '/'} has a key that is not text", path=path)
        _check(key, path, depth)
        _check(item, path + pointer(key), depth)


def _one_number_type(value: Json) -> Json:
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, dict):
        return {key: _one_number_type(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_one_number_type(item) for item in value]
    return value
