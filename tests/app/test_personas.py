"""What the events of a persona do to its row."""

from __future__ import annotations

import pytest

from sidecar.core.errors import ConflictError, NotFoundError, ValidationError
from sidecar.core.json import Json
from sidecar.store import Store
from tests.store.acts import (
    PERSONALITY,
    SETTINGS,
    Clock,
    commit,
    events,
    find,
    get,
    new,
    persona,
    refused,
    sql,
)


def test_a_created_persona_has_the_seeds_defaults(store: Store) -> None:
    """The seed's columns: isActive false, usageCount 0; the times are the event's."""
    assert get(store, "personas", "p") == {
        "id": "p",
        "name": "Persona p",
        "description": "",
        "personality": PERSONALITY,
        "settings": SETTINGS,
        "isActive": False,
        "usageCount": 0,
        "createdAt": 5_000,
        "updatedAt": 5_000,
    }


def test_a_whole_document_needs_no_second_event(store: Store) -> None:
    """What a caller gives is kept, also 0 and null, and fields nobody declared (S9)."""
    given = {
        "avatar": None,
        "isActive": True,
        "createdAt": 0,
        "updatedAt": 1,
        "lastUsed": 2,
        "usageCount": 3,
        "mood": {"now": "fine"},
    }
    commit(store, persona("full", **given))
    found = get(store, "personas", "full")
    assert {name: found[name] for name in given} == given


def test_times_that_are_null_are_the_events(store: Store) -> None:
    """S2: a created document always has its times."""
    commit(store, persona("q", createdAt=None))
    assert get(store, "personas", "q")["createdAt"] == 6_000


def test_an_imported_persona_is_as_it_was(store: Store) -> None:
    """S9, M7: no defaults are filled, and the id it had is kept."""
    document = {"id": "i", "name": "I", "isActive": None, "odd": [0, "", False, None]}
    commit(store, new("PersonaImported", **document, sourceId="old", original={"odd": 1}))
    assert get(store, "personas", "i") == document
    assert sql(store, "SELECT collection, sourceId, id FROM _id_map") == [
        {"collection": "personas", "sourceId": "old", "id": "i"}
    ]


def test_an_update_changes_what_it_names_and_the_time(store: Store) -> None:
    before = get(store, "personas", "p")
    settings = {**SETTINGS, "autoLearn": False}
    commit(store, new("PersonaUpdated", id="p", updates={"settings": settings, "mood": "new"}))
    changed = {"settings": settings, "mood": "new", "updatedAt": 6_000}
    assert get(store, "personas", "p") == {**before, **changed}


def test_an_update_can_set_its_own_time_and_null(store: Store) -> None:
    commit(store, new("PersonaUpdated", id="p", updates={"updatedAt": 7, "avatar": None}))
    found = get(store, "personas", "p")
    assert (found["updatedAt"], found["avatar"]) == (7, None)


def test_activation_deactivates_the_others_and_counts(store: Store, clock: Clock) -> None:
    """v1.PersonaActivated: one is active, with lastUsed and usageCount."""
    commit(store, persona("q"), persona("r", isActive=True))
    commit(store, new("PersonaActivated", id="p"))
    clock.now = 7_000
    commit(store, new("PersonaActivated", id="q"))
    commit(store, new("PersonaActivated", id="p"))
    assert [
        (one["id"], one["isActive"], one.get("lastUsed"), one["usageCount"])
        for one in find(store, "personas")
    ] == [("p", True, 7_000, 2), ("q", False, 7_000, 1), ("r", False, None, 0)]


def test_activation_is_an_event_of_those_it_deactivates(store: Store) -> None:
    """S13: only rows that changed get a new revision."""
    commit(store, persona("q", isActive=True), persona("r"))
    seq = commit(store, new("PersonaActivated", id="p")).last
    rows = sql(store, "SELECT id FROM personas WHERE _seq = ? ORDER BY id", seq)
    assert [row["id"] for row in rows] == ["p", "q"]
    assert events(store, collection="personas", id="q")[-1].seq == seq


def test_deactivation_leaves_none_active(store: Store) -> None:
    commit(store, new("PersonaActivated", id="p"), new("PersonaDeactivated", id="p"))
    assert find(store, "personas", isActive=True) == []
    assert get(store, "personas", "p")["usageCount"] == 1


