"""`events.subscribe`: the log from any place on, each event once and in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import islice
from pathlib import Path

import pytest

from sidecar.client import Client, ConnectionLostError, EventJson, NewEventJson
from sidecar.client.event_stream import EventStream
from tests.rpc.serving import TOKEN, Serving, persona, serving

WAIT = 30


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    with serving(tmp_path / "data") as server:
        yield server


@pytest.fixture
async def client(server: Serving) -> AsyncIterator[Client]:
    async with Client.connect(server.url, TOKEN) as client:
        yield client


def _personas(start: int, count: int) -> list[NewEventJson]:
    return [persona(f"p{at}") for at in range(start, start + count)]  # type: ignore[misc]


async def _next(stream: EventStream, count: int) -> list[EventJson]:
    return [await asyncio.wait_for(anext(stream), WAIT) for _ in range(count)]


async def test_it_brings_what_was_and_goes_on_with_what_comes(client: Client) -> None:
    await client.commit(_personas(0, 5))
    async with await client.events.subscribe(after=2) as stream:
        assert [one["seq"] for one in await _next(stream, 3)] == [3, 4, 5]
        await client.commit(_personas(5, 2))
        assert [one["args"]["id"] for one in await _next(stream, 2)] == ["p5", "p6"]


async def test_each_event_comes_once_and_in_order_while_windows_commit(
    server: Serving, client: Client
) -> None:
    async with Client.connect(server.url, TOKEN) as other:
        stream = await client.events.subscribe()
        writers = [
            one.commit(_personas(at * 20, 20)) for at, one in enumerate([client, other] * 15)
        ]
        await asyncio.gather(*writers)
        found = await _next(stream, 600)
        assert [one["seq"] for one in found] == list(range(1, 601))
        page = await client.events.list(limit=600)
        assert found == page["events"]


async def test_a_filter_lets_only_its_events_pass(client: Client) -> None:
    stream = await client.events.subscribe(collection="personas", id="p1")
    named = await client.events.subscribe(names=["v1.PersonaActivated"])
    await client.commit(_personas(0, 3))
    await client.commit({"name": "v1.PersonaActivated", "args": {"id": "p2"}})
    await client.commit({"name": "v1.PersonaActivated", "args": {"id": "p1"}})
    assert [one["seq"] for one in await _next(named, 2)] == [4, 5]
    assert [one["name"] for one in await _next(stream, 2)] == [
        "v1.PersonaCreated",
        "v1.PersonaActivated",
    ]


async def test_pages_cut_by_their_size_lose_nothing(client: Client) -> None:
    """Two of these events fill a page; `next` tells where it was cut."""
    big = [{**persona(f"p{at}")["args"], "avatar": "x" * 9_000_000} for at in range(5)]
    for args in big:
        await client.commit({"name": "v1.PersonaCreated", "args": args})
    page = await client.events.list()
    assert len(page["events"]) < 5
    assert page["next"] == page["events"][-1]["seq"]
    stream = await client.events.subscribe()
    assert [one["seq"] for one in await _next(stream, 5)] == [1, 2, 3, 4, 5]


async def test_a_client_that_does_not_read_holds_nobody_up(server: Serving, client: Client) -> None:
    async with Client.connect(server.url, TOKEN) as other:
        stream = await other.events.subscribe()
        for start in range(0, 2_000, 100):
            await client.commit(_personas(start, 100))
        found = await _next(stream, 2_000)
        assert [one["seq"] for one in found] == list(range(1, 2_001))


async def test_an_ended_stream_is_silent(client: Client) -> None:
    stream = await client.events.subscribe()
    await client.commit(_personas(0, 1))
    await _next(stream, 1)
    assert (await client.server.stats())["subscriptions"] == 1
    await stream.close()
    await client.commit(_personas(1, 1))
    assert [one async for one in stream] == []
    assert (await client.server.stats())["subscriptions"] == 0


async def test_a_lost_connection_ends_the_loop_and_another_goes_on(
    server: Serving, client: Client
) -> None:
    await client.commit(_personas(0, 4))
    async with Client.connect(server.url, TOKEN) as other:
        stream = await other.events.subscribe()
        seen = await _next(stream, 2)
        await other._connection._socket.close()
        with pytest.raises(ConnectionLostError):
            await _next(stream, 3)
    again = await client.events.subscribe(after=seen[-1]["seq"])
    rest = await _next(again, 4 - len(seen))
    assert [one["seq"] for one in islice([*seen, *rest], 4)] == [1, 2, 3, 4]


async def test_a_required_row_may_come_later(client: Client) -> None:
    """A live query of it begins with the error, and has its result when the row is there."""
    query = {"from": "personas", "selector": {"id": "p1"}, "first": "required"}
    live = await client.subscribe(query)  # type: ignore[call-overload]
    with pytest.raises(Exception, match="no document matches"):
        await asyncio.wait_for(anext(live), WAIT)
    await client.commit(_personas(0, 1))
    await client.commit(_personas(1, 1))
    found = await asyncio.wait_for(anext(live), WAIT)
    assert found["row"]["id"] == "p1"
