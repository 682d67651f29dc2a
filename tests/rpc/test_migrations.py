"""Migrations over the wire: from a file, from data, and from records that were pushed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rpc.serving import Message, Peer, Serving, conforms, serving


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Serving]:
    with serving(tmp_path / "data") as server:
        yield server


def record(n: int) -> Message:
    return {"collection": "notes", "document": {"id": f"n{n:05}", "text": f"note {n}"}}


SCHEMA = {
    "collection": "notes",
    "schema": {
        "version": 0,
        "primaryKey": "id",
        "type": "object",
        "properties": {"id": {"type": "string", "maxLength": 40}, "text": {"type": "string"}},
    },
}


async def test_records_that_were_pushed_are_imported(peer: Peer, server: Serving) -> None:
    """And a live query on another connection sees them."""
    begun = await peer.call("migrate.begin")
    conforms(begun, "migrate.begin.result")
    sizes = [1, 100, 50]
    sent = []
    at = 0
    for size in sizes:
        records = [record(at + n) for n in range(size)]
        at += size
        lines = [json.dumps(one) for one in (SCHEMA, *records)]
        pushed = {"migration": begun["migration"], "records": lines}
        sent.append(await peer.post("migrate.push", pushed))
    totals = [(await peer.answer(one))["result"] for one in sent]
    conforms(totals[0], "migrate.push.result")
    assert [one["total"] for one in totals] == [2, 103, 154]
    source = {"migration": begun["migration"]}
    result = await peer.call("migrate", {"source": source})
    conforms(result, "migrate.result")
    assert result["collections"]["notes"]["imported"] == 151
    assert result["verification"]["passed"]
    found = await peer.call("query", {"from": "notes", "count": True})
    assert found["count"] == 151
    assert await peer.call("migrate", {"source": source}) == result, "it was done once"


async def test_progress_goes_to_the_caller_alone(server: Serving, tmp_path: Path) -> None:
    file = tmp_path / "export.ndjson"
    lines = [SCHEMA, *(record(n) for n in range(3000))]
    file.write_text("".join(json.dumps(one) + "\n" for one in lines))
    async with Peer.open(server) as peer, Peer.open(server) as other:
        running = await peer.post("migrate", {"source": {"path": str(file)}})
        busy = await other.fail("migrate", {"source": {"path": str(file)}})
        assert busy["data"]["code"] == "E_BUSY"
        result = (await peer.answer(running))["result"]
        conforms(result, "migrate.result")
        told = peer.notifications("migration")
        assert told
        for one in told:
            conforms(one, "notification.migration")
            assert one["migration"] is None
        await other.quiet()
        assert other.notifications("migration") == []
        again = await other.call("migrate", {"source": {"path": str(file)}})
        assert again["collections"]["notes"]["unchanged"] == 3000


async def test_a_lost_connection_cancels_its_migration(server: Serving, tmp_path: Path) -> None:
    """What was imported stays; the server is free for the next."""
    file = tmp_path / "export.ndjson"
    lines = [SCHEMA, *(record(n) for n in range(20_000))]
    file.write_text("".join(json.dumps(one) + "\n" for one in lines))
    async with Peer.open(server) as peer, Peer.open(server) as other:
        await peer.post("migrate", {"source": {"path": str(file)}})
        await peer.receive()
        peer.socket.transport.abort()
        small = {"data": {"version": "1.0", "personas": [], "memoryEntities": []}}
        for _ in range(500):
            answer = await other.answer(
                await other.post("migrate", {"source": small, "dryRun": True})
            )
            if "result" in answer:
                break
            assert answer["error"]["data"]["code"] == "E_BUSY"
            await asyncio.sleep(0.02)
        else:
            pytest.fail("the lost migration still runs")


async def test_data_by_value_and_a_dry_run(peer: Peer) -> None:
    persona = {"id": "p1", "name": "Ada", "createdAt": "2025-01-01T00:00:00.000Z"}
    data = {"version": "1.0", "personas": [persona], "memoryEntities": []}
    tried = await peer.call("migrate", {"source": {"data": data}, "dryRun": True})
    conforms(tried, "migrate.result")
    assert (await peer.call("query", {"from": "personas", "count": True}))["count"] == 0
    await peer.call("migrate", {"source": {"data": data}})
    row = (await peer.call("query", {"from": "personas", "first": True}))["row"]
    assert row["createdAt"] == 1_735_689_600_000


async def test_a_migration_patches_live_queries_before_its_answer(peer: Peer) -> None:
    await peer.call("subscribe", {"query": {"from": "personas", "count": True}})
    data = {"version": "1.0", "personas": [{"id": "p1", "name": "Ada"}], "memoryEntities": []}
    await peer.call("migrate", {"source": {"data": data}})
    assert peer.notifications()[-1]["result"] == {"count": 1}
