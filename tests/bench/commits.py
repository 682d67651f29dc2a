"""Durable commits per second over the socket: one after another, and 50 at a time."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

import orjson

from tests.bench.data import persona
from tests.bench.measure import report, spread, timed
from tests.bench.peers import call, sidecar

_ALONE = 500
_TOGETHER = 50
_ROUNDS = 40


async def run() -> None:
    """Print both rates and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        async with sidecar(Path(folder)) as socket:
            created = {"name": "v1.PersonaCreated", "args": persona(0)}
            await call(socket, "commit", {"events": [created]})
            activated = {"events": [{"name": "v1.PersonaActivated", "args": {"id": "p0"}}]}

            took = await timed(lambda: call(socket, "commit", activated), _ALONE)
            alone = len(took) / sum(took)
            report("durable commits, one at a time", f"{alone:,.0f}/s", spread(took))

            request = {"jsonrpc": "2.0", "id": 1, "method": "commit", "params": activated}
            message = orjson.dumps(request)

            async def receive() -> None:
                for _ in range(_TOGETHER):
                    answer = orjson.loads(await socket.recv())
                    assert "result" in answer, answer

            start = time.perf_counter()
            for _ in range(_ROUNDS):
                for _ in range(_TOGETHER):
                    await socket.send(message, text=True)
                await asyncio.wait_for(receive(), 60)
            together = _ROUNDS * _TOGETHER / (time.perf_counter() - start)
            report(
                f"durable commits, {_TOGETHER} in flight",
                f"{together:,.0f}/s",
                f"{together / alone:.1f} times the rate of one at a time",
            )
