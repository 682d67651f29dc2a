"""How soon a change is on the screen, beside LiveStore and RxDB on Dexie in one Chromium.

How it is kept fair is told in `electron-bridge/tests/bench/rendering`, where the page is. The first
run installs LiveStore there; where that fails, the others are measured without it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NotRequired, TypedDict

import orjson

from tests.bench import chromium
from tests.bench.measure import median, p95, report, spread
from tests.bench.peers import fill, sidecar_process, sidecar_socket

_MEMORIES = 10_000


class Took(TypedDict):
    """The milliseconds of each repetition, as the page took them."""

    sidecar: list[float]
    livestore: NotRequired[list[float]]
    dexie: list[float]


class Measured(TypedDict):
    """One thing that was measured."""

    part: Literal["render", "update"]
    measured: str
    took: Took


class Weighed(TypedDict):
    """Bytes on the sidecar's socket, of a live query's result and of one change of it."""

    part: Literal["bytes"]
    result: int
    change: int


async def run() -> None:
    """Print a table of each part, and what one change weighs."""
    with tempfile.TemporaryDirectory() as folder:
        async with sidecar_process(Path(folder)) as ready:
            async with sidecar_socket(ready) as socket:
                await fill(socket, _MEMORIES)
            endpoint = {"url": ready["url"], "token": ready["token"]}
            part = ""
            plan = {"documents": _MEMORIES, "sidecar": endpoint}
            async for line in chromium.drive("./rendering/drive.ts", plan):
                said: Measured | Weighed = orjson.loads(line)
                if said["part"] == "bytes":
                    change = f"{said['change']:,} bytes both ways"
                    report("a change on the sidecar's socket", change, f"result {said['result']:,}")
                    continue
                if said["part"] != part:
                    part = said["part"]
                    _print_head(part)
                _print_row(said)


def _print_head(part: str) -> None:
    what = {
        "render": f"click → rendered, {_MEMORIES:,} memories",
        "update": f"change of one row of {_MEMORIES:,}",
    }[part]
    print(
        f"  {what:<36} {'times':>5} {'sidecar':<32} {'LiveStore':<32} {'RxDB on Dexie':<32} "
        f"{'LiveStore : us':<16} {'Dexie : us':<16}"
    )


def _print_row(one: Measured) -> None:
    took = one["took"]
    ours, livestore, dexie = (
        [milliseconds / 1e3 for milliseconds in peer]
        for peer in (took["sidecar"], took.get("livestore", []), took["dexie"])
    )
    print(
        f"  {one['measured']:<36} {len(ours):>5} {spread(ours):<32} "
        f"{spread(livestore) if livestore else 'not installed':<32} {spread(dexie):<32} "
        f"{_ratios(livestore, ours) if livestore else '':<16} {_ratios(dexie, ours):<16}",
        flush=True,
    )


def _ratios(theirs: Sequence[float], ours: Sequence[float]) -> str:
    return f"{median(theirs) / median(ours):.1f}, p95 {p95(theirs) / p95(ours):.1f}"
