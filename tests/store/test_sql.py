"""SQL over the wire reads, and does nothing else (Q4, Q6)."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from sidecar.app import schema
from sidecar.core.errors import QueryError, TooLargeError, ValidationError
from sidecar.core.json import Json, JsonObject
from sidecar.core.query import parse_query
from sidecar.store import Limits, Result, Store
from tests.store.acts import commit, memory, new, persona


def ask(store: Store, sql: str, params: Json = None) -> Result:
    """Run a read in SQL."""
    query: JsonObject = {"sql": sql, **({} if params is None else {"params": params})}
    return store.read(parse_query(query)).result(30)


def rows(store: Store, sql: str, params: Json = None) -> list[JsonObject]:
    """Return the rows of a read in SQL."""
    return [orjson.loads(row) for row in ask(store, sql, params).rows]


@pytest.fixture
def filled(store: Store) -> Store:
    commit(
        store,
        persona("p", isActive=True, usageCount=1),
        memory("m", tags=["a", "b"], importance=0.5),
        new("CollectionDefined", name="settings", primaryKey="key"),
        new("DocumentInserted", collection="settings", document={"key": "theme", "dark": True}),
    )
    return store


@pytest.mark.parametrize(
    "sql",
    [
        "",
        " ",
        ";",
        "-- nothing",
        "SELECT",
        "SELEC 1",
        "SELECT 1; SELECT 2",
        "SELECT 1; DELETE FROM personas",
        "SELECT 1;;",
        "SELECT '\0'",
        "SELECT 1 \0",
        "SELECT nothing FROM personas",
        "SELECT * FROM nothing",
        "SELECT nothing()",
        "SELECT interrupted",
        "SELECT * FROM malformed",
        'SELECT "disk is full" FROM "database is locked"',
        "SELECT 1 AS prohibited, not_authorized",
        "SELECT json('{')",
        "SELECT json_extract('[1]', 'nothing')",
        "SELECT mango('{', '[]', '$eq', '1')",
        "SELECT mango('1', '[]', '$nothing', '1')",
        "SELECT sort_key('x', '[]')",
        "SELECT CAST(x'ff' AS TEXT)",
        "SELECT abs(-9223372036854775808)",
        "SELECT 1 AS a, 2 AS a",
        "SELECT * FROM personas p JOIN memoryEntities m ON m.personaId = p.id",
        "SELECT ?",
        "SELECT :a",
        "SELECT " + "1+" * 5000 + "1",
        "SELECT " + ", ".join(f"1 AS a{at}" for at in range(3000)),
    ],
)
def test_what_means_nothing_is_a_query_error(filled: Store, sql: str) -> None:
    """And none of the store's, whatever words it holds."""
    with pytest.raises(QueryError):
        ask(filled, sql)
    assert rows(filled, "SELECT id FROM personas") == [{"id": "p"}]


@pytest.mark.parametrize(
    ("sql", "params"),
    [
        ("SELECT 1", [1]),
        ("SELECT ?", []),
        ("SELECT ?, ?", [1]),
        ("SELECT :a", {}),
        ("SELECT :a", {"b": 1}),
        ("SELECT :a, :b", {"a": 1}),
        ("SELECT ?", {"a": 1}),
    ],
)
def test_params_that_do_not_fit_are_a_query_error(filled: Store, sql: str, params: Json) -> None:
    with pytest.raises(QueryError):
        ask(filled, sql, params)


def test_params_by_position_and_by_name(filled: Store) -> None:
    values: list[Json] = [None, 1, -(2**63), 2**63 - 1, 1.5, "", "é\x00😀", True, False]
    marks = ", ".join(f"? AS v{at}" for at in range(len(values)))
    shown = [1 if one is True else 0 if one is False else one for one in values]
    assert list(rows(filled, f"SELECT {marks}", values)[0].values()) == shown
    named = rows(filled, "SELECT :a AS a, :b AS b, :a AS c", {"a": "x", "b": None})
    assert named == [{"a": "x", "b": None, "c": "x"}]


@pytest.mark.parametrize("value", [float("nan"), 2**63, "\ud800", [1], {"a": 1}])
def test_a_parameter_sqlite_has_no_form_for_is_refused_before(filled: Store, value: Json) -> None:
    with pytest.raises((QueryError, ValidationError)):
        ask(filled, "SELECT ?", [value])


def test_typed_columns_come_back_as_in_documents(filled: Store) -> None:
    """Q6: booleans are true and false, JSON is nested, numbers are as they were."""
    assert rows(filled, "SELECT isActive, settings, avatar, usageCount FROM personas") == [
        {
            "isActive": True,
            "settings": {"memoryRetention": 80, "privacyLevel": "low", "autoLearn": True},
            "avatar": None,
            "usageCount": 1,
        }
    ]
    assert rows(filled, "SELECT tags, importance, content FROM memoryEntities") == [
        {"tags": ["a", "b"], "importance": 0.5, "content": {"text": "m"}}
    ]


