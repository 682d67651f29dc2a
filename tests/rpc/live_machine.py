"""A state machine of windows on a server: each holds what its queries result in, whatever happens.

Windows are Python clients on a real socket, or the bridge's. They commit, subscribe, unsubscribe,
go away, lose the connection, come back; the server ends or is killed, and starts again, with other
indexes too; a collection is defined. A step may leave what it began on its way. Once nothing is,
every result a window holds is its query run afresh (L1), and what was acknowledged is in the log,
once.

Run it for long with `python -m tests.rpc machine`.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import random
import tempfile
import traceback
from collections import Counter
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path
from typing import ClassVar, Final, cast

import orjson
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from sidecar.client import Client
from sidecar.client.shapes import NewEventJson
from sidecar.core.errors import SchemaError, SidecarError
from sidecar.core.event import NewEvent
from sidecar.core.json import Json, JsonObject
from tests.live.traces import DEFINED, Trace, random_schema
from tests.rpc.bridge_window import Bridge, BridgeWindow
from tests.rpc.live_window import ClientWindow, Fresh, Window, new_id
from tests.rpc.serving import TOKEN
from tests.rpc.traces_server import TracesServer

PATIENCE: Final = 60.0
"""Seconds after which what should have settled is taken to hang."""

_MOST_WINDOWS: Final = 4
_MOST_LIVE: Final = 8
_QUERIES: Final = 8

_LATE: Final = "late"
"""A collection that is defined after queries asked for it."""


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
        self._server: TracesServer | None = None
        self._asking = AsyncExitStack()
        self._flying: set[asyncio.Task[None]] = set()
        self._windows: list[Window] = []
        self._stored = 0
        self._unsure = False
        self._dialing = asyncio.Lock()

    @initialize(seed=st.integers(0, 2**32 - 1))
    def start(self, seed: int) -> None:
        """Serve a schema, with the first documents and one window."""
        self._seed, self._version = seed, 1
        directory = tempfile.TemporaryDirectory(prefix="machine", ignore_cleanup_errors=True)
        self._directory = Path(self._files.enter_context(directory)) / "data"
        self._trace = Trace(seed, random_schema(seed).tables["things"])
        self._queries = [self._query() for _ in range(_QUERIES)]
        self._do(self._serve())
        self._do(self._opened([]))
        self._do(self._committed(self._windows, _wire(self._trace.start())))

    @rule(seed=st.integers(0, 2**16), wait=st.booleans())
    def commit(self, seed: int, wait: bool) -> None:
        """Commit one batch."""
        self._do(self._some(self._reseed(seed)), wait=wait)

    @rule(seed=st.integers(0, 2**16), wait=st.booleans())
    def commit_at_once(self, seed: int, wait: bool) -> None:
        """Commit several batches, of several windows."""
        chance = self._reseed(seed)
        self._do(*(self._some(chance) for _ in range(chance.randrange(2, 6))), wait=wait)

    @rule(seed=st.integers(0, 2**16))
    def commit_wrongly(self, seed: int) -> None:
        """Commit a batch whose last event is refused, and so all of it."""
        self._do(self._refused(self._reseed(seed)))

    @rule(seed=st.integers(0, 2**16), wait=st.booleans())
    def commit_again(self, seed: int, wait: bool) -> None:
        """Commit from two windows what has the same ids (S5)."""
        chance = self._reseed(seed)
        events = [cast("NewEventJson", {"id": new_id(), **one}) for one in self._batch()]
        windows = [self._window(chance), self._window(chance)]
        self._do(self._committed(windows, events), wait=wait)

    @rule(seed=st.integers(0, 2**16), wait=st.booleans())
    def define(self, seed: int, wait: bool) -> None:
        """Define the collection that comes late, one time in four; else commit."""
        chance = self._reseed(seed)
        events = _late(_wire(self._trace.start()))
        work = self._some(chance) if seed % 4 else self._committed([self._window(chance)], events)
        self._do(work, wait=wait)

    @rule(seed=st.integers(0, 2**16), new=st.booleans(), wait=st.booleans())
    def subscribe(self, seed: int, new: bool, wait: bool) -> None:
        """Begin a live query in some windows, one of the machine's own or a new one."""
        chance = self._reseed(seed)
        query = self._query() if new else chance.choice(self._queries)
        windows = chance.sample(self._windows, chance.randint(1, len(self._windows)))
        self._do(*(self._begun(one, query) for one in windows), wait=wait)

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
                self._committed([window], self._batch()),
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
            self._do(self._opened(chance.choices(self._queries, k=chance.randrange(4))))
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
            self._committed([window], self._batch()),
            self._reconnected(window, cut=cut),
            self._some(chance),
            wait=wait,
        )

    @rule(seed=st.integers(0, 2**16))
    def kill(self, seed: int) -> None:
        """Kill the server among commits, one time in eight, and start it anew; else only commit."""
        chance = self._reseed(seed)
        work = [self._some(chance) for _ in range(4)]
        if seed % 8 == 0:
            work.append(self._killed(chance.uniform(0, 0.015)))
        self._do(*work)

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

    async def _new_window(self) -> Window:
        return ClientWindow()

    async def _serve(self) -> None:
        """Start a server, and connect the client that runs queries afresh."""
        await self._asking.aclose()
        args = (self._directory, self._seed, self._version)
        self._server = await asyncio.to_thread(TracesServer, *args)
        connecting = Client.connect(self._server.url, TOKEN)
        self._client = await self._asking.enter_async_context(connecting)

    @property
    def _url(self) -> str:
        assert self._server is not None
        return self._server.url

    def _reseed(self, seed: int) -> random.Random:
        self._trace.reseed(seed)
        return random.Random(seed)

    def _query(self) -> JsonObject:
        query = self._trace.query()
        late = "from" in query and self._trace.random.random() < 0.1
        return {**query, "from": _LATE} if late else query

    def _batch(self) -> list[NewEventJson]:
        batch = _wire(self._trace.batches()[0])
        return _late(batch) if self._trace.random.random() < 0.1 else batch

    def _window(self, chance: random.Random) -> Window:
        return self._windows[chance.randrange(60) % len(self._windows)]

    def _some(self, chance: random.Random) -> Coroutine[object, object, None]:
        return self._committed([self._window(chance)], self._batch())

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

        try:
            self._runner.run(begun())
        except Exception:
            # Where it does not come again, hypothesis tells of that alone.
            traceback.print_exc()
            raise

    async def _settled(self) -> None:
        """Wait for all that was begun; compare what the windows hold."""
        await asyncio.gather(*self._flying)
        self._flying.clear()
        if not self._windows:
            return
        # The same event for all windows: with its answer each is told of all up to it (L5).
        mark: NewEventJson = {
            "id": new_id(),
            "name": "v1.MigrationRolledBack",
            "args": {"reason": ""},
        }
        heads = await asyncio.gather(*(one.mark(mark) for one in self._windows))
        acknowledged, self._stored = self._stored + 1, heads[0]
        assert set(heads) == {self._stored}
        assert self._unsure or acknowledged == self._stored, "each is stored once (S3, S5)"
        self._unsure = False
        held = [(one, at, query) for one in self._windows for at, query in enumerate(one.queries)]
        asked = {orjson.dumps(query): query for _, _, query in held}
        answers = await asyncio.gather(*map(self._fresh, asked.values()))
        fresh = dict(zip(asked, answers, strict=True))
        told = await asyncio.gather(
            *(one.compare(at, fresh[orjson.dumps(query)]) for one, at, query in held)
        )
        self.tally["compared"] += len(held)
        self.tally["told"] += sum(told)

    async def _fresh(self, query: JsonObject) -> Fresh:
        try:
            result = dict(await self._client.query(query))
        except SidecarError as error:
            return Fresh(code=error.code)
        assert result.pop("head") == self._stored, "nobody commits now"
        (value,) = result.values()
        return Fresh(cast("Json", value))

    async def _opened(self, queries: Sequence[JsonObject]) -> None:
        window = await self._new_window()
        await window.open(self._url, queries)
        self._windows.append(window)

    async def _begun(self, window: Window, query: JsonObject) -> None:
        if len(window.queries) == _MOST_LIVE:
            await window.end(0)
        await window.begin(query)

    async def _ended(self, window: Window, seed: int) -> None:
        if window.queries:
            await window.end(seed % len(window.queries))

    async def _committed(self, windows: Sequence[Window], events: Sequence[NewEventJson]) -> None:
        """Commit the same batch from each window; it may be refused."""
        codes = await asyncio.gather(*(one.commit(events) for one in windows))
        # Of a batch that was sent twice, the second try may fail with all of its transaction.
        self._unsure |= "E_STORAGE" in codes
        if None in codes:
            self._stored += len(events)

    async def _refused(self, chance: random.Random) -> None:
        events = [*self._batch(), chance.choice(_WRONG)]
        code = await self._window(chance).commit(events)
        assert code is not None, "a wrong event was taken"

    async def _reconnected(self, window: Window, *, cut: bool) -> None:
        async with self._dialing:
            await window.reconnect(self._url, cut=cut)

    async def _killed(self, seconds: float) -> None:
        """Kill the server so many seconds from now, and start it anew."""
        await asyncio.sleep(seconds)
        async with self._dialing:
            assert self._server is not None
            await asyncio.to_thread(self._server.kill)
            await self._serve()
            await asyncio.gather(*(one.reconnect(self._url, cut=True) for one in self._windows))

    async def _restarted(self) -> None:
        assert self._server is not None
        await asyncio.to_thread(self._server.close)
        try:
            await self._serve()
        except SchemaError:
            # Some SQL of the log does another thing where rows are walked in another order.
            self._version -= 1
            await self._serve()
        await asyncio.gather(*(one.reconnect(self._url, cut=False) for one in self._windows))

    async def _closed(self) -> None:
        await asyncio.gather(*self._flying, return_exceptions=True)
        await asyncio.gather(*(one.close() for one in self._windows), return_exceptions=True)
        await self._asking.aclose()
        if self._server is not None:
            await asyncio.to_thread(self._server.kill)


class BridgeMachine(LiveMachine):
    """The same with windows of the bridge, and what else it promises: identity of rows."""

    tally: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self._bridge: Bridge | None = None

    async def _new_window(self) -> Window:
        self._bridge = self._bridge or await Bridge.start()
        return BridgeWindow(self._bridge)

    async def _closed(self) -> None:
        await super()._closed()
        if self._bridge is not None:
            await self._bridge.close()


def _wire(events: Sequence[NewEvent]) -> list[NewEventJson]:
    return cast("list[NewEventJson]", [{"name": one.name, "args": one.args} for one in events])


def _late(events: Sequence[NewEventJson]) -> list[NewEventJson]:
    """Return the same events on the collection that comes late, where they are of a collection."""
    text = orjson.dumps(events)
    for place in ("collection", "name"):
        text = text.replace(f'"{place}":"{DEFINED}"'.encode(), f'"{place}":"{_LATE}"'.encode())
    return cast("list[NewEventJson]", orjson.loads(text))


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
