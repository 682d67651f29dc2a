"""The backup of a source, written and read again before anything is imported (M5).

A backup is RxDB's own `db.exportJSON()` with more in it, so RxDB can import it and so can we::

    {"sidecarBackup": 1, "name": …, "instanceToken": …, …what else the source says…,
     "collections": [{"name": …, "schema": …, "docs": [every document, as it was]}],
     "localDocuments": [{"collection": …, "local": {"id": …, "data": …}}],
     "counts": {"personas": 2, …}, "sha256": "…"}

Invariants:

1. Every document is in it as text, byte for byte as the source had it: tombstones, attachments and
   invalid ones too.
2. `sha256` is of all bytes before the comma that precedes it; the tail after it has a fixed length.
3. A file with a backup's name is whole and verified: it is written under another name, synced,
   compared with the source's hashes, and renamed. An existing file is never replaced.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO, Final

import orjson

from sidecar.core.errors import MigrationError, StorageError
from sidecar.migration.formats import records
from sidecar.migration.progress import Meter
from sidecar.migration.records import Kind as RecordKind
from sidecar.migration.records import Record
from sidecar.migration.result import Backup
from sidecar.migration.staging import Item, Staging
from sidecar.migration.survey import raw_hash
from sidecar.migration.targets import Targets
from sidecar.store.vault import Readable, Vault

_OWN: Final = frozenset({"sidecarBackup", "collections", "localDocuments", "counts", "sha256"})
_TAIL: Final = b',"sha256":"%s"}\n'
_TAIL_LENGTH: Final = len(_TAIL % (b"0" * 64))


def in_backup_order(staging: Staging, targets: Targets) -> Iterator[Item]:
    """Yield all items as a backup has them: collections after those they refer to, then locals."""
    for target in targets.in_order():
        yield from staging.items("collection = ? AND local = 0 ORDER BY n", (target.name,))
    yield from staging.items("local = 1 ORDER BY n")


def write_backup(
    directory: Path,
    source: Readable,
    staging: Staging,
    targets: Targets,
    meter: Meter,
    vault: Vault,
) -> Backup:
    """Write the backup of a surveyed source, read it again, and return where it is.

    Args:
        directory: Made when missing.
        source: The file the staging's places are of.
        staging: Its items.
        targets: Its collections.
        meter: Told the documents written and checked.
        vault: Seals it, where the store is encrypted.

    Raises:
        StorageError: The disk refused.
        MigrationError: What was read again is not what the source had.
    """
    total = staging.count("SELECT count(*) FROM item")
    part = directory / ".rxdb-backup.part"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (
            meter.phase("backing-up", total),
            source.open("rb") as read,
            vault.writing(part) as write,
        ):
            writer = _Writer(read, write, staging, targets, meter)
            counts, sha256 = writer.run()
        with meter.phase("checking-backup", total):
            _check(vault.find(part), staging, targets, sha256, meter)
        path = _free_name(directory)
        part.replace(path)
        _sync_directory(directory)
    except OSError as error:
        raise StorageError(f"the backup can't be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            part.unlink()
    return Backup(path=str(path), sha256=sha256, bytes=vault.size(path), counts=counts)


def file_sha256(path: Readable) -> tuple[str, str]:
    """Return the SHA-256 a backup should have, and the one it says it has."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        length = file.seek(0, os.SEEK_END) - _TAIL_LENGTH
        file.seek(0)
        while length > 0 and (chunk := file.read(min(length, 1 << 20))):
            found.update(chunk)
            length -= len(chunk)
        said = file.read()[len(b',"sha256":"') :][:64]
    return found.hexdigest(), said.decode("latin-1")


