"""Queries as they come over the wire: what is no query is an error that names the place (Q1)."""

from __future__ import annotations

import pytest

from sidecar.core.errors import QueryError, ValidationError
from sidecar.core.json import JsonObject
from sidecar.core.query import DocumentQuery, SqlQuery, parse_query
from tests.core.values import nested


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({}, "/from"),
        ({"from": 5}, "/from"),
        ({"from": None}, "/from"),
        ({"from": "a", "selector": []}, "/selector"),
        ({"from": "a", "selector": None}, "/selector"),
        ({"from": "a", "sort": {"a": "asc"}}, "/sort"),
        ({"from": "a", "sort": [{"a": "up"}]}, "/sort/0/a"),
        ({"from": "a", "sort": [{"a": "asc"}, {"b": 1}]}, "/sort/1/b"),
        ({"from": "a", "sort": [{}]}, "/sort/0"),
        ({"from": "a", "sort": [{"a": "asc", "b": "asc"}]}, "/sort/0"),
        ({"from": "a", "skip": -1}, "/skip"),
        ({"from": "a", "skip": 1.5}, "/skip"),
        ({"from": "a", "skip": "1"}, "/skip"),
        ({"from": "a", "skip": True}, "/skip"),
        ({"from": "a", "limit": -1}, "/limit"),
        ({"from": "a", "limit": 2**53}, "/limit"),
        ({"from": "a", "fields": []}, "/fields"),
        ({"from": "a", "fields": "a"}, "/fields"),
        ({"from": "a", "fields": ["a", 1]}, "/fields/1"),
        ({"from": "a", "first": 1}, "/first"),
        ({"from": "a", "count": "yes"}, "/count"),
        ({"from": "a", "count": True, "first": True}, ""),
        ({"from": "a", "count": True, "limit": 1}, ""),
        ({"from": "a", "count": True, "skip": 1}, ""),
        ({"from": "a", "count": True, "fields": ["a"]}, ""),
        ({"from": "a", "count": True, "after": {"id": "1"}}, ""),
        ({"from": "a", "count": True, "groupBy": ["a"]}, ""),
        ({"from": "a", "distinct": True}, ""),
        ({"from": "a", "distinct": True, "fields": ["a"], "after": {"id": "1"}}, ""),
        ({"from": "a", "groupBy": ["a"], "fields": ["a"]}, ""),
        ({"from": "a", "groupBy": ["a"], "after": {"id": "1"}}, ""),
        ({"from": "a", "groupBy": ["a"], "distinct": True, "fields": ["a"]}, ""),
        ({"from": "a", "groupBy": []}, "/groupBy"),
        ({"from": "a", "groupBy": "a"}, "/groupBy"),
        ({"from": "a", "aggregate": {}}, "/aggregate"),
        ({"from": "a", "aggregate": {"n": {}}}, "/aggregate/n"),
        ({"from": "a", "aggregate": {"n": {"count": True, "sum": "a"}}}, "/aggregate/n"),
        ({"from": "a", "aggregate": {"n": {"count": False}}}, "/aggregate/n/count"),
        ({"from": "a", "aggregate": {"n": {"median": "a"}}}, "/aggregate/n/median"),
        ({"from": "a", "aggregate": {"n": {"sum": 1}}}, "/aggregate/n/sum"),
        ({"from": "a", "first": "any"}, "/first"),
        ({"from": "a", "fallback": {"id": "1"}}, ""),
        ({"from": "a", "first": "required", "fallback": {"id": "1"}}, ""),
        ({"from": "a", "first": True, "fallback": 5}, "/fallback"),
        ({"from": "a", "after": "1"}, "/after"),
        ({"from": "a", "where": {}}, "/where"),
        ({"from": "a", "at": 5}, "/at"),
        ({"from_": "a"}, "/from"),
        ({"from": "a", "sql": "SELECT 1"}, "/from"),
        ({"sql": ""}, "/sql"),
        ({"sql": 1}, "/sql"),
        ({"sql": "x" * 1_000_001}, "/sql"),
        ({"sql": "SELECT 1", "params": 5}, "/params"),
        ({"sql": "SELECT 1", "params": [1, [2]]}, "/params/1"),
        ({"sql": "SELECT 1", "params": {"a": {}}}, "/params/a"),
        ({"sql": "SELECT 1", "limit": 5}, "/limit"),
    ],
)
def test_what_is_no_query_is_an_error_at_its_place(value: JsonObject, path: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(value)
    assert caught.value.data["path"] == path


@pytest.mark.parametrize(
    "value",
    [
        {"from": "a", "selector": {"x": float("nan")}},
        {"from": "a", "selector": {"x": 2**63}},
        {"from": "a", "selector": {"x": "\ud800"}},
        {"from": "a", "selector": {"x": nested(300, 1)}},
        {"from": "\ud800"},
        {"sql": "SELECT '\ud800'"},
        {"sql": "SELECT ?", "params": [10**400]},
    ],
)
def test_what_is_no_json_is_refused_before(value: JsonObject) -> None:
    with pytest.raises(ValidationError):
        parse_query(value)


def test_a_query_has_defaults() -> None:
    query = parse_query({"from": "personas"})
    assert query == DocumentQuery(
        **{"from": "personas"}, selector={}, sort=[], skip=0, limit=None, fields=None
    )
    assert parse_query({"sql": "SELECT 1"}) == SqlQuery(sql="SELECT 1", params=[])


def test_sql_takes_params_by_position_or_by_name() -> None:
    assert parse_query({"sql": "SELECT ?", "params": [1, None, "a", True, 1.5]}) == SqlQuery(
        sql="SELECT ?", params=[1, None, "a", True, 1.5]
    )
    assert parse_query({"sql": "SELECT :a", "params": {"a": 1}}) == SqlQuery(
        sql="SELECT :a", params={"a": 1}
    )
