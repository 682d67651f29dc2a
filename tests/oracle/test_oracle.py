"""A query means what it means to real RxDB 17 (Q1, Q3): ordered ids, count and first."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from contextlib import aclosing

import pytest

import chromium
from tests.oracle.__main__ import shown
from tests.oracle.generate import Generator
from tests.oracle.peers import BRIDGE, STORAGES
from tests.oracle.run import Tally, compared, shrunk

QUERIES = 2_000

CHROMIUM = chromium.find()

needs_rxdb = pytest.mark.skipif(
    shutil.which("node") is None
    or CHROMIUM is None
    or not (BRIDGE / "node_modules" / "rxdb").is_dir(),
    reason="needs Node, Chromium and the bridge's packages: python3 build/dev.py setup",
)


def test_a_seed_makes_the_same_cases() -> None:
    assert Generator(1).case(50) == Generator(1).case(50)
    assert Generator(1).case(50) != Generator(2).case(50)


@needs_rxdb
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [17, random.SystemRandom().randrange(2**32)], ids=["17", "fresh"])
async def test_queries_mean_what_they_mean_to_rxdb(
    seed: int, record_property: Callable[[str, object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHROMIUM_PATH", str(CHROMIUM))
    record_property("seed", seed)
    tallies = {storage: Tally() for storage in STORAGES}
    async with aclosing(compared(seed, tallies, queries=QUERIES)) as found:
        async for case, one in found:
            pytest.fail(f"seed {seed}\n{shown(*await shrunk(case, one.storage))}")
    for tally in tallies.values():
        assert tally.queries == QUERIES
        assert tally.matched > QUERIES / 3
        assert tally.loose < QUERIES / 5
        assert tally.failed == 0
    assert sum(tallies["dexie"].rules.values()) == tallies["dexie"].loose
