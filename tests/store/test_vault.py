"""Files beside a store: plain without a key, sealed with one, the same to who reads and writes."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from sidecar.core.errors import StorageError, WrongKeyError
from sidecar.store.driver import looks_encrypted
from sidecar.store.vault import Vault
from tests.store.test_disk_full import Full, full, small_disk

__all__ = ["full", "small_disk"]

CONTENT = random.Random(7).randbytes(300_001)
SECRET = b"a-word-that-occurs-nowhere-else"


@pytest.fixture(params=[None, "a passphrase", f"x'{'0f' * 32}'"], ids=["plain", "words", "raw"])
def vault(request: pytest.FixtureRequest) -> Vault:
    return Vault(request.param)


def test_what_is_written_is_read_from_any_place(vault: Vault, tmp_path: Path) -> None:
    path = tmp_path / "file"
    with vault.writing(path) as file:
        for start in range(0, len(CONTENT), 7_001):
            file.write(CONTENT[start : start + 7_001])
    assert vault.size(path) == len(CONTENT)
    with vault.find(path).open("rb") as read:
        assert read.read() == CONTENT
        for place in (0, 1, 65_535, 65_536, 200_000, len(CONTENT) - 1, len(CONTENT), 400_000):
            read.seek(place)
            assert read.read(70_000) == CONTENT[place : place + 70_000]
        assert read.seek(-10, os.SEEK_END) == len(CONTENT) - 10
        assert read.read() == CONTENT[-10:]


def test_what_is_appended_follows(vault: Vault, tmp_path: Path) -> None:
    """Line by line, as of a live migration; empty at first."""
    path = tmp_path / "file"
    vault.append(path, b"")
    assert vault.size(path) == 0
    parts = [b"one\n", b"", b"two\n", CONTENT, b"three\n"]
    for part in parts:
        vault.append(path, part)
    with vault.find(path).open("rb") as read:
        assert read.read() == b"".join(parts)
    with vault.find(path).open("rb") as read:
        assert [next(read), next(read)] == [b"one\n", b"two\n"]


def test_a_sealed_file_shows_nothing(tmp_path: Path) -> None:
    """Not its content, and not what it is; nor does anything beside it."""
    vault = Vault("key")
    for name, size in (("small", 1), ("large", 10_000)):
        with vault.writing(tmp_path / name) as file:
            file.write(SECRET * size)
            for path in tmp_path.iterdir():
                assert SECRET not in path.read_bytes()
        vault.append(tmp_path / name, SECRET)
        assert looks_encrypted(tmp_path / name)
    for path in tmp_path.iterdir():
        content = path.read_bytes()
        assert SECRET not in content
        assert b"SQLite" not in content
        assert b"chunk" not in content


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    with Vault("key").writing(tmp_path / "file") as file:
        file.write(SECRET)
    with pytest.raises(WrongKeyError):
        Vault("other").find(tmp_path / "file").open("rb")
    with pytest.raises(WrongKeyError):
        Vault("other").append(tmp_path / "file", b"more")


@pytest.mark.parametrize("text", [b"", b'{"a": 1}', b"x" * 4096, "é😀 ".encode() * 4096])
def test_a_plain_file_is_told_from_a_sealed_one(tmp_path: Path, text: bytes) -> None:
    """An export that an app hands over is plain, whatever the key."""
    path = tmp_path / "export.json"
    path.write_bytes(text)
    with Vault("key").find(path).open("rb") as read:
        assert read.read() == text


@pytest.mark.parametrize("key", [None, "key"])
def test_without_room_nothing_is_appended(full: tuple[Path, Full], key: str | None) -> None:
    """All of it or nothing, and it goes on once there is room."""
    directory, without_room = full
    directory.mkdir()
    vault = Vault(key)
    path = directory / "file"
    vault.append(path, b"before\n")
    with without_room(directory), pytest.raises((OSError, StorageError)):
        vault.append(path, CONTENT)
    vault.append(path, b"after\n")
    with vault.find(path).open("rb") as read:
        assert read.read() == b"before\nafter\n"
