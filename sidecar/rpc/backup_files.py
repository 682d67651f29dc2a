"""The backups of a server's store, off the event loop."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TypeVar

from sidecar.core.json import Json, JsonObject
from sidecar.store import Store

ResultT = TypeVar("ResultT")


class BackupFiles:
    """Lists, checks, reads and makes backups; errors are those of `sidecar.migration.backups`.

    Args:
        store: Whose backups they are.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def path(self, name: str) -> Path:
        """Return the file of a backup."""
        from sidecar.migration.backups import Backups  # noqa: PLC0415 - when one asks

        return Backups(self._store.data_dir, self._store.vault).path(name)

    async def list(self) -> list[Json]:
        """Return the backups, the newest first."""
        from sidecar.migration.backups import Backups, described  # noqa: PLC0415 - as above

        def work() -> list[Json]:
            return [
                described(one) for one in Backups(self._store.data_dir, self._store.vault).files()
            ]

        return await asyncio.to_thread(work)

    async def verify(self, name: str) -> JsonObject:
        """Read a backup to its end."""
        from sidecar.migration.backups import Backups  # noqa: PLC0415 - as above

        backups = Backups(self._store.data_dir, self._store.vault)
        found = await asyncio.to_thread(backups.check, name, self._store.check_copy)
        counts: JsonObject = {**found.counts}
        return {"name": name, "valid": found.valid, "sha256": found.sha256, "counts": counts}

    async def read(self, name: str, after: int, limit: int) -> JsonObject:
        """Return a page of a backup's records."""
        from sidecar.migration.backups import Backups  # noqa: PLC0415 - as above

        backups = Backups(self._store.data_dir, self._store.vault)
        texts, following = await asyncio.to_thread(backups.read, name, after, limit)
        return {"records": [*texts], "next": following}

    async def create(self) -> JsonObject:
        """Make a copy of the store."""
        from sidecar.migration.backups import Backups, described  # noqa: PLC0415 - as above

        backups = Backups(self._store.data_dir, self._store.vault)
        path = await asyncio.to_thread(backups.create, self._store.copy)
        made = described(path)
        return {"name": made["name"], "bytes": made["bytes"]}
