"""What a source is made of, and the JSON text of one document read as JavaScript would."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import orjson

from sidecar.core.errors import ValidationError
from sidecar.core.json import MAX_DEPTH, MAX_INTEGER, Json, check_json
from sidecar.migration.cursor import MalformedJsonError

_DIGITS_AS_ZEROS: Final = bytes.maketrans(b"123456789", b"000000000")
_LARGE_INTEGER: Final = b"0" * 19

MAX_EXPONENT: Final = 1023
"""Binary digits of the largest integers a double holds."""


class Kind(StrEnum):
    """The kinds of record."""

    DOCUMENT = "document"
    LOCAL = "local"
    SCHEMA = "schema"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Record:
    """One value of a source, not yet decoded.

    Attributes:
        kind: `DOCUMENT`: a document, alive or `_deleted`. `LOCAL`: a local document `{id, data}`.
            `SCHEMA`: the RxDB schema of a collection. `ABOUT`: anything else the source says.
        collection: Its collection; None for what belongs to the database.
        raw: The value's JSON text.
        offset: Where `raw` begins in the file.
        key: The member it is the value of, where it is one.
    """

    kind: Kind
    collection: str | None
    raw: bytes
    offset: int
    key: str = ""


class UnstorableError(ValueError):
    """Well-formed JSON that the store can't keep exactly: lone surrogates, deep nesting, 1e999.

    Attributes:
        path: JSON pointer of the place.
        message: What is wrong there.
        value: The value as far as Python can hold it, or None.
    """

    def __init__(self, path: str, message: str, value: Json = None) -> None:
        super().__init__(message)
        self.path = path
        self.message = message
        self.value = value


def decode(record: Record) -> Json:
    """Return the value of a record.

    Raises:
        MalformedJsonError: It is no JSON.
        UnstorableError: It is JSON, and can't be stored as it is.
    """
    try:
        value: Json = orjson.loads(record.raw)
    except orjson.JSONDecodeError as error:
        value = _leniently(record, error)
    else:
        if _surely_storable(record.raw):
            return value
    try:
        check_json(value)
    except ValidationError:
        # JavaScript writes the double 1e19 without an exponent: such an integer is that double.
        value = _as_doubles(value)
        try:
            check_json(value)
        except ValidationError as error:
            path = str(error.data.get("path", ""))
            raise UnstorableError(path, error.message, value) from error
    return value


def _surely_storable(raw: bytes) -> bool:
    """Return whether JSON that orjson took can't be too deep, nor have an integer too large."""
    shallow = raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH
    return shallow and _LARGE_INTEGER not in raw.translate(_DIGITS_AS_ZEROS)


def _leniently(record: Record, refusal: orjson.JSONDecodeError) -> Json:
    """Tell what JavaScript may write, and orjson refuses, from what is no JSON."""
    try:
        text = record.raw.decode()
    except UnicodeDecodeError as error:
        raise MalformedJsonError(record.offset + error.start, "no UTF-8") from error
    try:
        value: Json = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        at = len(text[: error.pos].encode())
        raise MalformedJsonError(record.offset + at, error.msg) from error
    except RecursionError as error:
        raise UnstorableError("", "it is nested too deeply") from error
    except ValueError as error:
        raise MalformedJsonError(record.offset, str(error)) from refusal
    return value


def _refuse_constant(word: str) -> Json:
    raise ValueError(f"{word} is no JSON")


def _as_doubles(value: Json) -> Json:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        fits_a_double = value.bit_length() <= MAX_EXPONENT
        return float(value) if abs(value) > MAX_INTEGER and fits_a_double else value
    if isinstance(value, dict):
        return {key: _as_doubles(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_doubles(item) for item in value]
    return value
