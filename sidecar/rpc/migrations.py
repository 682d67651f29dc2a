"""Migrations of a server: one at a time, on a thread of its own, telling how far it is."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from sidecar.core.errors import BusyError
from sidecar.core.json import JsonObject
from sidecar.rpc.spool import Spool
from sidecar.store import Store

if TYPE_CHECKING:  # the migration's modules are imported when one runs
    from sidecar.migration.result import MigrationResult, Progress

SPOOL: Final = "spool"

Tell = Callable[["Progress"], Awaitable[None]]


class Migrations:
    """Runs migrations into one store.

    Args:
        store: Where the documents go.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._spool = Spool(store.data_dir / SPOOL)
        self._pushing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._running = False
        self._cancelled = threading.Event()

    async def begin(self) -> str:
        """Begin a live migration; return its id."""
        return await asyncio.to_thread(self._spool.begin)

    async def push(self, migration: str, records: Sequence[str]) -> int:
        """Put records of a live migration on disk, in the order of the calls; return the total."""
        self._spool.path(migration)
        async with self._pushing[migration]:
            return await asyncio.to_thread(self._spool.push, migration, records)

    def pushed(self, migration: str) -> Path:
        """Return the file of a live migration."""
        return self._spool.path(migration)

    async def run(
        self,
        source: Path | JsonObject,
        *,
        ids: Literal["preserve", "remap"],
        dry_run: bool,
        strict: bool,
        primary_keys: Mapping[str, str],
        tell: Tell,
    ) -> MigrationResult:
        """Migrate, telling how far it is; a slow listener is told the newest only.

        It is cancelled with the task that awaits it; what was imported by then stays.

        Raises:
            BusyError: Another migration runs.
            MigrationError: The source can't be migrated.
        """
        if self._running:
            raise BusyError("another migration runs", hint="Wait until it ends.")
        self._running = True
        self._cancelled.clear()
        loop = asyncio.get_running_loop()
        news: asyncio.Queue[Progress] = asyncio.Queue(1)

        def note(progress: Progress) -> None:
            if news.full():
                news.get_nowait()
            news.put_nowait(progress)

        def report(progress: Progress) -> None:
            loop.call_soon_threadsafe(note, progress)

        def work() -> MigrationResult:
            from sidecar.migration import migrate  # noqa: PLC0415 - see above

            return migrate(
                self._store,
                source,
                ids=ids,
                dry_run=dry_run,
                strict=strict,
                primary_keys=primary_keys,
                progress=report,
                cancelled=self._cancelled.is_set,
            )

        running = asyncio.ensure_future(asyncio.to_thread(work))
        running.add_done_callback(self._ended)
        telling = asyncio.ensure_future(_tell(news, tell))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            self._cancelled.set()
            raise
        finally:
            telling.cancel()

    def remove(self, migration: str) -> None:
        """Remove the records of a live migration that was imported."""
        self._spool.remove(migration)
        self._pushing.pop(migration, None)

    def cancel(self) -> None:
        """Cancel the migration that runs, if any."""
        self._cancelled.set()

    def _ended(self, _: object) -> None:
        self._running = False


async def _tell(news: asyncio.Queue[Progress], tell: Tell) -> None:
    while True:
        await tell(await news.get())
