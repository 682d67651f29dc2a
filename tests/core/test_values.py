"""Values: equal, in order, found by a path (Q3)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from sidecar.core.collection import collection_table
from sidecar.core.column import MISSING
from sidecar.core.compile import compile_query
from sidecar.core.json import Json, JsonObject
from sidecar.core.order import Facts
from sidecar.core.query import DocumentQuery, parse_query
from sidecar.core.terms import is_wide, utf16_order
from sidecar.core.values import Value, compare, member, order_key, resolve, same, sort_key
from sidecar.store.driver import connect
from sidecar.store.layout import create_table

ORDER: Sequence[Value] = [
    *(MISSING, None, -1e300, -1, -0.5, 0, 5e-324, 1, 1.5, 2**53, 1e300),
    *("", "\0", "\0a", "\1", " ", "A", "a", "a\0", "aa", "é", "日本", "😀", "\ue000", "\uffff"),
    *({}, {"a": None}, {"a": 1}, {"a": "a"}, {"a": {}}, {"a": []}, {"a": 1, "b": 0}, {"b": 0}),
    *([], [None], [1], [1, 1], [2, 1], [1, "a"], [2], ["a"], [{}], [[]], [[1]], [False]),
    *(False, True),
]
"""Each value is less than the next."""

SORTED: Sequence[Value] = [
    *(MISSING, [], None, [None], [None, "z"], 0, [5, 0], 1, [1], [1, 2], [1, [0]], [1, True], 2),
    *("", "a", ["a"], "a\0", "aa", ["b"], {}, {"a": [2]}, {"b": 0}, [{"b": 0}], [[], []], [[0]]),
    *(False, [False, True], True),
]
"""As RxDB sorts; an array stands beside its least element."""


@pytest.mark.parametrize(("key", "values"), [(order_key, ORDER), (sort_key, SORTED)])
def test_keys_are_in_the_order_of_values(key: object, values: Sequence[Value]) -> None:
    make = order_key if key is order_key else sort_key
    keys = [make(value) for value in values]
    assert keys == sorted(keys)


def test_values_compare_as_mingo_compares_them() -> None:
    for at, left in enumerate(ORDER):
        for other, right in enumerate(ORDER):
            assert compare(left, right) == (at > other) - (at < other)


@pytest.mark.parametrize(
    ("left", "right"), [(0, -0.0), (1, 1.0), ([2, 1], [1, 2]), ({"a": 1, "b": 2}, {"b": 2, "a": 1})]
)
def test_what_has_no_order(left: Json, right: Json) -> None:
    assert compare(left, right) == 0
    assert sort_key(left) == sort_key(right)


def test_equality_is_deep_and_by_type() -> None:
    assert same({"a": [1, {"b": 2}], "c": None}, {"c": None, "a": [1.0, {"b": 2}]})
    assert not same([1, 2], [2, 1])
    assert not same(True, 1)
    assert not same("1", 1)
    assert not same(MISSING, None)
    assert not same({"a": None}, {})


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a", [{"k": 1}, {"k": [2, 3]}, 4]),
        ("a.k", [1, [2, 3]]),
        ("a.0", {"k": 1}),
        ("a.1.k", [2, 3]),
        ("a.9", MISSING),
        ("o.p", 5),
        ("o.p.q", MISSING),
        ("one.k", [7, 8]),
    ],
)
def test_a_path_finds(path: str, found: Value) -> None:
    document: JsonObject = {
        "a": [{"k": 1}, {"k": [2, 3]}, 4],
        "o": {"p": 5},
        "one": [{"k": [7, 8]}],
    }
    assert resolve(document, path.split(".")) == found


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a.k", MISSING),
        ("a.0.k", 1),
        ("a.length", 1),
        ("s.0", "x"),
        ("s.1", "\ud83d"),
        ("s.length", 3),
        ("n.length", MISSING),
    ],
)
def test_a_path_to_sort_by_finds_what_javascript_finds(path: str, found: Value) -> None:
    document: JsonObject = {"a": [{"k": 1}], "s": "x😀", "n": 5}
    assert member(document, path.split(".")) == found
    assert sort_key(found)


def test_sqlite_orders_text_by_utf16_unit(tmp_path: Path) -> None:
    letters = ["", "a", "z", "\x7f", "é", "\ud7ff", "\ue000", "\ufb01", "\ufe0f", "\uffff"]
    letters += ["\U00010000", "😀", "\U0010ffff", "日"]
    chance = random.Random(5)
    texts = {"".join(chance.choices(letters, k=3)) for _ in range(500)}
    connection = connect(tmp_path / "store.db", key=None)
    connection.execute("CREATE TABLE texts (it TEXT)")
    connection.executemany("INSERT INTO texts VALUES (?)", [(one,) for one in texts])
    rows = connection.execute(f"SELECT it FROM texts ORDER BY {utf16_order('it')}")
    assert [it for (it,) in rows] == sorted(texts, key=lambda it: it.encode("utf-16-be"))
    rows = connection.execute(f"SELECT it FROM texts WHERE {is_wide('it')}")
    assert {it for (it,) in rows} == {
        it for it in texts if any("\ue000" <= letter <= "\uffff" for letter in it)
    }
    connection.close()


def test_wide_text_alone_is_ordered_by_an_expression(tmp_path: Path) -> None:
    """Whether a column holds any is read from an index of nothing else."""
    table = collection_table(
        "things", "id", {"properties": {"s": {"type": "string"}}, "indexes": ["s"]}
    )
    query = parse_query({"from": "things", "sort": [{"s": "asc"}], "limit": 5})
    assert isinstance(query, DocumentQuery)
    assert "replace(" not in compile_query(table, query).sql
    assert utf16_order('"s"') in compile_query(table, query, Facts(wide=frozenset(["s"]))).sql
    connection = connect(tmp_path / "store.db", key=None)
    connection.execute("BEGIN")
    create_table(connection, table)
    for field in ("id", "s"):
        plan = connection.execute(
            f"EXPLAIN QUERY PLAN SELECT EXISTS (SELECT 1 FROM things WHERE {is_wide(field)})"
        )
        assert any(f'INDEX things("{field}") wide' in step[3] for step in plan.fetchall())
    connection.close()
