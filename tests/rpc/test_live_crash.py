"""Live queries whose server dies, or comes back with another schema: in processes of their own."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import cast

import orjson
import pytest

from sidecar.client import Client, NewEventJson, Subscription
from sidecar.client.errors import ConnectionLostError
from sidecar.client.shapes import QueryResult, ReceiptJson
from sidecar.core.event import uuid7
from sidecar.core.json import JsonObject
from tests.rpc.processes import Started, started

ROUNDS = 5
QUERIES: Sequence[JsonObject] = (
    {"from": "things", "selector": {"n": {"$gte": 2}}, "sort": [{"n": "desc"}], "limit": 5},
    {"from": "things", "selector": {"n": 1}},
    {"from": "things", "count": True},
    {"from": "things", "sort": [{"n": "asc"}], "first": True},
    {"sql": "SELECT n, count(*) AS many FROM things GROUP BY n"},
)
DEFINED: NewEventJson = {
    "name": "v1.CollectionDefined",
    "args": {
        "name": "things",
        "primaryKey": "id",
        "jsonSchema": {"indexes": ["n"], "properties": {"n": {"type": "number"}}},
    },
}


@asynccontextmanager
async def windows(server: Started, count: int) -> AsyncIterator[list[Client]]:
    async with AsyncExitStack() as stack:
        endpoint = server.line["url"], server.line["token"]
        connecting = [Client.connect(*endpoint) for _ in range(count)]
        yield [await stack.enter_async_context(one) for one in connecting]


def plain(result: QueryResult) -> bytes:
    """Return a result without its head."""
    return orjson.dumps({name: one for name, one in result.items() if name != "head"})


async def same(live: Sequence[Subscription[QueryResult]], client: Client) -> None:
    """Check that what live queries hold is their queries run afresh."""
    for query, one in zip(QUERIES, live, strict=True):
        assert plain(one.result) == plain(await client.query(query)), query


class Writer:
    """A window that commits on and on, and sends again what it heard nothing about (S5, L7)."""

    def __init__(self, seed: int) -> None:
        self.receipts: list[ReceiptJson] = []
        self.waiting: list[NewEventJson] = []
        self._random = random.Random(seed)
        self._last = 0

    async def write(self, client: Client) -> None:
        """Commit until the connection is lost."""
        with suppress(ConnectionLostError):
            while True:
                self.waiting = self.waiting or [self._event() for _ in range(3)]
                self.receipts.append(await client.commit(self.waiting))
                self.waiting = []

    def _event(self) -> NewEventJson:
        self._last += 1
        document: JsonObject = {"id": f"{self._last:06}", "n": self._random.randrange(4)}
        return cast(
            "NewEventJson",
            {
                "id": uuid7(self._last, self._random.randbytes(10)),
                "name": "v1.DocumentInserted",
                "args": {"collection": "things", "document": document},
            },
        )


async def test_a_kill_between_commit_and_patch_leaves_no_window_behind(tmp_path: Path) -> None:
    """L1, L7, S3, S5: at a random moment while one window commits and another reads."""
    chance = random.Random(4)
    writer = Writer(4)
    heads = [0] * len(QUERIES)
    for turn in range(ROUNDS):
        with started(tmp_path) as server:
            async with windows(server, 2) as (committing, reading):
                if turn == 0:
                    await committing.commit(DEFINED)
                    live = [await reading.subscribe(one) for one in QUERIES]
                else:
                    live = [
                        await reading.subscribe(one, since=head)
                        for one, head in zip(QUERIES, heads, strict=True)
                    ]
                    await same(live, committing)
                    again = await committing.commit(writer.waiting)
                    writer.receipts.append(again)
                    writer.waiting = []
                writing = asyncio.create_task(writer.write(committing))
                await asyncio.sleep(chance.uniform(0.05, 0.4))
                server.process.send_signal(signal.SIGKILL)
                await writing
                with pytest.raises(ConnectionLostError):
                    async for _ in live[0]:
                        pass
                heads = [one.result["head"] for one in live]
    with started(tmp_path) as server:
        async with windows(server, 1) as (client,):
            live = [await client.subscribe(one) for one in QUERIES]
            await client.commit(writer.waiting)
            await same(live, client)
            stored: list[str] = []
            while (page := await client.events.list(after=len(stored), limit=1_000))["events"]:
                stored += [one["id"] for one in page["events"]]
            for receipt in writer.receipts:
                assert stored[receipt["first"] - 1 : receipt["last"]] == receipt["ids"]
            assert len(set(stored)) == len(stored) == 1 + 3 * (len(writer.receipts) + 1)


NOTES = """
from sidecar.core.column import text
from sidecar.core.event import Event
from sidecar.core.schema import Args, Schema, event
from sidecar.core.state import State, Statements
from sidecar.core.table import Table

notes = Table("notes", {{"id": text(primary_key=True), {columns}}}, indexes=["{index}"])


class Noted(Args):
    id: str
    title: str


@event("v1.Noted", Noted)
def noted(args: Noted, event: Event, state: State) -> Statements:
    return notes.insert({{"id": args.id, "title": args.title{change}, "mark": args.id}})


schema = Schema("notes", version={version}, tables=[notes], events=[noted])
"""


async def test_live_queries_go_on_over_a_change_of_the_schema(tmp_path: Path) -> None:
    """S6, L7: the next server derives its state anew; windows that ask again hold that state."""
    path = tmp_path / "notes.py"
    options = ("--schema", str(path))
    queries: list[JsonObject] = [
        {"from": "notes", "selector": {"title": {"$gt": "B"}}},
        {"from": "notes", "selector": {"mark": "a"}, "fields": ["id", "title"]},
        {"sql": "SELECT title FROM notes ORDER BY title"},
    ]

    def noted(id: str) -> NewEventJson:
        return {"name": "v1.Noted", "args": {"id": id, "title": id}}

    path.write_text(NOTES.format(columns='"title": text()', index="title", change="", version=1))
    with started(tmp_path / "data", *options) as server:
        async with windows(server, 2) as (one, other):
            live = [await one.subscribe(query) for query in queries]
            await one.commit([noted("a"), noted("C")])
            was = [plain(each.result) for each in live]
            heads = [each.result["head"] for each in live]
            fingerprint = server.line["schema"]
            await other.server.shutdown()
            with pytest.raises(ConnectionLostError):
                async for _ in live[0]:
                    pass
        assert server.end()[0] == 0

    columns = '"title": text(), "mark": text()'
    path.write_text(NOTES.format(columns=columns, index="mark", change=".upper()", version=2))
    with started(tmp_path / "data", *options) as server:
        assert server.line["schema"] != fingerprint
        async with windows(server, 2) as (one, other):
            live = [
                await one.subscribe(query, since=head)
                for query, head in zip(queries, heads, strict=True)
            ]
            # The same events, the same head: but another state.
            assert [plain(each.result) for each in live] != was
            for committing in (one, other):
                await committing.commit(noted("b" if committing is one else "d"))
            await one.commit(noted("e"))
            for query, each in zip(queries, live, strict=True):
                assert plain(each.result) == plain(await other.query(query)), query
            assert plain(live[2].result) == orjson.dumps(
                {"rows": [{"title": title} for title in "ABCDE"]}
            )
