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


@pytest.fixture
def memory(ada: Sidecar) -> Sidecar:
    """A store with a memory of green tea, too."""
    args = {
        "id": "m1", "personaId": "p1", "type": "fact", "name": "A habit", "content": {},
        "summary": "Likes tea and trains", "tags": [],
    }  # fmt: skip
    assert ada("commit", "v1.MemoryEntityCreated", json.dumps(args)).code == 0
    return ada


def test_a_snippet_is_text_in_a_table_and_pieces_in_json(memory: Sidecar) -> None:
    """Its words are highlighted where colours are."""
    query = '{"from": "memoryEntities", "selector": {"$search": "tea"}, "fields": ["_snippet"]}'
    assert memory("query", query).json == [{"_snippet": ["Likes ", "tea", " and trains"]}]
    assert memory("query", query, "-o", "table").out.split("\n")[1] == "Likes tea and trains"


def test_a_plan_names_the_index_that_is_missing(memory: Sidecar) -> None:
    """To read, and with how to declare it; nothing is run."""
    query = '{"from": "memoryEntities", "selector": {"type": "fact", "name": "x"}, "count": true}'
    shown = memory("query", "--explain", query).out
    assert "SELECT count(*)" in shown
    assert 'with ["fact","x"]' in shown
    assert "└── SCAN memoryEntities" in shown
    assert 'Declare it: Table("memoryEntities", …, indexes=[("type", "name")])' in shown
    assert memory("query", "--explain", query, "-o", "table").out == shown


def test_a_plan_comes_as_json_too(memory: Sidecar) -> None:
    """As the server says it, for SQL as well."""
    query = '{"from": "memoryEntities", "selector": {"personaId": "p1"}, "count": true}'
    for form in ("json", "ndjson"):
        explained = memory("query", "--explain", query, "-o", form).json
        assert isinstance(explained, dict)
        assert explained["params"] == ["p1"]
        assert not explained["fullScan"]
    sql = memory("query", "--explain", "--sql", "SELECT name FROM personas WHERE id = 'p1'").out
    assert "SEARCH personas" in sql
    assert "Missing" not in sql


def test_a_plan_is_a_tree(memory: Sidecar) -> None:
    """A step stands below the one it belongs to."""
    query = '{"from": "memoryEntities", "sort": [{"name": "asc"}], "limit": 3}'
    shown = memory("query", "--explain", query).out
    assert "├── CO-ROUTINE _page\n│   ├── SCAN memoryEntities" in shown


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
