"""Run the benchmarks and print one report.

A figure travels badly from one machine to another; the ratios beside it travel better.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
from collections.abc import Awaitable, Callable

from sidecar import __version__
from tests.bench import browser, commits, compiling, imports, live, queries, rendering, windows


async def main(only: str | None, sizes: list[int]) -> None:
    """Run them one after another; nothing else should run meanwhile."""
    benchmarks: dict[str, Callable[[], Awaitable[None]]] = {
        "commits": commits.run,
        "queries": queries.run,
        "compiling": compiling.run,
        "windows": windows.run,
        "imports": imports.run,
        "browser": lambda: browser.run(sizes),
        "live": live.run,
        "rendering": rendering.run,
    }
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(
        f"sidecar {__version__}, Python {platform.python_version()}, {platform.system()} "
        f"{platform.machine()}, {os.cpu_count()} cores {load}"
    )
    for name, benchmark in benchmarks.items():
        if only in (None, name):
            print(name.capitalize(), flush=True)
            await benchmark()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", metavar="NAME", help="run one of them: browser, commits, …")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[10_000, 100_000], help="memories in the browser"
    )
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main(**vars(_options())))
