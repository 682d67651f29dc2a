"""How far a long command is, on stderr: bars on a terminal, lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sidecar.cli.bars import Bars

Progress = Callable[[str, int, int | None], None]
"""Told of a phase, how much of it is done, and the total where it is known."""

LINE_EVERY = 5.0
"""Seconds between two lines of one phase."""


@contextmanager
def show_progress() -> Iterator[Progress]:
    """Show progress while the block runs; call what it gives at every step."""
    if not sys.stderr.isatty():
        yield Lines().update
        return
    with ExitStack() as stack:
        bars: Bars | None = None

        def update(phase: str, done: int, total: int | None) -> None:
            nonlocal bars
            if bars is None:
                from sidecar.cli.bars import Bars  # noqa: PLC0415 - 60 ms that most commands save

                bars = stack.enter_context(Bars())
            bars.update(phase, done, total)

        yield update


class Lines:
    """A line when a phase starts, when it ends, and every few seconds between."""

    def __init__(self) -> None:
        self._phase = ""
        self._ended = False
        self._last = 0.0

    def update(self, phase: str, done: int, total: int | None) -> None:
        """Take a step."""
        ended = done == total
        early = time.monotonic() - self._last < LINE_EVERY
        if phase == self._phase and (self._ended or (early and not ended)):
            return
        self._phase, self._ended, self._last = phase, ended, time.monotonic()
        of = "" if total is None else f" of {total:,}"
        click.echo(f"{phase}: {done:,}{of}", err=True)
