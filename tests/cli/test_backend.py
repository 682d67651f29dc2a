"""The behaviour of a backend, on both sides of the seam: a server's store, and one opened here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from sidecar.cli.backend import Backend, EventFilter, open_backend
from sidecar.cli.options import Target
from sidecar.client import NewEventJson
from sidecar.core.errors import (
    ConflictError,
    MigrationError,
    NotFoundError,
    QueryError,
    ReadOnlyError,
    SidecarError,
    UnknownCollectionError,
    UnknownEventError,
    ValidationError,
)
from sidecar.core.json import JsonObject
from tests.cli.processes import persona, running_server

AT = 1_700_000_000_000


def opened(data_dir: Path, side: str) -> Iterator[Backend]:
    target = Target(data_dir, None, None)
    if side == "local":
        with open_backend(target, create=True) as local:
            yield local
    else:
        with running_server(data_dir), open_backend(target) as served:
            yield served


@pytest.fixture(params=["served", "local"])
def backend(request: pytest.FixtureRequest, data_dir: Path) -> Iterator[Backend]:
    """A store of the test's own."""
    yield from opened(data_dir, request.param)


@pytest.fixture(scope="module", params=["served", "local"])
def unchanged(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Backend]:
    """A store that no test may change: each of them is refused."""
    for backend in opened(tmp_path_factory.mktemp("unchanged") / "data", request.param):
        yield backend
        assert backend.info()["head"] == 0


def created(identifier: str, name: str = "Ada") -> NewEventJson:
    return cast("NewEventJson", {"name": "v1.PersonaCreated", "args": persona(identifier, name)})


def test_a_backend_is_what_it_says(backend: Backend, request: pytest.FixtureRequest) -> None:
    """`served` tells whether others may write meanwhile."""
    assert backend.served is (request.node.callspec.params["backend"] == "served")


def test_a_committed_document_is_found(backend: Backend) -> None:
    """S3: what is acknowledged is there, in rows, as one row and as a count."""
    receipt = backend.commit([created("p1"), created("p2", "Bob")])
    assert (receipt["first"], receipt["last"], receipt["head"]) == (1, 2, 2)
    assert receipt["duplicate"] is False
    found = backend.query({"from": "personas", "sort": [{"name": "desc"}], "fields": ["id"]})
    assert found == {"rows": [{"id": "p2"}, {"id": "p1"}], "head": 2}
    first = backend.query({"from": "personas", "selector": {"id": "p1"}, "first": True})
    assert first["row"] is not None
    assert first["row"]["name"] == "Ada"
    assert first["row"]["settings"] == persona("p1", "Ada")["settings"]
    assert backend.query({"from": "personas", "count": True}) == {"count": 2, "head": 2}


def test_nothing_found_is_null(unchanged: Backend) -> None:
    """A query with `first` that finds nothing."""
    assert unchanged.query({"from": "personas", "first": True}) == {"row": None, "head": 0}


def test_a_plan_is_told(unchanged: Backend) -> None:
    """The same on both sides, of JSON and of SQL."""
    query: JsonObject = {"from": "personas", "selector": {"description": "x"}, "count": True}
    explained = unchanged.explain(query)
    assert explained == {
        "sql": 'SELECT count(*) FROM "personas" WHERE "description" = ?',
        "params": ["x"],
        "plan": ["SCAN personas"],
        "indexes": [],
        "fullScan": True,
        "missingIndex": {
            "collection": "personas",
            "fields": ["description"],
            "reason": "every row of personas may be looked at",
        },
    }
    sql = unchanged.explain({"sql": "SELECT :n AS n", "params": {"n": 1}})
    assert (sql["params"], sql["missingIndex"]) == ({"n": 1}, None)
    with pytest.raises(UnknownCollectionError):
        unchanged.explain({"from": "nothing"})


def test_sql_reads(backend: Backend) -> None:
    """Q4: with named parameters."""
    backend.commit([created("p1")])
    query = {"sql": "SELECT name FROM personas WHERE id = :id", "params": {"id": "p1"}}
    assert backend.query(cast("dict[str, object]", query)) == {"rows": [{"name": "Ada"}], "head": 1}


def test_committing_again_gives_the_first_receipt(backend: Backend) -> None:
    """S5: by event id."""
    event = created("p1")
    event["id"] = "01890a5d-ac96-774b-bcce-b302099a8057"
    first = backend.commit([event])
    assert first["ids"] == [event["id"]]
    assert backend.commit([event]) == {**first, "duplicate": True}


def test_expectations_are_kept(backend: Backend) -> None:
    """S13: an event that expects another revision is refused."""
    backend.commit([created("p1")])
    event: NewEventJson = {
        "name": "v1.PersonaActivated",
        "args": {"id": "p1"},
        "expect": [{"collection": "personas", "id": "p1", "seq": None}],
    }
    with pytest.raises(ConflictError):
        backend.commit([event])
    event["expect"] = [{"collection": "personas", "id": "p1", "seq": 1}]
    assert backend.commit([event])["head"] == 2


def test_the_log_is_paged_and_filtered(backend: Backend) -> None:
    """S1: by seq, by name, by document."""
    backend.commit([created("p1"), created("p2")])
    backend.commit([{"name": "v1.PersonaActivated", "args": {"id": "p2"}}])
    page = backend.events(EventFilter(), after=1, limit=1)
    assert [event["seq"] for event in page["events"]] == [2]
    assert page["head"] == 3
    assert page["events"][0]["name"] == "v1.PersonaCreated"
    assert page["events"][0]["args"] == persona("p2", "Ada")
    named = backend.events(EventFilter(names=["v1.PersonaActivated"]), after=0, limit=10)
    assert [event["seq"] for event in named["events"]] == [3]
    touched = backend.events(EventFilter(collection="personas", id="p1"), after=0, limit=10)
    assert 1 in [event["seq"] for event in touched["events"]]