@dataclass
class _Writer:
    source: BinaryIO
    file: BinaryIO
    staging: Staging
    targets: Targets
    meter: Meter

    def __post_init__(self) -> None:
        self._sha = hashlib.sha256()
        self._counts: dict[str, int] = {}

    def run(self) -> tuple[dict[str, int], str]:
        """Write everything; return the documents by collection, and the SHA-256."""
        self._put(b'{"sidecarBackup":1')
        about = dict(self._about(None))
        about.setdefault("name", b'"rxdb"')
        about.setdefault("instanceToken", b'""')
        for key, raw in about.items():
            self._put(b",\n" + orjson.dumps(key) + b":" + raw)
        self._put(b',\n"collections":[')
        for index, name in enumerate(self._collections()):
            self._put(b",\n" if index else b"\n")
            self._collection(name)
        self._put(b'],\n"localDocuments":[')
        self._counts[""] = self._items("local = 1 ORDER BY n", (), local=True)
        counts = {name: count for name, count in self._counts.items() if name or count}
        self._put(b'],\n"counts":' + orjson.dumps(counts))
        sha256 = self._sha.hexdigest()
        self.file.write(_TAIL % sha256.encode())
        return counts, sha256

    def _collections(self) -> list[str]:
        """Return the source's collections, those without documents last."""
        sql = "SELECT DISTINCT collection FROM about WHERE collection IS NOT NULL"
        mentioned = [str(name) for (name,) in self.staging.rows(sql)]
        return list(dict.fromkeys([*(one.name for one in self.targets.in_order()), *mentioned]))

    def _collection(self, name: str) -> None:
        self._put(b'{"name":' + orjson.dumps(name))
        for key, raw in dict(self._about(name)).items():
            self._put(b",\n" + orjson.dumps(key) + b":" + raw)
        self._put(b',\n"docs":[')
        where = "collection = ? AND local = 0 ORDER BY n"
        self._counts[name] = self._items(where, (name,), local=False)
        self._put(b"]}")

    def _items(self, where: str, params: tuple[str, ...], *, local: bool) -> int:
        count = 0
        for item in self.staging.items(where, params):
            raw = self._read(item.offset, item.length)
            if raw_hash(raw) != item.raw:
                raise MigrationError(
                    "the source changed while it was read",
                    hint="Nothing was imported. Migrate again when nothing writes to it.",
                )
            if local:
                collection = orjson.dumps(item.collection or None)
                raw = b'{"collection":' + collection + b',"local":' + raw + b"}"
            self._put((b",\n" if count else b"\n") + raw)
            count += 1
            self.meter.advance()
        return count

    def _about(self, collection: str | None) -> Iterator[tuple[str, bytes]]:
        sql = "SELECT key, offset, length FROM about WHERE collection IS ? ORDER BY rowid"
        for key, offset, length in self.staging.rows(sql, (collection,)):
            assert isinstance(offset, int)
            assert isinstance(length, int)
            if collection is not None or key not in _OWN:
                yield str(key), self._read(offset, length)

    def _read(self, offset: int, length: int) -> bytes:
        self.source.seek(offset)
        return self.source.read(length)

    def _put(self, data: bytes) -> None:
        self._sha.update(data)
        self.file.write(data)


def _check(part: Readable, staging: Staging, targets: Targets, sha256: str, meter: Meter) -> None:
    """Read a backup again and compare it with what the survey saw, document by document."""
    if file_sha256(part) != (sha256, sha256):
        raise StorageError("the backup reads back otherwise than it was written")
    kept = (one for one in records(part) if one.kind in {RecordKind.DOCUMENT, RecordKind.LOCAL})
    for record, item in zip_longest(kept, in_backup_order(staging, targets)):
        if record is None or item is None or not _same(record, item):
            raise StorageError("the backup holds other documents than the source")
        meter.advance()


def _same(record: Record, item: Item) -> bool:
    return (record.collection or "") == item.collection and raw_hash(record.raw) == item.raw


def _free_name(directory: Path) -> Path:
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    number = 0
    while True:
        path = directory / f"rxdb-backup-{day}{f'-{number}' if number else ''}.json"
        if not path.exists():
            return path
        number += 1


def _sync_directory(directory: Path) -> None:
    if os.name == "nt":
        return  # Windows has no handle of a directory to sync
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
