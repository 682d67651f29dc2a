"""Commits that ask for their documents to fit the collection's JSON schema."""

from __future__ import annotations

from pathlib import Path

import pytest

from sidecar.app import schema
from sidecar.core.errors import ConflictError, ValidationError
from sidecar.core.event import NewEvent, Receipt
from sidecar.core.json import Json, JsonObject
from sidecar.store import Store
from tests.store.acts import WAIT, assert_sound, commit, find, new, persona, refused

AGED: JsonObject = {"properties": {"id": {"type": "string"}, "age": {"type": "integer"}}}


def defined(json_schema: JsonObject) -> NewEvent:
    return new("CollectionDefined", name="people", primaryKey="id", jsonSchema=json_schema)


def put(id: str, **more: Json) -> NewEvent:
    return new("DocumentInserted", collection="people", document={"id": id, **more})


def patch(id: str, **more: Json) -> NewEvent:
    return new("DocumentPatched", collection="people", id=id, patch=more)


def valid(store: Store, *events: NewEvent) -> Receipt:
    return store.commit(events, validate=True).result(WAIT)


def invalid(store: Store, *events: NewEvent) -> JsonObject:
    head = store.head
    with pytest.raises(ValidationError) as caught:
        valid(store, *events)
    assert store.head == head
    return caught.value.data


def test_a_document_that_does_not_fit_is_refused_with_its_batch(store: Store) -> None:
    valid(store, defined(AGED), put("a", age=1))
    error: JsonObject = {"path": "/age", "keyword": "type"}
    error["message"] = 'the value is not of type "integer"'
    assert invalid(store, put("b"), put("c", age="2")) == {
        "index": 1,
        "collection": "people",
        "id": "c",
        "errors": [error],
        "others": [],
    }
    assert invalid(store, patch("a", age="2"))["errors"] == [error]
    assert find(store, "people") == [{"id": "a", "age": 1}]


def test_all_documents_that_do_not_fit_are_told_at_once(store: Store) -> None:
    """So that a bulk write knows which to leave out."""
    valid(store, defined(AGED))
    data = invalid(store, put("a", age=""), put("b"), put("c", age="", x=1))
    (other,) = data["others"]  # type: ignore[misc, union-attr]
    assert (data["index"], data["id"]) == (0, "a")
    assert (other["index"], other["id"], len(other["errors"])) == (2, "c", 2)  # type: ignore[index, call-overload, arg-type]


def test_what_counts_is_the_document_after_the_batch(store: Store) -> None:
    valid(store, defined({**AGED, "required": ["age"]}))
    gone = new("DocumentDeleted", collection="people", id="b")
    valid(store, put("a"), patch("a", age=1), put("b"), gone)
    assert find(store, "people") == [{"id": "a", "age": 1}]
    assert invalid(store, put("c", age=1), patch("c", age=None))["index"] == 1


def test_nothing_is_asked_of_other_commits_collections_and_documents(store: Store) -> None:
    """A migration brings what the app had; a change elsewhere is not to blame for it."""
    commit(store, defined(AGED), put("a", age="old"))
    valid(store, put("b", age=1), persona("p"))
    document: JsonObject = {"id": "q", "name": "Q", "anything": 1}
    valid(store, new("DocumentInserted", collection="personas", document=document))
    valid(store, new("CollectionDefined", name="any", primaryKey="id", jsonSchema={}))
    valid(store, new("DocumentInserted", collection="any", document={"id": "a", "x": 1}))
    assert invalid(store, patch("a"))["id"] == "a"


def test_a_batch_that_is_sent_again_is_not_judged_again(store: Store) -> None:
    """S5: its receipt is the first one, whatever the schema became."""
    valid(store, defined({}))
    again = NewEvent("v1.DocumentInserted", put("a", age="x").args, id=_ID)
    valid(store, again)
    valid(store, defined(AGED))
    assert valid(store, again).duplicate


_ID = "0190f5f0-0000-7000-8000-0000000000e1"


def test_a_definition_may_change_its_schema_and_a_refused_one_does_not(
    store: Store, directory: Path
) -> None:
    """S10: of the same key and indexes; it also holds after a restart."""
    valid(store, defined(AGED))
    refused(
        store, ConflictError, defined({}), new("CollectionDefined", name="people", primaryKey="k")
    )
    invalid(store, put("a", age="x"))
    named: JsonObject = {"properties": {"id": {}, "age": {"type": "string"}}}
    valid(store, defined(named), put("a", age="x"))
    store.close()
    assert_sound(directory)
    with Store.open(directory, schema) as again:
        assert invalid(again, put("b", age=1))["id"] == "b"
