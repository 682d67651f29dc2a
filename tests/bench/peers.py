"""The processes a benchmark talks to: the real sidecar, and a bare echo server as the floor."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from sidecar.core.json import Json
from tests.bench.data import batches

ROOT = Path(__file__).resolve().parents[2]

Ready = dict[str, str]
"""What a process says when it serves: `url`, and a sidecar's `token`."""


def sidecar_process(data_dir: Path) -> AbstractAsyncContextManager[Ready]:
    """Run a sidecar on a data directory, and yield its ready line."""
    return _process("-m", "sidecar", "serve", "--data-dir", str(data_dir))


def echo_process() -> AbstractAsyncContextManager[Ready]:
    """Run a bare websockets echo server, and yield its ready line."""
    return _process("-m", "tests.bench.peers")


@asynccontextmanager
async def sidecar_socket(ready: Ready) -> AsyncIterator[ClientConnection]:
    """Yield a bare socket to a sidecar."""
    protocols = [Subprotocol("sidecar.v1"), Subprotocol(f"token.{ready['token']}")]
    async with connect(
        ready["url"], subprotocols=protocols, compression=None, max_size=None
    ) as socket:
        yield socket


@asynccontextmanager
async def sidecar(data_dir: Path) -> AsyncIterator[ClientConnection]:
    """Run a sidecar on a data directory, and yield a bare socket to it."""
    async with sidecar_process(data_dir) as ready, sidecar_socket(ready) as socket:
        yield socket


@asynccontextmanager
async def echo() -> AsyncIterator[ClientConnection]:
    """Run a bare websockets echo server, and yield a socket to it."""
    async with (
        echo_process() as ready,
        connect(ready["url"], compression=None, max_size=None) as socket,
    ):
        yield socket


async def fill(socket: ClientConnection, memories: int) -> None:
    """Commit personas and a number of memories of theirs."""
    for batch in batches(memories):
        events: list[Json] = [{"name": name, "args": args} for name, args in batch]
        await call(socket, "commit", {"events": events})


async def call(socket: ClientConnection, method: str, params: object) -> object:
    """Call a method and wait for its answer; notifications in between are passed over."""
    request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    await socket.send(orjson.dumps(request), text=True)
    while True:
        answer = orjson.loads(await socket.recv())
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        if "id" in answer:
            return answer["result"]


@asynccontextmanager
async def _process(*arguments: str) -> AsyncIterator[Ready]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        ready: Ready = orjson.loads(await process.stdout.readline())
        if "url" not in ready:
            raise RuntimeError(f"{arguments[1]} did not start: {ready}")
        yield ready
    finally:
        process.stdin.close()
        await process.wait()


async def _echo_back(socket: ServerConnection) -> None:
    async for message in socket:
        await socket.send(message)


async def _main() -> None:
    async with serve(_echo_back, "127.0.0.1", 0, compression=None, max_size=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        sys.stdout.write(orjson.dumps({"url": f"ws://127.0.0.1:{port}/"}).decode() + "\n")
        sys.stdout.flush()
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    try:
        from uvloop import run
    except ImportError:
        from asyncio import run
    run(_main())
