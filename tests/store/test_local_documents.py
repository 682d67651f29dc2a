"""RxDB's local documents: those a migration brought, and those written since."""

from __future__ import annotations

from pathlib import Path

from sidecar.core.errors import ConflictError, NotFoundError
from sidecar.core.event import NewEvent
from sidecar.core.json import JsonObject
from sidecar.store import Store
from tests.store.acts import assert_sound, commit, new, refused, sql


def found(store: Store, collection: str) -> list[JsonObject]:
    read = "SELECT id, data FROM _local_documents WHERE collection = ? ORDER BY id"
    return sql(store, read, collection)


def local(what: str, collection: str | None, **more: JsonObject) -> NewEvent:
    return new(f"LocalDocument{what}", collection=collection, id="theme", **more)


def test_they_are_inserted_replaced_and_deleted(store: Store, directory: Path) -> None:
    """The database's own are those of the collection `''`."""
    commit(store, local("Inserted", None, data={"a": [1]}))
    commit(store, local("Imported", "personas", data={}))
    commit(store, local("Imported", None, data={"b": None}))
    assert found(store, "") == [{"id": "theme", "data": '{"b":null}'}]
    commit(store, local("Deleted", None))
    assert found(store, "") == []
    assert found(store, "personas") == [{"id": "theme", "data": "{}"}]
    store.close()
    assert_sound(directory)


def test_one_that_is_there_is_a_conflict_and_one_that_is_not_can_t_go(store: Store) -> None:
    commit(store, local("Imported", None, data={"from": "rxdb"}))
    refused(store, ConflictError, local("Inserted", None, data={}))
    refused(store, NotFoundError, local("Deleted", "personas"))
    assert found(store, "") == [{"id": "theme", "data": '{"from":"rxdb"}'}]
