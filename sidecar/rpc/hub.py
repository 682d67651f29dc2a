"""From the store's writer to the sessions: a commit marks the live queries it may change.

Invariants:

1. Equal queries, whoever asks them, are one `Shared`: one entry in the index, and, for each commit,
   one evaluation that all who look at it use.
2. The store announces a commit on its writer's thread before it gives out the receipt. Both reach
   the event loop in that order, so a session that has a receipt knows which of its live queries are
   touched.
3. Where the changed rows tell what became of a result, that is a step, and nothing is evaluated.
   A `Shared` knows all changes since its standing, as from the first `join` on it is told of each.
4. Results that wait for the next to use them are few and small: `_MOST_KEPT`, `_LARGEST_KEPT`.
5. An evaluation runs in a window of its query's own, so that nobody's other reads hold it up.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Final, Protocol

import orjson

from sidecar.core.query import DocumentQuery, Query
from sidecar.live.footprint import DocumentFootprint, Footprint, of_documents, of_sql
from sidecar.live.index import Index
from sidecar.live.standing import Standing
from sidecar.live.step import Fields, Moment, Stepper, steppable
from sidecar.rpc.changes import News
from sidecar.rpc.shared import Listener, Shared
from sidecar.store import Committed, Result, Store
from sidecar.store.capture import TableChange
from sidecar.store.snapshot import Snapshot

_log = logging.getLogger(__name__)

_MOST_KEPT: Final = 16
_LARGEST_KEPT: Final = 256 * 1024
"""Characters of a result's rows."""


class Follower(Protocol):
    """What is told of each commit: a stream of the log, or of changes.

    Attributes:
        watches: Tables of whose rows it wants to know, or None for all there will be.
    """

    watches: frozenset[str] | None

    def wake(self, news: News) -> None:
        """Take what a commit did."""


class Hub:
    """All live queries of all sessions, and their streams.

    Args:
        loop: Where the sessions live.
        store: Its commits are announced.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, store: Store) -> None:
        self._loop = loop
        self._store = store
        self._shared: dict[bytes, Shared] = {}
        self._index: Index[Shared] = Index()
        self._streams: dict[Follower, None] = {}
        self._watching: frozenset[str] | None = frozenset()
        self._kept: OrderedDict[Shared, tuple[Result, Standing]] = OrderedDict()
        self._head = store.head
        self._texts: dict[tuple[str, str, Fields], str] = {}
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

    def follow(self, stream: Follower) -> None:
        """Wake a stream at each commit."""
        self._streams[stream] = None
        self._watch()

    def unfollow(self, stream: Follower) -> None:
        """Wake a stream no more."""
        self._streams.pop(stream, None)
        self._watch()

    def learn(self, shared: Shared, result: Result) -> Standing:
        """Take from a result what its query depends on; return it as it is remembered."""
        standing = shared.stand(result)
        if not shared.listeners or (shared.learned and isinstance(shared.query, DocumentQuery)):
            return standing
        shared.learned = True
        footprint = self._footprint(shared.query, result)
        shared.stepper = self._stepper(shared.query, footprint)
        self._index.put(shared, footprint)
        self._watch()
        return standing

    def catch_up(self, wanted: Sequence[Shared]) -> None:
        """Let live queries take the steps that the changed rows tell, if they can."""
        behind = [one for one in dict.fromkeys(wanted) if one.changes and one.stepper is not None]
        if behind:
            try:
                self._store.glance(partial(self._catch_up, behind))
            except Exception:  # noqa: BLE001 - no fault, ours or the disk's, must end the live queries
                _log.exception("a step of a live query failed: it is run")
        for shared in wanted:
            shared.seen(self._head)

    def _catch_up(self, behind: Sequence[Shared], snapshot: Snapshot) -> None:
        if snapshot.head() != self._head:
            return
        moment = Moment(snapshot, self._texts)
        for shared in behind:
            if shared.step_to(moment, self._store.tables):
                self._kept.pop(shared, None)

    async def look(self, shared: Shared, head: int) -> tuple[Result, Standing]:
        """Run a query, or take part in a run of it, for its result as of a head or later.

        Raises:
            SidecarError: As `Store.read`.
        """
        while True:
            kept = self._kept.get(shared)
            if kept is not None and kept[0].head >= head:
                return kept
            flight, begun = shared.flight or self._fly(shared)
            # Waited for beside others, which go on waiting if this one is cancelled.
            await asyncio.wait([flight])
            if begun >= head or (flight.exception() is None and flight.result()[0].head >= head):
                return flight.result()

    def _fly(self, shared: Shared) -> tuple[asyncio.Task[tuple[Result, Standing]], int]:
        head = self._store.head
        flight = self._loop.create_task(self._read(shared))
        flight.add_done_callback(partial(self._landed, shared))
        shared.flight = flight, head
        return shared.flight

    async def _read(self, shared: Shared) -> tuple[Result, Standing]:
        result = await self._store.read(shared.query, window=f"live {id(shared)}")
        return result, self.learn(shared, result)

    def _landed(self, shared: Shared, flight: asyncio.Task[tuple[Result, Standing]]) -> None:
        shared.flight = None
        self._kept.pop(shared, None)
        # Asking for the exception also tells asyncio that somebody took note of it.
        if flight.cancelled() or flight.exception() is not None:
            return
        result, _ = flight.result()
        if len(shared.listeners) > 1 and sum(map(len, result.rows)) <= _LARGEST_KEPT:
            self._kept[shared] = flight.result()
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)

    def _stepper(self, query: Query, footprint: Footprint | None) -> Stepper | None:
        if not (isinstance(query, DocumentQuery) and isinstance(footprint, DocumentFootprint)):
            return None
        if not steppable(query, footprint):
            return None
        return Stepper(query, footprint, self._store.tables[query.from_])

    def _footprint(self, query: Query, result: Result) -> Footprint | None:
        tables = self._store.tables
        if isinstance(query, DocumentQuery):
            # One that was removed since: until it is there again, each commit may touch the query.
            table = tables.get(query.from_)
            return None if table is None else of_documents(query, table)
        return of_sql(query, result.reads, tables)

    def _watch(self) -> None:
        tables = _union([self._index.tables, *(one.watches for one in self._streams)])
        if tables != self._watching:
            self._watching = tables
            self._store.watch(tables)

    def _announce(self, committed: Committed) -> None:
        self._loop.call_soon_threadsafe(self._committed, committed)

    def _committed(self, committed: Committed) -> None:
        self._head = committed.head
        self._texts = {}
        changes = committed.changes
        if "_collections" in committed.tables:
            # That a collection is there now, or is not, is in no row of it.
            changes = {name: one for name, one in changes.items() if name not in committed.tables}
            # One that was removed may come back with other columns.
            for shared in self._shared.values():
                shared.learned = False
        for shared in self._index.affected(committed.tables, changes):
            shared.note(committed.head, _change_of(shared.query, changes))
            for listener, name in shared.listeners:
                listener.touch(name, committed.head)
        news = News(committed)
        for stream in self._streams:
            stream.wake(news)


def _union(sets: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    """Return all members of sets; None is the set of everything."""
    found: set[str] = set()
    for one in sets:
        if one is None:
            return None
        found |= one
    return frozenset(found)


def _change_of(query: Query, changes: Mapping[str, TableChange]) -> TableChange | None:
    return changes.get(query.from_) if isinstance(query, DocumentQuery) else None


def _key(query: Query) -> bytes:
    """Return the digest that equal queries share: their text would be most of what one costs."""
    asked = query.model_dump(by_alias=True, exclude_unset=True)
    text = orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(text, digest_size=16).digest()
