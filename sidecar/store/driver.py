"""The SQLite driver: sqlcipher3, its connections, and its errors as ours.

Nothing else imports sqlcipher3: two SQLite libraries on one file in one process break its locking.
The text of a driver's error is read here and nowhere else.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import sqlcipher3.dbapi2 as sqlite

from sidecar.core.errors import (
    ConflictError,
    CorruptError,
    QueryError,
    SidecarError,
    StorageError,
    TooLargeError,
    ValidationError,
    WrongKeyError,
)
from sidecar.store.functions import define

Connection = sqlite.Connection
Cursor = sqlite.Cursor
DriverError = sqlite.Error

REFUSED: Final = (sqlite.Warning, ValueError, OverflowError)
"""What the driver raises for a statement or a parameter it does not even give to SQLite."""

BUSY_MS: Final = 10_000
"""How long a connection waits for another's lock, in milliseconds."""

_CACHED_STATEMENTS: Final = 512
_HEADER: Final = b"SQLite format 3\0"
_PAGE: Final = 4096
_RANDOM: Final = 240
"""Different bytes that only a page of random-looking bytes has: an encrypted one has all 256."""

_SALT: Final = 16
_ROUNDS: Final = 256_000
_RAW_KEY: Final = re.compile(r"x'(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{96})'")
"""A key of SQLCipher's that is no passphrase: the bytes themselves."""


def connect(
    path: Path, *, key: str | None, read_only: bool = False, immutable: bool = False
) -> Connection:
    """Open a connection with the engine's functions.

    Args:
        path: The database file; made when missing, unless `read_only`.
        key: Passphrase of an encrypted file, or its 32 bytes as `x'…'` in hexadecimal, or None.
        read_only: Refuse every write.
        immutable: Leave no trace beside the file either, which nobody else may have open.

    Raises:
        WrongKeyError: The file is encrypted with another key, or one of the two is missing.
        CorruptError: The file is no database.
        StorageError: The file can't be opened.
    """
    mode = "ro&immutable=1" if immutable else "ro" if read_only else "rwc"
    try:
        connection = sqlite.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_MS / 1000,
            cached_statements=_CACHED_STATEMENTS,
        )
    except DriverError as error:
        raise StorageError(f"{path} can't be opened: {error}") from error
    try:
        _prepare(connection, None if key is None else _material(path, key), read_only=read_only)
    except DriverError as error:
        connection.close()
        raise _unreadable(path, key, error) from error
    return connection


@dataclass(frozen=True, slots=True)
class Library:
    """The SQLite that this program has.

    Attributes:
        options: What it was compiled with.
    """

    version: str
    sqlcipher: str
    options: tuple[str, ...]


def about() -> Library:
    """Tell which SQLite this is."""
    with closing(sqlite.connect(":memory:")) as connection:
        (version,) = connection.execute("SELECT sqlite_version()").fetchone()
        (cipher,) = connection.execute("PRAGMA cipher_version").fetchone()
        options = [name for (name,) in connection.execute("PRAGMA compile_options")]
    return Library(version, cipher, tuple(options))


def make_durable(connection: Connection) -> None:
    """Have commits reach the disk before they return (S3); readers go on beside them.

    It marks the file, so the file must be known to be a store.
    """
    connection.execute("PRAGMA journal_mode=WAL").fetchone()
    connection.execute("PRAGMA synchronous=FULL")


def translate(error: DriverError) -> SidecarError:
    """Return the error of ours that a driver's error means."""
    text = str(error)
    # The low byte is SQLite's primary result code; a fault the driver finds itself has none.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _DAMAGED:
        return CorruptError(f"the store is damaged: {text}")
    if code in _DISK:
        return StorageError(f"the disk refused: {text}")
    if code == _TOO_BIG:
        return TooLargeError("a value is larger than SQLite stores", limit=_MAX_BYTES)
    if code != _CONSTRAINT:
        return QueryError(f"SQLite: {text}", path="/sql")
    if not text.startswith(_UNIQUE):
        return ValidationError(f"a constraint failed: {text}", path="/args")
    table, _, column = text.removeprefix(_UNIQUE).partition(", ")[0].partition(".")
    return ConflictError(
        f"{table} already has a row with this {column}", collection=table, path=f"/{column}"
    )


