"""What the tests of the store share: a store on a real disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sidecar.app import schema
from sidecar.store import Store
from tests.store.acts import Clock


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(directory: Path, clock: Clock) -> Iterator[Store]:
    """An empty store of PJAIS; its clock is the test's."""
    with Store.open(directory, schema, clock=clock) as store:
        yield store
