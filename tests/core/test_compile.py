"""Document queries: order, pages, projections and counts (Q1, Q3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from sidecar.core.column import MISSING, text
from sidecar.core.compile import compile_query
from sidecar.core.errors import QueryError
from sidecar.core.json import Json, JsonObject
from sidecar.core.order import Facts
from sidecar.core.query import DocumentQuery, parse_query
from sidecar.core.table import Table
from sidecar.core.values import member, sort_key
from tests.core.rows import KINDS, THINGS, Rows
from tests.core.sampler import Sampler


def _document_query(members: JsonObject) -> DocumentQuery:
    query = parse_query({"from": "things", **members})
    assert isinstance(query, DocumentQuery)
    return query


def test_mixed_types_sort_as_in_rxdb(rows: Rows) -> None:
    """Q3: missing < [] < null < number < string < object < boolean."""
    ascending: list[JsonObject] = [
        {"id": "missing"},
        {"id": "empty", "x": []},
        {"id": "null", "x": None},
        {"id": "minus", "x": -1.5},
        {"id": "zero", "x": 0},
        {"id": "ten", "x": 10},
        {"id": "text", "x": ""},
        {"id": "text2", "x": "a"},
        {"id": "object", "x": {"a": 1}},
        {"id": "false", "x": False},
        {"id": "true", "x": True},
    ]
    rows.hold(reversed(ascending))
    order = [str(one["id"]) for one in ascending]
    assert rows.ids(sort=[{"x": "asc"}]) == order
    assert rows.ids(sort=[{"x": "desc"}]) == order[::-1]


@pytest.mark.parametrize("field", [*KINDS, "id", "x", "x.a", "data.a", "title.a"])
@pytest.mark.parametrize("way", ["asc", "desc"])
def test_sql_sorts_as_the_reference_sorts(rows: Rows, field: str, way: str) -> None:
    """Ties go by primary key, ascending, whichever way the field is sorted."""
    root, *below = field.split(".")
    for seed in range(30):
        held = Sampler(seed).documents()
        rows.hold(held)
        # By primary key first: Python's sort keeps that order among equals.
        held.sort(key=lambda one: str(one["id"]).encode())
        held.sort(
            key=lambda one: sort_key(member(one.get(root, MISSING), below)), reverse=way == "desc"
        )
        if way == "desc":
            held = _ties_ascending(held, root, below)
        assert rows.ids(sort=[{field: way}]) == [one["id"] for one in held]


def _ties_ascending(held: list[JsonObject], root: str, below: list[str]) -> list[JsonObject]:
    keys = [sort_key(member(one.get(root, MISSING), below)) for one in held]
    ranked = sorted(range(len(held)), key=lambda at: str(held[at]["id"]).encode())
    return [held[at] for at in sorted(ranked, key=lambda at: keys[at], reverse=True)]


def test_several_terms_sort_one_after_another(rows: Rows) -> None:
    rows.hold(
        [
            {"id": "1", "size": 1, "x": "b"},
            {"id": "2", "size": 2, "x": "a"},
            {"id": "3", "size": 1, "x": "c"},
            {"id": "4", "size": 1, "x": "b"},
        ]
    )
    assert rows.ids(sort=[{"size": "desc"}, {"x": "asc"}]) == ["2", "1", "4", "3"]
    assert rows.ids(sort=[{"size": "asc"}, {"x": "desc"}, {"id": "desc"}]) == ["3", "4", "1", "2"]


def test_without_sort_the_first_index_orders_then_the_primary_key(rows: Rows) -> None:
    """Q3: as RxDB does."""
    rows.hold(
        [
            {"id": "c", "title": "m"},
            {"id": "b"},
            {"id": "a", "title": "z"},
            {"id": "e", "title": None},
            {"id": "d", "title": "m"},
        ]
    )
    assert rows.ids() == ["b", "e", "c", "d", "a"]


def test_without_index_the_primary_key_orders(tmp_path: Path) -> None:
    table = Table("plain", {"key": text(primary_key=True)})
    rows = Rows(tmp_path / "plain.db", table)
    rows.hold([{"key": "b"}, {"key": "a"}, {"key": "C"}])
    assert rows.ids() == ["C", "a", "b"]
    rows.connection.close()


def test_texts_of_a_column_sort_by_utf_16_code_unit(rows: Rows) -> None:
    """Q3: U+1F600 sorts before U+FF21 in JavaScript, after it by SQLite's code points."""
    rows.hold([{"id": "1", "title": "Ａ"}, {"id": "2", "title": "😀"}])
    query = _document_query({"sort": [{"title": "asc"}]})
    compiled = compile_query(THINGS, query, Facts(wide=frozenset(["title"])))
    found = rows.connection.execute(compiled.sql, compiled.params).fetchall()
    assert [id for id, _ in found] == ["2", "1"]


