"""Opening a store: one process, the right key, the right file; else an error, and no change."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from sidecar.app import schema
from sidecar.core.errors import (
    CorruptError,
    LockedError,
    SidecarError,
    StorageError,
    WrongKeyError,
)
from sidecar.store import Store
from sidecar.store.layout import FORMAT
from tests.store.acts import WAIT, assert_sound, checked, commit, events, find, persona, tamper
from tests.store.versions import version

SECRET = "a very secret word"


@contextmanager
def holder(directory: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a process that holds a store."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.store.holding", str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield process
        process.kill()


def fails(directory: Path, kind: type[SidecarError], key: str | None = None) -> SidecarError:
    """Open a store in vain, see that its file is as it was, and return the error."""
    path = directory / "store.db"
    before = path.read_bytes() if path.is_file() else None
    for _ in range(2):
        # Twice: the first must have let go of the lock.
        with pytest.raises(kind) as caught:
            Store.open(directory, schema, key=key)
        assert caught.type is kind
    assert (path.read_bytes() if path.is_file() else None) == before
    return caught.value


def filled(directory: Path, count: int = 30) -> Path:
    """Make a store with some personas, and return its file."""
    with Store.open(directory, schema) as store:
        commit(store, *(persona(str(n), note=SECRET) for n in range(count)))
    return directory / "store.db"


def test_a_new_directory_is_made_for_its_owner_only(tmp_path: Path) -> None:
    directory = tmp_path / "a b" / "é" / "data?x=1#y%41"
    with Store.open(directory, schema) as store:
        commit(store, persona("a"))
        assert store.path == directory / "store.db"
    with Store.open(directory, schema) as store:
        assert (store.head, len(find(store, "personas"))) == (1, 1)
    if os.name == "posix":
        assert directory.stat().st_mode & 0o077 == 0
    assert {one.name for one in directory.iterdir()} == {"store.db", "store.lock"}


def test_an_empty_file_is_a_new_store(directory: Path) -> None:
    """So is what a crash left before the first transaction."""
    directory.mkdir()
    (directory / "store.db").touch()
    with Store.open(directory, schema) as store:
        assert commit(store, persona("a")).last == 1
    assert_sound(directory)


def test_a_second_process_is_refused_and_the_first_untouched(directory: Path) -> None:
    """S12: E_LOCKED, exit code 3."""
    with Store.open(directory, schema) as store:
        commit(store, persona("a"))
        second = subprocess.run(
            [sys.executable, "-m", "tests.store.holding", str(directory)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (second.stdout, second.returncode) == ("E_LOCKED\n", 3)
        assert commit(store, persona("b")).last == 2
        assert len(find(store, "personas")) == 2


def test_a_second_store_of_one_process_is_refused(store: Store, directory: Path) -> None:
    """S12: two windows of one program are no different."""
    with pytest.raises(LockedError) as caught:
        Store.open(directory, schema)
    assert caught.value.exit_code == 3
    assert caught.value.hint
    assert commit(store, persona("a")).last == 1


def test_the_lock_goes_with_its_process(directory: Path) -> None:
    """S12: whether it closed the store or was killed; the lock's file may stay."""
    with holder(directory) as process:
        with pytest.raises(LockedError):
            Store.open(directory, schema)
        process.kill()
        process.wait(WAIT)
        Store.open(directory, schema).close()
    Store.open(directory, schema).close()


def test_a_check_needs_no_lock(directory: Path) -> None:
    """S6, S12: it only reads."""
    with holder(directory):
        assert checked(directory).differences == ()


@pytest.mark.parametrize("key", ["key", "it's", 'a"b;--', "é😀", "x" * 300, " "])
def test_a_store_with_a_key_is_encrypted(directory: Path, key: str) -> None:
    """§9: no file has its text or SQLite's header, and only the key opens it."""
    with Store.open(directory, schema, key=key) as store:
        commit(store, persona("a", note=SECRET))
        for file in directory.iterdir():
            content = file.read_bytes()
            assert SECRET.encode() not in content
            assert b"Persona" not in content
            assert not content.startswith(b"SQLite format")
    with Store.open(directory, schema, key=key) as store:
        assert find(store, "personas")[0]["note"] == SECRET
    error = fails(directory, WrongKeyError, key=key + "x")
    assert error.exit_code == 6


def test_an_encrypted_store_without_its_key_is_told_from_a_damaged_one(directory: Path) -> None:
    """Encrypted pages look random; a store whose header is overwritten does not."""
    Store.open(directory, schema, key="key").close()
    error = fails(directory, WrongKeyError)
    assert "encrypted" in error.message
    assert "--key-stdin" in error.hint
    damaged = directory.parent / "damaged"
    filled(damaged)
    content = (damaged / "store.db").read_bytes()
    (damaged / "store.db").write_bytes(bytes(16) + content[16:])
    fails(damaged, CorruptError)


