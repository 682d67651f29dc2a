"""The methods of the JSON-RPC 2.0 specification's examples, served by our dispatcher."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import cast

from websockets.asyncio.server import ServerConnection, serve

from sidecar.core.errors import ConflictError
from sidecar.core.json import Json
from sidecar.rpc.jsonrpc import Dispatcher, InvalidParamsError, Params, RequestId


class Calls:
    """What was called and what failed, in order."""

    def __init__(self) -> None:
        self.made: list[tuple[str, Json]] = []
        self.failures: list[tuple[str, RequestId, str]] = []

    def failed(self, error: Exception, *, method: str, request_id: RequestId) -> None:
        self.failures.append((method, request_id, repr(error)))


async def subtract(calls: Calls, params: Params) -> object:
    calls.made.append(("subtract", params))
    match params:
        case [int(minuend), int(subtrahend)]:
            return minuend - subtrahend
        case {"minuend": int(minuend), "subtrahend": int(subtrahend)}:
            return minuend - subtrahend
    raise InvalidParamsError([{"path": "", "message": "two numbers"}])


async def total(calls: Calls, params: Params) -> object:
    return sum(cast("list[int]", params))


async def note(calls: Calls, params: Params) -> object:
    calls.made.append(("note", params))
    return None


async def get_data(calls: Calls, params: Params) -> object:
    return ["hello", 5]


async def slow(calls: Calls, params: Params) -> object:
    calls.made.append(("slow begins", params))
    await asyncio.sleep(0.02)
    calls.made.append(("slow ends", params))
    return None


async def broken(calls: Calls, params: Params) -> object:
    raise RuntimeError("a secret of ours")


async def unencodable(calls: Calls, params: Params) -> object:
    return object()


async def conflict(calls: Calls, params: Params) -> object:
    raise ConflictError("it changed", id="p1")


METHODS = {
    "subtract": subtract,
    "sum": total,
    "update": note,
    "notify_hello": note,
    "notify_sum": note,
    "get_data": get_data,
    "slow": slow,
    "broken": broken,
    "unencodable": unencodable,
    "conflict": conflict,
}


def dispatcher(calls: Calls) -> Dispatcher[Calls]:
    return Dispatcher(METHODS, calls.failed)


@contextmanager
def arithmetic() -> Iterator[str]:
    """Serve the methods on a thread of their own; give the URL."""
    started: Future[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def answer(connection: ServerConnection) -> None:
        calls = Calls()
        async for message in connection:
            response = await dispatcher(calls).answer(message, calls)
            if response is not None:
                await connection.send(response, text=True)

    async def run() -> None:
        end = asyncio.Event()
        async with serve(answer, "127.0.0.1", 0, compression=None) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            started.set_result((f"ws://127.0.0.1:{port}", asyncio.get_running_loop(), end))
            await end.wait()

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    url, loop, end = started.result(10)
    try:
        yield url
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()
