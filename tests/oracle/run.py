"""Cases asked of RxDB on its storages and of the sidecar, and what differs."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace

from tests.oracle.compare import Answer, Difference, allowed
from tests.oracle.generate import Case, Generator
from tests.oracle.peers import Oracle, Sidecar
from tests.oracle.shrink import shrink

PER_CASE = 25
"""Queries over one collection."""

_PER_SERVER = 200
"""Cases one server takes: with each there is one more table."""


@dataclass
class Tally:
    """How many queries were compared with RxDB on a storage, and how telling they were.

    Attributes:
        queries: All of them.
        matched: Those that match at least one document.
        loose: Those RxDB answers otherwise than its own matcher and comparator say.
        failed: Those that both sides refuse.
        rules: How often which rules of Dexie's explain a loose one; `explain.mjs` names them.
    """

    queries: int = 0
    matched: int = 0
    loose: int = 0
    failed: int = 0
    rules: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        """Say it in one line."""
        rules = "".join(f", {count} {rule}" for rule, count in self.rules.most_common())
        return (
            f"{self.queries} queries, {self.matched} match something, {self.failed} refused by "
            f"both, {self.loose} compared by place{rules and f':{rules[1:]}'}"
        )

    def add(self, answers: list[Answer]) -> None:
        """Count RxDB's answers."""
        self.queries += len(answers)
        self.matched += sum(1 for one in answers if one.get("count"))
        self.loose += sum(1 for one in answers if "places" in one)
        self.failed += sum(1 for one in answers if "error" in one)
        self.rules.update(" + ".join(one["why"]) for one in answers if "why" in one)


async def compared(
    seed: int,
    tallies: Mapping[str, Tally],
    *,
    queries: int | None = None,
    seconds: float | None = None,
) -> AsyncGenerator[tuple[Case, Difference], None]:
    """Yield what differs, each difference with its case of that one query, not yet shrunk.

    Args:
        seed: Of the generator.
        tallies: One for each of RxDB's storages to ask; kept up to date.
        queries: Stop after so many.
        seconds: Stop after so long.
    """
    generator = Generator(seed)
    asked = 0
    end = None if seconds is None else time.monotonic() + seconds

    def over() -> bool:
        return (queries is not None and asked >= queries) or (
            end is not None and time.monotonic() >= end
        )

    with _started(tallies) as oracles:
        while not over():
            async with Sidecar.started() as sidecar:
                for _ in range(_PER_SERVER):
                    if over():
                        break
                    case = generator.case(PER_CASE)
                    asked += PER_CASE
                    for found in await _differences(case, oracles, sidecar, tallies):
                        yield replace(case, queries=[found.query]), found


async def shrunk(case: Case, storage: str) -> tuple[Case, Difference]:
    """Return the smallest case with a difference that this one leads to, and the difference."""
    with _started([storage]) as oracles:
        async with Sidecar.started() as sidecar:

            async def differences(candidate: Case) -> list[Difference]:
                return await _differences(candidate, oracles, sidecar, {storage: Tally()})

            async def differs(candidate: Case) -> bool:
                return bool(await differences(candidate))

            smallest = await shrink(case, differs)
            (found,) = await differences(smallest)
            return smallest, found


@contextmanager
def _started(storages: Iterable[str]) -> Iterator[dict[str, Oracle]]:
    with ExitStack() as stack:
        yield {storage: stack.enter_context(Oracle.started(storage)) for storage in storages}


async def _differences(
    case: Case, oracles: Mapping[str, Oracle], sidecar: Sidecar, tallies: Mapping[str, Tally]
) -> list[Difference]:
    for oracle in oracles.values():
        oracle.ask(case)
    got = await sidecar.answers(case)
    found: list[Difference] = []
    for storage, oracle in oracles.items():
        expected = oracle.answers()
        tallies[storage].add(expected)
        found += (
            Difference(storage, query, theirs, ours)
            for query, theirs, ours in zip(case.queries, expected, got, strict=True)
            if not allowed(query, theirs, ours)
        )
    return found
