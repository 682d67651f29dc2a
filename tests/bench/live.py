"""What one commit costs the server with 1, 100 and 10,000 live queries of which one is affected.

The sessions are the server's own, without sockets: from the commit until the patch is handed to the
socket. The stores take turns, so that a noisy machine is as noisy to each.
"""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
import tracemalloc
from pathlib import Path

from sidecar.app import schema
from sidecar.core.event import NewEvent
from sidecar.core.query import parse_query
from sidecar.rpc.counters import Counters
from sidecar.rpc.hub import Hub
from sidecar.rpc.session import Session
from sidecar.store import Store
from tests.bench.data import memory, persona
from tests.bench.measure import median, report, spread

_SIZES = (1, 100, 10_000)
_COMMITS = 400
_MEMORIES = 10_000


async def run() -> None:
    """Print the cost of a commit under each number of live queries, and memory."""
    with tempfile.TemporaryDirectory() as folder:
        windows = [_Window(Path(folder) / str(size)) for size in _SIZES]
        try:
            for window, size in zip(windows, _SIZES, strict=True):
                await _subscribe(window, size)
            await _measure(windows)
        finally:
            for window in windows:
                await window.close()


class _Window:
    """A session on a store of its own; its messages are counted and thrown away."""

    def __init__(self, data_dir: Path) -> None:
        self._store = Store.open(data_dir, schema)
        created = NewEvent("v1.PersonaCreated", persona(0))
        documents = (memory(number, _MEMORIES) for number in range(_MEMORIES))
        inserted = [
            NewEvent("v1.DocumentInserted", {"collection": "memoryEntities", "document": one})
            for one in documents
        ]
        self._store.commit([created]).result()
        self._store.commit(inserted).result()
        hub = Hub(asyncio.get_running_loop(), self._store)
        self._session = Session(self._store, hub, Counters(), self._send)
        self.sent = 0

    async def _send(self, message: bytes) -> None:
        self.sent += 1

    async def subscribe(self, number: int) -> None:
        query = {
            "from": "memoryEntities",
            "selector": {"personaId": f"p{number}", "importance": {"$gte": 0}},
            "sort": [{"lastAccessed": "desc"}],
            "limit": 100,
        }
        exchange = self._session.begin()
        await self._session.subscribe(exchange, parse_query(query))
        self._session.finish(exchange)

    async def commit(self, at: int) -> tuple[float, float]:
        """Change a row of the first live query; return seconds until its patch, and of CPU."""
        event = NewEvent("v1.MemoryEntityAccessed", {"id": "m0000000", "accessedAt": at})
        exchange = self._session.begin()
        start, used = time.perf_counter(), time.process_time()
        receipt = await asyncio.wrap_future(self._store.commit([event]))
        await self._session.settle(exchange, receipt.head)
        took = time.perf_counter() - start, time.process_time() - used
        self._session.finish(exchange)
        return took

    async def close(self) -> None:
        await self._session.end()
        self._store.close()


async def _subscribe(window: _Window, count: int) -> None:
    gc.collect()
    tracemalloc.start()
    for number in range(count):
        await window.subscribe(number)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    if count == _SIZES[-1]:
        report("memory of an idle live query of one row", f"{held / count:,.0f} bytes")


async def _measure(windows: list[_Window]) -> None:
    for at in range(_COMMITS // 10):
        for window in windows:
            await window.commit(at)
    sent = [window.sent for window in windows]
    walls: list[list[float]] = [[] for _ in windows]
    used: list[list[float]] = [[] for _ in windows]
    for at in range(_COMMITS):
        for place, window in enumerate(windows):
            wall, cpu = await window.commit(1_000 + at)
            walls[place].append(wall)
            used[place].append(cpu)
    assert [window.sent - before for window, before in zip(windows, sent, strict=True)] == [
        _COMMITS
    ] * len(windows), "each commit changes the result of one live query"
    for place, size in enumerate(_SIZES):
        ratio = median(used[place]) / median(used[0])
        report(
            f"commit under {size:,} live queries, one affected",
            f"{median(used[place]) * 1e3:.2f} ms of CPU, {ratio:.2f} times",
            spread(walls[place]),
        )
