"""Round trips of a query over the socket, beside a bare echo of as many bytes in the same run."""

from __future__ import annotations

import tempfile
from pathlib import Path

import orjson

from sidecar.core.json import Json
from tests.bench.measure import median, report, spread, timed
from tests.bench.peers import call, echo, fill, sidecar

_MEMORIES = 10_000
_TIMES = 1_000


async def run() -> None:
    """Print the times of three queries, each with the echo's time and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        async with sidecar(Path(folder)) as socket, echo() as bare:
            await fill(socket, _MEMORIES)
            for what, times, query in _QUERIES:
                answer = await call(socket, "query", query)
                payload = orjson.dumps({"jsonrpc": "2.0", "id": 1, "result": answer})

                async def bounce(payload: bytes = payload) -> None:
                    await bare.send(payload, text=True)
                    await bare.recv()

                async def ask(query: Json = query) -> None:
                    await call(socket, "query", query)

                floor, took = await timed(bounce, times), await timed(ask, times)
                ratio = median(took) / median(floor)
                beside = f"{ratio:.1f} times an echo of {len(payload):,} B ({spread(floor)})"
                report(what, spread(took), beside)


_QUERIES: tuple[tuple[str, int, Json], ...] = (
    ("one document by primary key", _TIMES, {"from": "personas", "selector": {"id": "p7"}}),
    (
        "100 of 10,000 by index, sorted",
        _TIMES // 4,
        {
            "from": "memoryEntities",
            "selector": {"personaId": "p7"},
            "sort": [{"importance": "desc"}],
            "limit": 100,
        },
    ),
    ("count of 10,000", _TIMES // 4, {"from": "memoryEntities", "count": True}),
)
