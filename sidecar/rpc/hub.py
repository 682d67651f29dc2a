"""From the store's writer to the sessions: a commit marks the live queries it may change."""

from __future__ import annotations

import asyncio
from typing import Protocol

from sidecar.live.registry import Registry
from sidecar.store import Committed, Store


class Listener(Protocol):
    """What has live queries: a session."""

    def touch(self, name: str, head: int) -> None:
        """Note that the commit with this head may have changed a live query."""


class Hub:
    """All live queries of all sessions, by the tables they read.

    The store announces a commit on its writer's thread before it gives out the receipt; both reach
    the event loop in that order, so a session that has a receipt knows which of its live queries
    are touched.

    Args:
        loop: Where the sessions live.
        store: Its commits are announced.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, store: Store) -> None:
        self._loop = loop
        self._registry: Registry[tuple[Listener, str]] = Registry()
        store.observe(self._announce)

    def __len__(self) -> int:
        return len(self._registry)

    def put(self, listener: Listener, name: str, tables: frozenset[str] | None) -> None:
        """Say which tables a live query reads; None while that is not known."""
        self._registry.put((listener, name), tables)

    def drop(self, listener: Listener, name: str) -> None:
        """Forget a live query."""
        self._registry.drop((listener, name))

    def _announce(self, committed: Committed) -> None:
        self._loop.call_soon_threadsafe(self._committed, committed)

    def _committed(self, committed: Committed) -> None:
        for listener, name in self._registry.affected(committed.tables):
            listener.touch(name, committed.head)
