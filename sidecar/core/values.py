"""Values as mingo 7 sees them: what a path finds, when two are equal, which comes first.

1. A dotted path fans out over arrays, leaving out what is missing; a numeric segment is an index.
2. Equality is deep; objects are unordered.
3. Order of mixed types: missing < null < number < string < object < array < boolean; strings
   compare by UTF-16 code unit, arrays by their sorted elements, objects by their sorted keys, then
   values. As a sort key an array stands where its smallest element does, an empty one between
   missing and null; RxDB leaves open which of an array and that element comes first.
4. `order_key` turns order into bytes: no key is the beginning of another, so that keys in a row
   compare one by one, and a shorter row that is the beginning of a longer one comes first.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

from sidecar.core.column import MISSING, Missing
from sidecar.core.json import Json, canonical

Value = Json | Missing

_DIGITS: Final = 18
"""Digits of a path segment that are read: Python refuses thousands, and no array has so many."""

RANKS: Final[dict[type, int]] = {
    Missing: 0,
    type(None): 1,
    int: 2,
    float: 2,
    str: 3,
    dict: 4,
    list: 5,
    bool: 6,
}
"""mingo's order of the types of JSON."""


def resolve(value: Value, path: Sequence[str], *, unwrap: bool = True) -> Value:
    """Return what a path finds in a value: one value, or a list where it fans out over an array.

    A scalar is what any path finds in it, which is how an array's elements are looked at.

    Args:
        value: Any value.
        path: Keys and indexes.
        unwrap: Take one array in one array for the array: the fan-out of a single element adds no
            level.
    """
    if not isinstance(value, dict | list):
        return value
    fan = _Fan()
    found = fan.walk(value, path)
    while unwrap and fan.depth > 0 and isinstance(found, list) and len(found) == 1:
        if not isinstance(found[0], list):
            break
        found = found[0]
        fan.depth -= 1
    return found


def member(root: Value, path: Sequence[str]) -> Value:
    """Return what a path finds without fanning out, as sorting does.

    To RxDB that is what JavaScript finds: a string's units, and the length of strings and arrays.
    """
    for field in path:
        if isinstance(root, str):
            root = _units(root)
        root = len(root) if isinstance(root, list) and field == "length" else get(root, field)
    return root


def get(value: Value, field: str) -> Value:
    """Return a member of an object or an element of an array."""
    if isinstance(value, dict):
        return value.get(field, MISSING)
    if isinstance(value, list) and is_index(field):
        at = index(field)
        return value[at] if at < len(value) else MISSING
    return MISSING


def is_index(field: str) -> bool:
    """Return whether a path segment is a number."""
    return field.isascii() and field.isdecimal()


def index(field: str) -> int:
    """Return the number of a path segment that is one; one that no array reaches, if it is long."""
    return int(field) if len(field) <= _DIGITS else index(field.lstrip("0")[:_DIGITS] or "0")


def same(value: Value, other: Json) -> bool:
    """Return whether two values are equal; a missing one equals nothing."""
    if isinstance(value, Missing):
        return False
    if type(value) is type(other) and not isinstance(value, dict | list):
        return value == other
    return canonical(value) == canonical(other)


def compare(left: Value, right: Value) -> int:
    """Return -1, 0 or 1 as one value is less than, equal to or greater than another."""
    ours, theirs = order_key(left), order_key(right)
    return (ours > theirs) - (ours < theirs)


def order_key(value: Value) -> bytes:
    """Return bytes that compare as the values do."""
    if isinstance(value, str):
        # Every unit is two bytes, a NUL four: the two of the end come before them all.
        units = value.encode("utf-16-be", "surrogatepass")
        return b"\x04" + (_escaped(units) if "\0" in value else units) + b"\0\0"
    if isinstance(value, list):
        return b"\x06" + b"".join(sorted(map(order_key, value))) + b"\0"
    if isinstance(value, dict):
        members = sorted((order_key(key), order_key(item)) for key, item in value.items())
        keys = b"".join(key for key, _ in members)
        return b"\x05" + keys + b"\0" + b"".join(item for _, item in members)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return b"\x03" + _number_key(float(value))
    if isinstance(value, Missing):
        return b"\x00"
    return b"\x02" if value is None else b"\x07" + bytes([value])


def sort_key(value: Value) -> bytes:
    """Return bytes that compare as RxDB sorts the values."""
    if isinstance(value, list):
        return b"".join(sorted(map(order_key, value))) or b"\x01"
    return order_key(value)


def flat(values: Sequence[Json], depth: int) -> list[Json]:
    """Return the elements of an array, and those of the arrays `depth` levels down in it."""
    found: list[Json] = []
    for item in values:
        found.extend(flat(item, depth - 1) if isinstance(item, list) and depth > 0 else [item])
    return found


class _Fan:
    """A walk along a path; `depth` counts the arrays it fanned out over."""

    def __init__(self) -> None:
        self.depth = 0

    def walk(self, value: Value, path: Sequence[str]) -> Value:
        for at, field in enumerate(path):
            if isinstance(value, list) and not is_index(field):
                if at == 0 and self.depth > 0:
                    return value
                self.depth += 1
                found = [self.walk(item, path[at:]) for item in value]
                return [item for item in found if not isinstance(item, Missing)]
            value = get(value, field)
        return value


def _units(text: str) -> list[Json]:
    units = text.encode("utf-16-le", "surrogatepass")
    pairs = (units[at : at + 2] for at in range(0, len(units), 2))
    return [pair.decode("utf-16-le", "surrogatepass") for pair in pairs]


def _escaped(units: bytes) -> bytes:
    pairs = (units[at : at + 2] for at in range(0, len(units), 2))
    return b"".join(b"\0\0\0\1" if pair == b"\0\0" else pair for pair in pairs)


def _number_key(number: float) -> bytes:
    # IEEE 754 orders like an integer once negatives are flipped; adding 0.0 makes -0.0 equal 0.0.
    (bits,) = struct.unpack(">Q", struct.pack(">d", number + 0.0))
    return struct.pack(">Q", bits ^ (0xFFFFFFFFFFFFFFFF if bits >> 63 else 1 << 63))
