"""Giving a store another key, its first one, or none; what lies beside it goes with it.

1. Every file is copied under the new key to another name, compared, synced, and renamed over the
   old one. A process that is killed at any moment, or a full disk, leaves each file whole.
2. The store's own file is the last: it has the old key until all others have the new one, so the
   same command again goes on where it was, and passes over what is done.
3. The store is one file when it is replaced: a log of another key beside it would be lost with it.
4. Nothing is left that the old key opens, but files that it did not open before.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sidecar.core.documents import quote
from sidecar.core.errors import (
    CorruptError,
    LockedError,
    NotFoundError,
    QueryError,
    StorageError,
    WrongKeyError,
)
from sidecar.store.driver import Connection, DriverError, connect, looks_encrypted, translate
from sidecar.store.store import FILE, acquire
from sidecar.store.vault import Readable, Vault

Progress = Callable[[str, int, int], None]

FOLDERS: Final = ("backups", "spool")
"""Where the files beside a store are, in its directory."""

_STORE_COPY: Final = ".db"
"""Ends the name of a backup that is a copy of the store, and no file of the vault."""

_LOGS: Final = ("-wal", "-shm")
"""End the names of what SQLite has beside a file that is open."""

_COPY: Final = ".rekey"
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """What became of the files.

    Attributes:
        changed: How many have the new key now, the store's own among them.
        left: Those that neither key opens, left alone.
    """

    changed: int
    left: tuple[Path, ...]


def rekey(data_dir: Path, old: str | None, new: str | None, progress: Progress) -> Rekeyed:
    """Give a store, and the files beside it, another key.

    Args:
        data_dir: The store's directory; nobody else may hold it.
        old: Its key, None for a plain one.
        new: Its key from now on, None to decrypt it.
        progress: Told what is done, how far it is, and the total.

    Raises:
        NotFoundError: There is no store.
        LockedError: Another process holds it, or reads it.
        WrongKeyError: It has another key than `old`.
        CorruptError: It is damaged, or no store.
        StorageError: The disk refused. Each file is whole, under one of the two keys; the store
            under the old one.
    """
    path = data_dir / FILE
    if not path.exists():
        raise NotFoundError(
            f"there is no store in {data_dir}", hint="Name its directory with --data-dir."
        )
    lock = acquire(data_dir)
    try:
        with closing(connect(path, key=old)) as store:
            _fold(store, path)
            rekeyed = _beside(data_dir, old, new, progress)
            _export(store, _copy_of(path), new, progress)
        _put_in_place(path)
    except DriverError as error:
        raise translate(error) from error
    except OSError as error:
        raise StorageError(f"the disk refused: {error.strerror}") from error
    finally:
        with suppress(OSError):
            _copy_of(path).unlink()
        lock.release()
    return rekeyed


def _fold(store: Connection, path: Path) -> None:
    """Make a store one file: bring its log in, and remove what others left half done."""
    tables = {name for (name,) in store.execute("SELECT name FROM sqlite_master")}
    if not {"_meta", "_events"} <= tables:
        raise CorruptError(f"{path} is an SQLite file, but no store")
    try:
        store.execute("PRAGMA journal_mode=DELETE").fetchone()
    except DriverError as error:
        raise LockedError(f"another process reads {path}", path=str(path)) from error
    for left in path.parent.glob(f"{path.name}?*"):
        left.unlink()


def _beside(data_dir: Path, old: str | None, new: str | None, progress: Progress) -> Rekeyed:
    """Give the files beside a store the new key."""
    files = list(_files(data_dir))
    changed, left = 1, []
    for done, path in enumerate(files):
        progress("files", done, len(files))
        if _opens(path, new):
            continue
        if not _opens(path, old):
            left.append(path)
            continue
        copy = _copy_of(path)
        try:
            if path.suffix == _STORE_COPY:
                with closing(connect(path, key=old)) as store:
                    _fold(store, path)
                    _export(store, copy, new, progress)
            else:
                _transcribe(Vault(old).find(path), copy, Vault(new))
            _put_in_place(path)
        finally:
            copy.unlink(missing_ok=True)
        changed += 1
    return Rekeyed(changed, tuple(left))


def _files(data_dir: Path) -> Iterator[Path]:
    for path in (one for name in FOLDERS for one in sorted((data_dir / name).glob("*"))):
        if path.is_dir():
            shutil.rmtree(path)  # of a migration that was killed
        elif path.name.endswith(_COPY):
            path.unlink()
        elif path.suffix != ".lock" and not path.name.endswith(_LOGS):
            yield path


def _opens(path: Path, key: str | None) -> bool:
    """Return whether a file is sealed with a key, or plain without one."""
    if looks_encrypted(path) is (key is None):
        return False
    try:
        if path.suffix == _STORE_COPY or key is not None:
            connect(path, key=key, read_only=True).close()
    except (CorruptError, WrongKeyError):
        return False
    return True


def _transcribe(source: Readable, copy: Path, new: Vault) -> None:
    with source.open("rb") as read, new.writing(copy) as write:
        while block := read.read(_BLOCK):
            write.write(block)
    with source.open("rb") as read, new.find(copy).open("rb") as written:
        while block := read.read(_BLOCK):
            if written.read(len(block)) != block:
                raise StorageError(f"the copy of {source.name} reads back otherwise")


def _export(store: Connection, copy: Path, key: str | None, progress: Progress) -> None:
    """Write a store under another key, and compare each row of it."""
    progress("copy", 0, 1)
    copy.unlink(missing_ok=True)
    store.execute("ATTACH ? AS copy KEY ?", (str(copy), key or ""))
    try:
        store.execute("PRAGMA copy.synchronous=OFF")
        store.execute("SELECT sqlcipher_export('copy')").fetchone()
    except DriverError as error:
        # The function tells SQLite's reason in words alone.
        failure = translate(error)
        if isinstance(failure, QueryError):
            failure = StorageError(f"the copy can't be written: {error}")
        raise failure from error
    finally:
        store.execute("DETACH copy")
    progress("copy", 1, 1)
    reads = _reads(store)
    with closing(connect(copy, key=key, read_only=True)) as made:
        for done, sql in enumerate(reads):
            progress("compare", done, len(reads))
            if not _same(store, made, sql):
                raise StorageError("a row of the copy is not the store's")
    progress("compare", len(reads), len(reads))


def _reads(store: Connection) -> list[str]:
    """Return SQL that reads all rows of a table, for each table of a store."""
    rows = store.execute(
        "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' "
        "AND type IN ('table', 'shadow') AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    ).fetchall()
    return [
        f"SELECT {'' if without_rowid else '_rowid_, '}* FROM {quote(name)}"
        for name, without_rowid in rows
    ]


def _same(left: Connection, right: Connection, sql: str) -> bool:
    ours, theirs = left.execute(sql), right.execute(sql)
    while rows := ours.fetchmany(1000):
        if rows != theirs.fetchmany(1000):
            return False
    return theirs.fetchone() is None


def _copy_of(path: Path) -> Path:
    return path.with_name(path.name + _COPY)


def _put_in_place(path: Path) -> None:
    copy = _copy_of(path)
    with copy.open("r+b") as file:
        os.fsync(file.fileno())
    copy.replace(path)
    if os.name != "nt":  # Windows has no handle of a directory to sync
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
