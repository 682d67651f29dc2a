"""The event log as it grows, on the client's side."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from types import TracebackType
from typing import Self, cast

from sidecar.client.errors import error_from_wire
from sidecar.client.shapes import EventJson
from sidecar.core.errors import SidecarError
from sidecar.core.json import JsonObject


class EventStream:
    """A loop over it yields each event once, in order, and waits for the next.

    What comes faster than the loop goes is kept here. Leaving the loop keeps the stream; `close`,
    or leaving its `async with` block, ends it.

    Args:
        unsubscribe: Tells the server that the stream ended.
    """

    def __init__(self, unsubscribe: Callable[[], Awaitable[None]]) -> None:
        self._unsubscribe = unsubscribe
        self._events: deque[EventJson] = deque()
        self._error: SidecarError | None = None
        self._ended = False
        self._changed = asyncio.Event()

    async def close(self) -> None:
        """End the stream; loops over it end too."""
        if not self._ended:
            self.end(None)
            await self._unsubscribe()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> EventJson:
        """Return the next event, waiting for it.

        Raises:
            SidecarError: The log can't be read on, or the connection is lost.
        """
        while not self._events:
            if self._error is not None:
                raise self._error
            if self._ended:
                raise StopAsyncIteration
            self._changed.clear()
            await self._changed.wait()
        return self._events.popleft()

    def deliver(self, params: JsonObject) -> None:
        """Take a notification `{events | error}`; the connection calls this."""
        if "error" in params:
            self.end(error_from_wire(cast("JsonObject", params["error"])))
        else:
            self._events.extend(cast("Iterable[EventJson]", params["events"]))
            self._changed.set()

    def end(self, error: SidecarError | None) -> None:
        """Let loops end, with an error or without; the connection calls this."""
        self._ended = True
        self._error = error
        self._changed.set()
