"""Long work of a server: one at a time, on a thread of its own, telling how far it is."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from sidecar.core.errors import BusyError

if TYPE_CHECKING:  # the migration's modules are imported when one runs
    from sidecar.migration.result import Progress

Tell = Callable[["Progress"], Awaitable[None]]
ResultT = TypeVar("ResultT")


class Work:
    """Runs one migration or comparison at a time."""

    def __init__(self) -> None:
        self._running: asyncio.Future[Any] | None = None
        self._cancelled = threading.Event()

    async def run(
        self, work: Callable[[Callable[[Progress], None]], ResultT], tell: Tell
    ) -> ResultT:
        """Run work to its end; a slow listener is told the newest of each phase only.

        It is cancelled with the task that awaits it: what it asks `is_cancelled` for.

        Args:
            work: Called on another thread with what it tells its progress to.
            tell: Told of it, on the event loop; of all of it before this returns.

        Raises:
            BusyError: Other work runs.
        """
        if self._running is not None:
            raise BusyError("another migration runs", hint="Wait until it ends.")
        self._cancelled.clear()
        loop = asyncio.get_running_loop()
        news: deque[Progress] = deque()
        arrived = asyncio.Event()

        def note(progress: Progress) -> None:
            if news and news[-1].phase == progress.phase:
                news.pop()
            news.append(progress)
            arrived.set()

        def report(progress: Progress) -> None:
            loop.call_soon_threadsafe(note, progress)

        running = asyncio.ensure_future(asyncio.to_thread(work, report))
        self._running = running
        running.add_done_callback(self._ended)
        telling = asyncio.ensure_future(_tell(news, arrived, tell))
        try:
            result = await asyncio.shield(running)
        except asyncio.CancelledError:
            self.cancel()
            raise
        finally:
            telling.cancel()
        while news:
            await tell(news.popleft())
        return result

    def cancel(self) -> None:
        """Ask what runs, if anything, to end."""
        self._cancelled.set()

    def is_cancelled(self) -> bool:
        """Return whether what runs should end."""
        return self._cancelled.is_set()

    async def end(self) -> None:
        """Cancel what runs, and wait until it has ended."""
        if self._running is not None:
            self.cancel()
            await asyncio.wait([self._running])

    def _ended(self, ran: asyncio.Future[Any]) -> None:
        self._running = None
        if not ran.cancelled():
            ran.exception()  # Who awaited it may be gone: then nobody is to hear of it.


async def _tell(news: deque[Progress], arrived: asyncio.Event, tell: Tell) -> None:
    while await arrived.wait():
        arrived.clear()
        while news:
            await tell(news.popleft())
