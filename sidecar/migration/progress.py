"""The one place a migration tells how far it is, and asks whether to go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Literal

from sidecar.core.errors import MigrationError
from sidecar.migration.result import Phase, PhaseName, Progress

EVERY_S: Final = 0.1
"""Seconds between two tellings of one phase."""


class Meter:
    """Times phases, tells progress, and ends a migration that was cancelled.

    Args:
        tell: Called at the begin and end of a phase and about ten times a second between.
        cancelled: Asked as often; True ends the migration.
    """

    def __init__(
        self,
        tell: Callable[[Progress], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self._tell = tell
        self._cancelled = cancelled
        self.phases: list[Phase] = []
        self._phase: PhaseName = "reading"
        self._unit: Literal["bytes", "documents"] = "documents"
        self._done = self._total = 0
        self._began = self._due = 0.0

    @contextmanager
    def phase(
        self, name: PhaseName, total: int, unit: Literal["bytes", "documents"] = "documents"
    ) -> Iterator[None]:
        """Run a phase of so many units."""
        self._phase, self._unit, self._done, self._total = name, unit, 0, total
        self._began, self._due = time.perf_counter(), 0.0
        self.reached(0)
        yield
        self._due = 0.0
        self.reached(total)
        elapsed = time.perf_counter() - self._began
        self.phases.append(Phase(name=name, duration_ms=round(elapsed * 1000, 1)))

    def advance(self, by: int = 1) -> None:
        """Say that so many more units are done.

        Raises:
            MigrationError: The migration was cancelled.
        """
        self.reached(self._done + by)

    def reached(self, done: int) -> None:
        """Say how many units are done.

        Raises:
            MigrationError: The migration was cancelled.
        """
        self._done = done
        now = time.perf_counter()
        if now < self._due:
            return
        self._due = now + EVERY_S
        if self._cancelled is not None and self._cancelled():
            raise MigrationError(
                f"the migration was cancelled while {self._phase.replace('-', ' ')}",
                hint="What was imported stays. Migrate again to go on.",
                cancelled=True,
            )
        if self._tell is not None:
            rate = done / max(now - self._began, 1e-9)
            self._tell(Progress(self._phase, done, self._total, self._unit, rate))
