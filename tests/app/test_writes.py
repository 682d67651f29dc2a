"""The tables' own events do just what the document events do, given what they need."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sidecar.app import schema
from sidecar.core.event import NewEvent
from sidecar.core.json import JsonObject
from sidecar.rpc.app_schema import app_document
from sidecar.store import Store
from tests.store.acts import PERSONALITY, SETTINGS, Clock, commit, find, new

DOCUMENTS: dict[str, JsonObject] = {
    "personas": {
        "id": "a",
        "name": "Ada",
        "description": "",
        "personality": PERSONALITY,
        "settings": {**SETTINGS, "more": [None]},
        "isActive": True,
        "createdAt": 5,
        "updatedAt": 0,
        "usageCount": 0,
    },
    "memoryEntities": {
        "id": "a",
        "personaId": "p",
        "type": "fact",
        "name": "A",
        "content": {"deep": {"x": None}},
        "summary": "",
        "tags": [],
        "importance": 0,
        "memoryTier": "cold",
        "connectionCount": 2,
        "lastAccessed": 0,
        "createdAt": 5,
        "updatedAt": 6,
    },
    "conversations": {
        "id": "a",
        "personaId": "p",
        "sessionId": "s",
        "messages": [{"id": "m", "role": "user", "content": "", "timestamp": 0}],
        "topics": [],
        "importance": 0.5,
        "isArchived": True,
        "createdAt": 5,
        "updatedAt": 6,
    },
}

MORE: JsonObject = {"undeclared": None, "sourceId": "s", "original": {"x": [0, ""]}}

TABLES: Any = app_document(schema)["tables"]


def having(what: str) -> list[str]:
    """Return the tables that do something by an event of their own."""
    return [name for name, table in TABLES.items() if what in table["writes"]]


def write(table: str, what: str) -> tuple[str, list[str]]:
    """Return the event by which a table does something, and what that needs."""
    found = TABLES[table]["writes"][what]
    return found["event"], found["needs"]


def test_the_tables_that_have_events_of_their_own() -> None:
    assert having("insert") == ["conversations", "memoryEntities", "personas"]
    assert having("patch") == ["memoryEntities", "personas"]
    assert having("remove") == ["personas"], "that of a memory only marks it"


def same(tmp_path: Path, table: str, *batches: tuple[list[NewEvent], list[NewEvent]]) -> None:
    """See that either way of the last batch leads to the same rows."""
    found: list[list[JsonObject]] = []
    for side in (0, 1):
        with Store.open(tmp_path / str(side), schema, clock=Clock(now=99)) as store:
            for batch in batches:
                commit(store, *batch[side])
            found.append(find(store, table))
    assert found[0] == found[1]


def inserted(table: str, document: JsonObject) -> NewEvent:
    return new("DocumentInserted", collection=table, document=document)


@pytest.mark.parametrize("table", having("insert"))
@pytest.mark.parametrize("more", [{}, MORE])
def test_an_insert_is_the_document_s(tmp_path: Path, table: str, more: JsonObject) -> None:
    event, needs = write(table, "insert")
    document = {**DOCUMENTS[table], **more}
    assert set(needs) == DOCUMENTS[table].keys(), "the document has just what is needed"
    same(tmp_path, table, ([NewEvent(event, document)], [inserted(table, document)]))


@pytest.mark.parametrize("table", having("patch"))
@pytest.mark.parametrize(
    "patch", [{}, MORE, {"name": "N", "description": "D"}, {"createdAt": 1, "id2": 2}]
)
def test_a_patch_is_the_document_s(tmp_path: Path, table: str, patch: JsonObject) -> None:
    event, needs = write(table, "patch")
    assert needs == ["updatedAt"]
    full: JsonObject = {**patch, "updatedAt": 7}
    base = inserted(table, DOCUMENTS[table])
    same(
        tmp_path,
        table,
        ([base], [base]),
        (
            [NewEvent(event, {"id": "a", "updates": full})],
            [new("DocumentPatched", collection=table, id="a", patch=full)],
        ),
    )


@pytest.mark.parametrize("table", having("remove"))
def test_a_removal_is_the_document_s(tmp_path: Path, table: str) -> None:
    event, needs = write(table, "remove")
    assert needs == []
    base = inserted(table, DOCUMENTS[table])
    gone = new("DocumentDeleted", collection=table, id="a")
    same(tmp_path, table, ([base], [base]), ([NewEvent(event, {"id": "a"})], [gone]))
