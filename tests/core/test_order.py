"""Keyset pages: what comes behind a row is the rest of the result (Q1)."""

from __future__ import annotations

import random

import pytest

from sidecar.core.compile import compile_query
from sidecar.core.json import Json, JsonObject
from sidecar.core.order import Facts
from sidecar.core.query import DocumentQuery, parse_query
from tests.core.rows import THINGS, Rows
from tests.core.sampler import Sampler


@pytest.mark.parametrize("seed", range(40))
def test_what_is_behind_a_row_is_the_rest(rows: Rows, seed: int) -> None:
    """Of any order, over any types, absent and null apart."""
    sampler = Sampler(seed)
    held = sampler.documents()
    rows.hold(held)
    by_id = {str(one["id"]): one for one in held}
    for _ in range(12):
        fields = dict.fromkeys(sampler.path() for _ in range(sampler.random.randrange(3)))
        sort: list[Json] = [{field: sampler.random.choice(["asc", "desc"])} for field in fields]
        whole = rows.ids(sort=sort)
        for at, id in enumerate(whole):
            assert rows.ids(sort=sort, after=by_id[id]) == whole[at + 1 :], (sort, id)
            assert rows.ids(sort=sort, after=by_id[id], limit=2) == whole[at + 1 : at + 3]


def test_a_row_that_is_gone_still_marks_its_place(rows: Rows) -> None:
    held: list[JsonObject] = [{"id": str(at), "size": at // 3} for at in range(9)]
    rows.hold([one for one in held if one["id"] != "4"])
    gone: JsonObject = {"id": "4", "size": 1}
    assert rows.ids(sort=[{"size": "desc"}], after=gone) == ["5", "0", "1", "2"]


@pytest.mark.parametrize("way", ["asc", "desc"])
def test_pages_of_a_full_column_begin_at_their_place_in_its_index(rows: Rows, way: str) -> None:
    """A deep page costs what the first one does."""
    held: list[JsonObject] = [
        {"id": str(at), "title": f"t{at % 7}", "size": at} for at in range(50)
    ]
    random.Random(1).shuffle(held)
    rows.hold(held)
    query = parse_query(
        {
            "from": "things",
            "sort": [{"title": way}],
            "after": {"id": "3", "title": "t3"},
            "limit": 5,
        }
    )
    assert isinstance(query, DocumentQuery)
    compiled = compile_query(THINGS, query, Facts(full=frozenset(["title"])))
    plan = rows.connection.execute(f"EXPLAIN QUERY PLAN {compiled.sql}", compiled.params).fetchall()
    sign = ">" if way == "asc" else "<"
    assert any(
        f'SEARCH things USING INDEX things("title") (title{sign}?)' in one[3] for one in plan
    )
    found = [id for id, _ in rows.connection.execute(compiled.sql, compiled.params)]
    assert found == rows.ids(sort=[{"title": way}], after={"id": "3", "title": "t3"}, limit=5)
