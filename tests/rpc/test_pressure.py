"""A server under windows that read nothing, and under live queries that come and go."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rpc.pressure import WIDE, come_and_go, reading_nothing, sleep_through
from tests.rpc.processes import started
from tests.rpc.serving import persona

COMMITS = 5_000
SOME = 3_000
LEEWAY = 32_000_000
"""Bytes by which a server grows that keeps nothing: buffers, caches, the allocator's slack."""


@pytest.mark.timeout(300)
async def test_a_window_that_sleeps_through_many_commits_costs_no_memory(tmp_path: Path) -> None:
    """L6: nor is it behind once it reads."""
    with started(tmp_path) as server:
        figures = await sleep_through(server, COMMITS)
    assert figures.messages < COMMITS / 10
    assert figures.grown < LEEWAY < COMMITS * WIDE / 10


@pytest.mark.timeout(300)
async def test_live_queries_that_come_and_go_cost_no_memory(tmp_path: Path) -> None:
    with started(tmp_path) as server:
        figures = await come_and_go(server, SOME)
    assert figures.grown < LEEWAY


async def test_a_live_query_may_end_while_its_message_waits(tmp_path: Path) -> None:
    """Nothing of it follows the answer, and the window's other live query goes on (L1)."""
    wide = {"sql": "SELECT id, printf('%.*c', ?, 'x') AS wide FROM personas", "params": [10**6]}
    query = {"sql": "SELECT count(*) AS n FROM personas"}
    with started(tmp_path) as server:
        async with reading_nothing(server) as sleeper, reading_nothing(server) as other:
            live = await sleeper.call("subscribe", {"query": wide})
            narrow = await sleeper.call("subscribe", {"query": query})
            for number in range(20):
                await other.call("commit", {"events": [persona(str(number))]})
            # What the socket does not hold waits in the server.
            assert (await other.call("server.stats"))["notifications"] < 20
            await sleeper.call("unsubscribe", {"subscription": live["subscription"]})
            before = len(sleeper.notifications())
            await sleeper.call("commit", {"events": [persona("last")]})
            told = sleeper.notifications()[before:]
            assert {one["subscription"] for one in told} == {narrow["subscription"]}
            assert told[-1]["result"]["rows"] == [{"n": 21}]
