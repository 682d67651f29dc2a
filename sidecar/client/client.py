"""The client's methods: one for each of the server's, with types."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, Self, TypeVar, cast, overload

import orjson

from sidecar.client.connection import Connection
from sidecar.client.errors import ConnectionLostError, NotRunningError
from sidecar.client.event_stream import EventStream
from sidecar.client.shapes import (
    EventPageJson,
    ExplanationJson,
    NewEventJson,
    ProgressJson,
    QueryResult,
    ReceiptJson,
)
from sidecar.client.subscription import Subscription
from sidecar.client.tables import TypedQuery
from sidecar.core.event import uuid7
from sidecar.core.json import Json, JsonObject

Value = TypeVar("Value")
ResultT = TypeVar("ResultT")


class Client:
    """A connection to a server. Its calls may run at the same time; it isn't for several threads.

    Attributes:
        events: The methods `events.*`.
        server: The methods `server.*`.
        url: Where the server listens.
    """

    def __init__(self, connection: Connection) -> None:
        self.url = connection.url
        self.events = Events(connection)
        self.server = Server(connection)
        self._connection = connection

    @classmethod
    @asynccontextmanager
    async def connect(cls, url: str, token: str) -> AsyncIterator[Self]:
        """Connect to a server for the length of an `async with` block.

        Args:
            url: `ws://127.0.0.1:<port>/rpc`, from the server's ready line.
            token: The server's token, from there too.

        Raises:
            NotRunningError: Nobody listens at `url`.
            RefusedError: The server turned the connection down.
        """
        connection = await Connection.open(url, token)
        try:
            yield cls(connection)
        finally:
            await connection.close()

    @classmethod
    @asynccontextmanager
    async def attach(cls, data_dir: Path) -> AsyncIterator[Self]:
        """Connect to the server that holds a data directory.

        Args:
            data_dir: Where `server.json` is. One that a killed server left behind counts as none.

        Raises:
            NotRunningError: No server holds it.
            RefusedError: The server turned the connection down.
        """
        async with cls.connect(*_endpoint(data_dir)) as client:
            yield client

    async def call(
        self,
        method: str,
        params: Mapping[str, Json] | None = None,
        *,
        progress: Callable[[ProgressJson], None] | None = None,
    ) -> Json:
        """Call any method by its name.

        Args:
            method: As in `rpc.discover`: `query`, `events.list`, …
            params: By name.
            progress: Called with every notification of how far a migration is, until the answer.

        Raises:
            SidecarError: What the server answered; a `PeerError` when it could not answer.
        """
        listeners = self._connection.progress
        if progress is not None:
            listeners.add(progress)
        try:
            return await self._connection.call(method, params)
        finally:
            if progress is not None:
                listeners.discard(progress)

    @overload
    async def query(self, query: TypedQuery[ResultT]) -> ResultT: ...
    @overload
    async def query(self, query: Mapping[str, Json]) -> QueryResult: ...
    async def query(self, query: TypedQuery[ResultT] | Mapping[str, Json]) -> ResultT | QueryResult:
        """Run a query once: one made by steps, `{"from": …, "selector": {…}}`, or `{"sql": …}`."""
        return cast("ResultT", await self.call("query", _wire(query)))

    async def explain(self, query: TypedQuery[ResultT] | Mapping[str, Json]) -> ExplanationJson:
        """Return how a query would be run, and the index it lacks, without running it."""
        return cast("ExplanationJson", await self.call("query.explain", _wire(query)))

    async def commit(
        self,
        events: NewEventJson | Sequence[NewEventJson],
        *,
        client_id: str | None = None,
        session_id: str | None = None,
    ) -> ReceiptJson:
        """Commit events as one batch: all of them, durably, or none.

        Args:
            events: One event or several. Those without `id` get one here.
            client_id: Who commits; the connection's own id when None.
            session_id: Which window or process of it; the connection's own id when None.

        Raises:
            SidecarError: The batch is not stored; `index` and `path` in its data name the place.
            ConnectionLostError: The batch may be stored: its `ids` let you send it again (S5).
        """
        several = [events] if isinstance(events, Mapping) else events
        batch = [{"id": _new_id(), **event} for event in several]
        who = {"clientId": client_id, "sessionId": session_id}
        params = {"events": batch, **_given(who)}
        try:
            return cast("ReceiptJson", await self.call("commit", cast("JsonObject", params)))
        except ConnectionLostError as lost:
            raise lost.located(ids=[str(event["id"]) for event in batch]) from None

    @overload
    async def subscribe(
        self, query: TypedQuery[ResultT], *, since: int | None = None
    ) -> Subscription[ResultT]: ...
    @overload
    async def subscribe(
        self, query: Mapping[str, Json], *, since: int | None = None
    ) -> Subscription[QueryResult]: ...
    async def subscribe(
        self, query: TypedQuery[ResultT] | Mapping[str, Json], *, since: int | None = None
    ) -> Subscription[ResultT] | Subscription[QueryResult]:
        """Keep a query's result up to date until the subscription is closed.

        Args:
            query: Any query.
            since: Head of a result the caller still has.
        """
        params = {"query": dict(_wire(query)), **_given({"since": since})}
        return await self._connection.subscribe(cast("JsonObject", params))

    async def migrate(
        self,
        source: Mapping[str, Json],
        *,
        ids: Literal["preserve", "remap"] = "preserve",
        dry_run: bool = False,
        strict: bool = False,
        primary_keys: Mapping[str, str] | None = None,
        progress: Callable[[ProgressJson], None] | None = None,
    ) -> JsonObject:
        """Migrate RxDB data into the store.

        Args:
            source: `{"path": …}` on the server's machine, `{"data": …}` or `{"migration": …}`.
            ids: Whether documents keep their ids.
            dry_run: Validate and report without importing.
            strict: Stop at the first invalid document instead of putting it in quarantine.
            primary_keys: Primary key fields of collections that neither app nor source names.
            progress: Called with every notification of how far it is.

        Returns:
            The migration's report.

        Raises:
            MigrationError: The source can't be migrated; nothing is imported.
        """
        params: JsonObject = {
            "source": dict(source),
            "ids": ids,
            "dryRun": dry_run,
            "strict": strict,
            "primaryKeys": dict(primary_keys or {}),
        }
        return cast("JsonObject", await self.call("migrate", params, progress=progress))

    async def discover(self) -> JsonObject:
        """Return the server's OpenRPC document."""
        return cast("JsonObject", await self.call("rpc.discover"))


