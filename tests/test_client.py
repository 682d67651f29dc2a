"""The client against a real server in a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import cast

import pytest
from pydantic import JsonValue

import sidecar.client
from sidecar.client import (
    Client,
    ConnectionLostError,
    NewEventJson,
    NotRunningError,
    RefusedError,
    ServerError,
)
from sidecar.client.connection import MAX_REQUEST
from sidecar.client.errors import error_from_wire
from sidecar.core.errors import (
    ERRORS,
    QueryError,
    SidecarError,
    TooLargeError,
    UnknownEventError,
    ValidationError,
)
from tests.cli.processes import persona, running_server


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One server for the tests that leave it alone; each uses documents of its own."""
    data_dir = tmp_path_factory.mktemp("client") / "data"
    with running_server(data_dir):
        yield data_dir


@pytest.fixture
async def client(shared_server: Path) -> AsyncIterator[Client]:
    async with Client.attach(shared_server) as client:
        yield client


def note(identifier: str, **fields: object) -> NewEventJson:
    document = {"id": identifier, **fields}
    args = {"collection": "notes", "document": document}
    return cast("NewEventJson", {"name": "v1.DocumentInserted", "args": args})


async def notes(client: Client, name: str) -> str:
    """Define a collection of this test's own; return its name."""
    await client.commit(
        {"name": "v1.CollectionDefined", "args": {"name": name, "primaryKey": "id"}}
    )
    return name


async def insert(client: Client, collection: str, identifier: str, **fields: object) -> None:
    event = note(identifier, **fields)
    event["args"]["collection"] = collection
    await client.commit(event)


async def test_a_commit_is_found_by_a_query(client: Client) -> None:
    """And its receipt names the ids that the client made."""
    event = cast("NewEventJson", {"name": "v1.PersonaCreated", "args": persona("c1", "Ada")})
    receipt = await client.commit([event])
    assert len(receipt["ids"]) == 1
    found = await client.query({"from": "personas", "selector": {"id": "c1"}, "first": True})
    assert found["row"] is not None
    assert found["row"]["name"] == "Ada"
    again = await client.commit({**event, "id": receipt["ids"][0]})
    assert again["duplicate"]


async def test_events_carry_who_committed_them(client: Client) -> None:
    """S1: the connection's own ids, or the given ones."""
    collection = await notes(client, "who")
    info = await client.server.info()
    page = await client.events.list(collection=collection)
    assert page["events"] == [] or page["events"][0]["clientId"] == info["clientId"]
    event = note("n1")
    event["args"]["collection"] = collection
    receipt = await client.commit(event, client_id="phone", session_id="window-2")
    (stored,) = (await client.events.list(after=receipt["first"] - 1, limit=1))["events"]
    assert (stored["clientId"], stored["sessionId"]) == ("phone", "window-2")


async def test_any_method_can_be_called(client: Client) -> None:
    """By its name, as `rpc.discover` lists it."""
    document = await client.discover()
    names = {
        cast("dict[str, str]", one)["name"] for one in cast("list[object]", document["methods"])
    }
    assert {"query", "commit", "subscribe", "server.info"} <= names
    assert cast("dict[str, object]", await client.call("server.stats"))["connections"]
    assert (await client.server.stats())["uptime"]


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.code)
def test_an_error_comes_back_as_it_was_raised(kind: type[SidecarError]) -> None:
    """Class, message, hint and data survive the wire."""
    raised = kind("it failed", hint="try this", path="/args/id", index=3)
    rebuilt = error_from_wire(raised.to_wire())
    assert type(rebuilt) is kind
    assert (rebuilt.message, rebuilt.hint, rebuilt.data) == ("it failed", "try this", raised.data)


def test_an_error_nobody_knows_keeps_what_it_says() -> None:
    """A fault of the server, or an error of a newer one."""
    wire = {"code": -32603, "message": "it broke", "data": {"code": "E_NEW", "hint": "h", "x": 1}}
    error = error_from_wire(cast("dict[str, JsonValue]", wire))
    assert type(error) is ServerError
    assert error.message == "it broke"
    assert error.data == {"x": 1, "answered": "E_NEW", "number": -32603}


