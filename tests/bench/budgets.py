"""Compare what was measured with what was promised in `budgets.toml`.

1. A budget is a ratio within one run; nothing is compared with another run or machine.
2. What was not measured is never taken for kept: in a complete run it breaks its budget, unless the
   run says why the peer was not there to compare with.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from tests.bench.results import OURS, Figure, Results, Spread, Statistic

FILE = Path(__file__).with_name("budgets.toml")


@dataclass(frozen=True)
class Budget:
    """A promise, as `budgets.toml` explains it."""

    says: str
    group: str
    workloads: tuple[str, ...]
    statistic: Statistic
    at_most: float
    beside: tuple[str, ...] = ()
    beside_size: int | None = None
    sizes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What became of a budget on one workload.

    Attributes:
        ratio: The sidecar's time in times of what it is compared with; None if not measured.
        why: Why there is no ratio.
        broken: Whether the promise is not kept, or was not looked at though it could have been.
        outside: Whether this run was not asked for it.
    """

    budget: Budget
    workload: str
    size: int | None
    ratio: float | None
    why: str
    broken: bool = False
    outside: bool = False

    def __str__(self) -> str:
        """Say it in a line."""
        size = f" at {self.size:,}" if self.size else ""
        word = "BROKEN" if self.broken else "kept" if self.ratio is not None else "not measured"
        at_most = f"at most {self.budget.at_most:g}"
        if self.ratio is None:
            return f"{word}: {self.workload}{size}: {self.why} ({at_most})"
        over = f", {self.ratio / self.budget.at_most:.2f} times the budget" if self.broken else ""
        beside = " + ".join(self.budget.beside) or f"{OURS} at {self.budget.beside_size:,}"
        figure = f"{self.ratio:.3g} of {beside} in {self.budget.statistic}"
        return f"{word}: {self.workload}{size}: {figure} ({at_most}{over})"


def load(file: Path = FILE) -> list[Budget]:
    """Read the budgets."""
    told = tomllib.loads(file.read_text(encoding="utf-8"))
    return TypeAdapter(list[Budget]).validate_python(told["budget"])


def check(results: Results, budgets: list[Budget]) -> list[Verdict]:
    """Return a verdict on each budget and workload, in the budgets' order."""
    return [verdict for budget in budgets for verdict in _verdicts(results, budget)]


def _verdicts(results: Results, budget: Budget) -> Iterator[Verdict]:
    found = [one for one in results.of(budget.group) if _is_meant(one, budget)]
    for figure in found:
        yield _verdict(results, budget, figure)
    seen = {one.workload for one in found} | ({"*"} if found else set())
    for workload in budget.workloads:
        if workload not in seen:
            yield _unmeasured(results, budget, workload, None)


def _is_meant(figure: Figure, budget: Budget) -> bool:
    is_named = budget.workloads == ("*",) or figure.workload in budget.workloads
    return is_named and (not budget.sizes or figure.size in budget.sizes)


def _verdict(results: Results, budget: Budget, figure: Figure) -> Verdict:
    ours = figure.peers.get(OURS)
    if budget.beside_size is None:
        theirs = [figure.peers.get(peer) for peer in budget.beside]
    else:
        other = results.find(figure.group, figure.workload, budget.beside_size)
        theirs = [other.peers.get(OURS) if other else None]
    compared = [one for one in theirs if one is not None]
    if ours is None or len(compared) < len(theirs):
        return _unmeasured(results, budget, figure.workload, figure.size)
    ratio = _value(ours, budget) / sum(_value(one, budget) for one in compared)
    broken = ratio > budget.at_most
    return Verdict(budget, figure.workload, figure.size, ratio, "", broken=broken)


def _value(spread: Spread, budget: Budget) -> float:
    value: float = getattr(spread, budget.statistic)
    return value


def _unmeasured(results: Results, budget: Budget, workload: str, size: int | None) -> Verdict:
    reasons = [
        f"{one.peer}: {one.why}"
        for one in results.missing
        if one.group == budget.group
        and one.peer in budget.beside
        and one.workload in {None, workload}
        and (size is None or one.size in {None, size})
    ]
    if reasons:
        return Verdict(budget, workload, size, None, "; ".join(reasons))
    if results.complete:
        return Verdict(budget, workload, size, None, "there is no figure", broken=True)
    return Verdict(budget, workload, size, None, "not part of this run", outside=True)
