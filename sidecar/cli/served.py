"""The backend that talks to the server which holds the store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

from sidecar.cli.backend import EventFilter, Migration
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

    def migrate(self, migration: Migration, progress: Progress) -> JsonObject:
        """Let the server migrate a file, which it reads itself."""

        def told(step: ProgressJson) -> None:
            progress(step["phase"], step["done"], step["total"])

        return self._run(
            self._client.migrate(
                {"path": str(migration.path.absolute())},
                ids=migration.ids,
                dry_run=migration.dry_run,
                strict=migration.strict,
                primary_keys=migration.primary_keys,
                progress=told,
            )
        )


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
