"""Progress bars of rich: one for each phase, with its rate."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text


class Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        """Return the rate since the phase began, once there is one."""
        elapsed = task.finished_time or task.elapsed
        return Text(f"{task.completed / elapsed:,.0f}/s" if elapsed and task.completed else "")


class Bars:
    """The bars of one command."""

    def __init__(self) -> None:
        self._phases: dict[str, TaskID] = {}
        self._progress = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(),
            MofNCompleteColumn(),
            Rate(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def update(self, phase: str, done: int, total: int | None) -> None:
        """Take a step."""
        if phase not in self._phases:
            self._phases[phase] = self._progress.add_task(phase, total=total)
        self._progress.update(self._phases[phase], completed=done, total=total)
