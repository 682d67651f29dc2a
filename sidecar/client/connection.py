"""One WebSocket to a server: requests, their answers, and the notifications between.

1. One task reads the socket and does all bookkeeping, so an answer and the notifications around it
   take effect in the order the server sent them (L5).
2. It doesn't reconnect: a lost connection ends all calls and subscriptions with that error.
3. A call that its caller cancelled is forgotten; its answer, when it comes, is dropped.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar, cast

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI
from websockets.typing import Subprotocol

from sidecar.client.errors import (
    ConnectionLostError,
    NotRunningError,
    RefusedError,
    error_from_wire,
)
from sidecar.client.event_stream import EventStream
from sidecar.client.following import Following
from sidecar.client.shapes import ProgressJson
from sidecar.client.subscription import Subscription
from sidecar.core.errors import TooLargeError, ValidationError
from sidecar.core.json import Json, JsonObject

Result = TypeVar("Result")

MAX_REQUEST = 64 * 1024**2
"""Bytes of one message the server takes. Checked here: its refusal names no call."""

MAX_ANSWER = 256 * 1024**2
"""Bytes of one message we take: a result at the server's cap, with room for its envelope."""


class Connection:
    """An open socket and what waits on it.

    Attributes:
        progress: Called with every notification of a migration's progress.
    """

    def __init__(self, socket: ClientConnection, url: str) -> None:
        self.url = url
        self.progress: set[Callable[[ProgressJson], None]] = set()
        self._socket = socket
        self._numbers = itertools.count(1)
        self._calls: dict[int, _Call[Any]] = {}
        self._live: dict[str, Following] = {}
        self._lost: ConnectionLostError | None = None
        self._reader = asyncio.create_task(self._read(), name="sidecar client")

    @classmethod
    async def open(cls, url: str, token: str) -> Connection:
        """Connect and authenticate; errors as in `Client.connect`."""
        try:
            socket = await connect(
                url,
                subprotocols=[Subprotocol("sidecar.v1")],
                additional_headers={"Authorization": f"Bearer {token}"},
                compression=None,
                proxy=None,
                # A program busy for a minute is no lost one; loopback tells when the peer dies.
                ping_interval=None,
                max_size=MAX_ANSWER,
            )
        except InvalidURI as error:
            raise ValidationError(f"{url} is not a WebSocket address", path="/url") from error
        except InvalidHandshake as error:
            status = getattr(getattr(error, "response", None), "status_code", None)
            raise RefusedError(f"{url} turned us down: {error}", status=status) from error
        except OSError as error:
            raise NotRunningError(f"no server answers at {url}") from error
        return cls(socket, url)

    async def call(self, method: str, params: Mapping[str, Json] | None = None) -> Json:
        """Send a request and wait for its result; errors as in `Client.call`."""
        return await self._send(method, params, lambda result: result)

    async def subscribe(self, params: Mapping[str, Json]) -> Subscription[Any]:
        """Call `subscribe` and keep its result up to date."""
        return await self._send("subscribe", params, self._follow)

    async def close(self) -> None:
        """Close the socket; waiting calls get `ConnectionLostError`, live results end."""
        for live in self._live.values():
            live.end(None)
        self._live.clear()
        await self._socket.close()
        await self._reader

    async def stream(self, params: Mapping[str, Json]) -> EventStream:
        """Call `events.subscribe` and keep what it brings."""
        return await self._send("events.subscribe", params, self._begin_stream)

    def _begin_stream(self, result: Json) -> EventStream:
        name = cast("str", cast("JsonObject", result)["subscription"])
        stream = EventStream(lambda: self._unsubscribe(name))
        self._live[name] = stream
        return stream

    def _follow(self, result: Json) -> Subscription[Any]:
        answer = cast("JsonObject", result)
        name = cast("str", answer["subscription"])
        live: Subscription[Any] = Subscription(answer, lambda: self._unsubscribe(name))
        self._live[name] = live
        return live

    async def _unsubscribe(self, name: str) -> None:
        self._live.pop(name, None)
        await self.call("unsubscribe", {"subscription": name})

    async def _send(
        self, method: str, params: Mapping[str, Json] | None, take: Callable[[Json], Result]
    ) -> Result:
        """Do a call; `take` gets its result before any later message is read."""
        number = next(self._numbers)
        message = _encode({"jsonrpc": "2.0", "id": number, "method": method}, params)
        if self._lost is not None:
            # A new one: an error that is raised again and again keeps each of its tracebacks.
            raise ConnectionLostError(self._lost.message)
        call = _Call(take)
        self._calls[number] = call
        try:
            await self._socket.send(message, text=True)
            return await call.answer
        except ConnectionClosed as closed:
            raise _lost(closed) from None
        finally:
            del self._calls[number]

    async def _read(self) -> None:
        try:
            while True:
                self._receive(orjson.loads(await self._socket.recv(decode=False)))
        except ConnectionClosed as closed:
            self._end(_lost(closed))
        except orjson.JSONDecodeError:
            self._end(ConnectionLostError("the server sent what is not JSON"))
            await self._socket.close(1002)

    def _receive(self, message: JsonObject) -> None:
        match message:
            case {"method": "subscription" | "events", "params": {"subscription": str(name)}}:
                if live := self._live.get(name):
                    live.deliver(cast("JsonObject", message["params"]))
            case {"method": "migration", "params": params}:
                for progress in tuple(self.progress):
                    progress(cast("ProgressJson", params))
            case {"id": int(number)} if number in self._calls:
                self._calls[number].settle(message)
            case {"id": None, "error": _}:
                # The server can't tell which call it could not read, so all of them hear it.
                for call in self._calls.values():
                    call.settle(message)

    def _end(self, lost: ConnectionLostError) -> None:
        self._lost = lost
        for call in self._calls.values():
            call.fail(lost)
        for live in self._live.values():
            live.end(lost)
        self._live.clear()


class _Call(Generic[Result]):
    """A request that waits for its answer; `take` turns its result into what the caller gets."""

    def __init__(self, take: Callable[[Json], Result]) -> None:
        self.answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._take = take

    def settle(self, answer: Mapping[str, Json]) -> None:
        """Wake the caller with a result or an error."""
        if "error" in answer:
            self.fail(error_from_wire(cast("JsonObject", answer["error"])))
        elif not self.answer.done():
            self.answer.set_result(self._take(answer["result"]))

    def fail(self, error: Exception) -> None:
        """Wake the caller with an error."""
        if not self.answer.done():
            self.answer.set_exception(error)
            # Who could not even send has raised already: nobody else may ask for it.
            self.answer.exception()


def _lost(closed: ConnectionClosed) -> ConnectionLostError:
    return ConnectionLostError(f"the connection is closed: {closed}")


def _encode(request: dict[str, object], params: Mapping[str, Json] | None) -> bytes:
    if params is not None:
        request["params"] = params
    try:
        message = orjson.dumps(request, option=orjson.OPT_PASSTHROUGH_DATETIME)
    except TypeError as error:
        raise ValidationError(f"the parameters are not JSON: {error}", path="") from error
    if len(message) > MAX_REQUEST:
        raise TooLargeError(
            f"the call has {len(message):,} bytes; the server takes {MAX_REQUEST:,}",
            size=len(message),
            limit=MAX_REQUEST,
        )
    return message
