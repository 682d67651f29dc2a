"""Selectors: SQL means what the reference says, on every operator and kind of column (Q1, Q2)."""

from __future__ import annotations

import pytest

from sidecar.core.column import MISSING
from sidecar.core.errors import QueryError
from sidecar.core.json import Json, JsonObject
from sidecar.core.mango import OPERATORS, holds
from sidecar.core.mango import test as satisfies
from sidecar.core.selector import MAX_NESTING, compile_selector
from tests.core.rows import KINDS, THINGS, Rows
from tests.core.sampler import Sampler


def operands_of(operator: str, sample: Json) -> list[Json]:
    """Return operands of an operator, made of a sample where it takes any value."""
    special: dict[str, list[Json]] = {
        "$in": [[sample], [sample, None], []],
        "$nin": [[sample], [sample, None], []],
        "$mod": [[2, 0], [3, 1]],
        "$size": [0, 1],
        "$elemMatch": [{}, {"$gt": 0}, {"a": 1}],
        "$regex": ["a", "^$", "[^a]"],
        "$type": ["string", "number", "int", "bool", "array", "object", "null", "undefined"],
        "$exists": [True, False],
        "$like": ["", "%", "a", "a%", "%b", "_", "a_%", "\\%"],
        "$ilike": ["", "A%", "%B", "É", "_"],
        "$contains": [sample if not isinstance(sample, list) else "a", ""],
        "$not": [{"$eq": sample}],
    }
    return special.get(operator, [sample])


@pytest.mark.parametrize("seed", range(8))
def test_sql_selects_what_the_reference_selects(rows: Rows, seed: int) -> None:
    """Documents and selectors at random, 50 selectors for each of 10 collections a seed."""
    for part in range(10):
        sampler = Sampler(seed * 10 + part)
        held = sampler.documents()
        rows.hold(held)
        for _ in range(50):
            selector = sampler.selector(held)
            wanted = {str(one["id"]) for one in held if satisfies(one, selector)}
            assert set(rows.ids(selector=selector)) == wanted, (held, selector)
            assert rows.count(selector=selector) == len(wanted)


@pytest.mark.parametrize("operator", [*sorted(OPERATORS), "$exists", "$not"])
@pytest.mark.parametrize("field", [*KINDS, "extra"])
def test_each_operator_agrees_on_each_kind_of_column(rows: Rows, operator: str, field: str) -> None:
    samples: list[Json] = [
        *(None, "", "a", "b", "é", "😀", 0, 1, -1, 50, 50.5, 2**53, True, False),
        *([], ["a"], [1, "a"], {}, {"a": 1}, [[1]], [None]),
    ]
    held: list[JsonObject] = [{"id": "absent"}]
    for index, value in enumerate(samples):
        document: JsonObject = {"id": str(index), field: value}
        column = THINGS.columns.get(field)
        if column is None or value is None or column.encode(value) is not MISSING:
            held.append(document)
    rows.hold(held)
    for sample in samples:
        for operand in operands_of(operator, sample):
            selector: JsonObject = {field: {operator: operand}}
            wanted = {str(one["id"]) for one in held if satisfies(one, selector)}
            assert set(rows.ids(selector=selector)) == wanted, selector


@pytest.fixture
def few(rows: Rows) -> Rows:
    rows.hold(
        [
            {"id": "absent"},
            {"id": "null", "size": None, "x": None},
            {"id": "zero", "size": 0, "x": 0},
            {"id": "ten", "size": 10, "x": 10},
            {"id": "text", "x": "10"},
            {"id": "array", "x": [1, 10, {"y": 5}], "tags": ["a", "b"]},
            {"id": "deep", "data": {"list": [{"n": 1}, {"n": 2}], "name": "x"}, "x": {"y": 5}},
        ]
    )
    return rows


@pytest.mark.parametrize(
    ("selector", "ids"),
    [
        ({}, "absent null zero ten text array deep"),
        ({"$and": []}, "absent null zero ten text array deep"),
        ({"$or": []}, ""),
        ({"size": None}, "absent null text array deep"),
        ({"size": {"$ne": None}}, "zero ten"),
        ({"size": {"$in": [None, 10]}}, "absent null ten text array deep"),
        ({"size": {"$nin": [None, 10]}}, "zero"),
        ({"size": {"$ne": 10}}, "absent null zero text array deep"),
        ({"size": {"$gte": None}}, "null"),
        ({"size": {"$gt": -1, "$lt": 10}}, "zero"),
        ({"x": 10}, "ten array"),
        ({"x": {"$gt": 5}}, "ten array"),
        ({"x": {"$gt": "1"}}, "text"),
        ({"x": {"$ne": 10}}, "absent null zero text deep"),
        ({"x.y": 5}, "array deep"),
        ({"x.2.y": 5}, "array"),
        ({"tags": "b"}, "array"),
        ({"tags": ["a", "b"]}, "array"),
        ({"tags.1": "b"}, "array"),
        ({"data.list.n": 2}, "deep"),
        ({"data.list.n": {"$gt": 5}}, ""),
        ({"data.list.1.n": 2}, "deep"),
        ({"data.name": {"$in": ["x", "y"]}}, "deep"),
        ({"size.deep": None}, "absent null zero ten text array deep"),
        ({"size": True}, ""),
        ({"$or": [{"size": 0}, {"$and": [{"x": {"$gte": 10}}, {"size": 10}]}]}, "zero ten"),
        ({"size": 10, "$or": [{"x": 10}, {"x": 0}]}, "ten"),
    ],
)
def test_a_selector_selects(few: Rows, selector: JsonObject, ids: str) -> None:
    """Paths fan out over arrays, null is missing, and ranges never cross types."""
    assert sorted(few.ids(selector=selector)) == sorted(ids.split())


