"""Timing, and lines that say what came out."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence


async def timed(work: Callable[[], Awaitable[object]], times: int) -> list[float]:
    """Return how long each of several runs took, in seconds, after a tenth as many to warm up."""
    for _ in range(times // 10 + 1):
        await work()
    return [await seconds(work()) for _ in range(times)]


async def seconds(work: Awaitable[object]) -> float:
    """Return how long one run took, in seconds."""
    start = time.perf_counter()
    await work
    return time.perf_counter() - start


def median(took: Sequence[float]) -> float:
    """Return the median of several times, in seconds."""
    return statistics.median(took)


def p95(took: Sequence[float]) -> float:
    """Return the time that 95 of 100 do not exceed, in seconds."""
    return sorted(took)[int(len(took) * 0.95)]


def spread(took: Sequence[float]) -> str:
    """Return `p50 0.42 ms, p95 0.90 ms`."""
    return f"p50 {median(took) * 1e3:.2f} ms, p95 {p95(took) * 1e3:.2f} ms"


def report(what: str, figure: str, beside: str = "") -> None:
    """Print one line of the report."""
    print(f"  {what:<44} {figure:<32} {beside}".rstrip(), flush=True)