def test_info_tells_what_the_store_holds(backend: Backend) -> None:
    """The same members on both sides, whatever else a server tells."""
    backend.commit([created("p1")])
    info = backend.info()
    assert (info["app"], info["head"]) == ("pjais", 1)
    store = cast("dict[str, object]", info["store"])
    assert cast("dict[str, int]", store["tables"])["personas"] == 1
    assert store["unknownEvents"] == 0


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"from": "nowhere"}, UnknownCollectionError),
        ({"from": "personas", "selector": {"id": {"$near": 1}}}, QueryError),
        ({"from": "personas", "colour": 1}, QueryError),
        ({"sql": "DELETE FROM personas"}, ReadOnlyError),
        ({"sql": "SELEC 1"}, QueryError),
    ],
)
def test_a_wrong_query_is_a_typed_error(
    unchanged: Backend, query: dict[str, object], error: type[SidecarError]
) -> None:
    """Q1, Q4: never all rows."""
    with pytest.raises(error) as caught:
        unchanged.query(query)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("event", "error"),
    [
        ({"name": "v9.Nothing", "args": {}}, UnknownEventError),
        ({"name": "v1.PersonaActivated", "args": {"id": 5}}, ValidationError),
        ({"name": "v1.PersonaActivated", "args": {"id": "nobody"}}, NotFoundError),
    ],
)
def test_a_wrong_event_is_a_typed_error_and_nothing_is_stored(
    unchanged: Backend, event: NewEventJson, error: type[SidecarError]
) -> None:
    """S4: the error names the event; none of the batch is stored."""
    with pytest.raises(error) as caught:
        unchanged.commit([created("p1"), event])
    assert caught.value.data["index"] == 1
    assert unchanged.query({"from": "personas", "count": True})["count"] == 0


@pytest.mark.parametrize(
    "event",
    [
        {"args": {}},
        {"name": "v1.PersonaActivated"},
        {"name": 1, "args": {}},
        {"name": "v1.PersonaActivated", "args": []},
        {"name": "v1.PersonaActivated", "args": {"id": "p1"}, "at": 5},
        {"name": "v1.PersonaActivated", "args": {"id": "p1"}, "id": 5},
        {"name": "v1.PersonaActivated", "args": {"id": "p1"}, "expect": {}},
        {"name": "v1.PersonaActivated", "args": {"id": "p1"}, "expect": [{"id": "p1"}]},
    ],
)
def test_what_is_no_event_is_refused(unchanged: Backend, event: NewEventJson) -> None:
    """Missing, wrong and unknown members."""
    with pytest.raises(ValidationError):
        unchanged.commit([event])


def test_a_file_is_migrated(backend: Backend, tmp_path: Path) -> None:
    """M1, M9: documents arrive, verification compares them, progress is told."""
    source = tmp_path / "records.ndjson"
    document = {**persona("p1", "Ada"), "isActive": True, "createdAt": AT, "updatedAt": AT}
    source.write_text(json.dumps({"collection": "personas", "document": document}) + "\n")
    steps: list[tuple[str, int, int | None]] = []
    report = backend.ask(
        "migrate",
        {"source": {"path": str(source)}},
        lambda phase, done, total: steps.append((phase, done, total)),
    )
    verification = cast("dict[str, object]", report["verification"])
    assert verification["differencesTotal"] == 0
    row = backend.query({"from": "personas", "first": True})["row"]
    assert row is not None
    assert {name: row[name] for name in document} == document
    assert ("importing", 1, 1) in steps
    assert steps[-1] == ("verifying", 1, 1)


def test_a_malformed_file_imports_nothing(unchanged: Backend, tmp_path: Path) -> None:
    """The error says where it is malformed."""
    source = tmp_path / "records.ndjson"
    source.write_text('{"collection": "personas", "document": {"id": "p1"')
    with pytest.raises(MigrationError):
        unchanged.ask("migrate", {"source": {"path": str(source)}})
    assert unchanged.query({"from": "personas", "count": True})["count"] == 0


@pytest.mark.parametrize(
    ("method", "params", "error"),
    [
        ("migrate.cutover", {"migration": "0" * 32}, NotFoundError),
        ("migrate.repair", {"seq": 1, "document": {}}, NotFoundError),
        ("backup.verify", {"name": "none.json"}, NotFoundError),
        ("migrate.cleanup", {"migration": "0" * 32, "confirm": False}, ValidationError),
        ("migrate.repair", {"seq": -1}, ValidationError),
    ],
)
def test_a_call_that_is_refused_is_a_typed_error(
    unchanged: Backend, method: str, params: JsonObject, error: type[SidecarError]
) -> None:
    """The same on both sides, for params of a wrong shape too."""
    with pytest.raises(error) as caught:
        unchanged.ask(method, params)
    assert caught.value.hint


def test_calls_share_a_connection(backend: Backend) -> None:
    """What is begun by one call goes on with the next: a copy to verify by, a live query."""
    copy = str(backend.ask("migrate.begin", {"purpose": "verify"})["migration"])
    line = json.dumps({"collection": "notes", "document": {"id": "n1"}})
    pushed = backend.ask("migrate.push", {"migration": copy, "records": [line]})
    assert pushed == {"received": 1, "total": 1, "conflicts": 0}
    found = backend.ask("migrate.verify", {"source": {"migration": copy}})
    assert (found["passed"], found["differencesTotal"]) == (False, 1)
    live = backend.ask("subscribe", {"query": {"from": "personas"}})
    assert (live["primaryKey"], live["rows"]) == ("id", [])
    backend.commit([created("p1")])
    assert backend.ask("unsubscribe", {"subscription": live["subscription"]}) == {}
