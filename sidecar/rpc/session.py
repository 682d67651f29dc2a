"""One connection: its ids, its live queries, and the order of what it is sent.

Invariants:

1. A live query's notifications follow the answer to its `subscribe`, and none follows
   `unsubscribe`'s.
2. An answer to a commit follows the notifications it caused on this connection (L5).
3. Results wait in no queue: one task looks at live queries, a few at once where the changed rows
   tell all, and waits until the socket has taken their messages. Commits meanwhile fold into the
   backlog (L6). Messages of one look say that there is `more` to come, but for the last: a client
   may show them together.
4. Its own reads run in a window of its own in the store, so they don't hold up another's; looks
   are the hub's, for all who ask the same.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, NamedTuple

from sidecar.core.errors import NotFoundError, ShuttingDownError, SidecarError
from sidecar.core.query import Query
from sidecar.live.backlog import Backlog
from sidecar.live.standing import patchable
from sidecar.live.step import Change
from sidecar.live.view import View
from sidecar.rpc.changes import Changes
from sidecar.rpc.counters import Counters
from sidecar.rpc.hub import Hub
from sidecar.rpc.jsonrpc import encode_notification, internal_error
from sidecar.rpc.params import EventsSubscribeParams
from sidecar.rpc.shared import Shared
from sidecar.rpc.stream import Stream
from sidecar.store import Result, Store

_ONE_TURN: Final = 128
"""Looks at one turn of the event loop; a step takes a tenth of a millisecond."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Exchange:
    """One message being answered.

    Attributes:
        begun: Live queries it began; their clients learn of them by its answer.
        settling: Whether it waits for the session's live queries.
        after: Called once the answer is sent.
    """

    session: Session
    begun: list[str] = field(default_factory=list)
    settling: bool = False
    after: list[Callable[[], None]] = field(default_factory=list)


@dataclass(slots=True)
class _Live:
    shared: Shared
    view: View | None = None


class _Told(NamedTuple):
    """A look at a live query: the head it was seen at and what the client must be told."""

    name: str
    head: int
    change: Change | None


