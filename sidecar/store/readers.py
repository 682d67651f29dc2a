"""Read-only connections, each on a thread of its own, shared fairly by windows (Q4, Q5).

Invariants:

1. A read sees one snapshot, and its result says which: `head`.
2. A window has at most `PER_WINDOW` reads running; the rest of it waits while other windows go on.
3. A read past its deadline or its cap ends with an error; the connection stays good.
4. Nothing is written: the connection is read-only, and an authorizer refuses what is no read.
5. No read that may run waits beside an idle thread; of those the last to end gets the next read,
   as its statements are compiled and its pages cached. Each sleeps alone, so a read wakes one.
6. A read that takes less time than waking a thread wakes none: it borrows an idle one's connection.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Generator
from contextlib import suppress
from queue import SimpleQueue
from typing import Final, Generic, TypeVar

from sidecar.core.errors import ShuttingDownError, SidecarError
from sidecar.store.driver import DriverError, translate
from sidecar.store.snapshot import Snapshot

THREADS: Final = 6
"""Reading threads; they are started as they are needed."""

MOST_THREADS: Final = 24
"""… and while windows' slow reads keep those busy."""

PER_WINDOW: Final = 2
"""Reads of one window that run at the same time."""

ResultT = TypeVar("ResultT")


class Reading(Generic[ResultT]):
    """A read that was asked for: one coroutine awaits it, or a thread waits for its `result`.

    No `concurrent.futures.Future`: handing one to an event loop takes longer than SQLite does to
    find a document.

    Args:
        window: Whose read it is.
        work: Called with an open snapshot on a reading thread.
    """

    def __init__(self, window: str, work: Callable[[Snapshot], ResultT]) -> None:
        self.window = window
        self._work = work
        self._result: ResultT
        self._error: Exception | None = None
        self._done = False
        self._running = threading.Lock()
        self._running.acquire()
        self._waiter: tuple[asyncio.AbstractEventLoop, asyncio.Future[None]] | None = None
        self._cancelled = False

    def __await__(self) -> Generator[object, None, ResultT]:
        """Return the result. Cancelling takes a read back that has no thread yet."""
        if not self._done:
            loop = asyncio.get_running_loop()
            waiter: asyncio.Future[None] = loop.create_future()
            # The waiter, then another look; `end` in the other order, so that one sees the other.
            self._waiter = loop, waiter
            try:
                if not self._done:
                    yield from waiter
            except asyncio.CancelledError:
                self._cancelled = True
                raise
        return self._outcome()

    def result(self, timeout: float = -1) -> ResultT:
        """Wait for the result on a thread that has no event loop.

        Args:
            timeout: Most seconds to wait; -1 for as long as it takes.

        Raises:
            TimeoutError: There is none yet.
        """
        if not self._running.acquire(timeout=timeout):
            raise TimeoutError
        self._running.release()
        return self._outcome()

    def done(self) -> bool:
        """Tell whether there is a result, or an error in its place."""
        return self._done

    def run(self, snapshot: Snapshot) -> None:
        """Read, unless it was cancelled; `end` tells who waits."""
        if self._cancelled:
            return
        try:
            with snapshot:
                self._result = self._work(snapshot)
        except DriverError as error:
            self._error = translate(error)
        except Exception as error:  # noqa: BLE001  (the caller gets whatever it was)
            self._error = error

    def end(self, error: Exception | None = None) -> None:
        """Tell who waits for it, of an error if it could not run at all."""
        self._error = error or self._error
        self._done = True
        self._running.release()
        if self._waiter is not None:
            loop, waiter = self._waiter
            with suppress(RuntimeError):  # the loop is closed: nobody waits
                loop.call_soon_threadsafe(_wake, waiter)

    def _outcome(self) -> ResultT:
        if self._error is not None:
            raise self._error
        return self._result


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