def test_a_join_s_columns_are_typed_where_their_name_has_one_meaning(filled: Store) -> None:
    sql = (
        "SELECT m.tags, p.isActive, m.id, p.id AS persona FROM memoryEntities m "
        "JOIN personas p ON p.id = m.personaId"
    )
    assert rows(filled, sql) == [{"tags": ["a", "b"], "isActive": True, "id": "m", "persona": "p"}]


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("SELECT substr(tags, 2) AS tags FROM memoryEntities", '"a","b"]'),
        ("SELECT 'x' AS tags FROM memoryEntities WHERE tags IS NOT NULL", "x"),
        ("SELECT '' AS tags FROM memoryEntities WHERE tags IS NOT NULL", ""),
        ("SELECT 5 AS tags FROM memoryEntities WHERE tags IS NOT NULL", 5),
        ("SELECT NULL AS tags FROM memoryEntities WHERE tags IS NOT NULL", None),
    ],
)
def test_what_only_has_a_json_column_s_name_is_no_json(
    filled: Store, sql: str, value: Json
) -> None:
    """A row is always one well-formed JSON object, whatever SQL calls its columns."""
    assert rows(filled, sql) == [{"tags": value}]


def test_other_values_have_a_json_form(filled: Store) -> None:
    found = rows(filled, "SELECT x'0001ff' AS b, 9e999 AS i, -0.0 AS z, 1e100 AS e, '\u2028' AS t")
    assert found == [{"b": "AAH/", "i": None, "z": 0, "e": 1e100, "t": "\u2028"}]


def test_a_read_says_which_tables_it_read(filled: Store) -> None:
    """Q4: a live query depends on them; also when the driver has the statement already."""
    for sql, tables in (
        ("SELECT count(*) AS n FROM personas", {"personas"}),
        ("SELECT 1 AS one", set()),
        ("SELECT (SELECT max(seq) FROM _events) AS n, dark FROM (SELECT 1 AS dark)", {"_events"}),
        ("SELECT p.name FROM Personas p, SETTINGS s", {"personas", "settings"}),
        ("SELECT count(*) AS n FROM MEMORYENTITIES, _Events", {"memoryEntities", "_events"}),
        (
            "WITH m AS (SELECT * FROM memoryEntities) SELECT count(*) AS n FROM m",
            {"memoryEntities"},
        ),
    ):
        for _ in range(3):
            assert ask(filled, sql).tables == tables, sql


def test_a_statement_that_failed_first_still_says_which_tables_it_reads(filled: Store) -> None:
    """With the right params it is the same statement, which SQLite does not compile again."""
    sql = "SELECT isActive FROM personas WHERE id = ?"
    for params in ([], [1, 2]):
        with pytest.raises(QueryError):
            ask(filled, sql, params)
    result = ask(filled, sql, ["p"])
    assert (result.tables, list(result.rows)) == (frozenset(["personas"]), ['{"isActive":true}'])


def test_thousands_of_statements_later_it_still_does(filled: Store) -> None:
    sql = "SELECT isActive FROM personas"
    for at in range(2500):
        ask(filled, f"SELECT {at} AS a")
        if at % 100 == 0:
            result = ask(filled, sql)
            assert (result.tables, list(result.rows)) == ({"personas"}, ['{"isActive":true}'])


def test_a_table_made_meanwhile_is_there(filled: Store) -> None:
    sql = "SELECT * FROM fresh"
    with pytest.raises(QueryError):
        ask(filled, sql)
    commit(filled, new("CollectionDefined", name="fresh", primaryKey="id"))
    assert ask(filled, sql).tables == {"fresh"}


def test_a_read_is_no_way_around_a_selector_s_limits(filled: Store) -> None:
    """The engine's own function can be called, and checks what it is given."""
    sql = "SELECT id FROM memoryEntities WHERE mango(tags, '[\"tags\"]', '$eq', '\"a\"')"
    assert rows(filled, sql) == [{"id": "m"}]


def test_a_read_that_was_refused_holds_no_snapshot(directory: Path) -> None:
    """Its error, which the caller may keep, must not keep the connection in the past."""
    with Store.open(directory, schema, limits=Limits(result_bytes=2000)) as store:
        commit(store, *(persona(str(at)) for at in range(50)))
        kept = []
        for query in (
            {"from": "personas"},
            {"sql": "SELECT * FROM personas"},
            {"sql": "SELECT id, id FROM personas"},
            {"sql": "SELECT hex(zeroblob(5000)) AS x FROM personas"},
        ):
            with pytest.raises((TooLargeError, QueryError)) as caught:
                store.read(parse_query(query)).result(30)  # type: ignore[arg-type]
            kept.append(caught.value)
            head = commit(store, new("PersonaActivated", id="1")).head
            result = store.read(parse_query({"from": "personas", "count": True})).result(30)
            assert result.head == head
