"""Those that are asked: real RxDB on two storages, and a real sidecar over its socket."""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

import orjson

from sidecar.client import Client, NewEventJson
from sidecar.core.errors import SidecarError
from sidecar.core.json import Json, JsonObject
from tests.oracle.compare import Answer
from tests.oracle.generate import KEY, Case

ROOT = Path(__file__).parents[2]
BRIDGE = ROOT / "electron-bridge"

STORAGES: Final = ("memory", "dexie")
"""RxDB's storages: in Node's memory, and by Dexie in Chromium's IndexedDB."""

_GRACE = 30
"""Seconds RxDB has to end."""


class Oracle:
    """RxDB on one of its storages, in one process for any number of cases."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    @classmethod
    @contextmanager
    def started(cls, storage: str) -> Iterator[Oracle]:
        """Start it for the length of a block."""
        script = Path(__file__).with_name(f"{storage}.mjs")
        command = ["node", str(script), str(BRIDGE)]
        with subprocess.Popen(
            command, cwd=BRIDGE, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            try:
                yield cls(process)
            finally:
                try:
                    # The end of its input ends it, and its browser.
                    process.communicate(timeout=_GRACE)
                finally:
                    process.kill()

    def ask(self, case: Case) -> None:
        """Send a case; its answers can be read later, in the order of asking."""
        assert self._process.stdin is not None
        body = {"schema": case.schema, "documents": case.documents, "queries": case.queries}
        self._process.stdin.write(orjson.dumps(body) + b"\n")
        self._process.stdin.flush()

    def answers(self) -> list[Answer]:
        """Wait for the answers to the case asked first of those without.

        Raises:
            RuntimeError: RxDB does not take its schema or documents, or ended.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        found: dict[str, Any] = orjson.loads(line) if line else {"error": "it ended"}
        if "error" in found:
            raise RuntimeError(f"RxDB: {found['error']}")
        answers: list[Answer] = found["answers"]
        return answers


class Sidecar:
    """A server of ours and a client of it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._names = (f"case{number}" for number in itertools.count())

    @classmethod
    @asynccontextmanager
    async def started(cls) -> AsyncIterator[Sidecar]:
        """Start it on a new data directory for the length of a block."""
        with tempfile.TemporaryDirectory() as directory:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "sidecar", "serve", "--data-dir", directory),
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=asyncio.subprocess.PIPE,
            )
            try:
                assert process.stdout is not None
                ready = orjson.loads(await process.stdout.readline())
                async with Client.connect(ready["url"], ready["token"]) as client:
                    yield cls(client)
            finally:
                if process.returncode is None:
                    process.terminate()
                await process.wait()

    async def answers(self, case: Case) -> list[Answer]:
        """Define a collection, insert its documents and ask every query."""
        name = next(self._names)
        definition: JsonObject = {"name": name, "primaryKey": KEY, "jsonSchema": case.schema}
        inserts = [{"collection": name, "document": document} for document in case.documents]
        events: list[NewEventJson] = [{"name": "v1.CollectionDefined", "args": definition}]
        events += [{"name": "v1.DocumentInserted", "args": args} for args in inserts]
        await self._client.commit(events)
        return list(await asyncio.gather(*(self._answer(name, one) for one in case.queries)))

    async def _answer(self, name: str, query: JsonObject) -> Answer:
        asked: dict[str, Json] = {"from": name, **query}
        unlimited = {key: value for key, value in asked.items() if key != "limit"}
        counted = {key: asked[key] for key in ("from", "selector") if key in asked}
        try:
            rows, first, count = await asyncio.gather(
                self._client.query(asked),
                self._client.query({**unlimited, "first": True}),
                self._client.query({**counted, "count": True}),
            )
        except SidecarError as error:
            return {"error": str(error)}
        row = first["row"]
        return {
            "ids": [one[KEY] for one in rows["rows"]],
            "first": None if row is None else row[KEY],
            "count": count["count"],
        }
