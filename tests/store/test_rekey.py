"""Another key for a store: nothing is lost, and nothing opens with the old one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sidecar.app import schema
from sidecar.core.errors import (
    CorruptError,
    LockedError,
    NotFoundError,
    StorageError,
    WrongKeyError,
)
from sidecar.store import Store
from sidecar.store.driver import connect
from sidecar.store.rekey import rekey
from sidecar.store.vault import Vault
from tests.store.acts import assert_sound, commit, find, image, new, persona
from tests.store.test_disk_full import Full, file_limit, full, small_disk

__all__ = ["full", "small_disk"]

resource = pytest.importorskip("resource", reason="Windows has no limits to set")

SECRET = "a-word-that-occurs-nowhere-else"


def silent(phase: str, done: int, total: int) -> None:
    pass


@pytest.fixture
def filled(directory: Path) -> Path:
    """A plain store with a backup, and what a killed migration left."""
    with Store.open(directory, schema) as store:
        commit(store, *(persona(str(n), note=f"{SECRET} {n}") for n in range(300)))
        commit(store, *(new("PersonaDeleted", id=str(n)) for n in range(0, 300, 3)))
    (directory / "backups").mkdir()
    (directory / "backups" / "one.json").write_text(SECRET)
    with Store.open(directory, schema) as store:
        store.copy(directory / "backups" / "two.db")
    (directory / "spool" / "staging-x").mkdir(parents=True)
    (directory / "spool" / "staging-x" / "data.json").write_text(SECRET)
    (directory / "store.db.rebuild").write_text(SECRET)
    return directory


def holds(directory: Path, text: str) -> list[str]:
    """Return the files that a text is in."""
    files = [path for path in directory.rglob("*") if path.is_file()]
    return [path.name for path in files if text.encode() in path.read_bytes()]


def test_a_store_is_encrypted_rekeyed_and_decrypted_without_loss(filled: Path) -> None:
    """Every row of every table; the state is what the log makes of it; the search works."""
    path = filled / "store.db"
    before = image(path, None)
    for old, key in ((None, "it's"), ("it's", f"x'{'ab' * 32}'"), (f"x'{'ab' * 32}'", None)):
        rekeyed = rekey(filled, old, key, silent)
        assert (rekeyed.changed, rekeyed.left) == (3, ())
        assert image(path, key) == before
        assert_sound(filled, schema, key)
        with Store.open(filled, schema, key=key) as store:
            assert len(find(store, "personas")) == 200
        assert (holds(filled, SECRET) == []) is (key is not None)
        with Vault(key).find(filled / "backups" / "one.json").open("rb") as backup:
            assert backup.read() == SECRET.encode()
        assert image(filled / "backups" / "two.db", key) == before
        if old != key:
            with pytest.raises(WrongKeyError):
                Store.open(filled, schema, key=old)


def test_a_key_that_is_wrong_changes_nothing(filled: Path) -> None:
    rekey(filled, None, "right", silent)
    before = {path: path.read_bytes() for path in filled.rglob("*") if path.is_file()}
    for wrong in (None, "wrong"):
        with pytest.raises(WrongKeyError):
            rekey(filled, wrong, "other", silent)
    assert {path: path.read_bytes() for path in filled.rglob("*") if path.is_file()} == before


def test_a_file_of_a_third_key_is_left_and_told(filled: Path) -> None:
    """Nobody here can read it; it must not be sealed a second time either."""
    stranger = filled / "backups" / "stranger.json"
    with Vault("third").writing(stranger) as file:
        file.write(b"{}")
    content = stranger.read_bytes()
    assert rekey(filled, None, "a", silent).left == (stranger,)
    assert rekey(filled, "a", "b", silent).left == (stranger,)
    assert stranger.read_bytes() == content


def test_a_store_in_use_is_refused(filled: Path) -> None:
    """By a server, or by a reader beside none: its log would lose its key."""
    with Store.open(filled, schema), pytest.raises(LockedError):
        rekey(filled, None, "key", silent)
    with Store.open(filled, schema) as store:
        commit(store, persona("last"))
    reader = connect(filled / "store.db", key=None, read_only=True)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM _events").fetchone()
    with pytest.raises(LockedError):
        rekey(filled, None, "key", silent)
    reader.close()
    assert_sound(filled)


def test_what_is_no_store_is_refused(directory: Path) -> None:
    with pytest.raises(NotFoundError):
        rekey(directory, None, "key", silent)
    directory.mkdir()
    other = connect(directory / "store.db", key=None)
    other.execute("CREATE TABLE of_somebody (a)")
    other.close()
    with pytest.raises(CorruptError):
        rekey(directory, None, "key", silent)


def test_a_full_disk_leaves_the_old_key(full: tuple[Path, Full]) -> None:
    """E_STORAGE, every row there, and no copy left."""
    directory, without_room = full
    with Store.open(directory, schema) as store:
        commit(store, *(persona(str(n), note="x" * 10_000) for n in range(60)))
    before = image(directory / "store.db", None)
    with without_room(directory):
        if without_room is file_limit:
            # The copy would be no larger than the store.
            _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
        with pytest.raises(StorageError):
            rekey(directory, None, "key", silent)
    assert image(directory / "store.db", None) == before
    assert list(directory.glob("*.rekey*")) == []
    rekey(directory, None, "key", silent)
    assert image(directory / "store.db", "key") == before


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
@pytest.mark.parametrize(("old", "key"), [("plain", "a"), ("a", "b")])
def test_a_kill_at_any_step_leaves_a_whole_store(tmp_path: Path, old: str, key: str) -> None:
    """It opens with one of the two keys and has every row; the same command again goes through."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.store.rekeying", str(tmp_path), old, key],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 10
