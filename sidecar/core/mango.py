"""What a selector's operators mean, on plain values: the reference the compiler falls back to.

The meaning is RxDB 17's (mingo 7):

1. A dotted path fans out over arrays; a numeric segment also picks by index.
2. An operator holds for a path if it holds for any value there, an array itself or any of its elements;
   `$ne` and `$nin` are the negations of `$eq` and `$in`.
3. `null` equals missing. Ranges never cross types, and only a real null is `>= null` or `<= null`.
4. Order of mixed types: missing < [] < null < number < string < object < array < boolean; strings
   compare by UTF-16 code unit; an array stands where its smallest element does.

It leaves alone where documents come from and how a query is run.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Final

from sidecar.core.column import MISSING, Missing
from sidecar.core.json import Json, canonical

Value = Json | Missing


def matches(root: Value, path: Sequence[str], operator: str, operand: Json) -> bool:
    """Return whether an operator holds for what a path finds in a value.

    Args:
        root: The value the path starts from.
        path: Keys and indexes below it; empty for the value itself.
        operator: One of `OPERATORS`.
        operand: The operator's operand; a list for `$in` and `$nin`.
    """
    test, negated = OPERATORS[operator]
    return any(test(value, operand) for value in values_at(root, path)) != negated


def values_at(root: Value, path: Sequence[str]) -> list[Value]:
    """Return the values an operator looks at, at least one, `MISSING` where there is nothing."""
    if not path:
        return [root, *root] if isinstance(root, list) else [root]
    head, rest = path[0], path[1:]
    if isinstance(root, dict):
        return values_at(root[head], rest) if head in root else [MISSING]
    if isinstance(root, list):
        found: list[Value] = []
        if head.isdecimal() and int(head) < len(root):
            found.extend(values_at(root[int(head)], rest))
        for item in root:
            if isinstance(item, dict | list):
                found.extend(one for one in values_at(item, path) if one is not MISSING)
        return found or [MISSING]
    return [MISSING]


def sort_key(value: Value) -> bytes:
    """Return bytes that compare as RxDB sorts the values."""
    if isinstance(value, Missing):
        return b"\x00"
    if isinstance(value, list):
        if not value:
            return b"\x01"
        nested = [item for item in value if isinstance(item, list)]
        return b"\x06" if nested else min(map(sort_key, value))
    if value is None:
        return b"\x02"
    if isinstance(value, bool):
        return b"\x07" + bytes([value])
    if isinstance(value, int | float):
        return b"\x03" + _number_key(float(value))
    if isinstance(value, str):
        return b"\x04" + value.encode("utf-16-be")
    return b"\x05" + canonical(value)


def _number_key(number: float) -> bytes:
    # IEEE 754 orders like an integer once negatives are flipped; adding 0.0 makes -0.0 equal 0.0.
    (bits,) = struct.unpack(">Q", struct.pack(">d", number + 0.0))
    return struct.pack(">Q", bits ^ (0xFFFFFFFFFFFFFFFF if bits >> 63 else 1 << 63))


def _equal(value: Value, operand: Json) -> bool:
    if isinstance(value, Missing):
        return operand is None
    if type(value) is type(operand) and not isinstance(value, dict | list):
        return value == operand
    return canonical(value) == canonical(operand)


def _in(value: Value, operand: Json) -> bool:
    return isinstance(operand, list) and any(_equal(value, one) for one in operand)


def _compare(test: Callable[[bytes, bytes], bool]) -> Callable[[Value, Json], bool]:
    def holds(value: Value, operand: Json) -> bool:
        if isinstance(value, Missing | list) or isinstance(operand, list):
            return False
        left, right = sort_key(value), sort_key(operand)
        return left[0] == right[0] and test(left, right)

    return holds


OPERATORS: Final[dict[str, tuple[Callable[[Value, Json], bool], bool]]] = {
    "$eq": (_equal, False),
    "$ne": (_equal, True),
    "$in": (_in, False),
    "$nin": (_in, True),
    "$gt": (_compare(bytes.__gt__), False),
    "$gte": (_compare(bytes.__ge__), False),
    "$lt": (_compare(bytes.__lt__), False),
    "$lte": (_compare(bytes.__le__), False),
}
"""Each operator's test of one value, and whether the operator is its negation."""
