"""Ask RxDB and the sidecar random queries for some minutes; print what differs, shrunk."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
from contextlib import aclosing

from tests.oracle.compare import Difference
from tests.oracle.generate import Case
from tests.oracle.peers import STORAGES
from tests.oracle.run import Tally, compared, shrunk

_MOST = 5
"""Differences after which it stops: most have one cause."""


def shown(case: Case, found: Difference) -> str:
    """Return a difference as text to paste."""
    parts = {
        "indexes": case.schema["indexes"],
        "documents": case.documents,
        "query": found.query,
        f"rxdb on {found.storage}": found.expected,
        "sidecar": found.got,
    }
    return "\n".join(f"  {name}: {json.dumps(part)}" for name, part in parts.items())


async def main(minutes: float, seed: int) -> int:
    """Run; return 1 if anything differs."""
    print(f"seed {seed}", flush=True)
    tallies = {storage: Tally() for storage in STORAGES}
    differences = 0
    async with aclosing(compared(seed, tallies, seconds=minutes * 60)) as found:
        async for case, one in found:
            differences += 1
            text = shown(*await shrunk(case, one.storage))
            print(f"difference {differences}\n{text}", flush=True)
            if differences == _MOST:
                break
    for storage, tally in tallies.items():
        print(f"{storage}: {tally}")
    print(f"{differences} differ")
    return 1 if differences else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="how long")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32), help="of the cases")
    options = parser.parse_args()
    sys.exit(asyncio.run(main(options.minutes, options.seed)))
