"""Run every benchmark and print one report.

A figure travels badly from one machine to another; the ratios beside it travel better.
"""

from __future__ import annotations

import asyncio
import os
import platform

from sidecar import __version__
from tests.bench import commits, imports, queries


async def main() -> None:
    """Run them one after another; nothing else should run meanwhile."""
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(
        f"sidecar {__version__}, Python {platform.python_version()}, {platform.system()} "
        f"{platform.machine()}, {os.cpu_count()} cores {load}"
    )
    for title, benchmark in (
        ("Commits", commits),
        ("Queries", queries),
        ("Imports", imports),
    ):
        print(title, flush=True)
        await benchmark.run()


if __name__ == "__main__":
    asyncio.run(main())
