"""What the events of a memory, and of a link between two, do to their rows."""

from __future__ import annotations

import pytest

from sidecar.core.errors import ConflictError, NotFoundError, ValidationError
from sidecar.core.json import Json
from sidecar.store import Store
from tests.store.acts import Clock, commit, find, get, memory, new, refused, sql

LINK: dict[str, Json] = {"fromId": "a", "toId": "b", "kind": "causes"}


@pytest.fixture(autouse=True)
def memories(store: Store, clock: Clock) -> None:
    """Three memories, made at 6000."""
    commit(store, memory("a"), memory("b"), memory("c"))
    clock.now = 7_000


def counts(store: Store) -> list[Json]:
    """Return the connection counts of `a`, `b` and `c`."""
    return [one["connectionCount"] for one in find(store, "memoryEntities")]


def test_a_created_memory_has_the_seeds_defaults(store: Store) -> None:
    """The seed's columns: importance 50, memoryTier hot, connectionCount 0."""
    assert get(store, "memoryEntities", "a") == {
        "id": "a",
        "personaId": "p",
        "type": "fact",
        "name": "Memory a",
        "content": {"text": "a"},
        "summary": "",
        "tags": [],
        "importance": 50,
        "memoryTier": "hot",
        "connectionCount": 0,
        "lastAccessed": 6_000,
        "createdAt": 6_000,
        "updatedAt": 6_000,
    }


@pytest.mark.parametrize("importance", [0, -1, 99.5, 1e300])
def test_importance_is_what_was_given(store: Store, importance: float) -> None:
    """M1's trap: 0 is a value, not an absent one."""
    commit(store, memory("d", importance=importance))
    assert get(store, "memoryEntities", "d")["importance"] == importance


def test_a_whole_document_needs_no_second_event(store: Store) -> None:
    given = {
        "embedding": [0, 0.5, -1],
        "embeddingModel": "small",
        "memoryTier": "cold",
        "connectionCount": 4,
        "lastAccessed": 1,
        "createdAt": 2,
        "updatedAt": 3,
        "deletedAt": 4,
        "source": "chat",
    }
    commit(store, memory("d", **given))
    found = get(store, "memoryEntities", "d")
    assert {name: found[name] for name in given} == given


def test_an_imported_memory_is_as_it_was(store: Store) -> None:
    """S9, M7: no defaults are filled, and the id it had is kept."""
    document = {"id": "i", "personaId": "p", "name": "I", "importance": 0, "embedding": None}
    commit(store, new("MemoryEntityImported", **document, sourceId="old"))
    assert get(store, "memoryEntities", "i") == document
    assert sql(store, "SELECT sourceId FROM _id_map WHERE id = 'i'") == [{"sourceId": "old"}]


def test_an_update_changes_what_it_names_and_the_time(store: Store) -> None:
    before = get(store, "memoryEntities", "a")
    updates = {"importance": 0, "tags": ["x"], "embedding": None, "note": "n"}
    commit(store, new("MemoryEntityUpdated", id="a", updates=updates))
    assert get(store, "memoryEntities", "a") == {**before, **updates, "updatedAt": 7_000}


def test_an_access_sets_the_time_it_was(store: Store) -> None:
    before = get(store, "memoryEntities", "a")
    commit(store, new("MemoryEntityAccessed", id="a", accessedAt=6_500))
    assert get(store, "memoryEntities", "a") == {**before, "lastAccessed": 6_500}


def test_a_deletion_is_soft_and_can_be_undone(store: Store) -> None:
    """v1.MemoryEntityDeleted keeps the row; v1.MemoryEntityRestored clears deletedAt."""
    commit(store, new("MemoryEntityDeleted", id="a", deletedAt=6_900))
    assert get(store, "memoryEntities", "a")["deletedAt"] == 6_900
    assert [one["id"] for one in find(store, "memoryEntities", deletedAt=None)] == ["b", "c"]
    commit(store, new("MemoryEntityRestored", id="a"))
    restored = get(store, "memoryEntities", "a")
    assert (restored["deletedAt"], restored["updatedAt"]) == (None, 7_000)
    assert len(find(store, "memoryEntities", deletedAt=None)) == 3


@pytest.mark.parametrize("tier", ["hot", "warm", "cold"])
def test_a_memory_moves_between_tiers(store: Store, tier: str) -> None:
    commit(store, new("MemoryTierChanged", id="a", tier=tier))
    found = get(store, "memoryEntities", "a")
    assert (found["memoryTier"], found["updatedAt"]) == (tier, 7_000)


def test_a_link_counts_at_both_ends(store: Store) -> None:
    commit(store, new("MemoryLinked", **LINK))
    assert counts(store) == [1, 1, 0]
    (link,) = find(store, "memoryLinks")
    assert link == {"id": link["id"], **LINK, "createdAt": 7_000}


def test_a_link_that_is_there_is_not_counted_twice(store: Store) -> None:
    commit(store, new("MemoryLinked", **LINK), new("MemoryLinked", **LINK))
    commit(store, new("MemoryLinked", **LINK))
    assert counts(store) == [1, 1, 0]


