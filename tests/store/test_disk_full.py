"""A disk without room: E_STORAGE, nothing half stored, and the store goes on once there is room."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from sidecar.app import schema
from sidecar.core.errors import StorageError
from sidecar.core.event import NewEvent
from sidecar.store import Committed, Store
from tests.store.acts import assert_sound, commit, events, find, image, persona
from tests.store.versions import version

if sys.platform == "win32":
    pytest.skip("neither tmpfs nor resource limits", allow_module_level=True)

import resource

TEXT = "x" * 10_000
"""Enough that some events need some pages."""

Full = Callable[[Path], AbstractContextManager[None]]
"""Leaves a directory without room, while its context lasts."""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextmanager
def ballast(directory: Path) -> Iterator[None]:
    """Fill the disk with a file of its own."""
    path = directory.parent / "ballast"
    with path.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                pass
    yield
    path.unlink()


@contextmanager
def file_limit(directory: Path) -> Iterator[None]:
    """Let no file of this process grow past the largest that the store has now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    largest = max(file.stat().st_size for file in directory.iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture(params=["small disk", "file limit"])
def full(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Full]:
    """A directory on a disk, and how to leave it without room."""
    if request.param == "file limit":
        return tmp_path / "data", file_limit
    return request.getfixturevalue("small_disk") / "data", ballast


def large(id: str) -> NewEvent:
    return persona(id, note=TEXT)


def test_a_full_disk_refuses_and_forgets(full: tuple[Path, Full]) -> None:
    """S3, S4: every batch of the transaction gets E_STORAGE; the rows are those before it."""
    directory, without_room = full
    told: list[Committed] = []
    with Store.open(directory, schema) as store:
        commit(store, large("before"))
        store.observe(told.append)
        before = image(store.path, None)
        with without_room(directory):
            futures = [
                store.commit([large(f"{batch}-{n}") for n in range(40)]) for batch in range(4)
            ]
            for future in futures:
                error = future.exception(30)
                assert isinstance(error, StorageError)
                assert error.code == "E_STORAGE"
            assert (store.head, told) == (1, [])
            assert [one["id"] for one in find(store, "personas")] == ["before"]
        assert image(store.path, None) == before
        assert commit(store, *(large(str(n)) for n in range(20))).first == 2
        assert len(find(store, "personas")) == 21
        assert [one.head for one in told] == [21]
    assert_sound(directory)


def test_what_was_acknowledged_before_the_disk_was_full_stays(full: tuple[Path, Full]) -> None:
    """S3: small commits go on until one fails; exactly the acknowledged ones are there."""
    directory, without_room = full
    acknowledged: list[str] = []
    with Store.open(directory, schema) as store:
        commit(store, large("first"))
        with without_room(directory):
            for n in range(2_000):
                future = store.commit([large(str(n))])
                if future.exception(30) is not None:
                    break
                acknowledged.append(str(n))
            else:
                pytest.fail("the disk was never full")
    with Store.open(directory, schema) as store:
        assert [one.args["id"] for one in events(store, after=1)] == acknowledged
        commit(store, large("last"))
    assert_sound(directory)


def test_a_rebuild_without_room_leaves_the_old_state(full: tuple[Path, Full]) -> None:
    """S6: E_STORAGE at open; the version that was there before still serves."""
    directory, without_room = full
    newer = version(2)
    with Store.open(directory, schema) as store:
        commit(store, *(large(str(n)) for n in range(60)))
    path = directory / "store.db"
    before = image(path, None)
    with without_room(directory):
        if without_room is file_limit:
            # What is derived is smaller than the store, with its log: a limit below that.
            _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
        with pytest.raises(StorageError):
            Store.open(directory, newer)
    assert image(path, None) == before
    assert list(directory.glob("*.rebuild*")) == []
    Store.open(directory, schema).close()
    with Store.open(directory, newer) as store:
        assert len(find(store, "personas")) == 60
    assert_sound(directory, newer)


def test_a_new_store_needs_room(full: tuple[Path, Full]) -> None:
    """E_STORAGE at the first open, and a good store at the next."""
    directory, without_room = full
    directory.mkdir()
    (directory / "some").write_bytes(bytes(os.sysconf("SC_PAGE_SIZE")))
    with without_room(directory), pytest.raises(StorageError):
        Store.open(directory, schema)
    with Store.open(directory, schema) as store:
        commit(store, persona("a"))
    assert_sound(directory)
