"""`distinct`, `groupBy` and `aggregate`, beside the same computed in Python."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from sidecar.core.column import MISSING, Missing
from sidecar.core.json import Json, JsonObject, canonical
from sidecar.core.projection import project, tree_of
from sidecar.core.values import Value, member, sort_key
from tests.core.rows import Rows
from tests.core.sampler import Sampler

HELD: list[JsonObject] = [
    {"id": "1", "title": "a", "size": 1, "data": {"kind": "x"}, "free": 1},
    {"id": "2", "title": "a", "size": 3, "data": {"kind": "x"}, "free": "b"},
    {"id": "3", "title": "b", "size": None, "data": {"kind": "y"}, "free": None},
    {"id": "4", "title": None, "size": 5, "free": [2]},
    {"id": "5", "weight": 0.5, "free": 1.0},
]


@pytest.fixture
def five(rows: Rows) -> Rows:
    rows.hold(HELD)
    return rows


def test_distinct_rows_are_there_once_and_in_order(five: Rows) -> None:
    assert five.query(distinct=True, fields=["title"]) == [
        {},
        {"title": None},
        {"title": "a"},
        {"title": "b"},
    ]
    descending: list[Json] = [{"title": "desc"}]
    page = five.query(distinct=True, fields=["title"], sort=descending, skip=1, limit=2)
    assert page == [{"title": "a"}, {"title": None}]
    assert five.query(distinct=True, fields=["data.kind"], selector={"size": {"$gt": 0}}) == [
        {},
        {"data": {"kind": "x"}},
    ]


def test_groups_count_and_compute(five: Rows) -> None:
    aggregate: JsonObject = {
        "n": {"count": True},
        "sum": {"sum": "size"},
        "mean": {"avg": "size"},
        "least": {"min": "size"},
        "most": {"max": "free"},
    }
    assert five.query(groupBy=["title"], aggregate=aggregate) == [
        {"n": 1, "sum": 0, "mean": None, "least": None, "most": 1},
        {"title": None, "n": 1, "sum": 5, "mean": 5, "least": 5, "most": [2]},
        {"title": "a", "n": 2, "sum": 4, "mean": 2, "least": 1, "most": "b"},
        {"title": "b", "n": 1, "sum": 0, "mean": None, "least": None, "most": None},
    ]


def test_without_groups_there_is_one_row_even_of_nothing(five: Rows) -> None:
    aggregate: JsonObject = {"n": {"count": True}, "top": {"max": "title"}, "sum": {"sum": "size"}}
    assert five.query(aggregate=aggregate) == [{"n": 5, "top": "b", "sum": 9}]
    nothing = five.query(aggregate=aggregate, selector={"id": "none"})
    assert nothing == [{"n": 0, "top": None, "sum": 0}]


def test_groups_are_sorted_by_what_they_show(five: Rows) -> None:
    found = five.query(
        groupBy=["title"],
        aggregate={"n": {"count": True}},
        sort=[{"n": "desc"}, {"title": "desc"}],
        limit=2,
    )
    assert found == [{"title": "a", "n": 2}, {"title": "b", "n": 1}]


def test_a_sum_beyond_all_numbers_is_null(rows: Rows) -> None:
    rows.hold([{"id": str(at), "weight": 1.7e308, "size": 2**62} for at in range(3)])
    found = rows.query(aggregate={"weight": {"sum": "weight"}, "size": {"sum": "size"}})
    assert found == [{"weight": None, "size": 3.0 * 2**62}]


@pytest.mark.parametrize("seed", range(60))
def test_groups_are_what_python_makes_of_the_documents(rows: Rows, seed: int) -> None:
    sampler = Sampler(seed)
    held = sampler.documents() + [
        {**one, "id": f"{one['id']}+"}
        for one in sampler.documents()
        if sampler.random.random() < 0.7
    ]
    rows.hold(held)
    fields = list(dict.fromkeys(sampler.path() for _ in range(sampler.random.randrange(1, 3))))
    of = sampler.path()
    tree = tree_of(fields, "/groupBy")
    groups: dict[bytes, list[JsonObject]] = {}
    for one in held:
        part = project(one, tree)
        assert not isinstance(part, Missing)
        groups.setdefault(canonical(part), []).append(one)
    aggregate: JsonObject = {
        "~n": {"count": True},
        **{f"~{name}": {name: of} for name in ("sum", "avg", "min", "max")},
    }
    found = rows.query(groupBy=list[Json](fields), aggregate=aggregate)
    computed = {
        canonical({key: value for key, value in row.items() if not key.startswith("~")}): row
        for row in found
    }
    assert len(found) == len(groups)
    assert computed.keys() == groups.keys()
    assert {canonical(one) for one in rows.query(distinct=True, fields=list[Json](fields))} == {
        *groups
    }
    for key, documents in groups.items():
        _check(computed[key], [_at(one, of) for one in documents])


def _at(document: JsonObject, path: str) -> Value:
    root, *below = path.split(".")
    return member(document.get(root, MISSING), below)


def _check(row: JsonObject, values: Sequence[Value]) -> None:
    numbers = [one for one in values if isinstance(one, int | float) and not isinstance(one, bool)]
    there = sorted(sort_key(one) for one in values if one is not None and one is not MISSING)
    assert row["~n"] == len(values)
    assert _close(row["~sum"], math.fsum(numbers))
    assert _close(row["~avg"], math.fsum(numbers) / len(numbers) if numbers else None)
    for name, at in (("~min", 0), ("~max", -1)):
        assert (None if row[name] is None else sort_key(row[name])) == (
            there[at] if there else None
        )


def _close(found: Json, wanted: float | None) -> bool:
    if wanted is None or math.isinf(wanted):
        return found is None
    return isinstance(found, int | float) and math.isclose(
        found, wanted, rel_tol=1e-9, abs_tol=1e-6
    )
