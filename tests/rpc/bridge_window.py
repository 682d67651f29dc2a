"""Windows that run the bridge, in a Node process: `electron-bridge/tests/machine`."""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final, cast

import orjson

from sidecar.client.shapes import NewEventJson
from sidecar.core.json import Json, JsonObject
from tests.rpc.live_window import Fresh
from tests.rpc.processes import ROOT
from tests.rpc.serving import TOKEN

BRIDGE: Final = ROOT / "electron-bridge"

_LONGEST: Final = 2**28
"""Bytes of one line at most."""

_UNANSWERED: Final = frozenset(
    ["E_CONNECTION_LOST", "E_CONNECTION_FAILED", "E_CLOSED", "E_PROTOCOL"]
)
"""No answers to a commit: it is sent again until there is one."""


class Bridge:
    """A Node process and its windows.

    Args:
        process: Reads requests and writes answers.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def start(cls) -> Bridge:
        """Start the process."""
        return cls(
            await asyncio.create_subprocess_exec(
                "node",
                "--enable-source-maps",
                await asyncio.to_thread(_bundle),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=_LONGEST,
            )
        )

    def new_id(self) -> int:
        """Return a number that names something new."""
        return next(self._ids)

    async def ask(self, what: str, window: int, **params: Json) -> Json:
        """Ask a window to do something; return its answer.

        Raises:
            AssertionError: What is wrong with it.
        """
        id = self.new_id()
        answer = self._waiting[id] = asyncio.get_running_loop().create_future()
        assert self._process.stdin is not None
        self._process.stdin.write(
            orjson.dumps({"id": id, "do": what, "window": window, **params}) + b"\n"
        )
        return await answer

    async def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()
        await self._reader

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            message = orjson.loads(line)
            answer = self._waiting.pop(message["id"])
            if answer.cancelled():
                continue
            if "failure" in message:
                answer.set_exception(AssertionError(message["failure"]))
            else:
                answer.set_result(message["result"])
        for answer in self._waiting.values():
            answer.set_exception(AssertionError("the bridge's process ended"))


class BridgeWindow:
    """A window of the bridge, which comes back by itself.

    Args:
        bridge: The process it is in.
    """

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._id = bridge.new_id()
        self._live: list[tuple[int, JsonObject]] = []

    @property
    def queries(self) -> Sequence[JsonObject]:
        return [query for _, query in self._live]

    async def open(self, url: str, queries: Sequence[JsonObject]) -> None:
        await self._ask("open", endpoint=_endpoint(url))
        for one in queries:
            await self.begin(one)

    async def close(self, *, cut: bool = False) -> None:
        await self._ask("close")

    async def reconnect(self, url: str, *, cut: bool) -> None:
        await self._ask("reconnect", endpoint=_endpoint(url), cut=cut)

    async def begin(self, query: JsonObject) -> None:
        live = self._bridge.new_id()
        self._live.append((live, query))
        await self._ask("begin", live=live, query=query)

    async def end(self, at: int) -> None:
        live, _ = self._live.pop(at)
        await self._ask("end", live=live)

    async def commit(self, events: Sequence[NewEventJson]) -> str | None:
        batch = cast("list[JsonObject]", events)
        if len(batch) == 1 and batch[0].keys() == {"name", "args"}:
            args = cast("JsonObject", batch[0]["args"])
            if batch[0]["name"] == "v1.uiState.Set":
                given = {"value": args["value"], "partial": args.get("partial", False)}
                return await self._committed("set", document=args["id"], **given)
        return await self._committed("commit", events=list[Json](batch))

    async def mark(self, event: NewEventJson) -> int:
        return cast("int", await self._ask("mark", event=cast("JsonObject", event)))

    async def compare(self, at: int, fresh: Fresh) -> int:
        live, _ = self._live[at]
        wanted: JsonObject = {"code": fresh.code} if fresh.code else {"value": fresh.value}
        return cast("int", await self._ask("compare", live=live, fresh=wanted))

    async def _committed(self, what: str, **params: Json) -> str | None:
        code = cast("str | None", await self._ask(what, **params))
        assert code not in _UNANSWERED, code
        return code

    async def _ask(self, what: str, **params: Json) -> Json:
        return await self._bridge.ask(what, self._id, **params)


def _endpoint(url: str) -> JsonObject:
    return {"url": url, "token": TOKEN}


@cache
def _directory() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="bridge")


@cache
def _bundle() -> Path:
    """Bundle what the process runs, once."""
    program = "tsdown.cmd" if os.name == "nt" else "tsdown"
    directory = _directory().name
    subprocess.run(
        [
            BRIDGE / "node_modules" / ".bin" / program,
            "tests/machine/main.ts",
            *("--no-config", "--no-dts", "--platform", "node", "--sourcemap"),
            *("--out-dir", directory, "--log-level", "error"),
        ],
        cwd=BRIDGE,
        check=True,
    )
    return Path(directory) / "main.mjs"