def test_links_differ_by_kind_and_direction(store: Store) -> None:
    commit(
        store,
        new("MemoryLinked", **LINK),
        new("MemoryLinked", **{**LINK, "kind": "follows"}),
        new("MemoryLinked", fromId="b", toId="a", kind="causes"),
        new("MemoryLinked", fromId="a", toId="c", kind="causes"),
    )
    assert counts(store) == [4, 3, 1]
    assert len(find(store, "memoryLinks")) == 4


def test_ids_with_the_separator_name_links_of_their_own(store: Store) -> None:
    commit(store, memory("a|x"), memory("x|b"))
    commit(
        store,
        new("MemoryLinked", fromId="a|x", toId="b", kind="k"),
        new("MemoryLinked", fromId="a", toId="b", kind="x|k"),
        new("MemoryLinked", fromId="a", toId="x|b", kind="k"),
    )
    assert len(find(store, "memoryLinks")) == 3


def test_a_memory_linked_to_itself_counts_once(store: Store) -> None:
    commit(store, new("MemoryLinked", fromId="a", toId="a", kind="self"))
    assert counts(store) == [1, 0, 0]
    commit(store, new("MemoryUnlinked", fromId="a", toId="a", kind="self"))
    assert counts(store) == [0, 0, 0]


def test_an_unlink_uncounts_at_both_ends(store: Store) -> None:
    commit(store, new("MemoryLinked", **LINK), new("MemoryLinked", **{**LINK, "kind": "other"}))
    commit(store, new("MemoryUnlinked", **LINK))
    assert counts(store) == [1, 1, 0]
    assert [one["kind"] for one in find(store, "memoryLinks")] == ["other"]
    error = refused(store, NotFoundError, new("MemoryUnlinked", **LINK))
    assert error.data["collection"] == "memoryLinks"


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("MemoryEntityUpdated", {"id": "z", "updates": {}}),
        ("MemoryEntityAccessed", {"id": "z", "accessedAt": 1}),
        ("MemoryEntityDeleted", {"id": "z", "deletedAt": 1}),
        ("MemoryEntityRestored", {"id": "z"}),
        ("MemoryTierChanged", {"id": "z", "tier": "hot"}),
        ("MemoryLinked", {**LINK, "fromId": "z"}),
        ("MemoryLinked", {**LINK, "toId": "z"}),
        ("MemoryUnlinked", LINK),
    ],
)
def test_a_memory_that_is_not_there_is_not_found(
    store: Store, name: str, args: dict[str, Json]
) -> None:
    """S4: the error names the event, and nothing is stored."""
    error = refused(store, NotFoundError, memory("d"), new(name, **args))
    assert error.data["index"] == 1


@pytest.mark.parametrize(
    ("name", "args", "path"),
    [
        ("MemoryEntityCreated", {"personaId": ""}, "/args/personaId"),
        ("MemoryEntityCreated", {"importance": "50"}, "/args/importance"),
        ("MemoryEntityCreated", {"importance": None}, "/args/importance"),
        ("MemoryEntityCreated", {"tags": "x"}, "/args/tags"),
        ("MemoryEntityCreated", {"tags": ["x", None]}, "/args/tags/1"),
        ("MemoryEntityCreated", {"content": "text"}, "/args/content"),
        ("MemoryEntityCreated", {"embedding": [1, "2"]}, "/args/embedding/1"),
        ("MemoryEntityCreated", {"deletedAt": 1.5}, "/args/deletedAt"),
        ("MemoryEntityImported", {"importance": "high"}, "/args/importance"),
        ("MemoryEntityImported", {"tags": {}}, "/args/tags"),
        (
            "MemoryEntityUpdated",
            {"id": "a", "updates": {"importance": []}},
            "/args/updates/importance",
        ),
        ("MemoryEntityUpdated", {"id": "a", "updates": {"id": "b"}}, "/args/updates/id"),
        ("MemoryEntityAccessed", {"id": "a", "accessedAt": "now"}, "/args/accessedAt"),
        ("MemoryEntityDeleted", {"id": "a"}, "/args/deletedAt"),
        ("MemoryTierChanged", {"id": "a", "tier": "frozen"}, "/args/tier"),
        ("MemoryLinked", {**LINK, "kind": ""}, "/args/kind"),
        ("MemoryLinked", {**LINK, "kind": "k" * 101}, "/args/kind"),
        ("MemoryUnlinked", {"fromId": "a", "toId": "b"}, "/args/kind"),
    ],
)
def test_wrong_arguments_are_named_by_their_path(
    store: Store, name: str, args: dict[str, Json], path: str
) -> None:
    """S4: E_VALIDATION with the index of the event and the path in its args."""
    whole = name in ("MemoryEntityCreated", "MemoryEntityImported")
    base = memory("new").args if whole else {}
    error = refused(store, ValidationError, memory("d"), new(name, **{**base, **args}))
    assert (error.data["index"], error.data["path"]) == (1, path)


def test_an_id_is_taken_once(store: Store) -> None:
    assert refused(store, ConflictError, memory("a")).data["path"] == "/args/id"
