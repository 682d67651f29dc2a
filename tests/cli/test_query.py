"""`sidecar query`."""

from __future__ import annotations

import json

import pytest

from tests.cli.processes import Sidecar, persona


def test_rows_come_as_json(ada: Sidecar) -> None:
    """An array with one row per line, so that `grep` and `jq` both work."""
    ada("commit", "v1.PersonaCreated", json.dumps(persona("p2", "Bob")))
    found = ada("query", '{"from": "personas", "fields": ["id", "name"]}')
    assert found.json == [{"id": "p1", "name": "Ada"}, {"id": "p2", "name": "Bob"}]
    assert len(found.out.splitlines()) == 2


def test_one_row_and_a_count_come_alone(ada: Sidecar) -> None:
    """As the query asks."""
    one = ada("query", '{"from": "personas", "first": true, "fields": ["name"]}')
    assert one.json == {"name": "Ada"}
    nobody = '{"from": "personas", "first": true, "selector": {"id": "x"}}'
    assert ada("query", nobody).json is None
    assert ada("query", '{"from": "personas", "count": true}').out == "1\n"


def test_ndjson_is_one_row_per_line(ada: Sidecar) -> None:
    """Whole rows too, when there is only one."""
    for query in ('{"from": "personas"}', '{"from": "personas", "first": true}'):
        (row,) = ada("query", query, "-o", "ndjson").lines
        assert isinstance(row, dict)
        assert row["settings"] == persona("p1", "Ada")["settings"]


def test_a_table_shows_everything_in_a_pipe(ada: Sidecar) -> None:
    """However wide; numbers to the right, nested values as JSON, missing ones empty."""
    ada("commit", "v1.DocumentInserted", '{"collection": "personas", "document": {"id": "z"}}')
    shown = ada("query", '{"from": "personas"}', "-o", "table").out.splitlines()
    assert len(shown) == 3
    assert shown[0].split()[:2] == ["id", "name"]
    assert json.dumps(persona("p1", "Ada")["personality"], separators=(",", ":")) in shown[1]
    assert ada("query", '{"from": "memoryEntities"}', "-o", "table").out == ""


def test_sql_takes_parameters(ada: Sidecar) -> None:
    """Numbers as numbers, the rest as text."""
    sql = "SELECT :a AS a, :b AS b, :c AS c, :d AS d"
    found = ada(
        "query", "--sql", sql, *("--param", "a=1"), *("--param", "b=p=1"), *("--param", 'c="1"'),
        *("--param", "d=null"),
    )  # fmt: skip
    assert found.json == [{"a": 1, "b": "p=1", "c": "1", "d": None}]


def test_a_query_comes_from_stdin_too(ada: Sidecar) -> None:
    """In place of an argument: "-"."""
    assert ada("query", "-", stdin='{"from": "personas", "count": true}').out == "1\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["{}", "--sql", "SELECT 1"],
        ["{}", "--param", "a=1"],
        ["--sql", "SELECT 1", "--param", "a"],
        ["[1]"],
        ["{} {}"],
    ],
)
def test_what_is_no_query_is_a_usage_error(ada: Sidecar, arguments: list[str]) -> None:
    """Told before the store is opened."""
    ended = ada("query", *arguments)
    assert (ended.code, ended.err[:7]) == (2, "E_USAGE")
