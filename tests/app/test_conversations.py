"""What the events of a conversation do to its row."""

from __future__ import annotations

import pytest

from sidecar.core.errors import ConflictError, NotFoundError, ValidationError
from sidecar.core.json import Json, JsonObject
from sidecar.store import Store
from tests.store.acts import Clock, commit, conversation, get, new, refused, sql


@pytest.fixture(autouse=True)
def started(store: Store, clock: Clock) -> None:
    """The conversation `c`, started at 6000."""
    commit(store, conversation("c"))
    clock.now = 7_000


def message(id: str, **more: Json) -> JsonObject:
    return {"id": id, "role": "user", "content": "hello", "timestamp": 1, **more}


def test_a_started_conversation_has_the_seeds_defaults(store: Store) -> None:
    """The seed's columns: importance 50, isArchived false, no messages, no topics."""
    assert get(store, "conversations", "c") == {
        "id": "c",
        "personaId": "p",
        "sessionId": "s",
        "messages": [],
        "topics": [],
        "importance": 50,
        "isArchived": False,
        "createdAt": 6_000,
        "updatedAt": 6_000,
    }


def test_a_conversation_can_start_with_what_it_has(store: Store) -> None:
    given = {"messages": [message("m")], "importance": 0, "createdAt": 1, "mood": None}
    commit(store, conversation("d", **given))
    found = get(store, "conversations", "d")
    assert {name: found[name] for name in given} == given


def test_messages_are_appended_in_order(store: Store) -> None:
    """v1.MessageAdded keeps members nobody declared, and adds none."""
    sent = [message("1"), message("2", role="assistant", metadata={"a": [1]}), message("3", odd=0)]
    for one in sent:
        commit(store, new("MessageAdded", conversationId="c", message=one))
    found = get(store, "conversations", "c")
    assert (found["messages"], found["updatedAt"]) == (sent, 7_000)


def test_messages_of_one_batch_are_appended_in_order(store: Store) -> None:
    sent = [message(str(n)) for n in range(20)]
    commit(store, *(new("MessageAdded", conversationId="c", message=one) for one in sent))
    assert get(store, "conversations", "c")["messages"] == sent


def test_a_message_is_appended_where_there_was_no_list(store: Store) -> None:
    """An import leaves absent what was absent."""
    commit(store, new("ConversationImported", id="i", personaId="p"))
    commit(store, new("MessageAdded", conversationId="i", message=message("1")))
    assert get(store, "conversations", "i")["messages"] == [message("1")]
    commit(store, new("ConversationImported", id="n", personaId="p", messages=None))
    commit(store, new("MessageAdded", conversationId="n", message=message("1")))
    assert get(store, "conversations", "n")["messages"] == [message("1")]


def test_a_summary_sets_what_it_gives(store: Store) -> None:
    commit(store, new("ConversationSummarized", id="c", summary="S", topics=["t"]))
    first = get(store, "conversations", "c")
    assert (first["summary"], first["topics"], first["updatedAt"]) == ("S", ["t"], 7_000)
    assert "sentiment" not in first
    commit(store, new("ConversationSummarized", id="c", summary="", sentiment="good"))
    second = get(store, "conversations", "c")
    assert (second["summary"], second["topics"], second["sentiment"]) == ("", ["t"], "good")


def test_archiving_sets_the_time_it_was(store: Store) -> None:
    commit(store, new("ConversationArchived", id="c", archivedAt=6_999))
    found = get(store, "conversations", "c")
    assert (found["isArchived"], found["archivedAt"], found["updatedAt"]) == (True, 6_999, 7_000)


def test_an_imported_conversation_is_as_it_was(store: Store) -> None:
    """S9, M7: no defaults are filled, and the id it had is kept."""
    document = {"id": "i", "personaId": "p", "isArchived": None, "rating": 0}
    commit(store, new("ConversationImported", **document, sourceId="old"))
    assert get(store, "conversations", "i") == document
    assert sql(store, "SELECT sourceId FROM _id_map WHERE id = 'i'") == [{"sourceId": "old"}]


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("MessageAdded", {"conversationId": "z", "message": message("1")}),
        ("ConversationSummarized", {"id": "z", "summary": ""}),
        ("ConversationArchived", {"id": "z", "archivedAt": 1}),
    ],
)
def test_a_conversation_that_is_not_there_is_not_found(
    store: Store, name: str, args: dict[str, Json]
) -> None:
    """S4: the error names the event, and nothing is stored."""
    error = refused(store, NotFoundError, conversation("d"), new(name, **args))
    assert (error.data["index"], error.data["id"]) == (1, "z")


@pytest.mark.parametrize(
    ("name", "args", "path"),
    [
        ("ConversationStarted", {"id": "d", "personaId": "p"}, "/args/sessionId"),
        ("MessageAdded", {"conversationId": "c", "message": {}}, "/args/message/id"),
        (
            "MessageAdded",
            {"conversationId": "c", "message": message("1", role="robot")},
            "/args/message/role",
        ),
        (
            "MessageAdded",
            {"conversationId": "c", "message": message("1", timestamp="now")},
            "/args/message/timestamp",
        ),
        (
            "ConversationSummarized",
            {"id": "c", "summary": "", "topics": ["a", 1]},
            "/args/topics/1",
        ),
        ("ConversationArchived", {"id": "c", "archivedAt": None}, "/args/archivedAt"),
        ("ConversationImported", {"id": "d", "personaId": "p", "messages": {}}, "/args/messages"),
    ],
)
def test_wrong_arguments_are_named_by_their_path(
    store: Store, name: str, args: dict[str, Json], path: str
) -> None:
    """S4: E_VALIDATION with the index of the event and the path in its args."""
    error = refused(store, ValidationError, conversation("e"), new(name, **args))
    assert (error.data["index"], error.data["path"]) == (1, path)


def test_an_id_is_taken_once(store: Store) -> None:
    assert refused(store, ConflictError, conversation("c")).data["path"] == "/args/id"
