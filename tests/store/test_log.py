"""Reading the log: which events, and in which order (S1)."""

from __future__ import annotations

import pytest

from sidecar.store import Store
from tests.store.acts import commit, events, memory, new, persona


@pytest.fixture
def written(store: Store) -> Store:
    """Events 1 to 7, of two collections that share an id."""
    commit(store, persona("a"), persona("b"))
    commit(store, memory("a", "a"))
    commit(store, new("PersonaActivated", id="a"), new("PersonaActivated", id="b"))
    commit(store, new("MemoryEntityAccessed", id="a", accessedAt=5))
    commit(store, new("PersonaDeleted", id="a"))
    return store


@pytest.mark.parametrize(
    ("which", "seqs"),
    [
        ({}, [1, 2, 3, 4, 5, 6, 7]),
        ({"after": 5}, [6, 7]),
        ({"after": 7}, []),
        ({"limit": 2}, [1, 2]),
        ({"after": 1, "limit": 2}, [2, 3]),
        ({"names": ["v1.PersonaActivated"]}, [4, 5]),
        ({"names": ["v1.PersonaDeleted", "v1.MemoryEntityCreated"]}, [3, 7]),
        ({"names": []}, []),
        ({"names": ["v9.Nothing"]}, []),
        ({"collection": "personas"}, [1, 2, 4, 5, 7]),
        ({"collection": "memoryEntities"}, [3, 6]),
        ({"collection": "personas", "id": "a"}, [1, 4, 5, 7]),
        ({"collection": "personas", "id": "b"}, [2, 5]),
        ({"collection": "nothing"}, []),
        ({"id": "a"}, [1, 3, 4, 5, 6, 7]),
        ({"id": "nothing"}, []),
        ({"id": "a", "names": ["v1.PersonaActivated"], "after": 4}, [5]),
    ],
)
def test_conditions_narrow_the_log(
    written: Store, which: dict[str, object], seqs: list[int]
) -> None:
    """A condition is never passed over: all that is given must hold."""
    assert [one.seq for one in events(written, **which)] == seqs