class Session:
    """A connection's side of the protocol, without the socket.

    Args:
        store: Where its queries run.
        hub: Tells it which live queries a commit touched.
        counters: Counts the notifications.
        send: Sends a message; returns when the socket can take another one.
    """

    def __init__(
        self,
        store: Store,
        hub: Hub,
        counters: Counters,
        send: Callable[[bytes], Awaitable[None]],
    ) -> None:
        self.id = uuid.uuid4().hex
        self.client_id = uuid.uuid4().hex
        self.session_id = uuid.uuid4().hex
        self._store = store
        self._hub = hub
        self._counters = counters
        self.send = send
        self._live: dict[str, _Live] = {}
        self._streams: dict[str, Stream | Changes] = {}
        self._begun = 0
        self._backlog = Backlog()
        self._exchanges: list[Exchange] = []
        self._work = asyncio.Event()
        self._progress = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._run())

    def begin(self) -> Exchange:
        """Begin answering a message."""
        exchange = Exchange(self)
        self._exchanges.append(exchange)
        return exchange

    def finish(self, exchange: Exchange) -> None:
        """End a message whose answer, if any, was sent."""
        self._exchanges.remove(exchange)
        for name in exchange.begun:
            self._backlog.release(name)
        self._moved()
        for call in exchange.after:
            call()

    async def read(self, query: Query) -> Result:
        """Run a query."""
        return await self._store.read(query, window=self.id)

    async def subscribe(self, exchange: Exchange, query: Query) -> dict[str, object]:
        """Begin a live query; return the answer."""
        self._begun += 1
        name = f"s{self._begun}"
        live = self._live[name] = _Live(self._hub.join(self, name, query))
        self._backlog.add(name)
        exchange.begun.append(name)
        head = self._store.head
        try:
            result = await self.read(query)
        except NotFoundError as error:
            # A row that must be there may come: that it is not is told like any later error.
            live.view = View(None)
            self._backlog.looked(name, head)
            told = {"error": error.to_wire(), "head": head, "primaryKey": None}
            return {"subscription": name, **told}
        except BaseException:
            self._forget(name)
            raise
        live.view = View(self._hub.learn(live.shared, result))
        if name in self._live:
            self._backlog.looked(name, result.head)
        return {
            "subscription": name,
            **result.to_wire(),
            "primaryKey": result.primary_key if patchable(result) else None,
        }

    def follow(self, exchange: Exchange, wanted: EventsSubscribeParams) -> dict[str, object]:
        """Begin a subscription to the event log; return the answer."""
        self._begun += 1
        name = f"s{self._begun}"
        stream = self._streams[name] = Stream(self._store, name, wanted, self._tell)
        self._hub.follow(stream)
        exchange.after.append(stream.start)
        return {"subscription": name, "head": self._store.head}

    def watch(self, exchange: Exchange, collections: Collection[str] | None) -> dict[str, object]:
        """Begin a subscription to what commits do to documents; return the answer."""
        self._begun += 1
        name = f"s{self._begun}"
        head = self._store.head
        stream = self._streams[name] = Changes(name, collections, head, self._tell)
        self._hub.follow(stream)
        exchange.after.append(stream.start)
        return {"subscription": name, "head": head}

    def unsubscribe(self, name: str) -> None:
        """End a live query, or another subscription.

        Raises:
            NotFoundError: This connection has none of that name.
        """
        if self._unfollow(name):
            return
        if name not in self._live:
            raise NotFoundError(
                f"this connection has no subscription {name[:100]!r}", subscription=name[:100]
            )
        self._forget(name)
        self._moved()

    def touch(self, name: str, head: int) -> None:
        """Note that the commit with this head may have changed a live query."""
        self._backlog.touch(name, head)
        self._work.set()

    async def settle(self, exchange: Exchange, head: int) -> None:
        """Wait until this connection has been sent what the commits up to a head changed.

        Live queries that an exchange began which itself waits here are left out: their answers, and
        so their notifications, come after.
        """
        exchange.settling = True
        self._moved()
        while self._backlog.owes(head, but=self._unanswered()):
            self._progress.clear()
            await self._progress.wait()
        for stream in list(self._streams.values()):
            await stream.settle(head)
        exchange.settling = False

    async def end(self) -> None:
        """Stop looking; nothing is sent any more."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        for name in list(self._live):
            self._forget(name)
        for name in list(self._streams):
            self._unfollow(name)

    def _unfollow(self, name: str) -> bool:
        stream = self._streams.pop(name, None)
        if stream is None:
            return False
        self._hub.unfollow(stream)
        stream.end()
        return True

    async def _tell(self, message: bytes) -> None:
        self._counters.notifications += 1
        await self.send(message)

    def _unanswered(self) -> set[str]:
        return {name for one in self._exchanges if one.settling for name in one.begun}

    def _forget(self, name: str) -> None:
        live = self._live.pop(name, None)
        if live is not None:
            self._backlog.drop(name)
            self._hub.leave(self, name, live.shared)

    def _moved(self) -> None:
        """Wake whoever waits for the backlog."""
        self._work.set()
        self._progress.set()

    async def _run(self) -> None:
        while True:
            owed = self._backlog.next()
            if owed is None:
                self._work.clear()
                await self._work.wait()
                continue
            told = self._catch_up() or [await self._look(*owed)]
            last = max((at for at, one in enumerate(told) if one.change is not None), default=-1)
            for at, (name, head, change) in enumerate(told):
                if change is not None and name in self._live:
                    params = {"subscription": name, "head": head, **change}
                    if at < last:
                        params["more"] = True
                    await self._tell(encode_notification("subscription", params))
                self._backlog.looked(name, head)
            self._moved()

    def _catch_up(self) -> list[_Told]:
        """Look at those of the next live queries that need no run."""
        found: list[_Told] = []
        owed = [name for name, _ in islice(self._backlog.all(), _ONE_TURN)]
        self._hub.catch_up([self._live[name].shared for name in owed])
        for name in owed:
            view, shared = self._live[name].view, self._live[name].shared
            if view is None or shared.standing is None or shared.changes:
                continue
            if view.stands_at(shared.standing):
                found.append(_Told(name, shared.head, None))
            elif shared.step is not None and view.stands_at(shared.step.before):
                found.append(_Told(name, shared.head, view.follow(shared.step, shared.head)))
        return found

    async def _look(self, name: str, touched: int) -> _Told:
        """Look at a live query by running it.

        Args:
            name: The live query's name.
            touched: Head of the last commit that touched it.
        """
        live = self._live[name]
        assert live.view is not None, "a live query is held until it has a view"
        try:
            result, standing = await self._hub.look(live.shared, touched)
        except ShuttingDownError:
            return _Told(name, touched, None)
        except SidecarError as error:
            return _Told(name, touched, live.view.fail(error.to_wire()))
        except Exception:  # noqa: BLE001 - a fault of ours must not end the other live queries
            _log.exception("a live query failed", extra={"subscription": name})
            return _Told(name, touched, live.view.fail(internal_error()))
        return _Told(name, result.head, live.view.advance(standing, result))
