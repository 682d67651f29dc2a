"""Columns: what a declared field holds, and its two forms, JSON and SQLite.

| kind      | JSON              | SQLite            |
|-----------|-------------------|-------------------|
| text      | string            | TEXT              |
| integer   | integral number   | INTEGER           |
| number    | number            | ANY, as it is     |
| boolean   | true, false       | INTEGER 1, 0      |
| timestamp | integral ms       | INTEGER           |
| json      | object or array   | TEXT, JSON        |

A value of another type is refused. NULL stands for both null and absent; `sidecar.core.documents`
tells them apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, get_origin

import orjson
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from sidecar.core.errors import ValidationError
from sidecar.core.json import MAX_INTEGER, Json, JsonObject
from sidecar.core.state import SqlValue


class Kind(StrEnum):
    """The kinds of column."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    JSON = "json"


_SHOWN: Final = 40
"""Most characters of a value that an error's message quotes."""


class Missing:
    """The type of `MISSING`: no value at all, which null is not."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()

SQL_TYPES: Final[dict[Kind, str]] = {
    Kind.TEXT: "TEXT",
    Kind.INTEGER: "INTEGER",
    Kind.NUMBER: "ANY",
    Kind.BOOLEAN: "INTEGER",
    Kind.TIMESTAMP: "INTEGER",
    Kind.JSON: "TEXT",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A declared field of a table.

    Attributes:
        nullable: Whether an insert may leave it out or give null.
        default: JSON value an insert that leaves it out gets, or `MISSING`.
        shape: What a JSON column holds, as pydantic takes types; None for any object or array.
        references: Table whose primary key it holds, or None.
        container: Which container the shape asks for, or None for either.
    """

    kind: Kind
    nullable: bool = False
    default: Json | Missing = MISSING
    primary_key: bool = False
    references: str | None = None
    shape: Any = None
    container: type[list[Json] | JsonObject] | None = field(init=False)
    _encode: Callable[[Json], SqlValue | Missing] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Looked up once: every value of every document comes by here.
        asked = list if get_origin(self.shape) is list else dict
        object.__setattr__(self, "container", None if self.shape is None else asked)
        object.__setattr__(self, "_encode", _ENCODERS[self.kind])

    def describe(self) -> JsonObject:
        """Return what decides the state, as data."""
        described: JsonObject = {"kind": self.kind.value, "nullable": self.nullable}
        if not isinstance(self.default, Missing):
            described["default"] = self.default
        if self.references is not None:
            described["references"] = self.references
        return described

    def json_schema(self, generator: type[GenerateJsonSchema] = GenerateJsonSchema) -> JsonObject:
        """Return the JSON Schema of the field's values, a shape's as the generator makes it."""
        if self.kind is Kind.JSON:
            if self.shape is None:
                return {"type": ["object", "array"]}
            adapter: TypeAdapter[Any] = TypeAdapter(self.shape)
            return adapter.json_schema(schema_generator=generator)
        names = {Kind.TEXT: "string", Kind.BOOLEAN: "boolean", Kind.NUMBER: "number"}
        return {"type": names.get(self.kind, "integer")}

    def encode(self, value: Json) -> SqlValue | Missing:
        """Return the SQLite form of a value but null, or `MISSING` if it is of another type."""
        if self.container is not None and not isinstance(value, self.container):
            return MISSING
        return self._encode(value)

    def mismatch(self, value: Json, path: str) -> ValidationError:
        """Return the error of a value that `encode` refused."""
        wanted = _NAMES[self.kind]
        if self.container is not None:
            wanted = "an array" if self.container is list else "an object"
        return ValidationError(f"{path} must be {wanted}, not {_shown(value)}", path=path)


def text(
    *,
    primary_key: bool = False,
    nullable: bool = False,
    default: Json | Missing = MISSING,
    references: str | None = None,
) -> Column:
    """Declare a string."""
    return Column(Kind.TEXT, nullable, default, primary_key, references)


def integer(*, nullable: bool = False, default: Json | Missing = MISSING) -> Column:
    """Declare an integer of 64 bits."""
    return Column(Kind.INTEGER, nullable, default)


def number(*, nullable: bool = False, default: Json | Missing = MISSING) -> Column:
    """Declare a number, whole or not."""
    return Column(Kind.NUMBER, nullable, default)


def boolean(*, nullable: bool = False, default: Json | Missing = MISSING) -> Column:
    """Declare a boolean."""
    return Column(Kind.BOOLEAN, nullable, default)


def timestamp(*, nullable: bool = False, default: Json | Missing = MISSING) -> Column:
    """Declare a point in time, integer milliseconds since 1970."""
    return Column(Kind.TIMESTAMP, nullable, default)


def json(
    shape: object = None, *, nullable: bool = False, default: Json | Missing = MISSING
) -> Column:
    """Declare a nested object or array; `shape` is a pydantic model or a type of arrays."""
    return Column(Kind.JSON, nullable, default, shape=shape)


def is_field(name: str) -> bool:
    """Return whether a column may have this name: a selector can say it, and it is not ours."""
    return bool(name) and name[0] not in "_$" and "." not in name and "\0" not in name


def _shown(value: Json) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    shown = orjson.dumps(value).decode()
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"


def _text(value: Json) -> SqlValue | Missing:
    return value if isinstance(value, str) else MISSING


def _integer(value: Json) -> SqlValue | Missing:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value if -MAX_INTEGER - 1 <= value <= MAX_INTEGER else MISSING
    return MISSING


def _number(value: Json) -> SqlValue | Missing:
    if isinstance(value, int | float) and not isinstance(value, bool):
        fits = isinstance(value, float) or -MAX_INTEGER - 1 <= value <= MAX_INTEGER
        return value if fits else MISSING
    return MISSING


def _boolean(value: Json) -> SqlValue | Missing:
    return int(value) if isinstance(value, bool) else MISSING


def _json(value: Json) -> SqlValue | Missing:
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else MISSING


_ENCODERS: Final[dict[Kind, Callable[[Json], SqlValue | Missing]]] = {
    Kind.TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.NUMBER: _number,
    Kind.BOOLEAN: _boolean,
    Kind.TIMESTAMP: _integer,
    Kind.JSON: _json,
}

_NAMES: Final[dict[Kind, str]] = {
    Kind.TEXT: "a string",
    Kind.INTEGER: "an integer",
    Kind.NUMBER: "a number",
    Kind.BOOLEAN: "true or false",
    Kind.TIMESTAMP: "integer milliseconds",
    Kind.JSON: "an object or an array",
}