@pytest.fixture
def five(rows: Rows) -> Rows:
    rows.hold([{"id": str(at), "title": f"t{at}", "size": at, "x": at % 2} for at in range(5)])
    return rows


@pytest.mark.parametrize(
    ("members", "ids"),
    [
        ({}, "01234"),
        ({"skip": 2}, "234"),
        ({"limit": 2}, "01"),
        ({"skip": 1, "limit": 2}, "12"),
        ({"limit": 0}, ""),
        ({"skip": 9}, ""),
        ({"skip": 2**53 - 1, "limit": 2**53 - 1}, ""),
        ({"first": True}, "0"),
        ({"first": True, "skip": 3}, "3"),
        ({"first": True, "limit": 5}, "0"),
        ({"first": True, "limit": 0}, ""),
        ({"first": True, "selector": {"size": 99}}, ""),
        ({"sort": [{"size": "desc"}], "limit": 2}, "43"),
    ],
)
def test_a_page_of_the_rows(five: Rows, members: JsonObject, ids: str) -> None:
    assert "".join(five.ids(**members)) == ids


def test_a_count_counts_what_matches(five: Rows) -> None:
    assert five.count() == 5
    assert five.count(selector={"x": 1}) == 2
    assert five.count(selector={"x": 7}) == 0


def test_fields_choose_what_documents_have(five: Rows) -> None:
    chosen = five.query(fields=["x", "title", "absent", "x"], limit=1)
    assert chosen == [{"x": 0, "title": "t0"}]


def test_each_field_is_there_once_however_often_it_is_named() -> None:
    twice = compile_query(THINGS, _document_query({"fields": ["size", "x", "size"]}))
    once = compile_query(THINGS, _document_query({"fields": ["size", "x"]}))
    assert twice.sql == once.sql


@pytest.mark.parametrize(
    ("fields", "named"), [(None, True), (["title", "id"], True), (["title"], False)]
)
def test_rows_say_whether_they_carry_their_primary_key(
    fields: list[Json] | None, named: bool
) -> None:
    """L2: a row without it can't be patched."""
    members: JsonObject = {} if fields is None else {"fields": fields}
    compiled = compile_query(THINGS, _document_query(members))
    assert (compiled.primary_key == "id") is named


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"fields": ["a..b"]}, "/fields/0"),
        ({"fields": ["a" + ".a" * 30_000]}, "/fields/0"),
        ({"groupBy": ["a" + ".a" * 250]}, "/groupBy/0"),
        ({"fields": ["title", "_rank"]}, "/fields/1"),
        ({"after": {"size": 1}}, "/after"),
        ({"after": {"id": 5}}, "/after"),
        ({"after": {"id": "1", "size": "x"}, "sort": [{"size": "asc"}]}, "/after/size"),
        ({"distinct": True, "fields": ["a..b"]}, "/fields/0"),
        ({"distinct": True, "fields": ["_seq"]}, "/fields/0"),
        ({"distinct": True, "fields": ["*"]}, "/fields/0"),
        ({"distinct": True, "fields": ["a"], "sort": [{"b": "asc"}]}, "/sort/0"),
        ({"groupBy": ["a..b"]}, "/groupBy/0"),
        ({"groupBy": ["a"], "sort": [{"a": "asc"}, {"n": "asc"}]}, "/sort/1"),
        ({"aggregate": {"a.b": {"count": True}}}, "/aggregate/a.b"),
        ({"aggregate": {"_n": {"count": True}}}, "/aggregate/_n"),
        ({"groupBy": ["a.b"], "aggregate": {"a": {"count": True}}}, "/aggregate/a"),
        ({"aggregate": {"n": {"sum": "a..b"}}}, "/aggregate/n/sum"),
        ({"selector": {"$search": "tea"}}, "/selector/$search"),
        ({"fields": ["$x"]}, "/fields/0"),
        ({"fields": [""]}, "/fields/0"),
        ({"sort": [{"a..b": "asc"}]}, "/sort/0"),
        ({"sort": [{"title": "asc"}, {"_seq": "desc"}]}, "/sort/1"),
        ({"selector": {"$x": 1}}, "/selector/$x"),
        ({"count": True, "sort": [{"a..b": "asc"}]}, "/sort/0"),
    ],
)
def test_what_means_nothing_is_an_error_at_its_place(members: JsonObject, path: str) -> None:
    with pytest.raises(QueryError) as caught:
        compile_query(THINGS, _document_query(members))
    assert caught.value.data["path"] == path


def test_the_statement_depends_on_the_shape_of_a_query_only() -> None:
    """Q2: so that it is prepared once."""
    one = _document_query({"selector": {"size": 1}, "limit": 5, "skip": 1})
    other = _document_query({"selector": {"size": 2}, "limit": 9})
    assert compile_query(THINGS, one).sql == compile_query(THINGS, other).sql
