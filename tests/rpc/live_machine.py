"""A state machine of windows on a server: each holds what its queries result in, whatever happens.

Windows are Python clients on a real socket. They commit, subscribe, unsubscribe, go away, lose the
connection, come back; the server ends and starts again, with other indexes too. A step may leave
what it began on its way. Once nothing is, every result a window holds is its query run afresh (L1).

Run it for long with `python -m tests.rpc machine`.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import ClassVar, Final, cast

import orjson
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from sidecar.client import Client, Subscription
from sidecar.client.errors import ConnectionLostError
from sidecar.client.shapes import NewEventJson, QueryResult
from sidecar.core.errors import SchemaError, SidecarError
from sidecar.core.event import NewEvent, uuid7
from sidecar.core.json import Json, JsonObject
from tests.live.traces import Trace, random_schema
from tests.rpc.serving import TOKEN, serving

PATIENCE: Final = 60.0
"""Seconds after which what should have settled is taken to hang."""

_TRIES: Final = 10
"""How often a commit is sent at most."""

_MOST_WINDOWS: Final = 4
_MOST_LIVE: Final = 6
_QUERIES: Final = 12


class Held:
    """A live query as a program keeps it: what it was last given, across connections.

    Args:
        query: The query.
    """

    def __init__(self, query: JsonObject) -> None:
        self.query = query
        self.outcome: QueryResult | SidecarError | None = None
        self.told = 0
        self._turn = asyncio.Lock()
        self._live: Subscription[QueryResult] | None = None
        self._loop: asyncio.Task[None] | None = None

    async def begin(self, client: Client) -> None:
        """Subscribe, unless it is; go on from the head it had (L7)."""
        async with self._turn:
            if self._loop is not None and not self._loop.done():
                return
            since = None
            if self.outcome is not None and not isinstance(self.outcome, SidecarError):
                since = self.outcome["head"]
            try:
                self._live = await client.subscribe(self.query, since=since)
            except SidecarError as error:
                self.outcome = error
            else:
                self._loop = asyncio.create_task(self._follow(self._live))

    async def end(self) -> None:
        """Unsubscribe, if it is subscribed."""
        async with self._turn:
            if self._live is not None:
                with suppress(ConnectionLostError):
                    await self._live.close()
                assert self._loop is not None
                await self._loop

    async def _follow(self, live: Subscription[QueryResult]) -> None:
        while True:
            try:
                self.outcome = await anext(live)
            except StopAsyncIteration:
                return
            except ConnectionLostError:
                return
            except SidecarError as error:
                self.outcome = error
            self.told += 1


class Window:
    """A client that comes back, and its live queries."""

    def __init__(self) -> None:
        self.held: list[Held] = []
        self._stack = AsyncExitStack()
        self._opened = asyncio.Event()
        self._turn = asyncio.Lock()
        self.client: Client

    async def open(self, url: str) -> None:
        """Connect, and subscribe again to what was subscribed."""
        self.client = await self._stack.enter_async_context(Client.connect(url, TOKEN))
        self._opened.set()
        await asyncio.gather(*(one.begin(self.client) for one in self.held))

    async def close(self, *, cut: bool = False) -> None:
        """Close the connection, or lose it."""
        self._opened.clear()
        if cut:
            self.client._connection._socket.transport.abort()
            await self.client._connection._reader
        await self._stack.aclose()

    async def reconnect(self, url: str, *, cut: bool) -> None:
        """Close the connection, or lose it, and come back."""
        async with self._turn:
            await self.close(cut=cut)
            await self.open(url)

    async def begin(self, query: JsonObject) -> None:
        """Begin a live query."""
        held = Held(query)
        self.held.append(held)
        await held.begin(self.client)

    async def commit(self, events: Sequence[NewEventJson]) -> None:
        """Commit a batch that may be refused; one without an answer is sent again (S5, L7)."""
        batch = [cast("NewEventJson", {"id": _new_id(), **one}) for one in events]
        for _ in range(_TRIES):
            try:
                await self.client.commit(batch)
            except ConnectionLostError:
                await self._opened.wait()
            except SidecarError:
                return
            else:
                return


@contextmanager
def silence() -> Iterator[None]:
    """Log nothing, nor later what is garbage by then.

    To log a traceback, Python 3.11 parses source. When a finalizer does so while hypothesis parses
    source, hypothesis fails.
    """
    before = logging.root.manager.disable
    logging.disable()
    try:
        yield
    finally:
        gc.collect()
        logging.disable(before)


class LiveMachine(RuleBasedStateMachine):
    """The rules. Each draws a seed, which decides what it does but for the number of windows.

    Attributes:
        tally: What all machines did: steps, results compared, results told.
    """

    tally: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._files = ExitStack()
        self._server = ExitStack()
        self._flying: set[asyncio.Task[None]] = set()
        self._windows: list[Window] = []

    @initialize(seed=st.integers(0, 2**32 - 1))
    def start(self, seed: int) -> None:
        """Serve a schema, with the first documents and one window."""
        self._seed, self._version = seed, 1
        directory = tempfile.TemporaryDirectory(prefix="machine", ignore_cleanup_errors=True)
        self._directory = Path(self._files.enter_context(directory)) / "data"
        self._trace = Trace(seed, random_schema(seed).tables["things"])
        self._queries = [self._trace.query() for _ in range(_QUERIES)]
        self._serve()
        self._windows.append(Window())
        self._do(self._windows[0].open(self._url))
        self._do(self._windows[0].commit(_wire(self._trace.start())))

    @rule(seed=st.integers(0, 2**16), wait=st.booleans())
    def commit(self, seed: int, wait: bool) -> None:
        """Commit one batch."""
        chance = self._reseed(seed)
        self._do(self._window(chance).commit(self._batch()), wait=wait)

    @rule(seed=st.integers(0, 2**16), wait=st.booleans())
    def commit_at_once(self, seed: int, wait: bool) -> None:
        """Commit several batches, of several windows."""
        chance = self._reseed(seed)
        count = chance.randrange(2, 6)
        self._do(*(self._window(chance).commit(self._batch()) for _ in range(count)), wait=wait)

    @rule(seed=st.integers(0, 2**16))
    def commit_wrongly(self, seed: int) -> None:
        """Commit a batch whose last event is refused, and so all of it."""
        self._do(self._refused(self._reseed(seed)))

    @rule(seed=st.integers(0, 2**16), wait=st.booleans())
    def commit_again(self, seed: int, wait: bool) -> None:
        """Commit from two windows what has the same ids (S5)."""
        chance = self._reseed(seed)
        events = [{"id": _new_id(), **one} for one in self._batch()]
        windows = [self._window(chance), self._window(chance)]
        self._do(*(one.commit(events) for one in windows), wait=wait)

    @rule(seed=st.integers(0, 2**16), new=st.booleans(), wait=st.booleans())
    def subscribe(self, seed: int, new: bool, wait: bool) -> None:
        """Begin a live query, of the machine's own or of a new one."""
        chance = self._reseed(seed)
        query = self._trace.query() if new else chance.choice(self._queries)
        self._do(self._begun(self._window(chance), query), wait=wait)

    @rule(seed=st.integers(0, 2**16), wait=st.booleans())
    def unsubscribe(self, seed: int, wait: bool) -> None:
        """End a live query, if there is one."""
        window = self._window(self._reseed(seed))
        self._do(self._ended(window, seed), wait=wait)

    @rule(seed=st.integers(0, 2**16), wait=st.booleans())
    def race(self, seed: int, wait: bool) -> None:
        """Commit, subscribe and unsubscribe at once, from several windows."""
        chance = self._reseed(seed)
        work: list[Coroutine[object, object, None]] = []
        for _ in range(chance.randrange(2, 6)):
            window = self._window(chance)
            work += [
                window.commit(self._batch()),
                chance.choice(
                    [
                        lambda window=window: self._begun(window, chance.choice(self._queries)),
                        lambda window=window: self._ended(window, seed),
                    ]
                )(),
            ]
        self._do(*work, wait=wait)

    @rule(seed=st.integers(0, 2**16))
    def open(self, seed: int) -> None:
        """Open a window with live queries, or close one where there are enough."""
        chance = self._reseed(seed)
        if len(self._windows) < _MOST_WINDOWS:
            window = Window()
            window.held = [Held(chance.choice(self._queries)) for _ in range(chance.randrange(4))]
            self._windows.append(window)
            self._do(window.open(self._url))
        else:
            window = self._window(chance)
            self._do()
            self._windows.remove(window)
            self._do(window.close(cut=chance.random() < 0.5))

    @rule(seed=st.integers(0, 2**16), cut=st.booleans(), wait=st.booleans())
    def reconnect(self, seed: int, cut: bool, wait: bool) -> None:
        """Lose a window's connection or close it, perhaps while others commit; connect again."""
        chance = self._reseed(seed)
        window = self._window(chance)
        self._do(
            window.commit(self._batch()),
            window.reconnect(self._url, cut=cut),
            self._window(chance).commit(self._batch()),
            wait=wait,
        )

    @rule(seed=st.integers(0, 2**16), changed=st.booleans())
    def restart(self, seed: int, changed: bool) -> None:
        """Start the server anew, one time in eight; with other indexes, if the log allows them."""
        self._do()
        if seed % 8:
            return
        if changed:
            self._version += 1
        self._do(self._restarted())

    def teardown(self) -> None:
        """End windows, server and files, also after a failure."""
        try:
            with self._runner:
                for one in self._flying:
                    one.cancel()
                self._runner.run(self._closed())
        finally:
            self._files.close()

    def _serve(self) -> None:
        schema = random_schema(self._seed, self._version)
        self._url = self._server.enter_context(serving(self._directory, schema)).url

    def _reseed(self, seed: int) -> random.Random:
        self._trace.reseed(seed)
        return random.Random(seed)

    def _batch(self) -> list[NewEventJson]:
        return _wire(self._trace.batches()[0])

    def _window(self, chance: random.Random) -> Window:
        return self._windows[chance.randrange(60) % len(self._windows)]

    def _do(self, *work: Coroutine[object, object, None], wait: bool = True) -> None:
        """Begin work; wait until all is done that was begun, and compare, or go on."""
        self.tally["steps"] += 1

        async def begun() -> None:
            self._flying.update(map(asyncio.ensure_future, work))
            if wait:
                async with asyncio.timeout(PATIENCE):
                    await self._settled()
            else:
                await asyncio.sleep(0)

        self._runner.run(begun())

    async def _settled(self) -> None:
        """Wait for all that was begun; compare what the windows hold."""
        await asyncio.gather(*self._flying)
        self._flying.clear()
        for window in self._windows:
            # What failed, or lost its connection while it began, is asked again.
            await asyncio.gather(*(one.begin(window.client) for one in window.held))
        # The same event for all windows: with its answer each is told of all up to it (L5).
        mark: NewEventJson = {
            "id": _new_id(),
            "name": "v1.MigrationRolledBack",
            "args": {"reason": ""},
        }
        marked = await asyncio.gather(*(one.client.commit(mark) for one in self._windows))
        head = marked[0]["head"]
        fresh: dict[bytes, tuple[Json, str | None]] = {}
        for window in self._windows:
            for held in window.held:
                key = orjson.dumps(held.query)
                if key not in fresh:
                    fresh[key] = await _outcome(window.client.query(held.query), head)
                result, code = fresh[key]
                self.tally["compared"] += 1
                self.tally["told"] += held.told
                held.told = 0
                if isinstance(held.outcome, SidecarError):
                    assert held.outcome.code == code, (held.query, held.outcome.to_wire(), result)
                else:
                    assert held.outcome is not None
                    kept = {name: one for name, one in held.outcome.items() if name != "head"}
                    assert orjson.dumps(kept) == orjson.dumps(result), held.query

    async def _begun(self, window: Window, query: JsonObject) -> None:
        if len(window.held) == _MOST_LIVE:
            await window.held.pop(0).end()
        await window.begin(query)

    async def _ended(self, window: Window, seed: int) -> None:
        if window.held:
            await window.held.pop(seed % len(window.held)).end()

    async def _refused(self, chance: random.Random) -> None:
        events = [*self._batch(), chance.choice(_WRONG)]
        try:
            await self._window(chance).client.commit(events)
        except SidecarError:
            return
        raise AssertionError("a wrong event was taken")

    async def _restarted(self) -> None:
        await asyncio.to_thread(self._server.close)
        try:
            await asyncio.to_thread(self._serve)
        except SchemaError:
            # Some SQL of the log does another thing where rows are walked in another order.
            self._version -= 1
            await asyncio.to_thread(self._serve)
        await asyncio.gather(*(one.reconnect(self._url, cut=False) for one in self._windows))

    async def _closed(self) -> None:
        await asyncio.gather(*self._flying, return_exceptions=True)
        await asyncio.gather(*(one.close() for one in self._windows), return_exceptions=True)
        await asyncio.to_thread(self._server.close)


