"""The event log as it grows, on the client's side."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import cast

from sidecar.client.errors import error_from_wire
from sidecar.client.following import Following
from sidecar.client.shapes import EventJson
from sidecar.core.json import JsonObject


class EventStream(Following):
    """A loop over it yields each event once, in order, and waits for the next.

    What comes faster than the loop goes is kept here. Leaving the loop keeps the stream; `close`,
    or leaving its `async with` block, ends it.
    """

    def __init__(self, unsubscribe: Callable[[], Awaitable[None]]) -> None:
        super().__init__(unsubscribe)
        self._events: deque[EventJson] = deque()

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
