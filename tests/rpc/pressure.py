"""What presses on a server's memory: a window that reads nothing, live queries that come and go."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from websockets.asyncio.client import connect

from sidecar.client import Client, NewEventJson
from tests.rpc.processes import Started
from tests.rpc.serving import Decoded, Message, Peer, persona

WIDE = 100_000
"""Characters of the result that a window does not read, sent whole at each change."""

_AT_ONCE = 50

_ACTIVATED: NewEventJson = {"name": "v1.PersonaActivated", "args": {"id": "1"}}


@dataclass
class Figures:
    """What came of it.

    Attributes:
        seconds: How long it took.
        before: Resident memory of the server in bytes, once it is warm.
        most: The most of it that was seen later.
        messages: Notifications sent.
    """

    seconds: float
    before: int
    most: int
    messages: int

    @property
    def grown(self) -> int:
        """Bytes that the server grew by."""
        return self.most - self.before


@asynccontextmanager
async def reading_nothing(server: Started) -> AsyncIterator[Peer]:
    """Connect; what nobody receives stays in the socket."""
    protocols = ["sidecar.v1", f"token.{server.line['token']}"]
    async with connect(
        server.line["url"],
        subprotocols=protocols,
        compression=None,
        max_size=None,
        max_queue=1,
        ping_interval=None,
    ) as socket:
        yield Peer(socket)


async def sleep_through(server: Started, commits: int) -> Figures:
    """Commit many times while a window reads nothing; check that it is right when it reads again.

    Args:
        server: A server of PJAIS's schema.
        commits: How many; each changes the result.
    """
    query = {
        "sql": "SELECT usageCount AS n, printf('%.*c', ?, 'x') AS wide FROM personas",
        "params": [WIDE],
    }
    async with _client(server) as writer, reading_nothing(server) as sleeper:
        await writer.commit(persona("1"))
        answer = await sleeper.call("subscribe", {"query": query})
        watch = _Watch(writer)
        for some in _portions(commits):
            await asyncio.gather(*(writer.commit(_ACTIVATED) for _ in some))
            await watch.look(warm=some[0] >= commits // 10)
        result: Decoded = answer["rows"]
        while result[0]["n"] != commits:
            result = (await sleeper.receive())["params"]["result"]["rows"]
        assert result == (await writer.query(query))["rows"]
        return await watch.figures()


async def come_and_go(server: Started, times: int) -> Figures:
    """Subscribe and unsubscribe many times, while another window commits; check that none stays.

    Args:
        server: A server of PJAIS's schema.
        times: How often.
    """
    async with _client(server) as window, _client(server) as writer:
        await writer.commit([persona(f"{number}") for number in range(20)])
        watch = _Watch(writer)
        for some in _portions(times):
            queries = [
                {"from": "personas", "sort": [{"usageCount": "desc"}], "limit": number % 1_000}
                for number in some
            ]
            live = await asyncio.gather(*map(window.subscribe, queries))
            # Patches are on their way when the live queries end.
            await asyncio.gather(writer.commit(_ACTIVATED), *(one.close() for one in live))
            await watch.look(warm=some[0] >= times // 4)
        assert (await writer.server.stats())["subscriptions"] == 0
        return await watch.figures()


class _Watch:
    """The server's memory over time."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._began = time.monotonic()
        self._sizes: list[int] = []

    async def look(self, *, warm: bool) -> None:
        """Look, once it is warm."""
        if warm:
            stats: Message = await self._client.server.stats()
            self._sizes.append(stats["rss"])

    async def figures(self) -> Figures:
        """Return what was seen."""
        stats: Message = await self._client.server.stats()
        took = time.monotonic() - self._began
        return Figures(took, self._sizes[0], max(self._sizes), stats["notifications"])


def _portions(count: int) -> list[range]:
    return [range(start, min(start + _AT_ONCE, count)) for start in range(0, count, _AT_ONCE)]


def _client(server: Started) -> AbstractAsyncContextManager[Client]:
    return Client.connect(server.line["url"], server.line["token"])
