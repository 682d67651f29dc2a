"""A read that was asked for: awaited or waited for, taken back, and the threads it takes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from sidecar.core.errors import CorruptError, NotFoundError, QueryError
from sidecar.core.json import JsonObject
from sidecar.core.order import names_one
from sidecar.core.query import DocumentQuery, SqlQuery, parse_query
from sidecar.store import Store
from sidecar.store.readers import PER_WINDOW, THREADS, Readers
from sidecar.store.snapshot import Snapshot
from tests.store.acts import WAIT, commit, persona


class Gate:
    """Work that goes on when the test says so."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self._open = threading.Event()

    def __call__(self, snapshot: Snapshot) -> str:
        self.begun.release()
        assert self._open.wait(WAIT)
        return threading.current_thread().name

    def open(self) -> None:
        self._open.set()


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open()


def test_a_read_is_awaited_or_waited_for(store: Store) -> None:
    """Both give the result or raise the error, also when it was there before."""

    async def ask(sql: str, delay: float) -> list[str]:
        reading = store.read(SqlQuery(sql=sql))
        await asyncio.sleep(delay)
        return list((await reading).rows)

    for delay in (0.0, 0.05):
        assert asyncio.run(ask("SELECT 1 AS x", delay)) == ['{"x":1}']
        with pytest.raises(QueryError):
            asyncio.run(ask("SELECT nothing", delay))
    assert store.read(SqlQuery(sql="SELECT 1 AS x")).result().rows == ['{"x":1}']


def test_waiting_ends_without_a_result(store: Store, gate: Gate) -> None:
    reading = store._readers.submit("w", gate)
    with pytest.raises(TimeoutError):
        reading.result(0.01)
    assert not reading.done()
    gate.open()
    assert reading.result(WAIT)


def test_a_read_nobody_waits_for_any_more_is_not_done(store: Store, gate: Gate) -> None:
    """One that waits for a thread is taken back; one that runs ends without telling anybody."""
    done: list[str] = []

    async def give_up() -> None:
        running = [store._readers.submit("w", gate) for _ in range(PER_WINDOW)]
        for _ in running:
            assert await asyncio.to_thread(gate.begun.acquire, timeout=WAIT)
        queued = store._readers.submit("w", lambda _: done.append("taken back"))
        tasks = [asyncio.ensure_future(one) for one in (*running, queued)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        assert {type(one) for one in await asyncio.gather(*tasks, return_exceptions=True)} == {
            asyncio.CancelledError
        }

    asyncio.run(give_up())
    gate.open()
    store._readers.submit("w", lambda _: done.append("asked after it")).result(WAIT)
    assert done == ["asked after it"]


def test_a_read_outlives_the_loop_that_waited(store: Store, gate: Gate) -> None:
    """The thread goes on when there is no loop left to tell."""
    reading = store._readers.submit("w", gate)
    assert gate.begun.acquire(timeout=WAIT)

    async def leave() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(reading), 0.01)

    asyncio.run(leave())
    gate.open()
    name = reading.result(WAIT)
    assert (
        store._readers.submit("w", lambda _: threading.current_thread().name).result(WAIT) == name
    )


def test_reads_one_after_another_have_one_thread(store: Store) -> None:
    """Its statements are compiled and its pages are cached, whatever the window."""
    names = {
        store._readers.submit(f"w{n % 3}", lambda _: threading.current_thread().name).result(WAIT)
        for n in range(50)
    }
    assert len(names) == 1


