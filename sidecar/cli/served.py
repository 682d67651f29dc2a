"""The backend that talks to the server which holds the store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import cast

from sidecar.cli.backend import EventFilter
from sidecar.cli.progress import Progress
from sidecar.client import (
    Client,
    EventPageJson,
    ExplanationJson,
    NewEventJson,
    NotRunningError,
    ProgressJson,
    QueryResult,
    ReceiptJson,
)
from sidecar.core.json import JsonObject


class Served:
    """A client's calls, each run to its end on a loop of this command's own."""

    served = True

    def __init__(self, client: Client, runner: asyncio.Runner) -> None:
        self._client = client
        self._run = runner.run

    def query(self, query: JsonObject) -> QueryResult:
        """Run a query once."""
        return self._run(self._client.query(query))

    def explain(self, query: JsonObject) -> ExplanationJson:
        """Tell how a query would be run."""
        return self._run(self._client.explain(query))

    def commit(self, events: Sequence[NewEventJson]) -> ReceiptJson:
        """Commit events as one batch."""
        return self._run(self._client.commit(events))

    def events(self, wanted: EventFilter, *, after: int, limit: int) -> EventPageJson:
        """Return the next events after a `seq`."""
        return self._run(
            self._client.events.list(
                after=after,
                limit=limit,
                names=wanted.names,
                collection=wanted.collection,
                id=wanted.id,
            )
        )

    def info(self) -> JsonObject:
        """Return what the server says of itself and its store."""
        return self._run(self._client.server.info())

    def ask(self, method: str, params: JsonObject, progress: Progress | None = None) -> JsonObject:
        """Call a method of the server."""

        def told(step: ProgressJson) -> None:
            if progress is not None:
                progress(step["phase"], step["done"], step["total"])

        return cast("JsonObject", self._run(self._client.call(method, params, progress=told)))


@contextmanager
def attached(data_dir: Path) -> Iterator[Served | None]:
    """Connect to the server that holds a data directory; give None when none does."""
    stack = AsyncExitStack()
    with asyncio.Runner() as runner:
        try:
            client = runner.run(stack.enter_async_context(Client.attach(data_dir)))
        except NotRunningError:
            yield None
            return
        try:
            yield Served(client, runner)
        finally:
            runner.run(stack.aclose())
