"""What a window keeps for itself: `v1.uiState.Set`, whole and partial (S11)."""

from __future__ import annotations

import pytest

from sidecar.app import schema
from sidecar.core.errors import ConflictError, ValidationError
from sidecar.core.event import Expect, NewEvent
from sidecar.core.json import Json, JsonObject
from sidecar.store import Store
from tests.store.acts import commit, find, get, new, refused

DEFAULT: JsonObject = {"selectedPersonaId": None, "searchText": ""}


def _set(id: str, partial: bool | None = None, /, **value: Json) -> NewEvent:
    return new(
        "uiState.Set", id=id, value=value, **({} if partial is None else {"partial": partial})
    )


def _value(store: Store, id: str) -> Json:
    return get(store, "uiState", id)["value"]


def test_the_default_is_declared() -> None:
    (ui_state,) = schema.client_documents
    assert (ui_state.name, ui_state.default) == ("uiState", DEFAULT)
    assert not schema.events["v1.uiState.Set"].synced


def test_a_whole_value_replaces_what_was_stored(store: Store) -> None:
    commit(store, _set("s", selectedPersonaId="p", searchText="a"))
    assert get(store, "uiState", "s") == {
        "id": "s",
        "value": {"selectedPersonaId": "p", "searchText": "a"},
    }
    commit(store, _set("s", False, searchText="b"))
    assert _value(store, "s") == {**DEFAULT, "searchText": "b"}


def test_a_partial_value_is_merged_into_the_default(store: Store) -> None:
    """Where nothing is stored."""
    commit(store, _set("s", True, searchText="a"))
    assert _value(store, "s") == {**DEFAULT, "searchText": "a"}


def test_a_partial_value_is_merged_into_the_stored_one(store: Store) -> None:
    """Null is a value as any other; what is not named stays."""
    commit(store, _set("s", selectedPersonaId="p", searchText="a"))
    commit(store, _set("s", True, searchText=""))
    assert _value(store, "s") == {"selectedPersonaId": "p", "searchText": ""}
    commit(store, _set("s", True, selectedPersonaId=None, searchText="b"), _set("s", True))
    assert _value(store, "s") == {"selectedPersonaId": None, "searchText": "b"}


def test_members_nobody_declared_are_kept(store: Store) -> None:
    commit(store, _set("s", True, panels={"left": {"open": True, "width": 1.5}, "right": None}))
    commit(store, _set("s", True, panels={"left": []}))
    assert _value(store, "s") == {**DEFAULT, "panels": {"left": []}}
    commit(store, _set("s"))
    assert _value(store, "s") == DEFAULT


def test_each_session_has_its_own(store: Store) -> None:
    """Its id is the session's, by custom."""
    commit(store, _set("a", searchText="a"), _set("b", searchText="b"), _set("a", True))
    assert [(one["id"], one["value"]) for one in find(store, "uiState")] == [
        ("a", {**DEFAULT, "searchText": "a"}),
        ("b", {**DEFAULT, "searchText": "b"}),
    ]


@pytest.mark.parametrize("partial", [False, True])
def test_a_value_of_another_shape_changes_nothing(store: Store, partial: bool) -> None:
    """S4."""
    commit(store, _set("s", searchText="a"))
    error = refused(store, ValidationError, _set("s", partial, searchText=5))
    assert error.data["path"] == "/args/value/searchText"


def test_a_revision_may_be_expected(store: Store) -> None:
    """S13: a document is a row as any other."""
    commit(store, _set("s", searchText="a"))
    late = NewEvent(
        "v1.uiState.Set", {"id": "s", "value": {}}, expect=[Expect("uiState", "s", None)]
    )
    refused(store, ConflictError, late)


def test_a_row_without_a_value_counts_as_the_default(store: Store) -> None:
    """A document event may write one (S10)."""
    commit(store, new("DocumentInserted", collection="uiState", document={"id": "s"}))
    commit(store, _set("s", True, searchText="a"))
    assert _value(store, "s") == {**DEFAULT, "searchText": "a"}
