"""JSON values: what is refused, and when two are the same."""

from __future__ import annotations

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.core.errors import ValidationError
from sidecar.core.json import MAX_DEPTH, Json, canonical, check_json, digest, pointer
from tests.core.values import nested, values


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (float("nan"), ""),
        ({"a": [1, float("inf")]}, "/a/1"),
        ({"a": float("-inf")}, "/a"),
        ([2**63], "/0"),
        ([-(2**63) - 1], "/0"),
        ({"big": 10**30}, "/big"),
        ({"text": "a\ud800b"}, "/text"),
        ("\udfff", ""),
        ({"ok": {"\ud83d": 1}}, "/ok"),
        ([0, {"a/b~c": "\ud800"}], "/1/a~1b~0c"),
        ({1: "a"}, ""),
        ({"a": {None: 1}}, "/a"),
        ({"a": (1, 2)}, "/a"),
        ({"a": b"bytes"}, "/a"),
        ({"a": {1, 2}}, "/a"),
        ([object()], "/0"),
    ],
)
def test_a_value_the_store_cannot_keep_is_refused_at_its_place(value: object, path: str) -> None:
    with pytest.raises(ValidationError) as caught:
        check_json(value)
    assert caught.value.data["path"] == path


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -0.0,
        2**63 - 1,
        -(2**63),
        1.7976931348623157e308,
        5e-324,
        "",
        "\x00",
        "😀",
        {},
        {"": [[], {}]},
        nested(MAX_DEPTH, 1),
        nested(MAX_DEPTH - 1, []),
    ],
)
def test_every_json_value_within_bounds_passes(value: Json) -> None:
    check_json(value)


@pytest.mark.parametrize("innermost", [0, "x", [], {}, [[[]]]])
def test_the_251st_level_is_refused_whatever_is_in_it(innermost: Json) -> None:
    deep = nested(MAX_DEPTH, [innermost])
    with pytest.raises(ValidationError) as caught:
        check_json(deep)
    assert "250 levels" in str(caught.value)


def test_a_value_of_thousands_of_levels_is_refused_without_recursion() -> None:
    with pytest.raises(ValidationError):
        check_json({"a": nested(100_000, 0)})


def test_the_given_path_leads_the_path_of_the_error() -> None:
    with pytest.raises(ValidationError) as caught:
        check_json({"a": float("nan")}, "/args")
    assert caught.value.data["path"] == "/args/a"


def test_an_error_carries_no_lone_surrogate_itself() -> None:
    """The error must itself be fit to be sent."""
    with pytest.raises(ValidationError) as caught:
        check_json({"a": {"\ud800": {"b": "\ud800"}}})
    orjson.dumps(caught.value.to_wire())


@given(values)
def test_what_passes_can_be_written_and_read_back(value: Json) -> None:
    check_json(value)
    assert canonical(orjson.loads(orjson.dumps(value))) == canonical(value)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (5, 5.0),
        (0, -0.0),
        (2**53, float(2**53)),
        (10**18, 1e18),
        ({"a": [1.0, {"b": 2}]}, {"a": [1, {"b": 2.0}]}),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    ],
)
def test_values_javascript_calls_equal_share_a_canonical_form(left: Json, right: Json) -> None:
    assert canonical(left) == canonical(right)
    assert digest(left) == digest(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (True, 1),
        (False, 0),
        (None, 0),
        (None, False),
        ("1", 1),
        ("", None),
        ([], {}),
        ([None], []),
        ({"a": None}, {}),
        ([1, 2], [2, 1]),
        (0.1, 0.1 + 2**-55),
        ("é", "e\u0301"),
    ],
)
def test_other_values_do_not(left: Json, right: Json) -> None:
    assert canonical(left) != canonical(right)


def _browser(value: Json) -> object:
    """Return what a browser would hold, comparable in Python: numbers are floats, and tagged."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return (type(value).__name__, value)
    if isinstance(value, int | float):
        return ("number", float(value))
    if isinstance(value, list):
        return [_browser(item) for item in value]
    return {key: _browser(item) for key, item in value.items()}


@given(values, values)
def test_canonical_forms_are_equal_exactly_when_a_browser_says_so(left: Json, right: Json) -> None:
    assert (canonical(left) == canonical(right)) == (_browser(left) == _browser(right))


@given(values)
def test_a_canonical_form_is_the_value_with_sorted_keys(value: Json) -> None:
    text = canonical(value)
    again = json.loads(text)
    assert canonical(again) == text
    assert _browser(again) == _browser(value)


@given(st.lists(st.text() | st.integers(0, 9), max_size=4))
def test_a_pointer_leads_to_its_place(parts: list[str | int]) -> None:
    """RFC 6901: `~` and `/` in a key are escaped."""
    found = [part.replace("~1", "/").replace("~0", "~") for part in pointer(*parts).split("/")[1:]]
    assert found == [str(part) for part in parts]