_BUSY, _LOCKED, _READ_ONLY, _IO, _FULL, _CANT_OPEN = 5, 6, 8, 10, 13, 14
_DISK: Final = frozenset([_BUSY, _LOCKED, _READ_ONLY, _IO, _FULL, _CANT_OPEN])
_CORRUPT, _NO_DATABASE = 11, 26
_DAMAGED: Final = frozenset([_CORRUPT, _NO_DATABASE])
_TOO_BIG, _CONSTRAINT = 18, 19
_MAX_BYTES: Final = 1_000_000_000
_UNIQUE: Final = "UNIQUE constraint failed: "


def interrupted(error: DriverError) -> bool:
    """Return whether a statement was stopped by the progress handler."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == _INTERRUPT


_INTERRUPT: Final = 9


def lacks_table(error: DriverError) -> bool:
    """Return whether a statement names a table that is not there."""
    return str(error).startswith("no such table: ")


def _prepare(connection: Connection, key: str | None, *, read_only: bool) -> None:
    # SQLCipher writes of a wrong key to stderr, which is for lines of JSON.
    connection.execute("PRAGMA cipher_log_level = NONE")
    if key is not None:
        connection.set_key(key)
        # SQLCipher encrypts no temporary file.
        connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if read_only:
        connection.execute("PRAGMA query_only=ON")
    else:
        connection.execute("PRAGMA recursive_triggers=ON")
    define(connection)


def looks_encrypted(path: Path) -> bool:
    """Return whether a file can be one of SQLCipher's: whole pages of random-looking bytes."""
    try:
        with path.open("rb") as file:
            page = file.read(_PAGE)
            return file.seek(0, os.SEEK_END) % _PAGE == 0 and len(set(page)) > _RANDOM
    except OSError:
        return False


def _material(path: Path, key: str) -> str:
    """Return the key that SQLCipher would derive for a file, so that it derives none again.

    That takes a tenth of a second, and each connection and each sealed file would need it.
    """
    if _RAW_KEY.fullmatch(key):
        return key
    try:
        with path.open("rb") as file:
            salt = file.read(_SALT)
    except OSError:
        salt = b""
    return _derived(key, salt if len(salt) == _SALT else _new_salt(key))


@lru_cache(maxsize=16)
def _new_salt(key: str) -> bytes:  # noqa: ARG001 - one for each key
    # The files that one process makes share it: what is random in each page is not the salt.
    return secrets.token_bytes(_SALT)


@lru_cache(maxsize=16)
def _derived(key: str, salt: bytes) -> str:
    derived = hashlib.pbkdf2_hmac("sha512", key.encode(), salt, _ROUNDS, 32)
    return f"x'{derived.hex()}{salt.hex()}'"


def _unreadable(path: Path, key: str | None, error: DriverError) -> SidecarError:
    if isinstance(failure := translate(error), StorageError):
        return failure
    try:
        with path.open("rb") as file:
            is_plain = file.read(len(_HEADER)) == _HEADER
    except OSError:
        is_plain = False
    if key is not None and is_plain:
        return WrongKeyError(
            f"{path} is not encrypted, and a key was given",
            hint="Leave --key-stdin out, or encrypt it with `sidecar rekey --new-key-stdin`.",
        )
    if key is not None:
        return WrongKeyError(f"{path} can't be read with this key")
    if looks_encrypted(path):
        return WrongKeyError(f"{path} is encrypted, and no key was given")
    if is_plain:
        return CorruptError(f"{path} is damaged: {error}")
    return CorruptError(f"{path} is no store")
