"""What ends the server: a signal, a client, the parent's death, the end of stdin."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final

_SIGNALS: Final = ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK")
_LOOK_SECONDS: Final = 1.0
_START_SECONDS: Final = 2.0


class Stop:
    """Ends the server when it is called. Made and called in the event loop.

    Attributes:
        why: The reason, empty while the server goes on.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()
        self.why = ""

    def __call__(self, why: str) -> None:
        """End the server."""
        self.why = self.why or why
        self._event.set()

    def from_thread(self, why: str) -> None:
        """End the server, from a thread or a signal."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self, why)

    def on_signals(self) -> None:
        """End the server on the signals that ask for it."""
        for name in _SIGNALS:
            number = getattr(signal, name, None)
            if number is None:
                continue
            try:
                self._loop.add_signal_handler(number, self, name)
            except NotImplementedError:  # Windows
                signal.signal(number, partial(_handle, self, name))

    async def wait(self, alive: Callable[[], bool] | None) -> None:
        """Wait until the server ends.

        Args:
            alive: Tells whether the parent lives; asked every second. None for no parent.
        """
        while not self._event.is_set():
            try:
                async with asyncio.timeout(None if alive is None else _LOOK_SECONDS):
                    await self._event.wait()
            except TimeoutError:
                if alive is not None and not alive():
                    self("the parent died")


class Lifeline:
    """The parent's hold on us.

    Cut while the server starts, it leaves the start a moment, to end in its line on stdout. A start
    that takes longer, to rebuild the state say, ends there: nobody waits for it, and the store is
    as safe as from a crash.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cut = False
        self._ended: Callable[[], None] | None = None

    def hold(self, ended: Callable[[], None]) -> None:
        """Say what ends the server, now that it serves."""
        with self._lock:
            self._ended = ended
            if self._cut:
                ended()

    def cut(self) -> None:
        """Note that the parent let go."""
        with self._lock:
            self._cut = True
            if self._ended is not None:
                self._ended()
                return
        time.sleep(_START_SECONDS)
        with self._lock:
            if self._ended is None:
                os._exit(1)


def _handle(stop: Stop, name: str, *_: object) -> None:
    stop.from_thread(name)
