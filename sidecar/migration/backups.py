"""The backups of a data directory: found, checked, read page by page, and made of the store."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final

import orjson

from sidecar.core.errors import (
    CorruptError,
    MigrationError,
    NotFoundError,
    StorageError,
    WrongKeyError,
)
from sidecar.core.json import JsonObject
from sidecar.migration.backup import file_sha256
from sidecar.migration.formats import records
from sidecar.migration.records import Kind, Record
from sidecar.migration.result import Backup
from sidecar.store.vault import Vault

DIRECTORY: Final = "backups"
"""Where backups are, in the data directory."""

_PAGE_BYTES: Final = 8 << 20
_RXDB: Final = "rxdb-backup-"
_STORE: Final = "store-backup-"


@dataclass(frozen=True, slots=True)
class Checked:
    """What reading a backup to its end found.

    Attributes:
        sha256: Of its bytes, those of RxDB's before their last member.
        counts: Documents by collection, "" for the database's local ones; rows by table.
    """

    valid: bool
    sha256: str
    counts: dict[str, int]


class Backups:
    """The files of one directory. Its methods block on the disk.

    Args:
        data_dir: The store's directory.
        vault: The store's own.
    """

    def __init__(self, data_dir: Path, vault: Vault) -> None:
        self._directory = data_dir / DIRECTORY
        self._vault = vault

    def files(self) -> list[Path]:
        """Return the backups, the newest first."""
        found = [
            *self._directory.glob(f"{_RXDB}*.json"),
            *self._directory.glob(f"{_STORE}*.db"),
        ]
        return sorted(found, key=lambda one: (one.stat().st_mtime_ns, one.name), reverse=True)

    def path(self, name: str) -> Path:
        """Return the file of a backup.

        Raises:
            NotFoundError: There is none of that name.
        """
        path = self._directory / name
        if path.parent != self._directory or not name.startswith((_RXDB, _STORE)):
            path = self._directory / ".none"
        if not path.is_file():
            raise NotFoundError(
                f"there is no backup {name[:100]!r}",
                hint="`backup.list` names them.",
                name=name[:100],
            )
        return path

    def check(self, name: str, check_copy: Callable[[Path], dict[str, int]]) -> Checked:
        """Read a backup to its end.

        Args:
            name: Its file name.
            check_copy: Returns what a sound copy of the store holds.

        Raises:
            NotFoundError: There is none of that name.
            StorageError: It can't be read.
        """
        path = self.path(name)
        counts: Counter[str] = Counter()
        found = said = ""
        try:
            if name.startswith(_STORE):
                with path.open("rb") as file:
                    found = said = hashlib.file_digest(file, "sha256").hexdigest()
                counts.update(check_copy(path))
            else:
                kept = self._vault.find(path)
                found, said = file_sha256(kept)
                counts.update(
                    "" if record.kind is Kind.LOCAL else record.collection or ""
                    for record in records(kept)
                    if record.kind in {Kind.DOCUMENT, Kind.LOCAL}
                )
        except (MigrationError, CorruptError, WrongKeyError):
            return Checked(False, found, dict(counts))
        except OSError as error:
            raise StorageError(f"{path.name} can't be read: {error.strerror}") from error
        return Checked(found == said, found, dict(counts))

    def read(self, name: str, after: int, limit: int) -> tuple[list[str], int | None]:
        """Return records of a backup of RxDB as a push takes them, and where the next page begins.

        Raises:
            NotFoundError: There is none of that name.
            MigrationError: It is no backup of RxDB, or damaged.
        """
        texts: list[str] = []
        size = 0
        kept = (
            one for one in records(self._vault.find(self.path(name))) if one.kind is not Kind.ABOUT
        )
        for record in islice(kept, after, None):
            if len(texts) == limit or (texts and size + len(record.raw) > _PAGE_BYTES):
                return texts, after + len(texts)
            texts.append(_text(record))
            size += len(record.raw)
        return texts, None

    def create(self, copy: Callable[[Path], None]) -> Path:
        """Make a copy of the store.

        Args:
            copy: Writes a verified copy to a path where no file is.

        Raises:
            StorageError: The disk refused; nothing is left.
        """
        part = self._directory / ".store-backup.part"
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.unlink(missing_ok=True)
            copy(part)
            path = self._free_name()
            part.replace(path)
        except OSError as error:
            raise StorageError(f"the backup can't be written: {error.strerror}") from error
        finally:
            with suppress(OSError):
                part.unlink()
        return path

    def _free_name(self) -> Path:
        day = datetime.now(UTC).strftime("%Y-%m-%d")
        number = 0
        while True:
            path = self._directory / f"{_STORE}{day}{f'-{number}' if number else ''}.db"
            if not path.exists():
                return path
            number += 1


def is_whole(backup: Backup, vault: Vault) -> bool:
    """Return whether the file of a migration's backup is as it was when it was verified."""
    path = Path(backup.path)
    try:
        return file_sha256(vault.find(path)) == (backup.sha256, backup.sha256)
    except (OSError, WrongKeyError):
        return False


def described(path: Path) -> JsonObject:
    """Return a backup as a list of them shows it."""
    found = path.stat()
    return {"name": path.name, "bytes": found.st_size, "modifiedAt": found.st_mtime_ns // 1_000_000}


def _text(record: Record) -> str:
    name = {Kind.DOCUMENT: "document", Kind.LOCAL: "local", Kind.SCHEMA: "schema"}[record.kind]
    collection = orjson.dumps(record.collection).decode()
    return f'{{"collection":{collection},"{name}":{record.raw.decode()}}}'
