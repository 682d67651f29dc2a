"""The directory of a store: its name, its lock, and who lets go of it (S12)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sidecar.app import schema
from sidecar.core.errors import CorruptError
from sidecar.store import Store
from tests.store.acts import assert_sound, commit, find, persona


@pytest.mark.parametrize(
    "name", ["with space", "ü😀", "a#b&c=d%41&e", "it's", "a;b", "-dash", "x" * 200]
)
def test_a_directory_may_have_any_name(tmp_path: Path, name: str) -> None:
    directory = tmp_path / name / "deeper"
    for count in (1, 2):
        with Store.open(directory, schema) as store:
            commit(store, persona(str(count)))
            assert len(find(store, "personas")) == count
    assert_sound(directory)


def test_any_thread_may_close_a_store(directory: Path) -> None:
    """The lock is let go whichever thread does it, and closing twice does nothing."""
    with ThreadPoolExecutor(1) as elsewhere:
        store = elsewhere.submit(Store.open, directory, schema).result()
    store.close()
    store.close()
    closer = threading.Thread(target=Store.open(directory, schema).close)
    closer.start()
    closer.join()
    Store.open(directory, schema).close()


def test_a_store_that_could_not_be_opened_lets_go_of_its_lock(directory: Path) -> None:
    directory.mkdir()
    file = directory / "store.db"
    file.write_bytes(b"garbage" * 1000)
    for _ in range(2):
        with pytest.raises(CorruptError):
            Store.open(directory, schema)
    file.unlink()
    Store.open(directory, schema).close()
