"""Indexes over paths into JSON: they serve what they can, and never change an answer (Q1, Q2)."""

from __future__ import annotations

import pytest

from sidecar.core.collection import collection_table
from sidecar.core.compile import compile_query
from sidecar.core.json import Json, JsonObject
from sidecar.core.mango import test as satisfies
from sidecar.core.query import DocumentQuery, parse_query
from tests.core.rows import THINGS, Rows

VALUES: list[Json] = [
    *(None, 0, 1, 1.0, -1, 2.5, 2**53, 1e300, True, False, "", "1", "a", "b", "😀", "\ue000"),
    *([], ["a"], [1, "a"], [None], {}, {"a": "a"}, [{"a": "a"}], [{"a": 1}, {"a": [2]}]),
]


@pytest.mark.parametrize("path", ["data.a", "x", "x.a"])
@pytest.mark.parametrize("operator", ["$eq", "$gt", "$gte", "$lt", "$lte", "$in", "$ne", "$nin"])
def test_an_indexed_path_finds_what_the_reference_finds(
    rows: Rows, path: str, operator: str
) -> None:
    """THINGS has an index over each of the paths; arrays may be on the way, or at the end."""
    root, *below = path.split(".")
    held: list[JsonObject] = [{"id": "absent"}]
    for at, value in enumerate(VALUES):
        inner: Json = {below[0]: value} if below else value
        held.append({"id": f"{at}", root: inner})
        held.append({"id": f"in {at}", root: [inner, {"a": "z"}] if below else [value]})
    rows.hold(held)
    for operand in VALUES:
        condition: Json = [operand, "b"] if operator in ("$in", "$nin") else operand
        selector: JsonObject = {path: {operator: condition}}
        wanted = {str(one["id"]) for one in held if satisfies(one, selector)}
        assert set(rows.ids(selector=selector)) == wanted, selector


@pytest.mark.parametrize(
    ("selector", "index"),
    [
        ({"data.a": "x"}, '("data.a")'),
        ({"data.a": {"$in": ["x", 5]}}, '("data.a")'),
        ({"data.a": {"$gt": 5}}, '("data.a")'),
        ({"data.a": {"$lte": "m"}}, '("data.a")'),
        ({"x": 5}, '("x")'),
        ({"x.a": "m", "size": 3}, '("x.a", "size")'),
    ],
)
def test_an_indexed_path_is_searched_not_scanned(
    rows: Rows, selector: JsonObject, index: str
) -> None:
    query = parse_query({"from": "things", "selector": selector, "count": True})
    assert isinstance(query, DocumentQuery)
    compiled = compile_query(THINGS, query)
    plan = rows.connection.execute(f"EXPLAIN QUERY PLAN {compiled.sql}", compiled.params).fetchall()
    steps = [step[3] for step in plan]
    assert any(f"things USING INDEX things{index}" in step for step in steps), steps
    assert not any(step.startswith("SCAN things") for step in steps), steps


def test_a_collection_has_the_indexes_of_its_rxdb_schema() -> None:
    """S10: also over nested fields, and the first of them orders an unsorted query."""
    schema: JsonObject = {
        "properties": {"id": {"type": "string"}, "n": {"type": "integer"}, "meta": {}},
        "indexes": ["meta.kind", ["n", "meta.a.b"], "meta.0", "id.x"],
    }
    table = collection_table("things", "id", schema)
    assert table.indexes == (("meta.kind",), ("n", "meta.a.b"))
    assert table.order == ("meta.kind",)
    assert set(table.columns) == {"id", "n"}
