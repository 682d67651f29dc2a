"""What a collection's JSON schema says of a document."""

from __future__ import annotations

import pytest

from sidecar.core.errors import ValidationError
from sidecar.core.json import Json, JsonObject
from sidecar.core.json_schema import DocumentSchema

HERO: JsonObject = {
    "version": 3,
    "title": "hero",
    "primaryKey": "id",
    "type": "object",
    "keyCompression": False,
    "properties": {
        "id": {"type": "string", "maxLength": 5},
        "age": {"type": "integer", "minimum": 0, "final": True},
        "boss": {"type": "string", "ref": "heroes"},
        "mail": {"type": "string", "format": "email"},
        "code": {"type": "string", "pattern": "^[A-Z]\\d$"},
        "deep": {"type": "object", "properties": {"a/b": {"type": "array", "maxItems": 1}}},
    },
    "required": ["age", "deep.path"],
    "indexes": ["age"],
    "encrypted": ["mail"],
}


def wrong(json_schema: JsonObject, document: JsonObject) -> list[tuple[Json, Json]]:
    """Return path and keyword of each error."""
    found = DocumentSchema("heroes", "id", json_schema).errors(document)
    return [(one["path"], one["keyword"]) for one in found if isinstance(one, dict)]


def test_a_document_that_fits_has_no_errors() -> None:
    """RxDB's own keywords say nothing of it."""
    fits: JsonObject = {"id": "a", "age": 1.0, "boss": "b", "mail": "a@b.org", "code": "X1"}
    assert wrong(HERO, {**fits, "deep": {"a/b": [1], "c": 0}}) == []


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"age": "1"}, [("/age", "type")]),
        ({"age": None}, [("/age", "type")]),
        ({"age": True}, [("/age", "type")]),
        ({"age": 1.5}, [("/age", "type")]),
        ({"age": -1}, [("/age", "minimum")]),
        ({"id": "too long"}, [("/id", "maxLength")]),
        ({"mail": "nobody"}, [("/mail", "format")]),
        ({"code": "x1"}, [("/code", "pattern")]),
        ({"deep": {"a/b": [1, 2]}}, [("/deep/a~1b", "maxItems")]),
        ({"x": 1, "y": 2}, [("/x", "additionalProperties"), ("/y", "additionalProperties")]),
        ({"age": "1", "code": "1"}, [("/age", "type"), ("/code", "pattern")]),
    ],
)
def test_each_error_has_its_place(change: JsonObject, errors: list[tuple[str, str]]) -> None:
    assert wrong(HERO, {"id": "a", "age": 1, **change}) == errors


def test_what_is_missing_is_told_by_where_it_should_be() -> None:
    """The primary key is required whatever the schema says; a path is not, as in RxDB."""
    assert wrong(HERO, {}) == [("/age", "required"), ("/id", "required")]


def test_an_empty_schema_takes_every_document() -> None:
    assert wrong({}, {"whatever": 1}) == []


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("^\\d$", "٣", False),  # not Rust's digits
        ("^.$", "😀", True),  # one character, by the flag u
        ("(?<x>a)\\k<x>", "aa", True),
        ("^\\w\\-$", "a-", True),  # which the flag u would not take
        ("^\\w$", "ſ", False),
    ],
)
def test_patterns_are_javascripts(pattern: str, text: str, *, fits: bool) -> None:
    described: JsonObject = {"properties": {"id": {"pattern": pattern}}}
    assert (wrong(described, {"id": text}) == []) is fits


def test_messages_and_errors_are_bounded() -> None:
    """A document is megabytes; what is said of it is not."""
    described: JsonObject = {"properties": {"a": {"items": {"type": "string", "maxLength": 1}}}}
    document: JsonObject = {"id": "a", "a": ["x" * 10_000] * 1_000}
    (found, *others) = DocumentSchema("heroes", "id", described).errors(document)
    assert found == {
        "path": "/a/0",
        "message": "the value is longer than 1 character",
        "keyword": "maxLength",
    }
    assert len(others) == 19


@pytest.mark.parametrize(
    "described",
    [
        {"properties": 5},
        {"properties": {"id": {"type": "text"}}},
        {"properties": {"id": {"pattern": "("}}},
        {"properties": {"a": {"$ref": "http://localhost/schema.json"}}},
    ],
)
def test_what_is_no_schema_is_refused_by_name(described: JsonObject) -> None:
    with pytest.raises(ValidationError) as caught:
        DocumentSchema("heroes", "id", described).errors({"id": "a"})
    assert caught.value.data == {"collection": "heroes"}
