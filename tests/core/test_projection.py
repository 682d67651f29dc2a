"""`fields`: the parts of a document that some paths keep."""

from __future__ import annotations

import random

import orjson
import pytest

from sidecar.core.column import MISSING
from sidecar.core.json import Json, JsonObject
from sidecar.core.projection import project, tree_of
from tests.core.rows import Rows
from tests.core.sampler import Sampler

DOCUMENT: JsonObject = {
    "id": "1",
    "title": "t",
    "data": {"a": {"b": 1, "c": None}, "x": [1, {"y": 2, "z": 3}, [{"y": 4}], {"z": 5}]},
    "tags": ["p", "q"],
    "free": {"deep": {"er": True}},
}


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        (["id"], {"id": "1"}),
        (["data.a.b"], {"data": {"a": {"b": 1}}}),
        (["data.a.c"], {"data": {"a": {"c": None}}}),
        (["data.a.b", "data.a"], {"data": {"a": {"b": 1, "c": None}}}),
        (["data.a", "data.a.b"], {"data": {"a": {"b": 1, "c": None}}}),
        (["data.x.y"], {"data": {"x": [{"y": 2}, [{"y": 4}], {}]}}),
        (["data.nothing.here"], {"data": {}}),
        (["tags.a"], {"tags": []}),
        (["title.a"], {}),
        (["absent.a", "id"], {"id": "1"}),
        (["free.deep.er", "title"], {"free": {"deep": {"er": True}}, "title": "t"}),
    ],
)
def test_paths_keep_the_nesting(rows: Rows, fields: list[Json], kept: JsonObject) -> None:
    rows.hold([DOCUMENT])
    assert rows.query(fields=fields) == [kept]
    assert project(DOCUMENT, tree_of(map(str, fields), "/fields")) == kept


def test_sql_keeps_what_the_reference_keeps(rows: Rows) -> None:
    for seed in range(60):
        sampler = Sampler(seed)
        held = sampler.documents()
        rows.hold(held)
        paths = [sampler.path() for _ in range(random.Random(seed).randrange(1, 4))]
        tree = tree_of(paths, "/fields")
        wanted = sorted(_text(project(one, tree)) for one in held)
        assert sorted(map(_text, rows.query(fields=list[Json](paths)))) == wanted, paths


def test_nothing_is_left_of_nothing() -> None:
    assert project(MISSING, {"a": None}) is MISSING
    assert project("text", {"a": None}) is MISSING


def test_the_revision_may_be_asked_for(rows: Rows) -> None:
    """S13: `_seq`, which `expect` takes."""
    rows.hold([{"id": "1"}])
    rows.connection.execute("UPDATE things SET _seq = 7")
    assert rows.query(fields=["id", "_seq"]) == [{"id": "1", "_seq": 7}]


def test_a_whole_document_comes_with_what_the_engine_knows_of_it(rows: Rows) -> None:
    """S9: also with the fields that no one declared."""
    rows.hold([{**DOCUMENT, "id": "1", "free": {"a": None}}])
    rows.connection.execute("UPDATE things SET _seq = 7")
    (whole,) = rows.query()
    assert "free" in whole
    assert rows.query(fields=["*", "_seq"]) == [{**whole, "_seq": 7}]
    assert rows.query(fields=["*"]) == rows.query(fields=["id", "*"]) == [whole]
    assert rows.query(fields=["*.a"]) == [{}]


def _text(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
