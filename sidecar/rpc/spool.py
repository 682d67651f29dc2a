"""Records of live migrations on their way in: one NDJSON file each, on disk before the answer."""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sidecar.core.errors import NotFoundError, StorageError, ValidationError
from sidecar.core.json import pointer

_NAME: Final = re.compile(r"[0-9a-f]{32}")


class Spool:
    """The files of a directory. Its methods block on the disk.

    Args:
        directory: Made when the first migration begins.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._totals: dict[str, int] = {}

    def begin(self) -> str:
        """Make an empty file; return its migration's id.

        Raises:
            StorageError: The disk refused.
        """
        name = uuid.uuid4().hex
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file(name).touch(mode=0o600)
        except OSError as error:
            raise StorageError(f"the spool can't be written: {error.strerror}") from error
        self._totals[name] = 0
        return name

    def push(self, name: str, records: Sequence[str]) -> int:
        """Append records; return how many the file has.

        Raises:
            NotFoundError: No such migration.
            StorageError: The disk refused; the file has what it had.
            ValidationError: A record is not the JSON text of an object.
        """
        path = self.path(name)
        total = self._total(name, path)
        text = _lines(records)
        size = path.stat().st_size
        try:
            with path.open("ab") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            os.truncate(path, size)
            raise StorageError(f"the spool can't be written: {error.strerror}") from error
        self._totals[name] = total + len(records)
        return self._totals[name]

    def path(self, name: str) -> Path:
        """Return the file of a migration.

        Raises:
            NotFoundError: No such migration.
        """
        if not _NAME.fullmatch(name) or not self._file(name).is_file():
            raise NotFoundError(f"no migration {name[:100]!r} was begun", migration=name[:100])
        return self._file(name)

    def remove(self, name: str) -> None:
        """Remove a migration's file: the store and the backup have its records."""
        self._file(name).unlink(missing_ok=True)
        self._totals.pop(name, None)

    def _total(self, name: str, path: Path) -> int:
        """Return how many records a file has, counting them after a restart."""
        if name not in self._totals:
            with path.open("rb") as file:
                self._totals[name] = sum(1 for _ in file)
        return self._totals[name]

    def _file(self, name: str) -> Path:
        return self._directory / f"{name}.ndjson"


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
