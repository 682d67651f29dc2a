"""How long a primary-key get of one window takes while another runs a query of two seconds."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from websockets.asyncio.client import ClientConnection

from sidecar.core.json import Json
from tests.bench.measure import median, report, seconds, spread, timed
from tests.bench.peers import call, fill, sidecar_process, sidecar_socket

_MEMORIES = 10_000
_SECONDS = 2.0
_GETS = 500
_ROUNDS = 5

_GET: Json = {"from": "memoryEntities", "selector": {"id": "m0000042"}, "first": True}


async def run() -> None:
    """Print the times of gets beside nothing else, and beside the slow query."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            sidecar_process(Path(folder)) as ready,
            sidecar_socket(ready) as window,
            sidecar_socket(ready) as other,
        ):
            await fill(window, _MEMORIES)
            idle = await timed(lambda: call(window, "query", _GET), _GETS)
            report("gets, nothing else running", spread(idle), _longest(idle))

            some = 1_000_000
            took, _ = await _beside(window, other, some)
            enough = round(some * _SECONDS / took)
            delays: list[float] = []
            for _ in range(_ROUNDS):
                took, gets = await _beside(window, other, enough)
                report(f"gets beside a query of {took:.1f} s", spread(gets), _longest(gets))
                delays.append((max(gets) - median(idle)) / took)
            figure = f"{median(delays):.2%} of the slow query"
            report(f"longest delay of a get, median of {_ROUNDS}", figure)


async def _beside(
    window: ClientConnection, other: ClientConnection, number: int
) -> tuple[float, list[float]]:
    """Count in one window; return how long it took, and each get of the other one meanwhile."""
    slow = asyncio.create_task(seconds(call(other, "query", _count_to(number))))
    gets: list[float] = []
    while not slow.done():
        gets.append(await seconds(call(window, "query", _GET)))
    return await slow, gets


def _count_to(number: int) -> Json:
    counting = "SELECT 1 AS at UNION ALL SELECT at + 1 FROM counted WHERE at < ?"
    return {
        "sql": f"WITH RECURSIVE counted AS ({counting}) SELECT count(*) AS n FROM counted",
        "params": [number],
    }


def _longest(took: list[float]) -> str:
    return f"longest {max(took) * 1e3:.2f} ms"
