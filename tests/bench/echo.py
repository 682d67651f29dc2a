"""The floor of any round trip: a bare websockets server that sends every message back."""

from __future__ import annotations

import asyncio
import sys

import orjson
from websockets.asyncio.server import ServerConnection, serve


async def main() -> None:
    """Serve until stdin closes; the first line of stdout says where."""
    async with serve(_echo, "127.0.0.1", 0, compression=None, max_size=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        sys.stdout.write(orjson.dumps({"url": f"ws://127.0.0.1:{port}/"}).decode() + "\n")
        sys.stdout.flush()
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


async def _echo(socket: ServerConnection) -> None:
    async for message in socket:
        await socket.send(message)


if __name__ == "__main__":
    try:
        from uvloop import run
    except ImportError:
        from asyncio import run
    run(main())
