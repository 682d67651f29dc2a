"""Statements from a pipe or a file, for scripts and tests."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable


class Lines:
    """The lines of stdin, put together to statements."""

    async def read(self, complete: Callable[[str], bool]) -> str | None:
        """Return the next statement; None when stdin ends."""
        text = ""
        while line := await asyncio.to_thread(sys.stdin.readline):
            text += str(line)
            if complete(text):
                return text
        # The end of stdin ends a block as an empty line does.
        return f"{text}\n" if text else None


def show(value: object) -> None:
    """Print a value as Python writes it."""
    print(repr(value), flush=True)
