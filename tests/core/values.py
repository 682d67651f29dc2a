"""JSON values to try: all that a document may hold, with the awkward ones often among them."""

from __future__ import annotations

from hypothesis import strategies as st

from sidecar.core.json import Json, JsonObject

AWKWARD_NAMES = [
    'a"b',
    "a'b",
    "a\\b",
    "a\\u0041",
    "a.b",
    "a b",
    "a\nb",
    "[0]",
    "$",
    "$#",
    "{}",
    "%s",
    "?1",
    ":name",
    "é",
    "e\u0301",
    "😀",
    "\u2028",
    "\x7f",
    "ＡＢ",
]
"""Field names that mean something to SQL, to JSON paths or to a formatter."""

AWKWARD_TEXTS = ["", "0", "null", "a", "A", "b", "ab", "é", "\x00", '"', "\\", "\n", "😀", "\ud7ff"]

texts = st.sampled_from(AWKWARD_TEXTS) | st.text(st.characters(codec="utf-8"), max_size=8)

# What a browser can hold: integers beyond 2**53 are not among it.
integers = st.sampled_from([0, 1, -1, 50, 2**53, -(2**53)]) | st.integers(-(2**53), 2**53)

numbers = (
    integers
    | st.sampled_from([0.0, -0.0, 0.5, 50.0, 1e300, -1e300, 5e-324, 0.1 + 0.2, 1e16])
    | st.floats(allow_nan=False, allow_infinity=False)
)

scalars = st.none() | st.booleans() | numbers | texts

names = st.sampled_from([*AWKWARD_NAMES, "a", "b", "n", "x"]) | texts.filter(
    lambda text: text != "" and not text.startswith("_") and "\0" not in text
)

values: st.SearchStrategy[Json] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)

objects: st.SearchStrategy[JsonObject] = st.dictionaries(names, values, max_size=4)
"""Objects whose members are nobody's in particular: fields without a column."""

arrays = st.lists(values, max_size=3)


def nested(depth: int, innermost: Json) -> Json:
    """Return arrays in arrays, `depth` levels of them, around a value."""
    value = innermost
    for _ in range(depth):
        value = [value]
    return value