def test_a_deleted_persona_leaves_what_was_its(store: Store) -> None:
    commit(store, new("ConversationStarted", id="c", personaId="p", sessionId="s"))
    commit(store, new("PersonaDeleted", id="p"))
    assert find(store, "personas") == []
    assert get(store, "conversations", "c")["personaId"] == "p"


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("PersonaUpdated", {"updates": {"name": "x"}}),
        ("PersonaActivated", {}),
        ("PersonaDeactivated", {}),
        ("PersonaDeleted", {}),
    ],
)
def test_a_persona_that_is_not_there_is_not_found(
    store: Store, name: str, more: dict[str, Json]
) -> None:
    """S4: the error names the event, and nothing is stored."""
    error = refused(store, NotFoundError, persona("q"), new(name, id="nobody", **more))
    assert error.data["index"] == 1
    assert (error.data["collection"], error.data["id"]) == ("personas", "nobody")


@pytest.mark.parametrize(
    ("name", "args", "path"),
    [
        ("PersonaCreated", {"id": ""}, "/args/id"),
        ("PersonaCreated", {"id": 5}, "/args/id"),
        ("PersonaCreated", {"name": ""}, "/args/name"),
        ("PersonaCreated", {"name": None}, "/args/name"),
        ("PersonaCreated", {"description": 1}, "/args/description"),
        ("PersonaCreated", {"isActive": 1}, "/args/isActive"),
        ("PersonaCreated", {"createdAt": 1.5}, "/args/createdAt"),
        ("PersonaCreated", {"createdAt": "2024-01-01"}, "/args/createdAt"),
        ("PersonaCreated", {"usageCount": None}, "/args/usageCount"),
        ("PersonaCreated", {"avatar": 5}, "/args/avatar"),
        ("PersonaCreated", {"_seq": 1}, "/args/_seq"),
        ("PersonaCreated", {"personality": {}}, "/args/personality/traits"),
        (
            "PersonaCreated",
            {"personality": {**PERSONALITY, "traits": ["a", 1]}},
            "/args/personality/traits/1",
        ),
        (
            "PersonaCreated",
            {"settings": {**SETTINGS, "privacyLevel": "none"}},
            "/args/settings/privacyLevel",
        ),
        (
            "PersonaCreated",
            {"settings": {**SETTINGS, "memoryRetention": "80"}},
            "/args/settings/memoryRetention",
        ),
        ("PersonaImported", {"name": ""}, "/args/name"),
        ("PersonaImported", {"usageCount": "many"}, "/args/usageCount"),
        ("PersonaImported", {"personality": []}, "/args/personality"),
        ("PersonaUpdated", {"id": "p", "updates": {"name": ""}}, "/args/updates/name"),
        ("PersonaUpdated", {"id": "p", "updates": {"id": "q"}}, "/args/updates/id"),
        ("PersonaUpdated", {"id": "p", "updates": {"_x": 1}}, "/args/updates/_x"),
        ("PersonaUpdated", {"id": "p", "updates": {"createdAt": "x"}}, "/args/updates/createdAt"),
        ("PersonaUpdated", {"id": "p"}, "/args/updates"),
        ("PersonaUpdated", {"id": "p", "updates": {}, "more": 1}, "/args/more"),
        ("PersonaActivated", {}, "/args/id"),
        ("PersonaDeleted", {"id": "p", "reason": ""}, "/args/reason"),
    ],
)
def test_wrong_arguments_are_named_by_their_path(
    store: Store, name: str, args: dict[str, Json], path: str
) -> None:
    """S4: E_VALIDATION with the index of the event and the path in its args."""
    whole = name in ("PersonaCreated", "PersonaImported")
    base = persona("new").args if whole else {}
    error = refused(store, ValidationError, persona("q"), new(name, **{**base, **args}))
    assert (error.data["index"], error.data["path"]) == (1, path)
    assert error.data["name"] == f"v1.{name}"


def test_an_id_is_taken_once(store: Store) -> None:
    """S4: a broken constraint is a conflict that names the field."""
    error = refused(store, ConflictError, persona("q"), persona("p"))
    assert (error.data["index"], error.data["path"]) == (1, "/args/id")
