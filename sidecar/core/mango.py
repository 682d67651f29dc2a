"""What a selector's operators mean, on plain values: the reference the compiler falls back to.

The meaning is RxDB 17's, which is mingo 7's:

1. A dotted path fans out over arrays, leaving out what is missing; a numeric segment is an index.
2. An operator holds for an array if it holds for one of its elements; `$eq` also compares the
   whole. `$ne` and `$nin` are the negations of `$eq` and `$in`.
3. `null` equals missing. Ranges never cross types, and only a real null is `>= null` or `<= null`.
4. Order of mixed types: missing < [] < null < number < string < object < array < boolean; strings
   compare by UTF-16 code unit; an array stands where its smallest element does.

It leaves alone where documents come from and how a query is run.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from functools import cmp_to_key
from typing import Final

from sidecar.core.column import MISSING, Missing
from sidecar.core.json import Json, canonical

Value = Json | Missing

_RANKS: Final[dict[type, int]] = {
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


def matches(root: Value, path: Sequence[str], operator: str, operand: Json) -> bool:
    """Return whether an operator holds for what a path finds in a value.

    Args:
        root: The value of a document's top-level field.
        path: Keys and indexes below it; empty for the value itself.
        operator: One of `OPERATORS`.
        operand: The operator's operand; a list for `$in` and `$nin`.
    """
    test, negated = OPERATORS[operator]
    return test(resolve(root, path), operand, len(path)) != negated


def resolve(root: Value, path: Sequence[str]) -> Value:
    """Return what a path finds: one value, or a list where it fans out over an array."""
    fan = _Fan()
    found = fan.walk(root, path)
    # One array in one array is the array: the fan-out of a single element adds no level.
    while fan.depth > 0 and isinstance(found, list) and len(found) == 1:
        if not isinstance(found[0], list):
            break
        found = found[0]
        fan.depth -= 1
    return found


def member(root: Value, path: Sequence[str]) -> Value:
    """Return what a path finds without fanning out, as sorting does."""
    for field in path:
        root = _get(root, field)
    return root


def compare(left: Value, right: Value) -> int:
    """Return -1, 0 or 1 as one value is less than, equal to or greater than another.

    Arrays compare by their sorted elements, objects by their sorted keys and then their values.
    """
    ranks = _rank(left), _rank(right)
    if ranks[0] != ranks[1]:
        return 1 if ranks[0] > ranks[1] else -1
    if isinstance(left, list) and isinstance(right, list):
        return _compare_each(_ordered(left), _ordered(right))
    if isinstance(left, dict) and isinstance(right, dict):
        keys = _ordered(list(left)), _ordered(list(right))
        values = [left[str(key)] for key in keys[0]], [right.get(str(key)) for key in keys[0]]
        return _compare_each(*keys) or _compare_each(*values)
    ours, theirs = sort_key(left), sort_key(right)
    return (ours > theirs) - (ours < theirs)


def sort_key(value: Value) -> bytes:
    """Return bytes that compare as RxDB sorts the values."""
    if isinstance(value, list):
        if not value:
            return b"\x01"
        nested = any(isinstance(item, list) for item in value)
        return b"\x06" if nested else min(map(sort_key, value))
    if isinstance(value, str):
        return b"\x04" + value.encode("utf-16-be")
    if isinstance(value, dict):
        return b"\x05" + canonical(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return b"\x03" + _number_key(float(value))
    if isinstance(value, Missing):
        return b"\x00"
    return b"\x02" if value is None else b"\x07" + bytes([value])


def _rank(value: Value) -> int:
    return _RANKS[type(value)]


def _ordered(values: Sequence[Json]) -> list[Json]:
    return sorted(values, key=cmp_to_key(compare))


def _compare_each(left: Sequence[Json], right: Sequence[Json]) -> int:
    for one, other in zip(left, right, strict=False):
        if found := compare(one, other):
            return found
    return (len(left) > len(right)) - (len(left) < len(right))


class _Fan:
    """A walk along a path; `depth` counts the arrays it fanned out over."""

    def __init__(self) -> None:
        self.depth = 0

    def walk(self, value: Value, path: Sequence[str]) -> Value:
        for at, field in enumerate(path):
            if isinstance(value, list) and not field.isdecimal():
                if at == 0 and self.depth > 0:
                    return value
                self.depth += 1
                found = [self.walk(item, path[at:]) for item in value]
                return [item for item in found if not isinstance(item, Missing)]
            value = _get(value, field)
        return value


def _get(value: Value, field: str) -> Value:
    if isinstance(value, dict):
        return value.get(field, MISSING)
    if isinstance(value, list) and field.isdecimal() and int(field) < len(value):
        return value[int(field)]
    return MISSING


def _number_key(number: float) -> bytes:
    # IEEE 754 orders like an integer once negatives are flipped; adding 0.0 makes -0.0 equal 0.0.
    (bits,) = struct.unpack(">Q", struct.pack(">d", number + 0.0))
    return struct.pack(">Q", bits ^ (0xFFFFFFFFFFFFFFFF if bits >> 63 else 1 << 63))


def _same(value: Value, operand: Json) -> bool:
    if isinstance(value, Missing):
        return False
    if type(value) is type(operand) and not isinstance(value, dict | list):
        return value == operand
    return canonical(value) == canonical(operand)


def _equal(value: Value, operand: Json, depth: int) -> bool:
    if value is None or isinstance(value, Missing):
        return operand is None
    if _same(value, operand):
        return True
    if not isinstance(value, list):
        return False
    return any(_same(one, operand) for one in [*value, *_flat(value, depth)])


def _flat(values: list[Json], depth: int) -> list[Json]:
    """Return the elements of an array, and those of the arrays `depth` levels down in it."""
    found: list[Json] = []
    for item in values:
        found.extend(_flat(item, depth - 1) if isinstance(item, list) and depth > 0 else [item])
    return found


def _in(value: Value, operand: Json, _: int) -> bool:
    assert isinstance(operand, list)
    if value is None or isinstance(value, Missing):
        return None in operand
    values = value if isinstance(value, list) else [value]
    return any(_same(one, other) for one in values for other in operand)


def _range(test: Callable[[int], bool]) -> Callable[[Value, Json, int], bool]:
    def holds(value: Value, operand: Json, _: int) -> bool:
        rank = _rank(operand)
        values: Sequence[Value] = value if isinstance(value, list) else [value]
        return any(_rank(one) == rank and test(compare(one, operand)) for one in values)

    return holds


OPERATORS: Final[dict[str, tuple[Callable[[Value, Json, int], bool], bool]]] = {
    "$eq": (_equal, False),
    "$ne": (_equal, True),
    "$in": (_in, False),
    "$nin": (_in, True),
    "$gt": (_range(lambda sign: sign > 0), False),
    "$gte": (_range(lambda sign: sign >= 0), False),
    "$lt": (_range(lambda sign: sign < 0), False),
    "$lte": (_range(lambda sign: sign <= 0), False),
}
"""Each operator's test, given the segments below the top-level field, and whether it is negated."""
