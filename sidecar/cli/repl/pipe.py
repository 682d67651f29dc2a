"""Statements from a pipe or a file: a script."""

from __future__ import annotations

import ast
import asyncio
import sys
from collections.abc import Callable, Iterator


class Script:
    """All of stdin, statement by statement."""

    def __init__(self) -> None:
        self._statements: Iterator[str] | None = None

    async def read(self, _complete: Callable[[str], bool]) -> str | None:
        """Return the next statement, or None at the end; a script that doesn't parse is one."""
        if self._statements is None:
            text = str(await asyncio.to_thread(sys.stdin.read))
            self._statements = split(text)
        return next(self._statements, None)


def split(text: str) -> Iterator[str]:
    """Yield a script's statements, each on the lines it has there, so that errors name them."""
    try:
        nodes = ast.parse(text).body
    except (SyntaxError, ValueError):
        yield text
        return
    lines = text.splitlines()
    spans: list[tuple[int, int]] = []
    for node in nodes:
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
        last = node.end_lineno or first
        if spans and first <= spans[-1][1]:
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((first, last))
    for first, last in spans:
        yield "\n" * (first - 1) + "\n".join(lines[first - 1 : last]) + "\n"


def show(value: object) -> None:
    """Print a value as Python writes it."""
    print(repr(value), flush=True)
