"""Cases asked of both sides, and what differs."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

from tests.oracle.compare import Difference, difference
from tests.oracle.generate import Case, Generator
from tests.oracle.peers import Oracle, Sidecar
from tests.oracle.shrink import shrink

PER_CASE = 25
"""Queries over one collection."""

_PER_SERVER = 200
"""Cases one server takes: with each there is one more table."""


@dataclass
class Tally:
    """How many queries were compared, and how telling they were.

    Attributes:
        queries: All of them.
        matched: Those that match at least one document.
        loose: Those RxDB answers otherwise than its own matcher and comparator say.
        failed: Those that both sides refuse.
    """

    queries: int = 0
    matched: int = 0
    loose: int = 0
    failed: int = 0

    def __str__(self) -> str:
        """Say it in one line."""
        return (
            f"{self.queries} queries, {self.matched} match something, "
            f"{self.loose} compared by place, {self.failed} refused by both"
        )


async def compared(
    seed: int, tally: Tally, *, queries: int | None = None, seconds: float | None = None
) -> AsyncGenerator[tuple[Case, Difference], None]:
    """Yield what differs, each difference with its case of that one query, not yet shrunk.

    Args:
        seed: Of the generator.
        tally: Kept up to date.
        queries: Stop after so many.
        seconds: Stop after so long.
    """
    generator = Generator(seed)
    end = None if seconds is None else time.monotonic() + seconds
    with Oracle.started() as oracle:
        while not _over(tally, queries, end):
            async with Sidecar.started() as sidecar:
                for _ in range(_PER_SERVER):
                    if _over(tally, queries, end):
                        break
                    case = generator.case(PER_CASE)
                    for found in await _differences(case, oracle, sidecar, tally):
                        yield replace(case, queries=[found.query]), found


async def shrunk(case: Case) -> tuple[Case, Difference]:
    """Return the smallest case with a difference that this one leads to, and the difference."""
    with Oracle.started() as oracle:
        async with Sidecar.started() as sidecar:

            async def differs(candidate: Case) -> bool:
                return bool(await _differences(candidate, oracle, sidecar, Tally()))

            smallest = await shrink(case, differs)
            (found,) = await _differences(smallest, oracle, sidecar, Tally())
            return smallest, found


async def _differences(
    case: Case, oracle: Oracle, sidecar: Sidecar, tally: Tally
) -> list[Difference]:
    oracle.ask(case)
    got = await sidecar.answers(case)
    expected = oracle.answers()
    tally.queries += len(case.queries)
    tally.matched += sum(1 for one in expected if one.get("count"))
    tally.loose += sum(1 for one in expected if "places" in one)
    tally.failed += sum(1 for one in expected if "error" in one)
    found = map(difference, case.queries, expected, got)
    return [one for one in found if one is not None]


def _over(tally: Tally, queries: int | None, end: float | None) -> bool:
    if queries is not None and tally.queries >= queries:
        return True
    return end is not None and time.monotonic() >= end
