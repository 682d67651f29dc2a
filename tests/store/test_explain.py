"""`query.explain`: the SQL, SQLite's plan, and the index that is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sidecar.app import schema
from sidecar.core.errors import QueryError, ReadOnlyError, UnknownCollectionError
from sidecar.core.event import NewEvent
from sidecar.core.json import JsonObject
from sidecar.core.query import parse_query
from sidecar.store import Store
from sidecar.store.explain import Explanation


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp("explain")
    with Store.open(folder / "data", schema) as store:
        yield store


def _explained(store: Store, query: JsonObject) -> Explanation:
    return store.explain(parse_query(query)).result()


@pytest.mark.parametrize(
    ("members", "missing"),
    [
        ({}, None),
        ({"selector": {"id": "m1"}}, None),
        ({"selector": {"id": "m1", "type": "fact"}}, None),
        ({"selector": {"personaId": "p1"}, "sort": [{"importance": "desc"}]}, None),
        ({"selector": {"importance": {"$gt": 50}}, "sort": [{"importance": "asc"}]}, None),
        ({"selector": {"type": "fact"}}, ["type"]),
        ({"selector": {"type": "fact"}, "sort": [{"createdAt": "desc"}]}, ["type", "createdAt"]),
        ({"selector": {"type": {"$in": ["fact"]}, "name": {"$gt": "a"}}}, ["type", "name"]),
        ({"selector": {"$and": [{"createdAt": {"$gt": 5}}]}, "count": True}, ["createdAt"]),
        ({"selector": {"content.kind": "chat"}}, ["content.kind"]),
        ({"selector": {"nickname": "x"}}, ["nickname"]),
        ({"sort": [{"name": "asc"}], "limit": 5}, ["name"]),
        ({"selector": {"name": {"$like": "a%"}}, "count": True}, ["name"]),
        ({"selector": {"name": {"$regex": "a.c"}}}, None),
        ({"selector": {"tags": "a"}}, None),
        ({"selector": {"type": None}}, None),
        ({"selector": {"$search": "tea"}}, None),
        ({"selector": {"$search": "tea", "type": "fact"}}, None),
        ({"selector": {"$or": [{"type": "fact"}, {"name": "x"}]}}, None),
        ({"sort": [{"content.kind": "asc"}]}, None),
    ],
)
def test_the_index_that_is_missing(
    store: Store, members: JsonObject, missing: list[str] | None
) -> None:
    found = _explained(store, {"from": "memoryEntities", **members})
    assert (found.missing and list(found.missing.fields)) == missing, found.plan
    if found.missing is not None:
        assert found.missing.collection == "memoryEntities"
        assert found.missing.reason


def test_with_the_index_it_asked_for_nothing_is_missing(tmp_path: Path) -> None:
    definition: JsonObject = {"name": "notes", "primaryKey": "id", "jsonSchema": {}}
    query: JsonObject = {"from": "notes", "selector": {"meta.kind": "a"}}
    with Store.open(tmp_path, schema) as store:
        store.commit([NewEvent("v1.CollectionDefined", definition)]).result()
        before = _explained(store, query)
        assert before.full_scan
        assert before.missing is not None
        indexes: JsonObject = {"indexes": [*before.missing.fields]}
        again: JsonObject = {**definition, "name": "indexed", "jsonSchema": indexes}
        store.commit([NewEvent("v1.CollectionDefined", again)]).result()
        after = _explained(store, {**query, "from": "indexed"})
        assert after.indexes == ['indexed("meta.kind")']
        assert not after.full_scan
        assert after.missing is None


def test_it_tells_statement_parameters_and_steps(store: Store) -> None:
    query: JsonObject = {
        "from": "memoryEntities",
        "selector": {"personaId": "p1"},
        "sort": [{"importance": "desc"}],
        "limit": 10,
    }
    found = _explained(store, query)
    assert found.sql.startswith('SELECT "memoryEntities"."id", ')
    assert found.params == ["p1", 10, 0]
    assert found.indexes[0] == 'memoryEntities("personaId", "importance")'
    assert found.plan[0] in ("CO-ROUTINE _page", "MATERIALIZE _page")
    assert found.plan[1].startswith("  SEARCH memoryEntities USING ")


def test_sql_is_explained_and_not_run(store: Store) -> None:
    found = _explained(store, {"sql": "SELECT * FROM personas WHERE isActive = ?", "params": [1]})
    assert found.indexes == ['personas("isActive")']
    assert found.missing is None
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT * FROM n"
    assert _explained(store, {"sql": endless}).plan


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"from": "nothing"}, UnknownCollectionError),
        ({"from": "personas", "selector": {"$x": 1}}, QueryError),
        ({"sql": "SELECT nothing"}, QueryError),
        ({"sql": "SELECT 1; SELECT 2"}, QueryError),
        ({"sql": "SELECT ?"}, QueryError),
        ({"sql": "EXPLAIN SELECT 1"}, QueryError),
        ({"sql": "DELETE FROM personas"}, ReadOnlyError),
        ({"sql": "PRAGMA user_version = 5"}, ReadOnlyError),
    ],
)
def test_what_could_not_run_is_the_same_error(
    store: Store, query: JsonObject, error: type[Exception]
) -> None:
    with pytest.raises(error):
        _explained(store, query)
    assert store.read(parse_query({"from": "personas", "count": True})).result().count == 0
