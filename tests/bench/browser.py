"""The sidecar through the bridge beside RxDB on Dexie, in one page of one headless Chromium.

How it is kept fair is told in `electron-bridge/tests/bench`, where the page is.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TypedDict

import orjson

from sidecar.core.json import Json
from tests.bench import chromium
from tests.bench.measure import median, spread
from tests.bench.peers import echo_process, fill, sidecar_process, sidecar_socket
from tests.bench.workloads import workloads


class Measured(TypedDict):
    """One workload: the milliseconds of each repetition, as the page took them."""

    documents: int
    workload: str
    answer: int
    bytes: int
    sidecar: list[float]
    dexie: list[float]
    echo: list[float]


async def run(sizes: Sequence[int]) -> None:
    """Print a table for each size of the store."""
    async with AsyncExitStack() as stack:
        floor = await stack.enter_async_context(echo_process())
        stages: list[Json] = []
        for size in sizes:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            ready = await stack.enter_async_context(sidecar_process(Path(folder)))
            async with sidecar_socket(ready) as socket:
                await fill(socket, size)
            stages.append(
                {
                    "documents": size,
                    "sidecar": {"url": ready["url"], "token": ready["token"]},
                    "workloads": [asdict(one) for one in workloads(size)],
                }
            )
        plan: Json = {"echo": floor["url"], "stages": stages}
        documents = 0
        async for line in chromium.drive("./drive.ts", plan):
            said: Measured = orjson.loads(line)
            if said["documents"] != documents:
                documents = said["documents"]
                _print_head(documents)
            _print_row(said)


def _print_head(documents: int) -> None:
    what = f"{documents:,} memories"
    print(
        f"  {what:<36} {'answer':>7} {'times':>5} {'sidecar':<34} {'RxDB on Dexie':<36} "
        f"{'Dexie : us':>10} {'us : echo':>10}"
    )


def _print_row(one: Measured) -> None:
    ours, theirs, echo = (
        [milliseconds / 1e3 for milliseconds in one[peer]] for peer in ("sidecar", "dexie", "echo")
    )
    floor = f"{median(ours) / median(echo):>10.1f}" if echo else ""
    print(
        f"  {one['workload']:<36} {one['answer']:>7} {len(ours):>5} {spread(ours):<34} "
        f"{spread(theirs):<36} "
        f"{median(theirs) / median(ours):>10.1f} {floor}",
        flush=True,
    )
