"""Files beside a store, sealed with its key: backups, and what a migration keeps on disk.

Without a key they are what they are. With one, a file is a database of SQLCipher's that holds the
bytes in chunks, so that the one library that encrypts the store encrypts these too, page by page,
and a reader can begin anywhere. The names are the same either way.

1. What `append` returned from is on the disk, and what it raised for is not in the file.
2. No byte of a sealed file's content is ever on the disk as it is, not in a journal either: that
   holds pages, which are encrypted.
"""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Literal, Protocol, cast

from sidecar.core.errors import StorageError
from sidecar.store.driver import Connection, DriverError, connect, looks_encrypted, translate

_CHUNK: Final = 1 << 16
_TABLE: Final = "CREATE TABLE chunk (at INTEGER PRIMARY KEY, data BLOB NOT NULL)"
_SIZE: Final = "SELECT at + length(data) FROM chunk ORDER BY at DESC LIMIT 1"


class Readable(Protocol):
    """A file that can be read: a `Path`, or a sealed one."""

    @property
    def name(self) -> str:
        """Its last part, for a message."""

    def open(self, mode: Literal["rb"]) -> BinaryIO:
        """Open it for reading, at any place."""


class Vault:
    """Reads and writes files as a store's key seals them.

    Args:
        key: The store's key; None leaves everything plain.
    """

    def __init__(self, key: str | None) -> None:
        self._key = key

    @property
    def seals(self) -> bool:
        """Whether there is a key."""
        return self._key is not None

    def throwaway(self) -> str | None:
        """Return a key for a file that nobody needs after this process, or None without a key."""
        return None if self._key is None else f"x'{secrets.token_hex(32)}'"

    def find(self, path: Path) -> Readable:
        """Return a file, whether it is plain or sealed; one that is not there is plain."""
        if self._key is None or not looks_encrypted(path):
            return path
        return _Sealed(path, self._key)

    def size(self, path: Path) -> int:
        """Return how many bytes a file of ours holds.

        Raises:
            OSError: There is no such file.
            WrongKeyError: It is sealed with another key.
        """
        return length(self.find(path))

    @contextmanager
    def writing(self, path: Path) -> Iterator[BinaryIO]:
        """Write a new file; it is whole, and on the disk, once the block has ended.

        Raises:
            OSError: The disk refused.
            StorageError: As above.
        """
        path.unlink(missing_ok=True)
        if self._key is None:
            with path.open("xb") as plain:
                yield plain
                plain.flush()
                os.fsync(plain.fileno())
            return
        with _translated(), closing(_made(path, self._key)) as connection:
            # Nobody reads a file that was not written to its end.
            connection.execute("PRAGMA journal_mode=OFF").fetchone()
            connection.execute("BEGIN")
            with _writer(connection) as sealed:
                yield sealed
            connection.execute("COMMIT")

    def append(self, path: Path, data: bytes) -> None:
        """Add to a file's end, making it where it is missing: all of it, durably, or nothing.

        Raises:
            OSError: The disk refused.
            StorageError: As above.
        """
        if self._key is None:
            with path.open("ab") as plain:
                size = plain.tell()
                try:
                    plain.write(data)
                    plain.flush()
                    os.fsync(plain.fileno())
                except OSError:
                    os.truncate(path, size)
                    raise
            return
        with _translated(), closing(_made(path, self._key)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            with _writer(connection) as sealed:
                sealed.write(data)
            connection.execute("COMMIT")


def length(path: Readable) -> int:
    """Return how many bytes a file holds.

    Raises:
        OSError: There is no such file.
        WrongKeyError: It is sealed with another key.
    """
    with path.open("rb") as file:
        return file.seek(0, os.SEEK_END)


class _Sealed:
    """A sealed file, read as a `Path` is."""

    def __init__(self, path: Path, key: str) -> None:
        self._path = path
        self._key = key

    def __str__(self) -> str:
        return str(self._path)

    @property
    def name(self) -> str:
        return self._path.name

    def open(self, mode: Literal["rb"]) -> BinaryIO:  # noqa: ARG002 - as a Path's
        connection = connect(self._path, key=self._key, read_only=True)
        return cast("BinaryIO", io.BufferedReader(_Reading(connection), _CHUNK))


class _Reading(io.RawIOBase):
    """The bytes of a sealed file."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._size = _size(connection)
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # ours
        if self._place >= self._size:
            return 0
        skipped = "substr(data, ? - at + 1, ?)"
        sql = f"SELECT {skipped} FROM chunk WHERE at <= ? ORDER BY at DESC LIMIT 1"
        with _as_os_error():
            (data,) = self._connection.execute(
                sql, (self._place, len(buffer), self._place)
            ).fetchone()
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)

    def close(self) -> None:
        self._connection.close()
        super().close()


class _Writing(io.RawIOBase):
    """Takes bytes at the end of a sealed file, in an open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._place = _size(connection)

    def writable(self) -> bool:
        return True

    def write(self, data: memoryview) -> int:  # type: ignore[override]  # what a buffer gives
        chunk = bytes(data[:_CHUNK])
        with _as_os_error():
            self._connection.execute("INSERT INTO chunk VALUES (?, ?)", (self._place, chunk))
        self._place += len(chunk)
        return len(chunk)


def _made(path: Path, key: str) -> Connection:
    connection = connect(path, key=key)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(_TABLE.replace("TABLE", "TABLE IF NOT EXISTS"))
    return connection


def _writer(connection: Connection) -> BinaryIO:
    raw: io.RawIOBase = _Writing(connection)
    return cast("BinaryIO", io.BufferedWriter(raw, _CHUNK))


def _size(connection: Connection) -> int:
    row = connection.execute(_SIZE).fetchone()
    return 0 if row is None else int(row[0])


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DriverError as error:
        raise translate(error) from error


@contextmanager
def _as_os_error() -> Iterator[None]:
    # What reads and writes files looks for these.
    try:
        yield
    except DriverError as error:
        failure = translate(error)
        if isinstance(failure, StorageError):
            raise OSError(0, failure.message) from error
        raise failure from error
