"""From the store's writer to the sessions: a commit marks the live queries it may change.

Invariants:

1. Equal queries, whoever asks them, are one `Shared`: one entry in the index, and, for each commit,
   one evaluation that all who look at it use.
2. The store announces a commit on its writer's thread before it gives out the receipt. Both reach
   the event loop in that order, so a session that has a receipt knows which of its live queries are
   touched.
3. Results that wait for the next to use them are few and small: `_MOST_KEPT`, `_LARGEST_KEPT`.
4. An evaluation runs in a window of its query's own, so that nobody's other reads hold it up.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from functools import partial
from typing import Final, Protocol

import orjson

from sidecar.core.query import DocumentQuery, Query
from sidecar.live.footprint import Footprint, of_documents, of_sql
from sidecar.live.index import Index
from sidecar.rpc.stream import Stream
from sidecar.store import Committed, Result, Store

_MOST_KEPT: Final = 16
_LARGEST_KEPT: Final = 256 * 1024
"""Characters of a result's rows."""


class Listener(Protocol):
    """What has live queries: a session."""

    def touch(self, name: str, head: int) -> None:
        """Note that the commit with this head may have changed a live query."""


class Shared:
    """A query that live queries ask, one or many.

    Attributes:
        query: The query.
        listeners: Who has a live query of it, and by what name.
        learned: Whether its footprint is known.
        flight: An evaluation on its way, and the log's head when it began.
    """

    __slots__ = ("flight", "key", "learned", "listeners", "query")

    def __init__(self, key: bytes, query: Query) -> None:
        self.key = key
        self.query = query
        self.listeners: dict[tuple[Listener, str], None] = {}
        self.learned = False
        self.flight: tuple[asyncio.Task[Result], int] | None = None


class Hub:
    """All live queries of all sessions, and their streams of the log.

    Args:
        loop: Where the sessions live.
        store: Its commits are announced.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, store: Store) -> None:
        self._loop = loop
        self._store = store
        self._shared: dict[bytes, Shared] = {}
        self._index: Index[Shared] = Index()
        self._streams: dict[Stream, None] = {}
        self._watching: frozenset[str] = frozenset()
        self._kept: OrderedDict[Shared, Result] = OrderedDict()
        store.observe(self._announce)

    def __len__(self) -> int:
        return sum(len(one.listeners) for one in self._shared.values()) + len(self._streams)

    def join(self, listener: Listener, name: str, query: Query) -> Shared:
        """Begin a live query; until something is learned of it, each commit touches it."""
        key = _key(query)
        shared = self._shared.get(key)
        if shared is None:
            shared = self._shared[key] = Shared(key, query)
            self._index.put(shared, None)
        shared.listeners[listener, name] = None
        return shared

    def leave(self, listener: Listener, name: str, shared: Shared) -> None:
        """End a live query; one that has ended stays so."""
        shared.listeners.pop((listener, name), None)
        if not shared.listeners and self._shared.get(shared.key) is shared:
            del self._shared[shared.key]
            self._index.drop(shared)
            self._kept.pop(shared, None)
            self._watch()

    def follow(self, stream: Stream) -> None:
        """Wake a stream of the log whenever it grows."""
        self._streams[stream] = None

    def unfollow(self, stream: Stream) -> None:
        """Wake a stream no more."""
        self._streams.pop(stream, None)

    def learn(self, shared: Shared, result: Result) -> None:
        """Take from a result what its query depends on."""
        if not shared.listeners or (shared.learned and isinstance(shared.query, DocumentQuery)):
            return
        shared.learned = True
        self._index.put(shared, self._footprint(shared.query, result))
        self._watch()

    async def look(self, shared: Shared, head: int) -> Result:
        """Return a query's result as of a head or later.

        Raises:
            SidecarError: As `Store.read`.
        """
        while True:
            kept = self._kept.get(shared)
            if kept is not None and kept.head >= head:
                return kept
            flight, begun = shared.flight or self._fly(shared)
            # Waited for beside others, which go on waiting if this one is cancelled.
            await asyncio.wait([flight])
            if begun >= head or (flight.exception() is None and flight.result().head >= head):
                return flight.result()

    def _fly(self, shared: Shared) -> tuple[asyncio.Task[Result], int]:
        head = self._store.head
        flight = self._loop.create_task(self._read(shared))
        flight.add_done_callback(partial(self._landed, shared))
        shared.flight = flight, head
        return shared.flight

    async def _read(self, shared: Shared) -> Result:
        return await self._store.read(shared.query, window=f"live {id(shared)}")

    def _landed(self, shared: Shared, flight: asyncio.Task[Result]) -> None:
        shared.flight = None
        self._kept.pop(shared, None)
        # Asking for the exception also tells asyncio that somebody took note of it.
        if flight.cancelled() or flight.exception() is not None:
            return
        result = flight.result()
        self.learn(shared, result)
        if len(shared.listeners) > 1 and sum(map(len, result.rows)) <= _LARGEST_KEPT:
            self._kept[shared] = result
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)

    def _footprint(self, query: Query, result: Result) -> Footprint | None:
        tables = self._store.tables
        if isinstance(query, DocumentQuery):
            # One that was removed since: until it is there again, each commit may touch the query.
            table = tables.get(query.from_)
            return None if table is None else of_documents(query, table)
        return of_sql(query, result.reads, tables)

    def _watch(self) -> None:
        tables = self._index.tables
        if tables != self._watching:
            self._watching = tables
            self._store.watch(tables)

    def _announce(self, committed: Committed) -> None:
        self._loop.call_soon_threadsafe(self._committed, committed)

    def _committed(self, committed: Committed) -> None:
        for stream in self._streams:
            stream.wake()
        if "_collections" in committed.tables:
            # A collection that was removed may come back with other columns.
            for shared in self._shared.values():
                shared.learned = False
        for shared in self._index.affected(committed.tables, committed.changes):
            for listener, name in shared.listeners:
                listener.touch(name, committed.head)


def _key(query: Query) -> bytes:
    """Return the digest that equal queries share: their text would be most of what one costs."""
    asked = query.model_dump(by_alias=True, exclude_unset=True)
    text = orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(text, digest_size=16).digest()
