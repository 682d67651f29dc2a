"""How far a long command is, on stderr: bars on a terminal, lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Progress = Callable[[str, int, int | None], None]
"""Told of a phase, how much of it is done, and the total where it is known."""

LINE_EVERY = 5.0
"""Seconds between two lines of one phase."""


@contextmanager
def show_progress() -> Iterator[Progress]:
    """Show progress while the block runs; call what it gives at every step."""
    if sys.stderr.isatty():
        from sidecar.cli.bars import Bars  # noqa: PLC0415 - rich takes 60 ms, for terminals alone

        with Bars() as bars:
            yield bars.update
    else:
        yield Lines().update


class Lines:
    """A line when a phase starts, when it ends, and every few seconds between."""

    def __init__(self) -> None:
        self._phase = ""
        self._ended = False
        self._last = 0.0

    def update(self, phase: str, done: int, total: int | None) -> None:
        """Take a step."""
        ended = done == total
        if phase == self._phase:
            if self._ended or (not ended and time.monotonic() - self._last < LINE_EVERY):
                return
        self._phase, self._ended, self._last = phase, ended, time.monotonic()
        of = "" if total is None else f" of {total:,}"
        click.echo(f"{phase}: {done:,}{of}", err=True)
