"""What the app wrote in the store since the switch, as a file: the way back without a page (M11).

Invariants:

1. The file has each document once, as it was last: a record that a later one stands for becomes
   blanks, which readers of NDJSON pass over.
2. The move is rolled back only once the file is whole on disk with all there is. It has its name
   only from then on; before, it is `.NAME.part`.
3. A file that is there is never written to.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, cast

import orjson

from sidecar.cli.backend import Backend
from sidecar.cli.migrate.status import Status, take_step
from sidecar.cli.progress import Progress
from sidecar.core.errors import StorageError, UsageError
from sidecar.core.json import Json, JsonObject

_PAGE_BYTES: Final = 16 << 20
_FIRST_PAGE: Final = 10
_LARGEST_PAGE: Final = 5000

Key = tuple[Json, str, str]
"""What a record is of: a collection, `document` or `local`, and its id."""


class Records:
    """A new file of records.

    Args:
        path: Its name, once it is published.

    Raises:
        UsageError: The name is taken, or nothing can be written there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(f".{path.name}.part")
        self._places: dict[Key, tuple[int, int]] = {}
        self._published = False
        if path.exists():
            raise UsageError(f"{path} exists", hint="Name a new file: none is overwritten.")
        try:
            descriptor = os.open(
                self._part, os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600
            )
        except OSError as error:
            raise UsageError(
                f"{path} can't be written: {error.strerror}",
                hint="Name a new file in a directory that is there.",
            ) from error
        self._file = os.fdopen(descriptor, "r+b")

    @property
    def count(self) -> int:
        """How many documents it has."""
        return len(self._places)

    def put(self, record: JsonObject, key: Key | None = None) -> int:
        """Append a record, in place of the one there may be of the same; return its bytes."""
        line = orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
        with self._writing():
            if key is not None and key in self._places:
                at, size = self._places[key]
                self._file.seek(at)
                self._file.write(b" " * size)
            end = self._file.seek(0, os.SEEK_END)
            self._file.write(line)
        if key is not None:
            self._places[key] = end, len(line) - 1
        return len(line)

    def publish(self) -> None:
        """Have all of it on disk under its name."""
        with self._writing():
            self._file.flush()
            os.fsync(self._file.fileno())
            if self._published:
                return
            if self._path.exists():
                raise FileExistsError(None, "it is there meanwhile")
            # Windows renames no open file.
            self._file.close()
            self._part.rename(self._path)
            self._published = True
            self._file = self._path.open("r+b")

    def close(self) -> None:
        """Close it; what was not published is removed."""
        self._file.close()
        self._part.unlink(missing_ok=True)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StorageError(
                f"{self._path} can't be written: {error.strerror}",
                hint="The move is rolling back; to go on, name a new file with room.",
            ) from error


def write_back(
    backend: Backend, migration: str, status: Status, records: Records, progress: Progress
) -> Status:
    """Write what the app changed since the switch, and finish the rollback.

    Args:
        backend: The store.
        migration: The move.
        status: Where it is: rolling-back, or rolled-back, when the app may have written late.
        records: Gets the records.
        progress: Told how far it is in the log.

    Returns:
        Where the move is then.

    Raises:
        StorageError: The file can't be written; the move stays where it is.
    """
    returning = _Returning(backend, migration, records)
    first = status["switched"] or 0

    def reached(seq: int, head: int) -> None:
        progress("writing back", seq - first, head - first)

    while True:
        through = returning.drain(reached)
        if records.count:
            records.publish()
        if status["state"] == "rolled-back":
            return status
        # The app may have written meanwhile: then it stays rolling-back, and there is more.
        params: JsonObject = {"migration": migration, "through": through}
        status = take_step(backend, "migrate.rollback", params)


class _Returning:
    """Brings what changed into a file, a page at a time."""

    def __init__(self, backend: Backend, migration: str, records: Records) -> None:
        self._backend = backend
        self._params: JsonObject = {"migration": migration}
        self._records = records
        self._limit = _FIRST_PAGE
        self._keys: dict[str, str] = {}
        rows = backend.query({"sql": "SELECT schemas FROM _migration"})["rows"]
        self._schemas: JsonObject = orjson.loads(str(rows[0]["schemas"]))

    def drain(self, reached: Callable[[int, int], None]) -> int:
        """Take all there is; return the `seq` up to which that goes."""
        while True:
            page = self._backend.ask("migrate.changes", {**self._params, "limit": self._limit})
            after, head = cast("int", page["after"]), cast("int", page["head"])
            self._params["after"] = after
            changes = cast("list[JsonObject]", page["changes"])
            if not changes:
                if self._records.count:
                    reached(head, head)
                return after
            size = sum(map(self._take, changes))
            reached(after, head)
            fitting = max(1, self._limit * _PAGE_BYTES // size)
            self._limit = min(2 * self._limit, fitting, _LARGEST_PAGE)

    def _take(self, change: JsonObject) -> int:
        """Write one change; return its bytes."""
        collection = change["collection"]
        kind = "local" if "local" in change else "document"
        if isinstance(collection, str) and (schema := self._schemas.pop(collection, None)):
            # Before its documents: so another store can take them.
            self._records.put({"collection": collection, "schema": schema})
        held = cast("JsonObject", change.get(kind))
        name = str((held if kind == "local" else change)["id"])
        if change.get("deleted"):
            held = {self._key_of(str(collection)): name, "_deleted": True}
        return self._records.put({"collection": collection, kind: held}, (collection, kind, name))

    def _key_of(self, collection: str) -> str:
        if collection not in self._keys:
            live = self._backend.ask("subscribe", {"query": {"from": collection, "limit": 1}})
            self._backend.ask("unsubscribe", {"subscription": live["subscription"]})
            self._keys[collection] = str(live["primaryKey"])
        return self._keys[collection]
