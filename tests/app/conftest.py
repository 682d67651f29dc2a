"""What the tests of PJAIS's schema share: a store on a real disk, with a persona in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sidecar.app import schema
from sidecar.store import Store
from tests.store.acts import Clock, assert_sound, commit, persona


@pytest.fixture
def clock() -> Clock:
    return Clock(5_000)


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A store with the persona `p`, made at 5000; whatever the test did can be derived again."""
    with Store.open(tmp_path / "data", schema, clock=clock) as store:
        commit(store, persona("p"))
        clock.now = 6_000
        yield store
    assert_sound(tmp_path / "data")
