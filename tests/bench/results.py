"""What a run measured, as it is kept: figures, not every repetition."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import orjson
from pydantic import TypeAdapter

Statistic = Literal["min", "p50", "p95"]

OURS = "sidecar"
"""The peer that budgets are about."""


@dataclass(frozen=True)
class Spread:
    """How repetitions of one thing spread, in its unit."""

    min: float
    p50: float
    p95: float
    times: int

    @classmethod
    def of(cls, took: Sequence[float]) -> Spread:
        """Return the spread of at least one repetition."""
        ascending = sorted(took)
        # The nearest rank: a value that was measured.
        p95 = ascending[-(-len(ascending) * 95 // 100) - 1]
        return cls(ascending[0], statistics.median(ascending), p95, len(ascending))


@dataclass(frozen=True)
class Figure:
    """What one workload took each peer.

    Attributes:
        size: Of what the group counts: documents in the store, events in the log, live queries.
        unit: `ms`, `MiB` or `bytes`.
        peers: By peer; the sidecar is `sidecar`.
    """

    group: str
    workload: str
    size: int
    unit: str
    peers: dict[str, Spread]


@dataclass(frozen=True)
class Missing:
    """A peer that was not reached, or what it did not do; no workload stands for all."""

    group: str
    peer: str
    why: str
    workload: str | None = None
    size: int | None = None


@dataclass
class Results:
    """One run.

    Attributes:
        about: The machine, versions, seed and date, as told to people.
        complete: Whether everything was asked for, at full length.
    """

    about: dict[str, str]
    complete: bool
    figures: list[Figure] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)

    def add(
        self, group: str, workload: str, size: int, unit: str, peers: dict[str, Spread]
    ) -> None:
        """Keep a figure; peers measured apart join those of the same workload and size."""
        for at, one in enumerate(self.figures):
            if (one.group, one.workload, one.size) == (group, workload, size):
                self.figures[at] = Figure(group, workload, size, unit, {**one.peers, **peers})
                return
        self.figures.append(Figure(group, workload, size, unit, peers))

    def of(self, group: str) -> Iterator[Figure]:
        """Yield the figures of a group, in the order they were measured."""
        return (one for one in self.figures if one.group == group)

    def find(self, group: str, workload: str, size: int) -> Figure | None:
        """Return a figure, or None where it was not measured."""
        wanted = (group, workload, size)
        return next((f for f in self.figures if (f.group, f.workload, f.size) == wanted), None)


def write(results: Results, file: Path) -> None:
    """Write results as JSON."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    file.write_bytes(orjson.dumps(_rounded(asdict(results)), option=options))


def read(file: Path) -> Results:
    """Read what `write` wrote."""
    return TypeAdapter(Results).validate_json(file.read_bytes())


def _rounded(told: object) -> object:
    """Give floats four significant digits: the rest is the machine's noise."""
    if isinstance(told, dict):
        return {key: _rounded(value) for key, value in told.items()}
    if isinstance(told, list):
        return [_rounded(value) for value in told]
    return float(f"{told:.4g}") if isinstance(told, float) else told