@pytest.mark.parametrize("operator", ["$gt", "$gte", "$lt", "$lte"])
@pytest.mark.parametrize("field", ["title", "beside"])
def test_strings_compare_by_utf_16_code_unit(rows: Rows, operator: str, field: str) -> None:
    """Q3: U+1F600 is below U+FF21 in JavaScript, above it by code point."""
    texts = ["", "a", "😀", "Ａ", "\ue000", "a😀", "aＡ", "\ud7ff", "\U0010ffff"]
    rows.hold([{"id": str(at), field: one} for at, one in enumerate(texts)])
    for operand in texts:
        wanted = [
            str(at)
            for at, one in enumerate(texts)
            if holds({field: one}, [field], operator, operand)
        ]
        assert sorted(rows.ids(selector={field: {operator: operand}})) == wanted


@pytest.mark.parametrize(
    ("selector", "path"),
    [
        ({"$foo": 1}, "/selector/$foo"),
        ({"$not": {}}, "/selector/$not"),
        ({"size": {"$foo": 1}}, "/selector/size/$foo"),
        ({"size": {"$gt": 1, "$likes": "x"}}, "/selector/size/$likes"),
        ({"title": {"$like": 5}}, "/selector/title/$like"),
        ({"title": {"$ilike": None}}, "/selector/title/$ilike"),
        ({"tags": {"$contains": ["a"]}}, "/selector/tags/$contains"),
        ({"$search": "tea"}, "/selector/$search"),
        ({"title": {"$like": "a" * 1_001}}, "/selector/title/$like"),
        ({"a" + ".a" * 250: 1}, "/selector/a" + ".a" * 250),
        ({"$or": [{"$search": "tea"}]}, "/selector/$or/0/$search"),
        ({"size": {"$gt": 1, "b": 2}}, "/selector/size/b"),
        ({"x": {"$in": 5}}, "/selector/x/$in"),
        ({"size": {"$nin": {"a": 1}}}, "/selector/size/$nin"),
        ({"$or": {}}, "/selector/$or"),
        ({"$and": [{"size": 1}, 5]}, "/selector/$and/1"),
        ({"$or": [{"size": 1}, {"$and": [{"a..b": 1}]}]}, "/selector/$or/1/$and/0/a..b"),
        ({"a..b": 1}, "/selector/a..b"),
        ({".a": 1}, "/selector/.a"),
        ({"a.": 1}, "/selector/a."),
        ({"": 1}, "/selector/"),
        ({"_seq": 1}, "/selector/_seq"),
        ({"_extra": 1}, "/selector/_extra"),
        ({"a\0b": 1}, "/selector/a\0b"),
        ({"a/b": {"$x": 1}}, "/selector/a~1b/$x"),
    ],
)
def test_what_means_nothing_is_an_error_at_its_place(selector: JsonObject, path: str) -> None:
    """Q1: an unknown operator or path is an error, never all rows."""
    with pytest.raises(QueryError) as caught:
        compile_selector(THINGS, selector)
    assert caught.value.data["path"] == path


def _deep(levels: int, width: int) -> JsonObject:
    inner: JsonObject = {"size": 1}
    for _ in range(levels):
        others: list[Json] = [{"size": -1 - number} for number in range(width)]
        inner = {"title": None, "x": None, "$or": [inner, *others]}
    return inner


@pytest.mark.parametrize("width", [1, 100])
def test_nesting_runs_to_its_limit_and_is_an_error_beyond(rows: Rows, width: int) -> None:
    rows.hold([{"id": "1", "size": 1}])
    assert rows.ids(selector=_deep(MAX_NESTING - 1, width)) == ["1"]
    with pytest.raises(QueryError) as caught:
        rows.ids(selector=_deep(MAX_NESTING, width))
    assert "nested deeper" in str(caught.value)


@pytest.mark.parametrize("word", ["$or", "$and"])
def test_thousands_of_alternatives_run(rows: Rows, word: str) -> None:
    """SQLite stops at 1,000 levels of an expression; a flat list must not become one."""
    rows.hold([{"id": "1", "size": 2999}, {"id": "2", "size": -1}])
    sign = "$eq" if word == "$or" else "$ne"
    selector: JsonObject = {word: [{"size": {sign: number}} for number in range(3000)]}
    assert rows.ids(selector=selector) == (["1"] if word == "$or" else ["2"])


def test_the_sql_depends_on_the_shape_of_a_selector_only() -> None:
    """Q2: values are parameters, so the same shape is the same statement, compiled once."""
    one = compile_selector(THINGS, {"size": {"$gt": 1}, "x.y": "a", "title": {"$in": ["a"]}})
    other = compile_selector(
        THINGS, {"size": {"$gt": 2}, "x.y": "b'", "title": {"$in": ["b", "c"]}}
    )
    assert one.sql == other.sql
    assert one.params != other.params
