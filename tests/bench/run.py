"""One run: the plan, the pages and processes that carry it out, and what came of it."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from sidecar.core.json import Json
from tests.bench import sqlite
from tests.bench.machine import ROOT, about
from tests.bench.results import Missing, Results, Spread

GROUPS = ("average", "app", "growth", "items", "live", "rendering", "resources", "moving")

SEED = 7

_BUNDLE = ROOT / "build" / "dist" / "sidecar" / ("sidecar.exe" if os.name == "nt" else "sidecar")


@dataclass(frozen=True)
class Extent:
    """How much is measured.

    Attributes:
        app: Documents in each store that all peers have.
        growth: Documents in each store of the sidecar's alone.
        logs: Events in each log a store starts with.
        live: Live queries, ascending.
        documents: Documents in the store whose memory is looked at.
        moving: Documents moved from files, ascending; the first number also from RxDB.
    """

    app: tuple[int, ...] = (10_000, 100_000)
    growth: tuple[int, ...] = (1_000, 10_000, 100_000, 1_000_000)
    logs: tuple[int, ...] = (10_000, 100_000)
    live: tuple[int, ...] = (1, 100, 10_000)
    documents: int = 100_000
    moving: tuple[int, ...] = (100_000, 1_000_000)


WHOLE = Extent()
QUICK = Extent(
    app=(500,),
    growth=(100, 1_000),
    logs=(200,),
    live=(1, 50),
    documents=1_000,
    moving=(500, 1_000),
)


async def run(groups: Sequence[str], extent: Extent, *, quick: bool, source: bool) -> Results:
    """Measure; what comes in is told on stdout.

    Args:
        groups: Some of `GROUPS`, in their order.
        extent: How much.
        quick: Whether few repetitions are enough.
        source: Whether to serve from source though there is a bundle.

    Raises:
        RuntimeError: A benchmark failed; its error is on stderr.
    """
    bundled = _BUNDLE.is_file() and not source
    server = [str(_BUNDLE)] if bundled else [sys.executable, "-m", "sidecar"]
    whole = tuple(groups) == GROUPS and extent == WHOLE and not quick
    results = Results(about(SEED, "packaged" if bundled else "from source"), complete=whole)
    begun = time.monotonic()
    # A browser that was interrupted may still write.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        plan: Json = {
            "groups": list(groups),
            "quick": quick,
            "seed": SEED,
            "sizes": list(extent.app),
            "growth": list(extent.growth),
            "logs": list(extent.logs),
            "live": list(extent.live),
            "documents": extent.documents,
            "moving": list(extent.moving),
            "server": list(server),
            "python": sys.executable,
            "root": str(ROOT),
            "folder": folder,
        }
        async for line in _drive(plan, folder):
            _take(results, orjson.loads(line), time.monotonic() - begun)
        if "app" in groups:
            _add_sqlite(results, extent, Path(folder))
    minutes = (time.monotonic() - begun) / 60
    results.about["took"] = f"{minutes:.0f} minutes"
    return results


def _add_sqlite(results: Results, extent: Extent, folder: Path) -> None:
    for size in extent.app:
        print(f"  SQLite alone: {size:,} documents", flush=True)
        for workload, spread in sqlite.measure(folder / f"app-{size}", size).items():
            if results.find("app", workload, size) is not None:
                results.add("app", workload, size, "ms", {"sqlite": spread})


def _take(results: Results, said: dict[str, object], seconds: float) -> None:
    """Keep one line of the driver's, and tell it."""
    clock = f"{seconds // 60:3.0f}:{seconds % 60:02.0f}"
    match said:
        case {"doing": str(doing)}:
            print(f"{clock}  {doing}", flush=True)
        case {"browser": str(version)}:
            results.about["chromium"] = version
        case {"missing": str(why), "group": str(group), "peer": str(peer), **where}:
            workload, size = where.get("workload"), where.get("size")
            results.missing.append(
                Missing(
                    group,
                    peer,
                    why.partition("\n")[0],
                    workload if isinstance(workload, str) else None,
                    size if isinstance(size, int) else None,
                )
            )
            print(f"{clock}  {group}, {peer}: NOT MEASURED: {why}", flush=True)
        case {
            "group": str(group),
            "workload": str(workload),
            "size": int(size),
            "unit": str(unit),
            "took": dict(took),
        }:
            peers = {peer: Spread.of(times) for peer, times in took.items()}
            results.add(group, workload, size, unit, peers)
            figures = ", ".join(f"{peer} {of.p50:.3g}" for peer, of in peers.items())
            print(f"{clock}    {workload}: {figures} {unit}", flush=True)
        case _:
            raise RuntimeError(f"the driver said {said}")


async def _drive(plan: Json, folder: str) -> AsyncIterator[bytes]:
    """Have the driver carry a plan out; yield each line it says. Its own files go with `folder`."""
    process = await asyncio.create_subprocess_exec(
        *("node", "tests/bench/run.mjs"),
        cwd=ROOT / "electron-bridge",
        env={**os.environ, "TMPDIR": folder},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(orjson.dumps(plan))
        process.stdin.close()
        async for line in process.stdout:
            yield line
        if await process.wait() != 0:
            raise RuntimeError("the benchmark failed; its error is above")
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
