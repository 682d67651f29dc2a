"""What a window of the machine is, and one whose live queries are the Python client's."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Final, Protocol, cast

import orjson

from sidecar.client import Client, Subscription
from sidecar.client.errors import ConnectionLostError
from sidecar.client.shapes import NewEventJson, QueryResult
from sidecar.core.errors import SidecarError
from sidecar.core.event import uuid7
from sidecar.core.json import Json, JsonObject
from tests.rpc.serving import TOKEN

_TRIES: Final = 10
"""How often a commit is sent at most."""


@dataclass(frozen=True)
class Fresh:
    """A query run afresh.

    Attributes:
        value: Rows, a row or a number.
        code: Of its error, where it fails.
    """

    value: Json = None
    code: str | None = None


class Window(Protocol):
    """A window of an app."""

    @property
    def queries(self) -> Sequence[JsonObject]:
        """Those that it keeps live, in the order they began."""
        ...

    async def open(self, url: str, queries: Sequence[JsonObject]) -> None:
        """Connect, and begin live queries."""

    async def close(self, *, cut: bool = False) -> None:
        """Close the connection, or lose it, for good."""

    async def reconnect(self, url: str, *, cut: bool) -> None:
        """Close the connection, or lose it, and come back; live queries go on (L7)."""

    async def begin(self, query: JsonObject) -> None:
        """Begin a live query."""

    async def end(self, at: int) -> None:
        """End a live query."""

    async def commit(self, events: Sequence[NewEventJson]) -> str | None:
        """Commit a batch; return the code of the error that it was refused with.

        One without an answer is sent again (S5, L7).
        """

    async def mark(self, event: NewEventJson) -> int:
        """Commit an event that is taken; return the head.

        With its answer, every live query was told of all up to it (L5).
        """

    async def compare(self, at: int, fresh: Fresh) -> int:
        """Hold a live query to its query run afresh (L1); return how often it was told."""


class Held:
    """A live query as a program keeps it: what it was last given, across connections.

    Args:
        query: The query.
    """

    def __init__(self, query: JsonObject) -> None:
        self.query = query
        self.outcome: QueryResult | SidecarError | None = None
        self.told = 0
        self._turn = asyncio.Lock()
        self._live: Subscription[QueryResult] | None = None
        self._loop: asyncio.Task[None] | None = None

    async def begin(self, client: Client) -> None:
        """Subscribe, unless it is; go on from the head it had (L7)."""
        async with self._turn:
            if self._loop is not None and not self._loop.done():
                return
            since = None
            if self.outcome is not None and not isinstance(self.outcome, SidecarError):
                since = self.outcome["head"]
            try:
                self._live = await client.subscribe(self.query, since=since)
            except SidecarError as error:
                self.outcome = error
            else:
                self._loop = asyncio.create_task(self._follow(self._live))

    async def end(self) -> None:
        """Unsubscribe, if it is subscribed."""
        async with self._turn:
            if self._live is not None:
                with suppress(ConnectionLostError):
                    await self._live.close()
                assert self._loop is not None
                await self._loop

    async def _follow(self, live: Subscription[QueryResult]) -> None:
        while True:
            try:
                self.outcome = await anext(live)
            except StopAsyncIteration:
                return
            except ConnectionLostError:
                return
            except SidecarError as error:
                self.outcome = error
            self.told += 1


class ClientWindow:
    """A window of the Python client, which comes back."""

    def __init__(self) -> None:
        self._held: list[Held] = []
        self._stack = AsyncExitStack()
        self._opened = asyncio.Event()
        self._turn = asyncio.Lock()
        self._client: Client

    @property
    def queries(self) -> Sequence[JsonObject]:
        return [one.query for one in self._held]

    async def open(self, url: str, queries: Sequence[JsonObject]) -> None:
        self._held = [Held(one) for one in queries]
        await self._connect(url)

    async def close(self, *, cut: bool = False) -> None:
        self._opened.clear()
        if cut:
            self._client._connection._socket.transport.abort()
            await self._client._connection._reader
        await self._stack.aclose()

    async def reconnect(self, url: str, *, cut: bool) -> None:
        async with self._turn:
            await self.close(cut=cut)
            await self._connect(url)

    async def begin(self, query: JsonObject) -> None:
        held = Held(query)
        self._held.append(held)
        await held.begin(self._client)

    async def end(self, at: int) -> None:
        await self._held.pop(at).end()

    async def commit(self, events: Sequence[NewEventJson]) -> str | None:
        batch = [cast("NewEventJson", {"id": new_id(), **one}) for one in events]
        for _ in range(_TRIES):
            client = self._client
            try:
                await client.commit(batch)
            except ConnectionLostError:
                if client is self._client:
                    self._opened.clear()
                await self._opened.wait()
            except SidecarError as error:
                return error.code
            else:
                return None
        raise AssertionError("a commit is never answered")

    async def mark(self, event: NewEventJson) -> int:
        # What failed, or lost its connection while it began, is asked again.
        await asyncio.gather(*(one.begin(self._client) for one in self._held))
        return (await self._client.commit(event))["head"]

    async def compare(self, at: int, fresh: Fresh) -> int:
        held = self._held[at]
        if isinstance(held.outcome, SidecarError):
            assert held.outcome.code == fresh.code, (held.query, held.outcome.to_wire(), fresh)
        else:
            assert held.outcome is not None
            (value,) = (one for name, one in held.outcome.items() if name != "head")
            assert fresh.code is None, (held.query, fresh.code, value)
            assert orjson.dumps(value) == orjson.dumps(fresh.value), held.query
        told, held.told = held.told, 0
        return told

    async def _connect(self, url: str) -> None:
        self._client = await self._stack.enter_async_context(Client.connect(url, TOKEN))
        self._opened.set()
        await asyncio.gather(*(one.begin(self._client) for one in self._held))


def new_id() -> str:
    """Return an event's id."""
    return uuid7(time.time_ns() // 1_000_000, os.urandom(10))
