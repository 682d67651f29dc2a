"""Collections defined from RxDB's JSON schemas (S10)."""

from __future__ import annotations

import pytest

from sidecar.core.collection import collection_table
from sidecar.core.column import Kind
from sidecar.core.errors import ValidationError
from sidecar.core.json import Json, JsonObject

SCHEMA: JsonObject = {
    "version": 0,
    "primaryKey": "id",
    "type": "object",
    "properties": {
        "id": {"type": "string", "maxLength": 100},
        "name": {"type": "string"},
        "age": {"type": "integer"},
        "score": {"type": "number"},
        "live": {"type": "boolean"},
        "about": {"type": "object", "properties": {"x": {"type": "string"}}},
        "tags": {"type": "array"},
        "either": {"type": ["string", "null"]},
        "_deleted": {"type": "boolean"},
        "unindexed": {"type": "string"},
    },
    "indexes": [
        *("name", ["age", "score", "id"], "live", "about.x", "tags", "either"),
        *("_deleted", "missing", ["name", "_deleted"], [], 5, {"a": 1}),
    ],
}


def test_indexed_scalar_fields_become_columns() -> None:
    """All else lives in `_extra`; an index that can't be kept is left out, not the collection."""
    table = collection_table("people", "id", SCHEMA)
    assert {name: column.kind for name, column in table.columns.items()} == {
        "id": Kind.TEXT,
        "name": Kind.TEXT,
        "age": Kind.INTEGER,
        "score": Kind.NUMBER,
        "live": Kind.BOOLEAN,
    }
    assert table.indexes == (("name",), ("age", "score", "id"), ("live",), ("about.x",))
    assert table.primary_key == "id"
    assert table.order == ("name",)
    assert all(column.nullable for name, column in table.columns.items() if name != "id")


@pytest.mark.parametrize(
    "json_schema",
    [
        {},
        {"properties": 5, "indexes": "x"},
        {"properties": [], "indexes": {}},
        {"properties": {"a": 5, "b": {"type": 5}, "c": {}}, "indexes": ["a", "b", "c"]},
        {"properties": {"$a": {"type": "string"}, "": {"type": "string"}}, "indexes": ["$a", ""]},
        {"properties": {"a": {"type": "array"}}, "indexes": ["a.0", "a..b", "id.b"]},
        {"properties": {"a\0b": {"type": "string"}}, "indexes": ["a\0b"]},
        {"properties": {"ID": {"type": "string"}}, "indexes": ["ID"]},
    ],
)
def test_a_schema_without_usable_indexes_makes_a_table_of_its_key(json_schema: JsonObject) -> None:
    table = collection_table("things", "id", json_schema)
    assert list(table.columns) == ["id"]
    assert table.indexes == ()


def test_fields_that_differ_in_case_only_share_no_column() -> None:
    """SQLite would see one column; the second stays in `_extra`."""
    properties: JsonObject = {"name": {"type": "string"}, "Name": {"type": "integer"}}
    table = collection_table("a", "id", {"properties": properties, "indexes": ["name", "Name"]})
    assert list(table.columns) == ["id", "name"]


@pytest.mark.parametrize(
    "name", ["", "_mine", "1a", "a b", 'a"b', "a.b", "a/b", "sqlite_x", "SQLite_x", "é", "a" * 129]
)
def test_a_name_that_cannot_be_a_collection_s_is_refused(name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        collection_table(name, "id", {})
    assert caught.value.data["path"] == "/args/name"


@pytest.mark.parametrize("name", ["a", "order", "select", "a-b", "a$b", "A_1", "a" * 128])
def test_other_names_may_be(name: str) -> None:
    assert collection_table(name, "id", {}).name == name


@pytest.mark.parametrize("key", ["", "_id", "$id", "a.b", "a\0b"])
def test_a_primary_key_no_query_could_name_is_refused(key: str) -> None:
    with pytest.raises(ValidationError) as caught:
        collection_table("a", key, {})
    assert caught.value.data["path"] == "/args/primaryKey"


@pytest.mark.parametrize("kind", ["string", "integer", None])
def test_the_primary_key_is_a_text_whatever_the_schema_says(kind: Json) -> None:
    table = collection_table("a", "key", {"properties": {"key": {"type": kind}}})
    assert table.columns["key"].kind is Kind.TEXT
