"""What the server goes on telling a client: waiting for it, and its end."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from sidecar.core.errors import SidecarError
from sidecar.core.json import JsonObject


class Following(ABC):
    """Base of what ends by `close`, by leaving its `async with` block, or with its connection.

    Args:
        unsubscribe: Tells the server that it ended.
    """

    def __init__(self, unsubscribe: Callable[[], Awaitable[None]]) -> None:
        self._unsubscribe = unsubscribe
        self._error: SidecarError | None = None
        self._ended = False
        self._changed = asyncio.Event()

    async def close(self) -> None:
        """End it; loops over it end too."""
        if not self._ended:
            self.end(None)
            await self._unsubscribe()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def __aiter__(self) -> Self:
        return self

    @abstractmethod
    def deliver(self, params: JsonObject) -> None:
        """Take a notification's params; the connection calls this."""

    def end(self, error: SidecarError | None) -> None:
        """Let loops end, with an error or without; the connection calls this."""
        self._ended = True
        self._error = error
        self._changed.set()