class Events:
    """The methods `events.*`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def list(
        self,
        *,
        after: int = 0,
        limit: int | None = None,
        names: Sequence[str] | None = None,
        collection: str | None = None,
        id: str | None = None,
    ) -> EventPageJson:
        """Return a page of the log.

        Args:
            after: Only events with a greater `seq`.
            limit: How many at most; the server's default when None.
            names: Only events of these names.
            collection: Only events that changed a document of this collection.
            id: Only events that changed this document of `collection`.
        """
        several = None if names is None else [*names]
        wanted = {"limit": limit, "names": several, "collection": collection, "id": id}
        params = cast("JsonObject", {"after": after, **_given(wanted)})
        return cast("EventPageJson", await self._connection.call("events.list", params))

    async def subscribe(
        self,
        *,
        after: int = 0,
        names: Sequence[str] | None = None,
        collection: str | None = None,
        id: str | None = None,
    ) -> EventStream:
        """Stream the log, and go on with what is committed, until the stream is closed.

        Args:
            after: Only events with a greater `seq`: after a lost connection, the last one's.
            names: Only events of these names.
            collection: Only events that changed a document of this collection.
            id: Only events that changed this document of `collection`.
        """
        several = None if names is None else [*names]
        wanted = {"names": several, "collection": collection, "id": id}
        return await self._connection.stream(cast("JsonObject", {"after": after, **_given(wanted)}))


class Server:
    """The methods `server.*`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def info(self) -> JsonObject:
        """Return what the server is and holds: version, schema, head, tables, sizes."""
        return cast("JsonObject", await self._connection.call("server.info"))

    async def stats(self) -> JsonObject:
        """Return what the server has done since it started."""
        return cast("JsonObject", await self._connection.call("server.stats"))

    async def shutdown(self) -> None:
        """Ask the server to finish what it acknowledged, and end."""
        await self._connection.call("server.shutdown")


def _endpoint(data_dir: Path) -> tuple[str, str]:
    """Return the URL and token in `server.json`."""
    path = data_dir / "server.json"
    try:
        found = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        raise NotRunningError(f"no server holds {data_dir}") from None
    except (OSError, orjson.JSONDecodeError) as error:
        raise NotRunningError(f"{path} can't be read") from error
    match found:
        case {"url": str(url), "token": str(token)}:
            return url, token
    raise NotRunningError(f"{path} names no server")


def _wire(query: TypedQuery[ResultT] | Mapping[str, Json]) -> Mapping[str, Json]:
    return query.to_json() if isinstance(query, TypedQuery) else query


def _given(params: Mapping[str, Value | None]) -> dict[str, Value]:
    return {name: value for name, value in params.items() if value is not None}


def _new_id() -> str:
    return uuid7(time.time_ns() // 1_000_000, os.urandom(10))