async def test_errors_are_typed(client: Client) -> None:
    """By the code the server gives, one class each."""
    with pytest.raises(UnknownEventError) as unknown:
        await client.commit({"name": "v1.Nothing", "args": {}})
    assert unknown.value.data["index"] == 0
    with pytest.raises(QueryError):
        await client.query({"from": "personas", "selector": {"id": {"$near": 1}}})
    with pytest.raises(ValidationError) as missing:
        await client.call("nothing.here")
    assert missing.value.data["number"] == -32601
    with pytest.raises(ValidationError) as wrong:
        await client.call("events.list", {"after": "x"})
    assert wrong.value.data["number"] == -32602


async def test_what_is_no_json_never_leaves(client: Client) -> None:
    """A date, an integer beyond 64 bits; the connection goes on."""
    for value in (datetime.now(UTC), 2**70, object()):
        with pytest.raises(ValidationError):
            await client.call("query", cast("dict[str, str]", {"from": value}))
    assert await client.query({"from": "personas", "count": True})


async def test_a_call_that_is_too_large_never_leaves(client: Client) -> None:
    """The server could not say which call it means."""
    with pytest.raises(TooLargeError):
        await client.call("query", {"from": "x" * MAX_REQUEST})
    assert await client.query({"from": "personas", "count": True})


async def test_calls_run_at_the_same_time(client: Client) -> None:
    """Each gets its own answer."""
    collection = await notes(client, "many")
    await asyncio.gather(*(insert(client, collection, f"n{n}", n=n) for n in range(50)))
    found = await asyncio.gather(
        *(
            client.query({"from": collection, "selector": {"n": n}, "first": True})
            for n in range(50)
        )
    )
    assert [one["row"] and one["row"]["n"] for one in found] == list(range(50))


async def test_a_cancelled_call_leaves_the_others_alone(client: Client) -> None:
    """Its answer is dropped."""
    waiting = asyncio.create_task(client.query({"from": "personas"}))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await client.query({"from": "personas", "count": True})


async def test_a_live_result_follows_the_commits(client: Client) -> None:
    """L1, L5: after a commit's answer, `result` is already what a query run afresh gives."""
    collection = await notes(client, "live")
    query = {"from": collection, "selector": {"shown": True}, "sort": [{"rank": "asc"}]}
    async with await client.subscribe(query) as live:
        assert live.result["rows"] == []
        for step in range(12):
            await insert(client, collection, f"n{step}", shown=True, rank=(step * 7) % 12)
            if step % 3 == 2:
                patch = {"collection": collection, "id": f"n{step - 1}", "patch": {"shown": False}}
                await client.commit(
                    cast("NewEventJson", {"name": "v1.DocumentPatched", "args": patch})
                )
            assert live.result["rows"] == (await client.query(query))["rows"]
        assert len(live.result["rows"]) == 8


async def test_a_loop_over_a_live_result_gets_the_newest(client: Client) -> None:
    """The first one at once, then each newer; a slow loop skips those between."""
    collection = await notes(client, "loop")
    async with await client.subscribe({"from": collection}) as live:
        assert (await anext(live))["rows"] == []
        for number in range(5):
            await insert(client, collection, f"n{number}")
        assert len((await anext(live))["rows"]) == 5
        waiting = asyncio.ensure_future(anext(live))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await insert(client, collection, "n5")
        assert len((await waiting)["rows"]) == 6


async def test_counts_single_rows_and_sql_are_live_too(client: Client) -> None:
    """L2: sent whole."""
    collection = await notes(client, "whole")
    async with (
        await client.subscribe({"from": collection, "count": True}) as count,
        await client.subscribe({"from": collection, "first": True}) as first,
        await client.subscribe({"sql": f"SELECT count(*) AS n FROM {collection}"}) as sql,
    ):
        assert (count.result["count"], first.result["row"]) == (0, None)
        await insert(client, collection, "n1")
        assert count.result["count"] == 1
        assert first.result["row"] is not None
        assert sql.result["rows"] == [{"n": 1}]


