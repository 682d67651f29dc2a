"""What selectors mean, on plain values: the reference the compiler falls back to.

The meaning is RxDB 17's, which is mingo 7's:

1. An operator holds for an array if it holds for one of its elements; `$eq` also compares the
   whole, `$size`, `$type` and `$exists` look at it alone. `$ne` and `$nin` negate `$eq` and `$in`.
2. `null` equals missing. Ranges never cross types, and only a real null is `>= null` or `<= null`.
3. `$mod` converts as JavaScript's `%` does; `$regex` is JavaScript's RegExp.
4. In `$elemMatch` without operators a scalar element is what each of its paths finds.

Beyond RxDB are `$like`, `$ilike` (SQL's LIKE, see `sidecar.core.like`) and `$contains`: a text that
holds another, or an array with an equal element.

`selector.py` has checked a selector before it comes here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from sidecar.core.column import MISSING, Missing
from sidecar.core.json import Json, JsonObject
from sidecar.core.like import like
from sidecar.core.regex import regex_matches
from sidecar.core.values import RANKS, Value, compare, flat, get, index, is_index, resolve, same


def test(value: Value, selector: JsonObject) -> bool:
    """Return whether a value matches a selector."""
    return all(_term(value, key, condition) for key, condition in selector.items())


def holds(value: Value, path: Sequence[str], operator: str, operand: Json) -> bool:
    """Return whether an operator holds for what a path finds in a value.

    Args:
        value: A document, or part of one.
        path: Keys and indexes, at least one.
        operator: A field's operator.
        operand: What stands behind it; `$regex` has `[pattern, flags]`.
    """
    if operator == "$not":
        return not all(holds(value, path, *each) for each in conditions(operand))
    if operator == "$exists":
        return _exists(value, path) == _truthy(operand)
    if operator in JUNCTIONS:
        return test(value, {operator: operand})
    check, negated = OPERATORS[operator]
    return check(resolve(value, path), operand, len(path) - 1) != negated


def conditions(condition: Json) -> list[tuple[str, Json]]:
    """Return the operators and operands of a field's condition; `$regex` takes its `$options`."""
    if not isinstance(condition, dict) or not any(key.startswith("$") for key in condition):
        return [("$eq", condition)]
    found = dict(condition)
    if "$regex" in found:
        found["$regex"] = [found["$regex"], found.pop("$options", "")]
    return list(found.items())


def _term(value: Value, key: str, condition: Json) -> bool:
    if key in JUNCTIONS:
        assert isinstance(condition, list)
        return JUNCTIONS[key](test(value, one) for one in condition if isinstance(one, dict))
    path = key.split(".")
    return all(holds(value, path, *each) for each in conditions(condition))


def _none(found: Iterable[bool]) -> bool:
    return not any(found)


JUNCTIONS: Final[dict[str, Callable[[Iterable[bool]], bool]]] = {
    "$and": all,
    "$or": any,
    "$nor": _none,
}
"""Operators over whole selectors."""


def _equal(value: Value, operand: Json, depth: int) -> bool:
    if value is None or isinstance(value, Missing):
        return operand is None
    if same(value, operand):
        return True
    return isinstance(value, list) and _has(value, operand, depth)


def _has(values: Sequence[Json], operand: Json, depth: int) -> bool:
    return any(same(one, operand) for one in [*values, *flat(values, depth)])


def _in(value: Value, operand: Json, _: int) -> bool:
    assert isinstance(operand, list)
    if value is None or isinstance(value, Missing):
        return None in operand
    return any(same(one, other) for one in _each(value) for other in operand)


def _range(wanted: Callable[[int], bool]) -> Callable[[Value, Json, int], bool]:
    def check(value: Value, operand: Json, _: int) -> bool:
        rank = RANKS[type(operand)]
        return any(
            RANKS[type(one)] == rank and wanted(compare(one, operand)) for one in _each(value)
        )

    return check


def _mod(value: Value, operand: Json, _: int) -> bool:
    if not isinstance(operand, list) or len(operand) != _PAIR:
        return False
    divisor, remainder = operand
    if isinstance(remainder, bool) or not isinstance(remainder, int | float):
        return False
    return any(_remainder(_number(one), _number(divisor)) == remainder for one in _each(value))


def _remainder(number: float, divisor: float) -> float:
    if math.isinf(number) or divisor == 0 or math.isnan(number + divisor):
        return math.nan
    return math.fmod(number, divisor)


def _size(value: Value, operand: Json, _: int) -> bool:
    return isinstance(value, list) and same(len(value), operand)


def _element(value: Value, operand: Json, _: int) -> bool:
    assert isinstance(operand, dict)
    if not isinstance(value, list):
        return False
    if not operand:
        return any(isinstance(one, dict) for one in value)
    if all(key.startswith("$") and key not in JUNCTIONS for key in operand):
        return any(test({"field": one}, {"field": operand}) for one in value)
    return any(test(one, operand) for one in value)


def _regex(value: Value, operand: Json, _: int) -> bool:
    assert isinstance(operand, list)
    pattern, flags = operand
    assert isinstance(pattern, str)
    assert isinstance(flags, str)
    values = _each(value)
    texts = [one for one in [*values, *_inner(values)] if isinstance(one, str)]
    return any(regex_matches(pattern, flags, one) for one in texts)