async def _outcome(query: Awaitable[QueryResult], head: int) -> tuple[Json, str | None]:
    """Return what a query results in, without its head, or its error's code."""
    try:
        result = dict(await query)
    except SidecarError as error:
        return None, error.code
    assert result.pop("head") == head, "nobody commits now"
    return cast("Json", result), None


def _wire(events: Sequence[NewEvent]) -> list[NewEventJson]:
    return cast("list[NewEventJson]", [{"name": one.name, "args": one.args} for one in events])


def _new_id() -> str:
    return uuid7(time.time_ns() // 1_000_000, os.urandom(10))


_WRONG: Final = cast(
    "list[NewEventJson]",
    [
        {"name": "v1.Unheard", "args": {}},
        {"name": "v1.Counted", "args": {"id": 1}},
        {"name": "v1.DocumentInserted", "args": {"collection": "none", "document": {"id": "a"}}},
        {"name": "v1.DocumentInserted", "args": {"collection": "things", "document": {}}},
        {"name": "v1.DocumentPatched", "args": {"collection": "things", "id": "no", "patch": {}}},
        {
            "name": "v1.Counted",
            "args": {"id": "a"},
            "expect": [{"collection": "things", "id": "a", "seq": 10**9}],
        },
        {"name": "v1.Raw", "args": {"sql": "INSERT INTO things (id) VALUES (NULL)"}},
        {"name": "v1.Raw", "args": {"sql": "nothing"}},
    ],
)
