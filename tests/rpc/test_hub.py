"""Live queries of many windows on one store, without sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from sidecar.core.errors import StorageError
from sidecar.core.event import NewEvent, Receipt
from sidecar.core.json import Json, JsonObject
from sidecar.core.query import Query
from sidecar.rpc.hub import Hub
from sidecar.store import Result, Store
from sidecar.store.readers import Reading
from sidecar.store.snapshot import Snapshot
from tests.live.traces import schema
from tests.rpc.windows import Window, Windows

ResultT = TypeVar("ResultT")


class Counting(Store):
    """A store that counts how often it is read and remembers what it was asked to watch."""

    reads = 0
    glances = 0
    watched: frozenset[str] | None = frozenset()

    def read(self, query: Query, *, window: str = "local") -> Reading[Result]:
        self.reads += 1
        return super().read(query, window=window)

    def glance(self, work: Callable[[Snapshot], ResultT]) -> ResultT | None:
        self.glances += 1
        return super().glance(work)

    def watch(self, tables: frozenset[str] | None) -> None:
        self.watched = tables
        super().watch(tables)


class Faulty(Counting):
    """A store that can't be glanced at."""

    def glance(self, work: Callable[[Snapshot], ResultT]) -> ResultT | None:
        raise StorageError("the disk refused")


class Late(Counting):
    """A store whose answers can be held back: they are as old then as their snapshots."""

    gate: asyncio.Event
    held: asyncio.Event

    def read(self, query: Query, *, window: str = "local") -> Reading[Result]:
        return self._late(super().read(query, window=window))  # type: ignore[return-value]

    async def _late(self, reading: Reading[Result]) -> Result:
        (outcome,) = await asyncio.gather(_awaited(reading), return_exceptions=True)
        if not self.gate.is_set():
            self.held.set()
            await self.gate.wait()
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


async def _awaited(reading: Reading[Result]) -> Result:
    return await reading


@pytest.fixture
def store(tmp_path: Path) -> Counting:
    store = Counting.open(tmp_path / "data", schema)
    assert isinstance(store, Counting)
    return store


@asynccontextmanager
async def opened(store: Store, count: int) -> AsyncIterator[list[Window]]:
    hub = Hub(asyncio.get_running_loop(), store)
    windows = [Window(store, hub) for _ in range(count)]
    yield windows
    for window in windows:
        await window.session.end()
    assert len(hub) == 0


def thing(id: str, **fields: Json) -> NewEvent:
    document: JsonObject = {"id": id, **fields}
    return NewEvent("v1.DocumentInserted", {"collection": "things", "document": document})


async def commit(store: Store, *events: NewEvent) -> Receipt:
    return await asyncio.wrap_future(store.commit(events))


@pytest.mark.parametrize("seed", range(10))
async def test_what_clients_hold_is_the_query_run_afresh(store: Counting, seed: int) -> None:
    """L1, L4, L5 and L6, whatever windows do at the same time."""
    with store:
        windows = Windows(store, seed)
        await windows.run(120)
        assert windows.compared > windows.told > 0


async def test_equal_queries_are_evaluated_once(store: Counting) -> None:
    """However many windows ask, and in whichever order of members."""
    with store:
        async with opened(store, 3) as windows:
            for window in windows:
                await window.subscribe({"from": "things", "selector": {"age": 1, "name": "x"}})
            await windows[0].subscribe({"selector": {"name": "x", "age": 1}, "from": "things"})
            await windows[0].subscribe({"from": "things", "count": True})
            before = store.reads
            head = (await commit(store, thing("a", age=1, name="x"))).head
            for window in windows:
                await window.settle(head)
                for copy in window.copies.values():
                    assert copy.result in (1, [{"id": "a", "age": 1, "name": "x"}])
            assert store.reads == before
            assert store.glances <= 2


