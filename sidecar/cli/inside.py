"""A server's methods, answered in this process: one connection, without a socket."""

from __future__ import annotations

import asyncio
from typing import cast

import orjson

from sidecar.cli.progress import Progress
from sidecar.client import ProgressJson
from sidecar.client.errors import error_from_wire
from sidecar.core.json import JsonObject
from sidecar.rpc.backup_files import BackupFiles
from sidecar.rpc.hub import Hub
from sidecar.rpc.jsonrpc import InvalidParamsError, Method, invalid_params
from sidecar.rpc.methods import Services, methods
from sidecar.rpc.migrations import Migrations
from sidecar.rpc.session import Exchange, Session
from sidecar.store import Store


class Inside:
    """A connection to a store that this process has open.

    Args:
        store: The store, which stays open until the runner is closed.
        runner: Runs each call; closing it waits for what a call that was interrupted still writes.
    """

    def __init__(self, store: Store, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._progress: Progress | None = None
        self._session, self._methods = runner.run(self._connect(store))

    def ask(self, method: str, params: JsonObject, progress: Progress | None) -> JsonObject:
        """Call a method; errors and answer are those a server would send."""
        self._progress = progress
        return self._runner.run(self._call(method, params))

    async def _connect(self, store: Store) -> tuple[Session, dict[str, Method[Exchange]]]:
        hub = Hub(asyncio.get_running_loop(), store)
        services = Services(store, hub, Migrations(store), BackupFiles(store), stop=lambda: None)
        return Session(store, hub, services.counters, self._send), methods(services)

    async def _call(self, method: str, params: JsonObject) -> JsonObject:
        exchange = self._session.begin()
        try:
            answer = await self._methods[method](exchange, params)
        except InvalidParamsError as error:
            raise error_from_wire(invalid_params(error.errors)) from error
        finally:
            self._session.finish(exchange)
        return cast("JsonObject", orjson.loads(orjson.dumps(answer)))

    async def _send(self, message: bytes) -> None:
        note: JsonObject = orjson.loads(message)
        if note["method"] == "migration" and self._progress is not None:
            step = cast("ProgressJson", note["params"])
            self._progress(step["phase"], step["done"], step["total"])
