"""The end of a collection: v1.CollectionRemoved."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from sidecar.app import schema
from sidecar.core.errors import NotFoundError, UnknownCollectionError
from sidecar.core.event import NewEvent
from sidecar.core.json import Json, JsonObject
from sidecar.core.query import parse_query
from sidecar.store import Committed, Limits, Store
from sidecar.store.driver import connect
from sidecar.store.snapshot import Snapshot
from tests.store.acts import assert_sound, commit, events, find, get, new, persona, refused, sql


def defined(key: str = "id", *indexes: str) -> NewEvent:
    kinds: JsonObject = {name: {"type": "string"} for name in indexes}
    described: JsonObject = {"properties": kinds, "indexes": [*indexes]}
    return new("CollectionDefined", name="notes", primaryKey=key, jsonSchema=described)


def put(id: str, **more: Json) -> NewEvent:
    return new("DocumentInserted", collection="notes", document={"id": id, **more})


REMOVED = new("CollectionRemoved", name="notes")


def test_a_removed_collection_is_gone_with_its_definition(store: Store, directory: Path) -> None:
    commit(store, defined("id", "text"), put("a", text="x"), put("b"))
    commit(store, REMOVED)
    assert "notes" not in store.collections()
    refused(store, UnknownCollectionError, put("c"))
    refused(store, UnknownCollectionError, REMOVED)
    assert sql(store, "SELECT * FROM _collections") == []
    assert "notes" not in store.info().result(5)["tables"]  # type: ignore[operator]
    store.close()
    assert_sound(directory)
    with Store.open(directory, schema) as again:
        assert "notes" not in again.collections()


def test_what_belongs_to_it_goes_too(store: Store) -> None:
    attachment: JsonObject = {"id": "f", "type": "text/plain", "digest": "", "data": ""}

    def belongings(collection: str) -> list[NewEvent]:
        return [
            new("TombstoneImported", collection=collection, id="t", document={}),
            new("LocalDocumentImported", collection=collection, id="l", data={}),
            new("AttachmentImported", collection=collection, documentId="a", **attachment),
        ]

    imported = new("DocumentInserted", collection="notes", document={"id": "a"}, sourceId="s")
    commit(store, defined(), imported, *belongings("notes"), *belongings("personas"))
    commit(store, REMOVED)
    for table in ("_tombstones", "_local_documents", "_attachments"):
        assert sql(store, f"SELECT collection FROM {table}") == [{"collection": "personas"}]
    assert sql(store, "SELECT * FROM _id_map") == []


def test_a_declared_table_loses_its_documents_only(store: Store) -> None:
    commit(store, persona("p1"), persona("p2"))
    commit(store, new("CollectionRemoved", name="personas"))
    assert find(store, "personas") == []
    commit(store, persona("p1", name="Again"))
    assert get(store, "personas", "p1")["name"] == "Again"


def test_each_document_s_history_has_its_end(store: Store) -> None:
    commit(store, defined(), put("a"))
    commit(store, REMOVED)
    names = [one.name for one in events(store, collection="notes", id="a")]
    assert names == ["v1.DocumentInserted", "v1.CollectionRemoved"]


def test_it_may_be_defined_anew_and_otherwise(store: Store, directory: Path) -> None:
    """Also in the batch that removes it, with other columns than live queries know."""
    told: list[Committed] = []
    store.observe(told.append)
    store.watch(frozenset(["notes"]))
    commit(store, defined("id", "text"))
    commit(store, put("a", text="x"))
    commit(store, put("b"), REMOVED, defined("id", "text", "kind"), put("a", kind="y"))
    assert "notes" not in told[-1].changes, "images of either table are no images of the other"
    commit(store, new("DocumentPatched", collection="notes", id="a", patch={"text": "z"}))
    (((old, now),),) = [told[-1].changes["notes"].rows]
    assert (old, now) == (("a", None, "y", None, 1), ("a", "z", "y", None, 1))
    assert find(store, "notes") == [{"id": "a", "text": "z", "kind": "y"}]
    store.close()
    assert_sound(directory)


def test_a_removal_that_is_refused_with_its_batch_takes_nothing(store: Store) -> None:
    told: list[Committed] = []
    store.observe(told.append)
    store.watch(frozenset(["notes"]))
    commit(store, defined("id", "text"), put("a", text="x"))
    failing = new("DocumentDeleted", collection="personas", id="nobody")
    refused(store, NotFoundError, REMOVED, failing)
    refused(store, NotFoundError, REMOVED, defined("id", "kind"), failing)
    commit(store, put("b", text="y"))
    assert [one["id"] for one in find(store, "notes")] == ["a", "b"]
    assert [new for _, new in told[-1].changes["notes"].rows] == [("b", "y", None, 2)]


def test_a_reader_that_knows_an_older_catalog_finds_no_collection(store: Store) -> None:
    commit(store, defined())
    older = store._writer.catalog
    commit(store, REMOVED)
    connection = connect(store.path, key=None, read_only=True)
    with (
        closing(Snapshot(connection, lambda: older, Limits())) as snapshot,
        snapshot,
        pytest.raises(UnknownCollectionError),
    ):
        snapshot.query(parse_query({"from": "notes"}))
