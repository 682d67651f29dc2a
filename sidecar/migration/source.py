"""A source on disk: the file a caller names, or one made of the data a caller hands over."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from sidecar.core.errors import BusyError, MigrationError, StorageError
from sidecar.core.json import Json, JsonObject
from sidecar.migration.records import Kind as RecordKind
from sidecar.migration.records import Record, UnstorableError, decode
from sidecar.migration.staging import Item, Kind
from sidecar.migration.survey import Ready, prepare
from sidecar.migration.targets import Targets
from sidecar.store.vault import Readable, Vault

_SCRATCH: Final = "staging-"


@contextmanager
def scratch(data_dir: Path) -> Iterator[Path]:
    """Lend a directory for one migration at a time; what a killed one left is removed.

    Raises:
        BusyError: A migration of this store is running.
        StorageError: The disk refused.
    """
    spool = data_dir / "spool"
    lock = FileLock(spool / "migration.lock")
    try:
        spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire(timeout=0)
        for left in spool.glob(f"{_SCRATCH}*"):
            shutil.rmtree(left)
        directory = Path(tempfile.mkdtemp(dir=spool, prefix=_SCRATCH))
    except Timeout as error:
        raise BusyError("a migration of this store is running already") from error
    except OSError as error:
        lock.release()
        raise StorageError(f"{spool} can't be used: {error.strerror}") from error
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
        lock.release()


def on_disk(source: Readable | JsonObject, directory: Path, vault: Vault) -> Readable:
    """Return the file of a source, plain or sealed.

    Raises:
        MigrationError: Data that is no JSON.
        StorageError: The disk refused.
    """
    if isinstance(source, Path):
        return vault.find(source)
    if not isinstance(source, dict):
        return source
    try:
        text = json.dumps(source)
    except (TypeError, ValueError, RecursionError) as error:
        raise MigrationError(f"the data is no JSON: {error}") from error
    path = directory / "data.json"
    try:
        with vault.writing(path) as file:
            file.write(text.encode("ascii"))
    except OSError as error:
        raise StorageError(f"{path} can't be written: {error.strerror}") from error
    return vault.find(path)


def again(path: Readable, item: Item, targets: Targets) -> Ready:
    """Return an item of a source, read and prepared again."""
    with path.open("rb") as file:
        file.seek(item.offset)
        raw = file.read(item.length)
    kind = RecordKind.LOCAL if item.kind is Kind.LOCAL else RecordKind.DOCUMENT
    record = Record(kind, item.collection or None, raw, item.offset)
    value: Json | UnstorableError
    try:
        value = decode(record)
    except UnstorableError as error:
        value = error
    return prepare(record, value, targets)