class _Thread:
    """What a thread reads with, and where it sleeps until it is handed a read, or None to end."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.inbox: SimpleQueue[Reading[object] | None] = SimpleQueue()


class Readers:
    """A pool of reading threads.

    Args:
        open_snapshot: Opens a connection; called on the thread that will use it.
    """

    def __init__(self, open_snapshot: Callable[[], Snapshot]) -> None:
        self._open = open_snapshot
        self._waiting: dict[str, deque[Reading[object]]] = {}
        self._running: dict[str, int] = {}
        self._idle: list[_Thread] = []
        self._threads: list[threading.Thread] = []
        self._starting = 0
        self._lock = threading.Lock()
        self._closed = False

    def submit(
        self, window: str, work: Callable[[Snapshot], ResultT], *, short: bool = False
    ) -> Reading[ResultT]:
        """Queue a read.

        Args:
            window: Whose read it is; windows don't hold each other up.
            work: Called with an open snapshot on a reading thread.
            short: It takes less time than waking a thread: do it here and now, with the connection
                of a thread that sleeps, if one does.
        """
        reading = Reading(window, work)
        idle: _Thread | None = None
        with self._lock:
            if self._closed:
                raise ShuttingDownError("the store is closed")
            if short and self._idle and self._running_of(window) < PER_WINDOW:
                idle = self._idle.pop()
                self._running[window] = self._running_of(window) + 1
            else:
                queue = self._waiting.setdefault(window, deque())
                queue.append(reading)  # type: ignore[arg-type]  # a queue of reads of all results
                self._assign()
                if self._startable() > self._starting:
                    self._start(window)
        if idle is not None:
            self._read(reading, idle)
        return reading

    def glance(self, work: Callable[[Snapshot], ResultT]) -> ResultT | None:
        """Do at once, here, what takes less time than waking a thread; None if no thread sleeps.

        Raises:
            Exception: What the work raises.
        """
        with self._lock:
            thread = self._idle.pop() if self._idle else None
        if thread is None:
            return None
        try:
            with thread.snapshot:
                return work(thread.snapshot)
        except DriverError as error:
            raise translate(error) from error
        finally:
            with self._lock:
                self._idle.append(thread)
                self._assign()

    def close(self) -> None:
        """Finish what is queued, and end."""
        with self._lock:
            self._closed = True
            self._assign()
            threads = list(self._threads)
        for thread in threads:
            thread.join()

    def _start(self, window: str) -> None:
        # A window that has nothing running gets a thread though others keep theirs busy.
        most = THREADS if window in self._running else MOST_THREADS
        if len(self._threads) < most:
            name = f"store-reader-{len(self._threads)}"
            thread = threading.Thread(target=self._run, name=name, daemon=True)
            self._threads.append(thread)
            self._starting += 1
            thread.start()

    def _run(self) -> None:
        try:
            snapshot = self._open()
        except SidecarError as error:
            self._fail(error)
            return
        thread = _Thread(snapshot)
        with self._lock:
            self._starting -= 1
            self._idle.append(thread)
            self._assign()
        while (reading := thread.inbox.get()) is not None:
            self._read(reading, thread)
            del reading  # a sleeping thread keeps no result alive
        snapshot.close()

    def _read(self, reading: Reading[ResultT], thread: _Thread) -> None:
        reading.run(thread.snapshot)
        # First, so that whoever is told and asks again finds this thread idle.
        with self._lock:
            self._running[reading.window] -= 1
            if self._running[reading.window] == 0:
                del self._running[reading.window]
            self._idle.append(thread)
            self._assign()
        reading.end()

    def _assign(self) -> None:
        """Hand idle threads what may run; end them when nothing more will come."""
        while self._idle and (reading := self._next()) is not None:
            self._idle.pop().inbox.put(reading)
        while self._idle and self._closed and not self._waiting:
            self._idle.pop().inbox.put(None)

    def _next(self) -> Reading[object] | None:
        """Take the next read of a window that has the fewest running; of equals, in turn."""
        window = min(self._waiting, key=self._running_of, default=None)
        if window is None or self._running_of(window) == PER_WINDOW:
            return None
        queue = self._waiting.pop(window)
        reading = queue.popleft()
        if queue:
            self._waiting[window] = queue
        self._running[window] = self._running_of(window) + 1
        return reading

    def _startable(self) -> int:
        """Return how many reads wait for nothing but a thread."""
        return sum(
            min(len(queue), PER_WINDOW - self._running_of(window))
            for window, queue in self._waiting.items()
        )

    def _running_of(self, window: str) -> int:
        return self._running.get(window, 0)

    def _fail(self, error: SidecarError) -> None:
        """Answer what waits, when not even a connection could be opened."""
        with self._lock:
            self._starting -= 1
            self._threads.remove(threading.current_thread())
            if self._threads:
                return
            failed, self._waiting = self._waiting, {}
        for queue in failed.values():
            for reading in queue:
                reading.end(error)