def test_a_key_does_not_open_a_plain_store(directory: Path) -> None:
    filled(directory)
    fails(directory, WrongKeyError, key="key")
    Store.open(directory, schema).close()


def test_an_encrypted_store_is_rebuilt_and_checked_encrypted(directory: Path) -> None:
    """S6: nor do the copies beside it show anything."""
    seen: list[str] = []

    def progress(phase: str, done: int, total: int) -> None:
        for file in directory.iterdir():
            seen.append(file.name)
            assert SECRET.encode() not in file.read_bytes()

    newer = version(2)
    with Store.open(directory, schema, key="it's") as store:
        commit(store, persona("a", note=SECRET))
    with Store.open(directory, newer, key="it's", progress=progress) as store:
        assert find(store, "personas")[0]["note"] == SECRET
    assert "store.db.rebuild" in seen
    assert_sound(directory, newer, "it's")
    with pytest.raises(WrongKeyError):
        checked(directory, newer, "other")


@pytest.mark.parametrize(
    "content",
    [
        b"\0\0",
        b"\0" * 100,
        b"hello, I am a text\n" * 300,
        b"SQLite format 3\0",
        b"SQLite format 3\0" + b"\xff" * 4_080,
        random.Random(1).randbytes(512),
        random.Random(2).randbytes(40_961),
    ],
)
def test_a_file_that_is_no_database_is_refused(directory: Path, content: bytes) -> None:
    """E_CORRUPT, exit code 4; nobody's file is overwritten."""
    directory.mkdir()
    (directory / "store.db").write_bytes(content)
    assert fails(directory, CorruptError).exit_code == 4


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE other (a)",
        "CREATE TABLE _events (seq INTEGER PRIMARY KEY, args TEXT)",
        "CREATE TABLE _meta (key TEXT PRIMARY KEY, value TEXT)",
        "CREATE TABLE personas (id TEXT PRIMARY KEY)",
    ],
)
def test_another_programs_database_is_refused(directory: Path, statement: str) -> None:
    """E_CORRUPT: it is no store, and stays what it was, to the byte."""
    directory.mkdir()
    with closing(sqlite3.connect(directory / "store.db")) as other:
        other.execute(statement)
        other.commit()
    assert "no store" in fails(directory, CorruptError).message


def test_a_store_of_a_newer_format_is_refused(directory: Path) -> None:
    """E_CORRUPT names both formats."""
    filled(directory)
    tamper(directory, "UPDATE _meta SET value = '99' WHERE key = 'format'")
    error = fails(directory, CorruptError)
    assert "99" in error.message
    assert FORMAT in error.message
    assert "newer" in error.hint
    with pytest.raises(CorruptError):
        checked(directory)


@pytest.mark.parametrize("kept", [2, 50, 100, 511, 4_095, 4_096, 4_097, 12_288])
def test_a_store_cut_short_is_refused(directory: Path, kept: int) -> None:
    """E_CORRUPT: at open, where its beginning is gone."""
    path = filled(directory)
    path.write_bytes(path.read_bytes()[:kept])
    fails(directory, CorruptError)


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_page_is_never_wrong_data(directory: Path, seed: int) -> None:
    """E_CORRUPT at open, at a read or at the check; what is given is what was stored.

    Of a search's page the check tells as a difference: a rebuild makes it anew.
    """
    path = filled(directory, 300)
    with Store.open(directory, schema) as store:
        expected = find(store, "personas"), events(store)
    chance = random.Random(seed)
    content = bytearray(path.read_bytes())
    page = chance.randrange(1, len(content) // 4_096) * 4_096
    content[page : page + 100] = chance.randbytes(100)
    path.write_bytes(content)
    try:
        with Store.open(directory, schema) as store:
            found = find(store, "personas"), events(store)
        assert found == expected
        assert all("(search): " in line for line in checked(directory).differences)
    except CorruptError:
        return


def test_a_directory_in_the_files_place_is_refused(directory: Path) -> None:
    (directory / "store.db").mkdir(parents=True)
    fails(directory, StorageError)


def test_a_file_in_the_directorys_place_is_refused(directory: Path) -> None:
    directory.write_text("no directory")
    with pytest.raises(StorageError) as caught:
        Store.open(directory, schema)
    assert (caught.value.code, caught.value.exit_code) == ("E_STORAGE", 1)
    assert directory.read_text() == "no directory"


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_directory_nobody_may_write_is_refused(directory: Path) -> None:
    directory.mkdir(mode=0o500)
    fails(directory, StorageError)


def test_a_closed_store_leaves_one_file(directory: Path) -> None:
    """The log of writes is folded in, so that a copy of the file is a copy of the store."""
    path = filled(directory)
    assert {one.name for one in directory.iterdir()} == {"store.db", "store.lock"}
    with Store.open(directory, schema) as store:
        expected = find(store, "personas")
    other = directory.with_name("other")
    other.mkdir()
    (other / "store.db").write_bytes(path.read_bytes())
    with Store.open(other, schema) as store:
        assert find(store, "personas") == expected
