"""Records of live migrations on their way in: one NDJSON file each, on disk before the answer."""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import orjson

from sidecar.core.errors import NotFoundError, StorageError, ValidationError
from sidecar.core.json import JsonObject, pointer
from sidecar.store.vault import Readable, Vault

_NAME: Final = re.compile(r"[0-9a-f]{32}")
_BLOCK: Final = 1 << 20


class Spool:
    """The files of a directory. Its methods block on the disk.

    Args:
        directory: Made when the first migration begins.
        vault: Seals what is kept, where the store is encrypted.
    """

    def __init__(self, directory: Path, vault: Vault | None = None) -> None:
        self._directory = directory
        self._vault = vault or Vault(None)
        self._totals: dict[str, int] = {}

    def begin(self, name: str | None = None) -> str:
        """Make an empty file, or mend the one there is; return its migration's id.

        Args:
            name: The migration's id, None for a new one.

        Raises:
            StorageError: The disk refused.
        """
        name = name or uuid.uuid4().hex
        path = self._file(name)
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
            if not self._vault.seals:
                os.truncate(path, _whole(path))
        except OSError as error:
            raise StorageError(f"the spool can't be written: {error.strerror}") from error
        self._totals.pop(name, None)
        return name

    def push(self, name: str, records: Sequence[str]) -> int:
        """Append records; return how many the file has.

        Raises:
            NotFoundError: No such migration.
            StorageError: The disk refused; the file has what it had.
            ValidationError: A record is not the JSON text of an object.
        """
        self.path(name)
        total = self.total(name)
        text = _lines(records)
        try:
            self._vault.append(self._file(name), text)
        except OSError as error:
            raise StorageError(f"the spool can't be written: {error.strerror}") from error
        total += len(records)
        self._totals[name] = total
        return total

    def path(self, name: str) -> Readable:
        """Return the file of a migration.

        Raises:
            NotFoundError: No such migration.
        """
        if not _NAME.fullmatch(name) or not self._file(name).is_file():
            raise NotFoundError(f"no migration {name[:100]!r} was begun", migration=name[:100])
        return self._vault.find(self._file(name))

    def total(self, name: str) -> int:
        """Return how many records a migration's file has; 0 without a file."""
        known = self._totals.get(name)
        if known is not None:
            return known
        try:
            with self._vault.find(self._file(name)).open("rb") as file:
                counted = sum(1 for _ in file)
        except FileNotFoundError:
            return 0
        self._totals[name] = counted
        return counted

    def check(self, name: str, checkpoints: JsonObject) -> None:
        """Keep how far feeds are, whose records are safe.

        Raises:
            StorageError: The disk refused; what was kept before stays.
        """
        path = self._checkpoints(name)
        part = path.with_suffix(".part")
        try:
            with self._vault.writing(part) as file:
                file.write(orjson.dumps({**self.checkpoints(name), **checkpoints}))
            part.replace(path)
        except OSError as error:
            raise StorageError(f"the spool can't be written: {error.strerror}") from error

    def checkpoints(self, name: str) -> JsonObject:
        """Return how far feeds are; nothing where that is not known, so they begin again."""
        try:
            with self._vault.find(self._checkpoints(name)).open("rb") as file:
                found = orjson.loads(file.read())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    @contextmanager
    def page(self, records: Sequence[str]) -> Iterator[Readable]:
        """Lend a file of records.

        Raises:
            StorageError: The disk refused.
            ValidationError: A record is not the JSON text of an object.
        """
        path = self._directory / f"page-{uuid.uuid4().hex}.ndjson"
        text = _lines(records)
        try:
            with self._vault.writing(path) as file:
                file.write(text)
        except OSError as error:
            path.unlink(missing_ok=True)
            raise StorageError(f"the spool can't be written: {error.strerror}") from error
        try:
            yield self._vault.find(path)
        finally:
            path.unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        """Remove a migration's records: the store and the backup have them."""
        self._file(name).unlink(missing_ok=True)
        self._totals.pop(name, None)

    def keep(self, names: Collection[str]) -> None:
        """Remove what migrations left that are over."""
        for path in [*self._directory.glob("*.ndjson"), *self._directory.glob("*.json")]:
            if path.stem not in names:
                path.unlink(missing_ok=True)
                self._totals.pop(path.stem, None)

    def _checkpoints(self, name: str) -> Path:
        return self._directory / f"{name}.json"

    def _file(self, name: str) -> Path:
        return self._directory / f"{name}.ndjson"


def _whole(path: Path) -> int:
    """Return the bytes of a file's whole lines: a killed server leaves part of one."""
    end = path.stat().st_size
    with path.open("rb") as file:
        while end > 0:
            start = max(0, end - _BLOCK)
            file.seek(start)
            at = file.read(end - start).rfind(b"\n")
            if at >= 0:
                return start + at + 1
            end = start
    return 0


def _lines(records: Sequence[str]) -> bytes:
    for index, record in enumerate(records):
        if not _is_object(record):
            path = pointer("records", index)
            raise ValidationError(f"{path} is not the JSON text of an object", path=path)
    # A line break in JSON text stands between tokens only.
    return "".join(one.replace("\r", " ").replace("\n", " ") + "\n" for one in records).encode()


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
    except RecursionError:
        return True  # the migration says which document it is, and keeps it
