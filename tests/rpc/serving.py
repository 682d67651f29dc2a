"""A real server on a real socket with a real store, and a client that hides nothing."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from websockets.asyncio.client import ClientConnection, connect

from sidecar.app import schema
from sidecar.core.schema import Schema
from sidecar.rpc.schema_export import DIRECTORY
from sidecar.rpc.server import Server
from sidecar.store import Limits, Store

TOKEN = "a-token-of-these-tests"
PATIENCE = 20.0
"""Seconds a test waits for a message before it fails."""

Message = dict[str, Any]
Decoded = Any
"""What a JSON decoder gives: a test says what it expects of it."""


@dataclass(frozen=True)
class Serving:
    """A running server."""

    url: str
    store: Store
    stopped: threading.Event

    @property
    def port(self) -> int:
        return int(self.url.split(":")[2].split("/")[0])


@contextmanager
def serving(
    data_dir: Path,
    app: Schema = schema,
    limits: Limits | None = None,
    origins: tuple[str, ...] = (),
) -> Iterator[Serving]:
    """Serve a data directory on a thread of its own."""
    store = Store.open(data_dir, app, limits=limits)
    started: Future[Serving] = Future()
    ended = threading.Event()

    async def run() -> None:
        end = asyncio.Event()
        loop = asyncio.get_running_loop()
        stopped = threading.Event()
        server = await Server.open(store, token=TOKEN, stop=stopped.set, origins=origins)
        started.set_result(Serving(server.url, store, stopped))
        waiting = loop.run_in_executor(None, ended.wait)
        waiting.add_done_callback(lambda _: end.set())
        await end.wait()
        await server.close(5)
        await asyncio.to_thread(store.close)

    def work() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:
            if not started.done():
                started.set_exception(error)
            raise

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield started.result(PATIENCE)
    finally:
        ended.set()
        thread.join()
        store.close()


@dataclass
class Peer:
    """A connection that keeps every message in the order it came."""

    socket: ClientConnection
    received: list[Message] = field(default_factory=list)
    last_id: int = 0

    @classmethod
    @asynccontextmanager
    async def open(cls, server: Serving) -> AsyncIterator[Peer]:
        protocols = ["sidecar.v1", f"token.{TOKEN}"]
        async with connect(
            server.url, subprotocols=protocols, compression=None, max_size=None
        ) as socket:
            yield cls(socket)

    async def send(self, text: str | bytes) -> None:
        await self.socket.send(text)

    async def receive(self) -> Decoded:
        """Return the next message, whatever it is."""
        async with asyncio.timeout(PATIENCE):
            message = json.loads(await self.socket.recv())
        self.received.append(message)
        return message

    async def post(self, method: str, params: Decoded = None) -> int:
        """Send a request without waiting; return its id."""
        self.last_id += 1
        request = {"jsonrpc": "2.0", "id": self.last_id, "method": method}
        await self.send(json.dumps(request if params is None else {**request, "params": params}))
        return self.last_id

    async def answer(self, request_id: int) -> Message:
        """Return the response to a request; what comes before it stays in `received`."""
        for message in self.received:
            if isinstance(message, dict) and message.get("id") == request_id:
                return message
        while True:
            message = await self.receive()
            if isinstance(message, dict) and message.get("id") == request_id:
                return message

    async def call(self, method: str, params: Decoded = None) -> Decoded:
        """Return the result of a call that must succeed."""
        response = await self.answer(await self.post(method, params))
        assert "error" not in response, response["error"]
        return response["result"]

    async def fail(self, method: str, params: Decoded = None) -> Message:
        """Return the error of a call that must fail."""
        response = await self.answer(await self.post(method, params))
        assert "result" not in response, response
        error: Message = response["error"]
        return error

    def notifications(self, method: str = "subscription") -> list[Message]:
        """Return the params of the notifications received so far."""
        return [
            message["params"]
            for message in self.received
            if isinstance(message, dict) and message.get("method") == method
        ]

    async def quiet(self) -> None:
        """Wait until everything sent to this connection before now is received."""
        await self.call("server.stats")


def persona(identifier: str, name: str = "Ada", **fields: object) -> Message:
    """Return v1.PersonaCreated."""
    args = {
        "id": identifier,
        "name": name,
        "description": "",
        "personality": {"traits": [], "temperament": "calm", "communicationStyle": "plain"},
        "settings": {"memoryRetention": 50, "privacyLevel": "low", "autoLearn": True},
        **fields,
    }
    return {"name": "v1.PersonaCreated", "args": args}


def conforms(message: object, file: str) -> None:
    """Check a message against a file of `rpc_schema/schemas`."""
    schema = json.loads((DIRECTORY / "schemas" / f"{file}.json").read_bytes())
    Draft202012Validator(schema).validate(message)


def apply_patch(rows: Decoded, key: str, patch: Message) -> list[Message]:
    """Return the rows that a patch leads to, as DESIGN L2 says."""
    new = {one["row"][key] for one in patch["upsert"]}
    result = [row for row in rows if row[key] not in {*patch["remove"], *new}]
    for one in patch["upsert"]:
        result.insert(one["at"], one["row"])
    if "order" in patch:
        result.sort(key=lambda row: patch["order"].index(row[key]))
    return result
