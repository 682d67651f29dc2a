"""The error tree: one table of codes, drawn in the module's docstring."""

from __future__ import annotations

import re
from collections.abc import Iterator

import orjson
import pytest

from sidecar.core import errors
from sidecar.core.errors import (
    ERRORS,
    START_ERRORS,
    WIRE_ERRORS,
    CallerError,
    ConflictError,
    SidecarError,
    StartError,
    StoreError,
    ValidationError,
)


def _tree(root: type[SidecarError]) -> Iterator[type[SidecarError]]:
    for child in root.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
            yield from _tree(child)


BRANCHES = {CallerError, StoreError, StartError}


def test_the_table_has_every_error_of_the_tree_once() -> None:
    assert len(set(ERRORS)) == len(ERRORS)
    assert set(ERRORS) == set(_tree(SidecarError)) - BRANCHES


def test_codes_are_unique() -> None:
    codes = [one.code for one in ERRORS]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch("E_[A-Z_]+", code) for code in codes)


def test_numbers_of_the_wire_are_unique_and_in_the_server_s_range() -> None:
    numbers = [one.number for one in WIRE_ERRORS]
    assert len(set(numbers)) == len(numbers)
    assert all(-32099 <= number <= -32000 for number in numbers)


def test_errors_before_the_start_have_exit_codes_and_no_number() -> None:
    """§6: 2 usage, 3 locked, 4 corrupt, 5 schema, 6 wrong key, 1 else."""
    exits = {one.code: one.exit_code for one in ERRORS if one.exit_code != 1}
    assert exits == {"E_USAGE": 2, "E_LOCKED": 3, "E_CORRUPT": 4, "E_SCHEMA": 5, "E_WRONG_KEY": 6}
    assert all(one.number == SidecarError.number for one in START_ERRORS)


def _drawn() -> dict[str, tuple[str, str]]:
    """Return the parent and the line of each error in the drawing."""
    drawn: dict[str, tuple[str, str]] = {}
    branch = ""
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"    (│   |    )?[├└]── (\w+) ", line)
        if found is None:
            continue
        inside, name = found.groups()
        drawn[name] = (SidecarError.__name__ if inside is None else branch, line)
        branch = name if inside is None else branch
    return drawn


def test_the_drawing_is_the_tree() -> None:
    parents = {name: parent for name, (parent, _) in _drawn().items()}
    assert parents == {one.__name__: one.__bases__[0].__name__ for one in _tree(SidecarError)}
    assert all(one.code in _drawn()[one.__name__][1].split() for one in ERRORS)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_each_error_says_what_it_is_and_what_to_do(error: type[SidecarError]) -> None:
    assert error.__doc__
    assert error.default_hint != SidecarError.default_hint
    assert issubclass(error, tuple(BRANCHES))


def test_an_error_on_the_wire_is_a_json_rpc_error() -> None:
    error = ConflictError("it changed", collection="personas", id="1", current={"a": [1]})
    assert orjson.loads(orjson.dumps(error.to_wire())) == {
        "code": -32001,
        "message": "it changed",
        "data": {
            "code": "E_CONFLICT",
            "hint": ConflictError.default_hint,
            "collection": "personas",
            "id": "1",
            "current": {"a": [1]},
        },
    }


def test_what_locates_a_failure_never_overrides_its_code() -> None:
    error = ValidationError("wrong", hint="mend it", path="/a")
    error.data["code"] = "E_OTHER"
    assert error.to_wire()["data"] == {"path": "/a", "code": "E_VALIDATION", "hint": "mend it"}


def test_an_error_is_located_without_losing_what_it_knows() -> None:
    error = ValidationError("wrong", hint="mend it", path="/a").located(index=3, path="/b")
    assert type(error) is ValidationError
    assert (error.message, error.hint) == ("wrong", "mend it")
    assert error.data == {"path": "/a", "index": 3}
