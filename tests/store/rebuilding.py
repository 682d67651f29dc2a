"""A process that opens a store with a newer schema, and is killed in the middle of the rebuild.

It kills itself when it is told of a phase for the n-th time; the phase `never` doesn't come. Before
the swap it prints a line, for a parent that would rather kill it itself.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from pathlib import Path

from sidecar.store import Store
from tests.store.versions import version


def main(directory: str, phase: str, times: str) -> None:
    told: Counter[str] = Counter()

    def progress(current: str, done: int, total: int) -> None:
        told[current] += 1
        if (current, done) == ("swap", 0):
            os.write(1, b"swap\n")
        if current == phase and told[current] == int(times):
            os.kill(os.getpid(), signal.SIGKILL)

    Store.open(Path(directory), version(2), progress=progress).close()


if __name__ == "__main__":
    main(*sys.argv[1:])
