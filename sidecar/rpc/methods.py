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
from sidecar.core.errors import NotFoundError, ShuttingDownError, SidecarError, TooLargeError
from sidecar.core.event import Expect, NewEvent
from sidecar.core.json import JsonObject
from sidecar.core.query import DocumentQuery, SqlQuery, parse_query
from sidecar.rpc import limits
from sidecar.rpc.backup_files import BackupFiles
from sidecar.rpc.binding import bind, by_name
from sidecar.rpc.counters import Counters, resident_bytes
from sidecar.rpc.hub import Hub
from sidecar.rpc.jsonrpc import InvalidParamsError, Method, Params, encode_notification
from sidecar.rpc.migrations import Migrations, Source
from sidecar.rpc.params import (
    AttachmentsGetParams,
    BackupParams,
    BackupReadParams,
    ChangesSubscribeParams,
    CommitParams,
    DataSource,
    EventsListParams,
    EventsSubscribeParams,
    FileSource,
    MigrateBeginParams,
    MigrateChangesParams,
    MigrateCleanupParams,
    MigrateParams,
    MigrateRepairParams,
    MigrateRollbackParams,
    MigrateVerifyParams,
    MigrationParams,
    NoParams,
    PushedSource,
    PushParams,
    SubscribeParams,
    UnsubscribeParams,
)
from sidecar.rpc.session import Exchange
from sidecar.rpc.stream import event_to_wire
from sidecar.rpc.work import Tell
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
    backups: BackupFiles
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
        "migrate.begin": method(MigrateBeginParams, _migrate_begin),
        "migrate.leave": method(NoParams, _migrate_leave),
        "migrate.push": method(PushParams, _migrate_push),
        "migrate.status": method(NoParams, _migrate_status),
        "migrate.verify": method(MigrateVerifyParams, _migrate_verify),
        "migrate.cutover": method(MigrationParams, _migrate_cutover),
        "migrate.changes": method(MigrateChangesParams, _migrate_changes),
        "migrate.rollback": method(MigrateRollbackParams, _migrate_rollback),
        "migrate.cleanup": method(MigrateCleanupParams, _migrate_cleanup),
        "migrate.repair": method(MigrateRepairParams, _migrate_repair),
        "attachments.get": method(AttachmentsGetParams, _attachments_get),
        "backup.create": method(NoParams, _backup_create),
        "backup.list": method(NoParams, _backup_list),
        "backup.verify": method(BackupParams, _backup_verify),
        "backup.read": method(BackupReadParams, _backup_read),
        "backup.restore": method(BackupParams, _backup_restore),
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
    result = await services.migrations.run(
        _source(params.source),
        ids=params.ids,
        dry_run=params.dryRun,
        strict=params.strict,
        primary_keys=params.primaryKeys,
        tell=_teller(services, exchange, params.source),
    )
    await exchange.session.settle(exchange, services.store.head)
    return result.model_dump(mode="json", by_alias=True)


def _source(source: FileSource | DataSource | PushedSource) -> Source:
    if isinstance(source, FileSource):
        return Path(source.path)
    return source.data if isinstance(source, DataSource) else source.migration


def _teller(
    services: Services,
    exchange: Exchange,
    source: FileSource | DataSource | PushedSource | None = None,
) -> Tell:
    migration = source.migration if isinstance(source, PushedSource) else None

    async def tell(progress: Progress) -> None:
        services.counters.notifications += 1
        told = {"migration": migration, **asdict(progress)}
        await exchange.session.send(encode_notification("migration", told))

    return tell


async def _migrate_begin(
    services: Services, exchange: Exchange, params: MigrateBeginParams
) -> object:
    verify = params.purpose == "verify"
    return await services.migrations.begin(exchange.session.id, verify=verify)


async def _migrate_leave(services: Services, exchange: Exchange, _params: NoParams) -> object:
    await services.migrations.release(exchange.session.id)
    return {}


async def _migrate_push(services: Services, exchange: Exchange, params: PushParams) -> object:
    told = await services.migrations.push(
        exchange.session.id, params.migration, params.records, params.checkpoints
    )
    await exchange.session.settle(exchange, services.store.head)
    return told


async def _migrate_status(services: Services, _exchange: Exchange, _params: NoParams) -> object:
    return await services.migrations.status()


async def _migrate_verify(
    services: Services, exchange: Exchange, params: MigrateVerifyParams
) -> object:
    tell = _teller(services, exchange, params.source)
    found = await services.migrations.verify(_source(params.source), tell)
    return found.model_dump(mode="json", by_alias=True)


async def _migrate_cutover(
    services: Services, exchange: Exchange, params: MigrationParams
) -> object:
    status = await services.migrations.cut_over(params.migration)
    await exchange.session.settle(exchange, services.store.head)
    return status


async def _migrate_changes(
    services: Services, _exchange: Exchange, params: MigrateChangesParams
) -> object:
    return await services.migrations.changes(params.migration, params.after, params.limit)


async def _migrate_rollback(
    services: Services, exchange: Exchange, params: MigrateRollbackParams
) -> object:
    status = await services.migrations.roll_back(params.migration, params.through)
    await exchange.session.settle(exchange, services.store.head)
    return status


async def _migrate_cleanup(
    services: Services, exchange: Exchange, params: MigrateCleanupParams
) -> object:
    status = await services.migrations.clean_up(params.migration)
    await exchange.session.settle(exchange, services.store.head)
    return status


async def _migrate_repair(
    services: Services, exchange: Exchange, params: MigrateRepairParams
) -> object:
    name = await services.migrations.repair(params.seq, params.document)
    await exchange.session.settle(exchange, services.store.head)
    return {"id": name}


async def _attachments_get(_: Services, exchange: Exchange, params: AttachmentsGetParams) -> object:
    read = SqlQuery(
        sql="SELECT type, digest, length(data) AS length, data FROM _attachments "
        "WHERE collection = ? AND documentId = ? AND id = ?",
        params=[params.collection, params.documentId, params.id],
    )
    result = await exchange.session.read(read)
    if not result.rows:
        raise NotFoundError(
            f"{params.collection} {params.documentId!r} has no attachment {params.id!r}"
        )
    return orjson.Fragment(result.rows[0])


async def _backup_create(services: Services, _exchange: Exchange, _params: NoParams) -> object:
    return await services.backups.create()


async def _backup_list(services: Services, _exchange: Exchange, _params: NoParams) -> object:
    return {"backups": await services.backups.list()}


async def _backup_verify(services: Services, _exchange: Exchange, params: BackupParams) -> object:
    return await services.backups.verify(params.name)


async def _backup_read(services: Services, _exchange: Exchange, params: BackupReadParams) -> object:
    return await services.backups.read(params.name, params.after, params.limit)


async def _backup_restore(services: Services, exchange: Exchange, params: BackupParams) -> object:
    result = await services.migrations.run(
        services.backups.path(params.name),
        ids="preserve",
        dry_run=False,
        strict=False,
        primary_keys={},
        tell=_teller(services, exchange),
    )
    await exchange.session.settle(exchange, services.store.head)
    return result.model_dump(mode="json", by_alias=True)


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