def _like(*, fold: bool) -> Callable[[Value, Json, int], bool]:
    def check(value: Value, operand: Json, _: int) -> bool:
        assert isinstance(operand, str)
        return any(isinstance(one, str) and like(one, operand, fold=fold) for one in _each(value))

    return check


def _contains(value: Value, operand: Json, depth: int) -> bool:
    if isinstance(value, str):
        return isinstance(operand, str) and operand in value
    return isinstance(value, list) and _has(value, operand, depth)


def _type(value: Value, operand: Json, _: int) -> bool:
    names = operand if isinstance(operand, list) else [operand]
    return any(_TYPES.get(_type_name(name), _never)(value) for name in names)


def _type_name(name: Json) -> str:
    if isinstance(name, float) and name.is_integer():
        name = int(name)
    return str(name) if isinstance(name, str | int) and not isinstance(name, bool) else ""


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: Value) -> bool:
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and not isinstance(value, bool)


def _is(kind: type) -> Callable[[Value], bool]:
    return lambda value: isinstance(value, kind)


def _never(_: Value) -> bool:
    return False


def _is_nil(value: Value) -> bool:
    return value is None or isinstance(value, Missing)


_TYPES: Final[dict[str, Callable[[Value], bool]]] = {
    **dict.fromkeys(("array", "4"), _is(list)),
    **dict.fromkeys(("boolean", "bool", "8"), _is(bool)),
    **dict.fromkeys(("number", "double", "decimal", "1", "19"), _is_number),
    **dict.fromkeys(("int", "long", "16", "18"), _is_integer),
    **dict.fromkeys(("null", "10"), _is(type(None))),
    **dict.fromkeys(("object", "3"), _is(dict)),
    **dict.fromkeys(("string", "2"), _is(str)),
    **dict.fromkeys(("undefined", "6"), _is_nil),
}
"""The names and BSON numbers mingo knows; those of dates and patterns match no JSON."""


def _exists(value: Value, path: Sequence[str]) -> bool:
    if len(path) == 1 or is_index(path[-1]):
        return not isinstance(resolve(value, path), Missing)
    found = resolve(_graph(value, path), path[:-1], unwrap=False)
    if isinstance(found, list):
        return any(not isinstance(one, Missing) for one in found)
    return not isinstance(found, Missing)


def _graph(value: Value, path: Sequence[str]) -> Value:
    """Return the part of a value that a path leads through, with holes where it finds nothing."""
    key, rest = path[0], path[1:]
    if isinstance(value, list):
        if not is_index(key):
            return [_graph(one, path) for one in value]  # type: ignore[misc]  # holes are MISSING
        at = index(key)
        if at >= len(value):
            return value
        below = _graph(value[at], rest) if rest else value[at]
        return [*value[:at], below, *value[at + 1 :]]  # type: ignore[list-item]  # as above
    found = get(value, key)
    if rest:
        found = _graph(found, rest)
    return MISSING if isinstance(found, Missing) else {key: found}


def _truthy(value: Json) -> bool:
    return isinstance(value, dict | list) or bool(value)


def _number(value: Value) -> float:
    """Convert as JavaScript's Number() does."""
    if value is None:
        return 0.0
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, list) and len(value) <= 1:
        return _number(_text(value))
    if not isinstance(value, str):
        return math.nan
    text = value.strip(_SPACES)
    if not text:
        return 0.0
    try:
        return _from_text(text)
    except ValueError:
        return math.nan


def _text(values: Sequence[Json]) -> str:
    """Convert an array of at most one element as JavaScript's String() does."""
    if not values or values[0] is None:
        return ""
    (one,) = values
    if isinstance(one, bool):
        return str(one).lower()
    if isinstance(one, list):
        return _text(one) if len(one) <= 1 else ","
    return "[object Object]" if isinstance(one, dict) else str(one)


def _from_text(text: str) -> float:
    for prefix, base in (("0x", 16), ("0o", 8), ("0b", 2)):
        if text[:2].lower() == prefix and text[2:].isalnum():
            return float(int(text[2:], base))
    if text.lstrip("+-") == "Infinity":
        return math.inf
    # Python also reads 1_000, inf and nan, which are no numbers to JavaScript.
    return float(text) if set(text) <= _NUMERIC else math.nan


_PAIR: Final = 2
_NUMERIC: Final = frozenset("0123456789+-.eE")
_SPACES: Final = " \t\n\r\v\f\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)


def _each(value: Value) -> Sequence[Value]:
    return value if isinstance(value, list) else [value]


def _inner(values: Sequence[Value]) -> list[Json]:
    return [one for each in values if isinstance(each, list) for one in each]


OPERATORS: Final[dict[str, tuple[Callable[[Value, Json, int], bool], bool]]] = {
    "$eq": (_equal, False),
    "$ne": (_equal, True),
    "$in": (_in, False),
    "$nin": (_in, True),
    "$gt": (_range(lambda sign: sign > 0), False),
    "$gte": (_range(lambda sign: sign >= 0), False),
    "$lt": (_range(lambda sign: sign < 0), False),
    "$lte": (_range(lambda sign: sign <= 0), False),
    "$mod": (_mod, False),
    "$size": (_size, False),
    "$elemMatch": (_element, False),
    "$regex": (_regex, False),
    "$type": (_type, False),
    "$like": (_like(fold=False), False),
    "$ilike": (_like(fold=True), False),
    "$contains": (_contains, False),
}
"""Each operator's check of a resolved value, given the path's dots, and whether it is negated."""