async def test_a_closed_subscription_ends_its_loop(client: Client) -> None:
    """And the server forgets it; closing again does nothing."""
    live = await client.subscribe({"from": "personas"})
    await anext(live)
    waiting = asyncio.ensure_future(anext(live))
    await asyncio.sleep(0)
    await live.close()
    with pytest.raises(StopAsyncIteration):
        await waiting
    await live.close()


async def test_another_client_sees_a_commit(client: Client, shared_server: Path) -> None:
    """Two connections, one store."""
    collection = await notes(client, "other")
    async with Client.attach(shared_server) as other:
        live = await other.subscribe({"from": collection})
        await anext(live)
        await insert(client, collection, "n1")
        async with asyncio.timeout(5):
            assert (await anext(live))["rows"][0]["id"] == "n1"


async def test_leaving_the_block_ends_what_waits(shared_server: Path) -> None:
    """Loops end; calls afterwards fail with a typed error."""
    async with Client.attach(shared_server) as client:
        live = await client.subscribe({"from": "personas"})
    assert [result async for result in live] == []
    with pytest.raises(ConnectionLostError):
        await client.query({"from": "personas"})


async def test_a_killed_server_ends_calls_and_loops(data_dir_of_its_own: Path) -> None:
    """With ConnectionLostError, which names the ids of a commit that may be stored."""
    with pytest.raises(AssertionError), running_server(data_dir_of_its_own) as ready:  # noqa: PT012
        async with Client.attach(data_dir_of_its_own) as client:
            live = await client.subscribe({"from": "personas"})
            await anext(live)
            pid = cast("int", ready["pid"])
            os.kill(pid, signal.SIGSTOP)
            event = cast("NewEventJson", {"name": "v1.PersonaCreated", "args": persona("k", "K")})
            commit = asyncio.create_task(client.commit(event))
            await asyncio.sleep(0.05)
            os.kill(pid, signal.SIGKILL)
            with pytest.raises(ConnectionLostError) as lost:
                await commit
            assert len(cast("list[str]", lost.value.data["ids"])) == 1
            with pytest.raises(ConnectionLostError):
                await anext(live)
    with pytest.raises(NotRunningError):
        async with Client.attach(data_dir_of_its_own):
            pass


@pytest.fixture
def data_dir_of_its_own(tmp_path: Path) -> Path:
    return tmp_path / "data"


async def test_no_server_is_a_typed_error(tmp_path: Path) -> None:
    """No file, a file of nobody's, a port nobody listens on."""
    for text in (None, "{}", "not json", '{"url": "ws://127.0.0.1:9/rpc", "token": "t", "pid": 1}'):
        if text is not None:
            (tmp_path / "server.json").write_text(text)
        with pytest.raises(NotRunningError):
            async with Client.attach(tmp_path):
                pass


async def test_a_wrong_token_is_refused(shared_server: Path) -> None:
    """Before the upgrade; the error has the status."""
    async with Client.attach(shared_server) as client:
        url = client.url
    with pytest.raises(RefusedError) as refused:
        async with Client.connect(url, "wrong"):
            pass
    assert refused.value.data["status"] == 401
    with pytest.raises(ValidationError):
        async with Client.connect("http://127.0.0.1", "wrong"):
            pass


async def test_a_server_shuts_down_when_asked(data_dir_of_its_own: Path) -> None:
    """And removes the file that named it."""
    with running_server(data_dir_of_its_own):
        async with Client.attach(data_dir_of_its_own) as client:
            live = await client.subscribe({"from": "personas"})
            await anext(live)
            await client.server.shutdown()
            async with asyncio.timeout(10):
                with pytest.raises(ConnectionLostError):
                    await anext(live)
    assert not (data_dir_of_its_own / "server.json").exists()


def test_the_public_names_are_the_listed_ones() -> None:
    """`__all__` is the facade: nothing else is exported, and all of it is there."""
    public = {
        name
        for name, value in vars(sidecar.client).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert public == {*sidecar.client.__all__}
