"""Read-only connections, each on a thread of its own, shared fairly by windows (Q4, Q5).

Invariants:

1. A read sees one snapshot, and its result says which: `head`.
2. A window has at most `PER_WINDOW` reads running; the rest of it waits while other windows go on.
3. A read past its deadline or its cap ends with an error; the connection stays good.
4. Nothing is written: the connection is read-only, and an authorizer refuses what is no read.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, Generic, TypeVar

from sidecar.core.errors import ShuttingDownError, SidecarError
from sidecar.store.driver import DriverError, translate
from sidecar.store.snapshot import Snapshot

THREADS: Final = 6
"""Reading threads; they are started as they are needed."""

PER_WINDOW: Final = 2
"""Reads of one window that run at the same time."""

ResultT = TypeVar("ResultT")


class _Job(Generic[ResultT]):
    def __init__(self, window: str, work: Callable[[Snapshot], ResultT]) -> None:
        self.window = window
        self.work = work
        self.future: Future[ResultT] = Future()

    def run(self, snapshot: Snapshot) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            with snapshot:
                result = self.work(snapshot)
        except DriverError as error:
            self.future.set_exception(translate(error))
        except Exception as error:  # noqa: BLE001  (the caller gets whatever it was)
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class Readers:
    """A pool of reading threads.

    Args:
        open_snapshot: Opens a connection; called on the thread that will use it.
    """

    def __init__(self, open_snapshot: Callable[[], Snapshot]) -> None:
        self._open = open_snapshot
        self._waiting: deque[_Job[object]] = deque()
        self._running: dict[str, int] = {}
        self._idle = 0
        self._threads: list[threading.Thread] = []
        self._changed = threading.Condition()
        self._closed = False

    def submit(self, window: str, work: Callable[[Snapshot], ResultT]) -> Future[ResultT]:
        """Queue a read.

        Args:
            window: Whose read it is; windows don't hold each other up.
            work: Called with an open snapshot on a reading thread.
        """
        job = _Job(window, work)
        with self._changed:
            if self._closed:
                raise ShuttingDownError("the store is closed")
            self._waiting.append(job)  # type: ignore[arg-type]  # a queue of jobs of all results
            if len(self._waiting) > self._idle and len(self._threads) < THREADS:
                name = f"store-reader-{len(self._threads)}"
                thread = threading.Thread(target=self._run, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()
            self._changed.notify()
        return job.future

    def close(self) -> None:
        """Finish what is queued, and end."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        try:
            snapshot = self._open()
        except SidecarError as error:
            self._fail(error)
            return
        while (job := self._next()) is not None:
            job.run(snapshot)
            self._finished(job.window)
        snapshot.close()

    def _next(self) -> _Job[object] | None:
        with self._changed:
            while True:
                for job in self._waiting:
                    if self._running.get(job.window, 0) < PER_WINDOW:
                        self._waiting.remove(job)
                        self._running[job.window] = self._running.get(job.window, 0) + 1
                        return job
                if self._closed and not self._waiting:
                    return None
                self._idle += 1
                self._changed.wait()
                self._idle -= 1

    def _finished(self, window: str) -> None:
        with self._changed:
            self._running[window] -= 1
            if self._running[window] == 0:
                del self._running[window]
            if self._waiting or self._closed:
                self._changed.notify_all()

    def _fail(self, error: SidecarError) -> None:
        """Answer what waits, when not even a connection could be opened."""
        with self._changed:
            self._threads.remove(threading.current_thread())
            if self._threads:
                return
            failed, self._waiting = self._waiting, deque()
        for job in failed:
            job.future.set_exception(error)
