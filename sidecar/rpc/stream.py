"""One subscription to the event log: from any place on, for as long as it lasts.

Invariants:

1. Each event that its filter lets pass is sent once, in order. None waits in memory: a page is read
   once the socket has taken the one before, so a slow client lags and costs what a quick one does.
2. Nothing is sent before `start`, which the answer that names the subscription precedes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import orjson

from sidecar.core.errors import ShuttingDownError, SidecarError
from sidecar.core.event import Event
from sidecar.rpc.jsonrpc import encode_notification, internal_error
from sidecar.rpc.params import EventsSubscribeParams
from sidecar.store import Store

_PAGE = 1_000

_log = logging.getLogger(__name__)


class Stream:
    """A subscription to the log.

    Args:
        store: Whose log it is.
        name: The subscription's name.
        wanted: From where on, and which events.
        send: Sends a message; returns when the socket can take another one.
    """

    def __init__(
        self,
        store: Store,
        name: str,
        wanted: EventsSubscribeParams,
        send: Callable[[bytes], Awaitable[None]],
    ) -> None:
        self._store = store
        self._name = name
        self._wanted = wanted
        self._send = send
        self._after = wanted.after
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._ended = False
        self.watches: frozenset[str] | None = frozenset()
        """It reads no rows of tables."""

    def start(self) -> None:
        """Begin to send, if it has not ended yet."""
        if not self._ended:
            self._task = asyncio.get_running_loop().create_task(self._run())

    def wake(self, _news: object) -> None:
        """Note that the log has grown."""
        self._news.set()

    async def settle(self, _head: int) -> None:
        """Wait for nothing: what it sends is not promised before a commit's answer."""

    def end(self) -> None:
        """Send nothing any more."""
        self._ended = True
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        try:
            while True:
                self._news.clear()
                if not await self._send_page():
                    await self._news.wait()
        except ShuttingDownError:
            pass
        except SidecarError as error:
            await self._tell({"error": error.to_wire(), "head": self._after})
        except Exception:  # noqa: BLE001  (a fault of ours is logged, and told as one)
            _log.exception("a stream of events failed", extra={"subscription": self._name})
            await self._tell({"error": internal_error(), "head": self._after})

    async def _send_page(self) -> bool:
        """Send the next page; return whether there may be more at once."""
        page = await self._store.events(
            after=self._after,
            limit=_PAGE,
            names=self._wanted.names,
            collection=self._wanted.collection,
            id=self._wanted.id,
            window=f"events {id(self)}",
        )
        if page.events:
            events = [event_to_wire(event)[0] for event in page.events]
            await self._tell({"events": events, "head": page.head})
        self._after = page.head if page.next is None else page.next
        return page.next is not None

    async def _tell(self, what: dict[str, object]) -> None:
        await self._send(encode_notification("events", {"subscription": self._name, **what}))


def event_to_wire(event: Event) -> tuple[dict[str, object], int]:
    """Return an event for orjson, and how many bytes its arguments have."""
    # Spliced, because orjson counts the levels around it towards the depth it encodes.
    args = orjson.dumps(event.args)
    return {**event.to_wire(), "args": orjson.Fragment(args)}, len(args)
