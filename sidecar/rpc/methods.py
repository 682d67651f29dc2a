"""What each method does. `sidecar.rpc.contract` says what each takes and gives."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import orjson
from pydantic import BaseModel

from sidecar import __version__
from sidecar.core.errors import ShuttingDownError, SidecarError, TooLargeError
from sidecar.core.event import Expect, NewEvent
from sidecar.core.json import JsonObject
from sidecar.core.query import DocumentQuery, SqlQuery, parse_query
from sidecar.rpc import limits
from sidecar.rpc.binding import bind, by_name
from sidecar.rpc.counters import Counters, resident_bytes
from sidecar.rpc.hub import Hub
from sidecar.rpc.jsonrpc import InvalidParamsError, Method, Params, encode_notification
from sidecar.rpc.migrations import Migrations
from sidecar.rpc.params import (
    ChangesSubscribeParams,
    CommitParams,
    DataSource,
    EventsListParams,
    EventsSubscribeParams,
    FileSource,
    MigrateParams,
    NoParams,
    PushParams,
    SubscribeParams,
    UnsubscribeParams,
)
from sidecar.rpc.session import Exchange
from sidecar.rpc.stream import event_to_wire
from sidecar.store import Store

if TYPE_CHECKING:
    from sidecar.migration.result import Progress

ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(slots=True)
class Services:
    """What the methods of one server work with.

    Attributes:
        stop: Ends the server.
        stopping: Set when it ends: nothing new is taken on.
    """

    store: Store
    hub: Hub
    migrations: Migrations
    stop: Callable[[], None]
    counters: Counters = field(default_factory=Counters)
    began: float = field(default_factory=time.monotonic)
    stopping: bool = False

    @property
    def uptime(self) -> int:
        """Milliseconds since the server was made."""
        return round((time.monotonic() - self.began) * 1000)


def methods(services: Services) -> dict[str, Method[Exchange]]:
    """Return the methods of a server by name."""

    def method(
        model: type[ModelT], call: Callable[[Services, Exchange, ModelT], Awaitable[object]]
    ) -> Method[Exchange]:
        async def run(exchange: Exchange, params: Params) -> object:
            return await call(services, exchange, bind(model, by_name((model,), params)))

        return _counted(services, run)

    async def run_query(exchange: Exchange, params: Params) -> object:
        return await _query(services, exchange, by_name((DocumentQuery, SqlQuery), params))

    async def explain_query(exchange: Exchange, params: Params) -> object:
        return await _explain(services, exchange, by_name((DocumentQuery, SqlQuery), params))

    return {
        "query": _counted(services, run_query),
        "query.explain": _counted(services, explain_query),
        "commit": method(CommitParams, _commit),
        "subscribe": method(SubscribeParams, _subscribe),
        "unsubscribe": method(UnsubscribeParams, _unsubscribe),
        "events.list": method(EventsListParams, _events_list),
        "events.subscribe": method(EventsSubscribeParams, _events_subscribe),
        "changes.subscribe": method(ChangesSubscribeParams, _changes_subscribe),
        "migrate": method(MigrateParams, _migrate),
        "migrate.begin": method(NoParams, _migrate_begin),
        "migrate.push": method(PushParams, _migrate_push),
        "server.info": method(NoParams, _server_info),
        "server.stats": method(NoParams, _server_stats),
        "server.shutdown": method(NoParams, _server_shutdown),
        "rpc.discover": method(NoParams, _rpc_discover),
    }


def _counted(services: Services, call: Method[Exchange]) -> Method[Exchange]:
    async def run(exchange: Exchange, params: Params) -> object:
        services.counters.requests += 1
        if services.stopping:
            services.counters.errors += 1
            raise ShuttingDownError("the server is ending")
        try:
            return await call(exchange, params)
        except (SidecarError, InvalidParamsError):
            services.counters.errors += 1
            raise
        except Exception:
            services.counters.errors += 1
            services.counters.faults += 1
            raise

    return run


async def _query(services: Services, exchange: Exchange, query: JsonObject) -> object:
    services.counters.queries += 1
    result = await exchange.session.read(parse_query(query))
    return result.to_wire()


async def _explain(services: Services, exchange: Exchange, query: JsonObject) -> object:
    found = await services.store.explain(parse_query(query), window=exchange.session.id)
    return found.to_wire()


async def _commit(services: Services, exchange: Exchange, params: CommitParams) -> object:
    session = exchange.session
    events = [
        NewEvent(
            one.name,
            one.args,
            one.id,
            [Expect(expect.collection, expect.id, expect.seq) for expect in one.expect],
        )
        for one in params.events
    ]
    stored = services.store.commit(
        events,
        client_id=params.clientId or session.client_id,
        session_id=params.sessionId or session.session_id,
        validate=params.validate_,
    )
    future = asyncio.wrap_future(stored)
    # A connection that closes now must not take back what the writer has begun, nor leave a refusal
    # that nobody asks for to asyncio's log.
    future.add_done_callback(lambda done: done.cancelled() or done.exception())
    receipt = await asyncio.shield(future)
    services.counters.commits += 1
    services.counters.events += len(events)
    await session.settle(exchange, receipt.head)
    return receipt.to_wire()


async def _subscribe(_: Services, exchange: Exchange, params: SubscribeParams) -> object:
    return await exchange.session.subscribe(exchange, parse_query(params.query))


async def _unsubscribe(_: Services, exchange: Exchange, params: UnsubscribeParams) -> object:
    exchange.session.unsubscribe(params.subscription)
    return {}


async def _events_list(services: Services, exchange: Exchange, params: EventsListParams) -> object:
    page = await services.store.events(
        after=params.after,
        limit=params.limit,
        names=params.names,
        collection=params.collection,
        id=params.id,
        window=exchange.session.id,
    )
    cap = services.store.limits.result_bytes
    events = [event_to_wire(event) for event in page.events]
    if sum(size for _, size in events) > cap:
        raise TooLargeError(f"the page is larger than {cap} bytes", limit=cap)
    return {"events": [one for one, _ in events], "head": page.head, "next": page.next}


async def _events_subscribe(
    _: Services, exchange: Exchange, params: EventsSubscribeParams
) -> object:
    return exchange.session.follow(exchange, params)


async def _changes_subscribe(
    _: Services, exchange: Exchange, params: ChangesSubscribeParams
) -> object:
    return exchange.session.watch(exchange, params.collections)


async def _migrate(services: Services, exchange: Exchange, params: MigrateParams) -> object:
    session, migrations, source = exchange.session, services.migrations, params.source
    migration: str | None = None
    place: Path | JsonObject
    if isinstance(source, FileSource):
        place = Path(source.path)
    elif isinstance(source, DataSource):
        place = source.data
    else:
        migration = source.migration
        place = migrations.pushed(migration)

    async def tell(progress: Progress) -> None:
        services.counters.notifications += 1
        told = {"migration": migration, **asdict(progress)}
        await session.send(encode_notification("migration", told))

    result = await migrations.run(
        place,
        ids=params.ids,
        dry_run=params.dryRun,
        strict=params.strict,
        primary_keys=params.primaryKeys,
        tell=tell,
    )
    if migration is not None and not params.dryRun:
        migrations.remove(migration)
    await session.settle(exchange, services.store.head)
    return result.model_dump(mode="json", by_alias=True)


async def _migrate_begin(services: Services, _exchange: Exchange, _params: NoParams) -> object:
    return {"migration": await services.migrations.begin()}


async def _migrate_push(services: Services, _exchange: Exchange, params: PushParams) -> object:
    total = await services.migrations.push(params.migration, params.records)
    return {"received": len(params.records), "total": total}


async def _server_info(services: Services, exchange: Exchange, _params: NoParams) -> object:
    store = services.store
    return {
        "version": __version__,
        "protocol": limits.PROTOCOL,
        "app": store.schema.name,
        "schema": store.fingerprint,
        "head": store.head,
        "pid": os.getpid(),
        "uptime": services.uptime,
        "clientId": exchange.session.client_id,
        "sessionId": exchange.session.session_id,
        "limits": {
            "messageBytes": limits.MESSAGE_BYTES,
            "frameBytes": limits.FRAME_BYTES,
            "batchRequests": limits.BATCH_REQUESTS,
            "requestsInFlight": limits.IN_FLIGHT,
        },
        "store": await store.info(),
    }


async def _server_stats(services: Services, _exchange: Exchange, _params: NoParams) -> object:
    return {
        "uptime": services.uptime,
        "rss": resident_bytes(),
        "subscriptions": len(services.hub),
        **services.counters.to_wire(),
    }


async def _server_shutdown(services: Services, exchange: Exchange, _params: NoParams) -> object:
    exchange.after.append(services.stop)
    return {}


async def _rpc_discover(_services: Services, _exchange: Exchange, _params: NoParams) -> object:
    return await asyncio.to_thread(_openrpc)


@cache
def _openrpc() -> orjson.Fragment:
    from sidecar.rpc.openrpc import openrpc_document  # noqa: PLC0415 - models of all results

    return orjson.Fragment(orjson.dumps(openrpc_document()))