async def test_a_commit_that_no_query_depends_on_reads_nothing(store: Counting) -> None:
    """L3."""
    with store:
        async with opened(store, 1) as (window,):
            for number in range(100):
                await window.subscribe({"from": "things", "selector": {"age": number}})
                await window.subscribe({"from": "things", "selector": {"score": {"$gt": number}}})
            await window.subscribe({"sql": "SELECT items FROM things"})
            await window.settle((await commit(store, thing("a", age=200, score=-1))).head)
            before = store.reads
            update = NewEvent("v1.Raw", {"sql": "UPDATE things SET age = 150, meta = '{}'"})
            await window.settle((await commit(store, update)).head)
            assert (store.reads, store.glances) == (before, 0)
            update = NewEvent("v1.Raw", {"sql": "UPDATE things SET age = 50, score = 0.5"})
            await window.settle((await commit(store, update)).head)
            assert (store.reads, store.glances) == (before, 1)


async def test_a_query_whose_step_fails_is_run(tmp_path: Path) -> None:
    """Whatever the fault is: the window's live queries go on."""
    with Faulty.open(tmp_path / "data", schema) as store:
        async with opened(store, 1) as (window,):
            copy = await window.subscribe({"from": "things"})
            assert copy is not None
            for number in range(3):
                await window.settle((await commit(store, thing(str(number)))).head)
                assert len(copy.result) == number + 1


async def test_one_that_reads_nothing_is_owed_one_look(store: Counting) -> None:
    """L6: thousands of commits are one message once it reads again, and others go on meanwhile."""
    with store:
        async with opened(store, 2) as (sleeper, reader):
            query: JsonObject = {"from": "things", "sort": [{"id": "asc"}]}
            asleep, awake = await sleeper.subscribe(query), await reader.subscribe(query)
            assert asleep is not None
            assert awake is not None
            sleeper.reading.clear()
            head = 0
            for start in range(0, 2_000, 100):
                events = [thing(f"{number:05}") for number in range(start, start + 100)]
                head = (await commit(store, *events)).head
                await reader.settle(head)
            assert len(awake.result) == 2_000
            sleeper.reading.set()
            await sleeper.settle(head)
            assert asleep.result == awake.result
            assert sleeper.messages == 2


async def test_what_comes_and_goes_leaves_nothing(store: Counting) -> None:
    with store:
        async with opened(store, 2) as (window, other):
            await other.subscribe({"from": "things", "selector": {"age": 1}})
            for number in range(300):
                copy = await window.subscribe({"from": "things", "selector": {"score": number}})
                assert copy is not None
                window.unsubscribe(copy.name)
            assert store.watched == {"things"}
            (name,) = other.asked
            other.unsubscribe(name)
            assert store.watched == frozenset()


async def test_a_look_ends_though_the_one_who_began_it_went_away(store: Counting) -> None:
    """Another window waits for the same evaluation."""
    with store:
        async with opened(store, 2) as (first, second):
            query: JsonObject = {"from": "things", "count": True}
            await first.subscribe(query)
            copy = await second.subscribe(query)
            assert copy is not None
            for number in range(20):
                receipt = store.commit([thing(str(number))])
                leaving = Window(store, first.session._hub)
                await leaving.subscribe(query)
                head = (await asyncio.wrap_future(receipt)).head
                await leaving.session.end()
                await second.settle(head)
                assert copy.result == number + 1


async def test_an_evaluation_that_began_before_a_commit_says_nothing_of_it(tmp_path: Path) -> None:
    """Neither its result nor its error: who joins it late runs the query again."""
    sql = "SELECT abs(iif(max(age) = 7, -9223372036854775807 - 1, max(age))) AS n FROM things"
    with Late.open(tmp_path / "data", schema) as store:
        assert isinstance(store, Late)
        store.gate, store.held = asyncio.Event(), asyncio.Event()
        store.gate.set()
        async with opened(store, 2) as (quick, slow):
            await quick.subscribe({"sql": sql})
            copy = await slow.subscribe({"sql": sql})
            assert copy is not None
            slow.reading.clear()
            await quick.settle((await commit(store, thing("a", age=1))).head)
            store.gate.clear()
            await commit(store, thing("b", age=7))
            await store.held.wait()
            head = (await commit(store, thing("c", age=8))).head
            slow.reading.set()
            for _ in range(10):
                await asyncio.sleep(0)
            store.gate.set()
            for window in (quick, slow):
                await window.settle(head)
            assert (copy.error, copy.result) == (None, [{"n": 8}])
