"""Windows without sockets: the server's own sessions on one store, and what their clients hold.

A trace of subscribing, unsubscribing, committing, not reading and going away; at the end of each
step, or a few steps later, what every client holds is compared with its query run afresh (L1).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress

import orjson

from sidecar.core.errors import SidecarError
from sidecar.core.event import NewEvent
from sidecar.core.json import JsonObject
from sidecar.core.query import parse_query
from sidecar.rpc.counters import Counters
from sidecar.rpc.hub import Hub
from sidecar.rpc.session import Session
from sidecar.store import Result, Store
from tests.live.traces import Trace
from tests.rpc.serving import Decoded, Message, apply_patch


class Copy:
    """A client's side of a live query: a result, brought up to date by every message.

    Args:
        answer: What `subscribe` answered.
    """

    def __init__(self, answer: Message) -> None:
        self.name = answer["subscription"]
        self.key = answer["primaryKey"]
        self.head = answer["head"]
        self.result: Decoded = next(
            (answer[kind] for kind in ("rows", "row", "count") if kind in answer), None
        )
        self.error: Decoded = answer.get("error")

    def take(self, params: Message) -> None:
        """Apply a notification as DESIGN L2 says."""
        assert params["head"] > self.head, "each message is of a later commit than the one before"
        self.head = params["head"]
        self.error = params.get("error")
        if "result" in params:
            (self.result,) = params["result"].values()
        if "patch" in params:
            assert params["patch"]["head"] == params["head"]
            rows = apply_patch(self.result, self.key, params["patch"])
            assert orjson.dumps(rows) != orjson.dumps(self.result), "it changes nothing (L4)"
            self.result = rows


class Window:
    """A session, and the client at its other end.

    Args:
        store: Where its queries run.
        hub: Tells it what commits touch.
    """

    def __init__(self, store: Store, hub: Hub) -> None:
        self.session = Session(store, hub, Counters(), self._send)
        self.reading = asyncio.Event()
        self.reading.set()
        self.copies: dict[str, Copy] = {}
        self.asked: dict[str, JsonObject] = {}
        self.messages = 0

    async def _send(self, message: bytes) -> None:
        """Take a message once the client reads."""
        await self.reading.wait()
        self.messages += 1
        params = orjson.loads(message)["params"]
        copy = self.copies.get(params["subscription"])
        assert copy is not None, "a message of a live query its client does not know"
        copy.take(params)

    async def subscribe(self, query: JsonObject) -> Copy | None:
        """Begin a live query; None where the query fails at once."""
        exchange = self.session.begin()
        try:
            answer = await self.session.subscribe(exchange, parse_query(query))
        except SidecarError:
            return None
        else:
            copy = Copy(orjson.loads(orjson.dumps(answer)))
            self.copies[copy.name], self.asked[copy.name] = copy, query
            return copy
        finally:
            self.session.finish(exchange)

    def unsubscribe(self, name: str) -> None:
        """End a live query; a message on its way is still taken."""
        self.session.unsubscribe(name)
        del self.asked[name]

    async def settle(self, head: int) -> None:
        """Wait until the client has been told of the commits up to a head (L5)."""
        exchange = self.session.begin()
        settling = asyncio.create_task(self.session.settle(exchange, head))
        # What fails in `_send` ends the session's own task.
        await asyncio.wait([settling, self.session._task], return_when=asyncio.FIRST_COMPLETED)
        if self.session._task.done():
            self.session._task.result()
        self.session.finish(exchange)


class Windows:
    """Windows on one store, and a trace of what they do.

    Args:
        store: An empty store of the trace's schema.
        seed: Decides the trace.
    """

    def __init__(self, store: Store, seed: int) -> None:
        self._store = store
        self._random = random.Random(seed)
        self._trace = Trace(seed)
        self._hub = Hub(asyncio.get_running_loop(), store)
        self._open: list[Window] = []
        self._pool: list[JsonObject] = []
        self.compared = 0
        self.told = 0

    async def run(self, steps: int) -> None:
        """Take so many steps, and end."""
        await self._commit([self._trace.start()])
        self._pool = [self._trace.query() for _ in range(30)]
        for _ in range(steps):
            await self._step()
        await self.check()
        for window in list(self._open):
            await self._end(window)
        assert len(self._hub) == 0

    async def _step(self) -> None:
        way = self._random.random()
        if way < 0.06 or not self._open:
            self._open.append(Window(self._store, self._hub))
        elif way < 0.08:
            await self._end(self._random.choice(self._open))
        elif way < 0.3:
            await self._subscribe(self._random.choice(self._open))
        elif way < 0.36:
            window = self._random.choice(self._open)
            if window.asked:
                window.unsubscribe(self._random.choice(list(window.asked)))
        elif way < 0.45:
            self._random.choice(self._open).reading.clear()
        elif way < 0.6:
            await self.check()
        else:
            await self._commit(self._trace.batches(), wait=self._random.random() < 0.5)

    async def _subscribe(self, window: Window) -> None:
        """Begin one or several live queries at once, a commit perhaps among them."""
        queries = [self._random.choice(self._pool) for _ in range(self._random.choice([1, 1, 3]))]
        work = [window.subscribe(query) for query in queries]
        if self._random.random() < 0.5:
            work.append(self._commit(self._trace.batches()))  # type: ignore[arg-type]
        await asyncio.gather(*work)

    async def _commit(self, batches: Sequence[list[NewEvent]], *, wait: bool = True) -> None:
        futures = [asyncio.wrap_future(self._store.commit(batch)) for batch in batches]
        if wait:
            await asyncio.gather(*futures, return_exceptions=True)
        else:
            for future in futures:
                future.add_done_callback(lambda one: one.exception())

    async def _end(self, window: Window) -> None:
        self._open.remove(window)
        self.told += window.messages
        await window.session.end()

    async def check(self) -> None:
        """Compare what every client holds with its query run afresh."""
        head = await self._now()
        for window in self._open:
            window.reading.set()
            await window.settle(head)
            for name, query in window.asked.items():
                await self._compare(window.copies[name], query)

    async def _now(self) -> int:
        """Commit, behind all that was; return the head."""
        event = NewEvent("v1.MigrationRolledBack", {"reason": ""})
        while True:
            # An OR ROLLBACK in the same transaction takes this one with it.
            with suppress(SidecarError):
                return (await asyncio.wrap_future(self._store.commit([event]))).head

    async def _compare(self, copy: Copy, query: JsonObject) -> None:
        self.compared += 1
        reading = self._store.read(parse_query(query))
        (fresh,) = await asyncio.gather(reading, return_exceptions=True)
        if isinstance(fresh, SidecarError):
            assert copy.error["data"]["code"] == fresh.code, query
            return
        assert isinstance(fresh, Result)
        assert copy.error is None, query
        (expected,) = orjson.loads(orjson.dumps(fresh.body())).values()
        assert orjson.dumps(copy.result) == orjson.dumps(expected), query
