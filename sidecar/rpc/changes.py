"""One subscription to what commits do to documents: each as it was, and as it is.

Invariants:

1. Each change of a commit behind the `head` of the answer is sent once, in the order of the
   commits; or a message tells that changes up to its head, at least the commit's, are `lost`.
2. Nothing is sent before `start`, which the answer that names the subscription precedes.
3. What waits for the socket has at most `MOST_BYTES`; what is more is lost (L6).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from operator import itemgetter
from typing import Final

import orjson
from websockets.exceptions import ConnectionClosed

from sidecar.core.documents import decode
from sidecar.core.json import JsonObject
from sidecar.core.table import Table
from sidecar.rpc.jsonrpc import encode_notification
from sidecar.store import Committed
from sidecar.store.capture import Image, TableChange

MOST_BYTES: Final = 16 * 1024 * 1024
"""JSON text that waits for one slow client; a larger commit is lost to a quick one, too."""


class News:
    """What one transaction did to documents, encoded once for all who want it.

    Args:
        committed: The transaction.
    """

    def __init__(self, committed: Committed) -> None:
        self._committed = committed
        self._encoded: dict[str, Sequence[tuple[int, bytes]]] = {}
        self.head = committed.head

    def of(self, collections: Collection[str] | None) -> tuple[list[bytes], bool]:
        """Return the changes of some collections, or of all, in the order of the events.

        With them comes whether there may be more: of a collection that the transaction may have
        changed, and nobody knows how.
        """
        found: list[tuple[int, bytes]] = []
        lost = False
        for name in sorted({*self._committed.changes, *self._committed.tables}):
            if name.startswith(("_", "sqlite_")):
                continue
            if collections is not None and name not in collections:
                continue
            change = self._committed.changes.get(name)
            if change is None:
                lost = True
            else:
                found.extend(self._of(name, change))
        found.sort(key=itemgetter(0))
        return [encoded for _, encoded in found], lost

    def _of(self, name: str, change: TableChange) -> Sequence[tuple[int, bytes]]:
        if name not in self._encoded:
            self._encoded[name] = _encode(change)
        return self._encoded[name]


class Changes:
    """A subscription to what commits do to documents.

    Args:
        name: The subscription's name.
        collections: Those whose documents are wanted, or None for all there will be.
        head: Later commits are wanted.
        send: Sends a message; returns when the socket can take another one.
    """

    def __init__(
        self,
        name: str,
        collections: Collection[str] | None,
        head: int,
        send: Callable[[bytes], Awaitable[None]],
    ) -> None:
        self.watches = None if collections is None else frozenset(collections)
        self._name = name
        self._head = head
        self._send = send
        self._changes: list[bytes] = []
        self._size = 0
        self._lost = False
        self._owed: int | None = None
        """Head of the first commit that is not sent."""
        self._news = asyncio.Event()
        self._sent = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._ended = False

    def start(self) -> None:
        """Begin to send, if it has not ended yet."""
        if not self._ended:
            self._task = asyncio.get_running_loop().create_task(self._run())

    def wake(self, news: News) -> None:
        """Take what a commit did."""
        if news.head <= self._head:
            return
        found, lost = news.of(self.watches)
        if not found and not lost:
            return
        self._head = news.head
        if self._owed is None:
            self._owed = news.head
        self._changes += found
        self._size += sum(map(len, found))
        self._lost = self._lost or lost
        if self._size > MOST_BYTES:
            self._changes, self._size, self._lost = [], 0, True
        self._news.set()

    async def settle(self, head: int) -> None:
        """Wait until what the commits up to a head did is sent, if any of it may be yet."""
        while self._task is not None and self._owed is not None and self._owed <= head:
            self._sent.clear()
            await self._sent.wait()

    def end(self) -> None:
        """Send nothing any more."""
        self._ended = True
        if self._task is not None:
            self._task.cancel()
        self._owed = None
        self._sent.set()

    async def _run(self) -> None:
        with suppress(ConnectionClosed):
            while True:
                await self._news.wait()
                self._news.clear()
                head, changes, lost = self._head, self._changes, self._lost
                self._changes, self._size, self._lost = [], 0, False
                if lost:
                    await self._tell(head, lost=True)
                if changes:
                    await self._tell(head, changes=[orjson.Fragment(one) for one in changes])
                self._owed = head + 1 if self._news.is_set() else None
                self._sent.set()

    async def _tell(self, head: int, **what: object) -> None:
        told = {"subscription": self._name, "head": head, **what}
        await self._send(encode_notification("changes", told))


def _encode(change: TableChange) -> list[tuple[int, bytes]]:
    """Return the JSON of each row's change, with the event that made it."""
    table = change.table
    return [
        (
            seq,
            orjson.dumps(
                _change(table, _document(table, old, was), _document(table, new, seq), seq)
            ),
        )
        for (old, new), (was, seq) in zip(change.rows, change.revisions, strict=True)
    ]


def _change(
    table: Table, before: JsonObject | None, after: JsonObject | None, seq: int
) -> JsonObject:
    id = (before or after or {})[table.primary_key]
    return {"collection": table.name, "id": id, "seq": seq, "before": before, "after": after}


def _document(table: Table, image: Image | None, seq: int | None) -> JsonObject | None:
    if image is None:
        return None
    row = dict(zip([*table.columns, "_extra"], image, strict=False))
    return {**decode(table, row), "_seq": seq}