def test_the_thread_that_read_last_reads_next(store: Store) -> None:
    """Also when others are idle for longer."""
    gates = [Gate() for _ in range(THREADS)]
    readings = [store._readers.submit(f"w{n}", one) for n, one in enumerate(gates)]
    for one in gates:
        assert one.begun.acquire(timeout=WAIT)
    names = []
    for one, reading in zip(gates, readings, strict=True):
        one.open()
        names.append(reading.result(WAIT))
    assert len(set(names)) == THREADS
    last = store._readers.submit("w", lambda _: threading.current_thread().name)
    assert last.result(WAIT) == names[-1]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"selector": {"id": "a"}}, True),
        ({"selector": {"id": "a"}, "first": True, "fields": ["name"]}, True),
        ({"selector": {"id": {"$eq": "a"}}}, True),
        ({"selector": {"id": {"$in": ["a"]}}}, True),
        ({"selector": {"id": {"$in": ["a", "b"]}}}, False),
        ({"selector": {"id": {"$in": ["a"], "$regex": "(a+)+b"}}}, False),
        ({"selector": {"id": {"$regex": "a"}}}, False),
        ({"selector": {"id": "a", "name": {"$regex": "(a+)+b"}}}, False),
        ({"selector": {"name": "a"}}, False),
        ({"selector": {}, "first": True}, False),
    ],
)
def test_what_names_one_document(store: Store, query: JsonObject, names: bool) -> None:
    """By its primary key, and with no condition that could take long."""
    parsed = parse_query({"from": "personas", **query})
    assert isinstance(parsed, DocumentQuery)
    assert names_one(store.collection("personas"), parsed) is names


def test_one_document_is_read_without_waking_a_thread(store: Store, gate: Gate) -> None:
    """With an idle thread's connection; it waits where there is none, or its window has no turn."""
    commit(store, persona("a"))
    get = parse_query({"from": "personas", "selector": {"id": "a"}})
    assert not store._readers._threads
    assert store.read(get).result(WAIT).head == 1
    assert store.read(get).done()

    busy = [store._readers.submit("w", gate) for _ in range(PER_WINDOW)]
    for _ in busy:
        assert gate.begun.acquire(timeout=WAIT)
    assert len(store._readers._threads) == PER_WINDOW
    waiting = [store.read(get, window=window) for window in ("w", "other")]
    assert waiting[1].result(WAIT).head == 1
    assert store.read(get, window="other").done()
    assert not waiting[0].done()
    gate.open()
    assert waiting[0].result(WAIT).head == 1


def test_a_borrowed_connection_is_given_back(store: Store) -> None:
    """Also after an error; and it reads its own snapshot each time."""
    commit(store, persona("a"))
    missing = parse_query({"from": "personas", "selector": {"id": "z"}, "first": "required"})
    for n in range(2, 20):
        with pytest.raises(NotFoundError):
            store.read(missing).result(WAIT)
        commit(store, persona(str(n)))
        get = parse_query({"from": "personas", "selector": {"id": str(n)}})
        result = store.read(get).result(WAIT)
        assert (result.head, len(result.rows)) == (n, 1)
    assert len(store._readers._threads) == 1


def test_a_window_starts_only_the_threads_it_may_use(store: Store) -> None:
    """A burst of reads opens no connections that its window would leave idle."""
    burst = [
        store._readers.submit("w", lambda _: threading.current_thread().name) for _ in range(50)
    ]
    assert len({one.result(WAIT) for one in burst}) <= PER_WINDOW
    assert len(store._readers._threads) <= PER_WINDOW


def test_windows_take_turns(store: Store, gate: Gate) -> None:
    """What a window asked for late is not behind all that another asked for early."""
    done: list[str] = []
    free = Gate()
    busy = [store._readers.submit(f"busy {n}", gate) for n in range(THREADS - 3)]
    busy += [store._readers.submit(window, gate) for window in ("much", "little")]
    held = store._readers.submit("other", free)
    for one in (*[gate] * len(busy), free):
        assert one.begun.acquire(timeout=WAIT)
    queued = [
        store._readers.submit(window, lambda _, window=window: done.append(window))
        for window in ["much"] * 5 + ["little"] * 2
    ]
    free.open()
    for one in (held, *queued):
        one.result(WAIT)
    assert done == ["much", "little", "much", "little", "much", "much", "much"]


def test_what_waits_is_answered_when_no_connection_opens(store: Store) -> None:
    """And the next read tries again."""
    damaged = threading.Event()
    damaged.set()

    def open_snapshot() -> Snapshot:
        if damaged.is_set():
            raise CorruptError("the file is damaged")
        return store._readers._open()

    readers = Readers(open_snapshot)
    commit(store, persona("a"))
    for one in [readers.submit("w", Snapshot.head) for _ in range(5)]:
        with pytest.raises(CorruptError):
            one.result(WAIT)
    damaged.clear()
    assert readers.submit("w", Snapshot.head).result(WAIT) == 1
    readers.close()
