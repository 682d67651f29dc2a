"""Each method's behaviour, and that every answer is what `rpc_schema/` says."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sidecar import __version__
from sidecar.app import schema
from sidecar.rpc.contract import METHODS
from sidecar.rpc.limits import IN_FLIGHT, MESSAGE_BYTES, PROTOCOL
from sidecar.rpc.methods import Services, methods
from sidecar.store import Limits
from tests.rpc.serving import Decoded, Message, Peer, Serving, conforms, persona, serving

ID = "01970000-0000-7000-8000-00000000000{}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    limits = Limits(result_bytes=1_000_000)
    with serving(tmp_path_factory.mktemp("methods") / "data", limits=limits) as server:
        yield server


async def call(peer: Peer, method: str, params: Decoded = None) -> Decoded:
    """Call a method and hold its answer against the contract."""
    result = await peer.call(method, params)
    conforms(result, f"{method}.result")
    return result


def test_what_is_served_is_what_is_described() -> None:
    """The table of implementations and the contract name the same methods."""
    assert methods(Services(None, None, None, None, print)).keys() == METHODS.keys()  # type: ignore[arg-type]


async def test_a_commit_gives_a_receipt(peer: Peer) -> None:
    receipt = await call(peer, "commit", {"events": [persona("receipt-1"), persona("receipt-2")]})
    assert receipt["last"] == receipt["first"] + 1 == receipt["head"]
    assert len(receipt["ids"]) == 2
    assert not receipt["duplicate"]


async def test_a_commit_again_gives_the_first_receipt(peer: Peer) -> None:
    """S5."""
    params = {"events": [{**persona("again"), "id": ID.format(1)}]}
    first = await call(peer, "commit", params)
    again = await call(peer, "commit", params)
    assert again == {**first, "duplicate": True}


async def test_a_failed_commit_names_the_event_and_the_place(peer: Peer) -> None:
    """S4: nothing of the batch is stored, and the store goes on."""
    before = (await call(peer, "server.info"))["head"]
    wrong = persona("wrong", privacy="?")
    wrong["args"]["settings"]["privacyLevel"] = "loud"
    error = await peer.fail("commit", {"events": [persona("right"), wrong]})
    assert error["data"]["code"] == "E_VALIDATION"
    assert error["data"]["index"] == 1
    assert error["data"]["path"] == "/args/settings/privacyLevel"
    assert error["data"]["hint"]
    unknown = await peer.fail("commit", {"events": [{"name": "v9.Unknown", "args": {}}]})
    assert unknown["data"]["code"] == "E_UNKNOWN_EVENT"
    assert (await call(peer, "server.info"))["head"] == before
    await call(peer, "commit", {"events": [persona("right")]})


async def test_a_commit_may_ask_for_documents_that_fit(peer: Peer) -> None:
    described = {"properties": {"id": {"type": "string"}, "age": {"type": "integer"}}}
    args = {"name": "people", "primaryKey": "id", "jsonSchema": described}
    await peer.call("commit", {"events": [{"name": "v1.CollectionDefined", "args": args}]})
    document = {"collection": "people", "document": {"id": "a", "age": "x"}}
    events = [{"name": "v1.DocumentInserted", "args": document}]
    error = await peer.fail("commit", {"events": events, "validate": True})
    assert error["data"]["code"] == "E_VALIDATION"
    assert error["data"]["errors"] == [
        {"path": "/age", "message": 'the value is not of type "integer"', "keyword": "type"}
    ]
    await peer.call("commit", {"events": events})


async def test_a_conflict_carries_the_current_document(peer: Peer) -> None:
    """S13."""
    head = (await call(peer, "commit", {"events": [persona("expected")]}))["head"]

    def renamed(seq: int | None) -> Message:
        expect = [{"collection": "personas", "id": "expected", "seq": seq}]
        args = {"id": "expected", "updates": {"name": "B"}}
        return {"events": [{"name": "v1.PersonaUpdated", "args": args, "expect": expect}]}

    for seq in (None, head - 1, head + 1):
        error = await peer.fail("commit", renamed(seq))
        assert error["data"]["code"] == "E_CONFLICT"
        assert error["data"]["current"]["name"] == "Ada"
        assert error["data"]["current"]["_seq"] == head
    await call(peer, "commit", renamed(head))


async def test_a_commit_tells_who_made_it(peer: Peer) -> None:
    """The connection's own ids, unless the caller gives others."""
    info = await call(peer, "server.info")
    own = await call(peer, "commit", {"events": [persona("own")]})
    given = await call(
        peer, "commit", {"events": [persona("given")], "clientId": "c", "sessionId": "s"}
    )
    page = await call(peer, "events.list", {"after": own["first"] - 1})
    by_seq = {event["seq"]: event for event in page["events"]}
    mine = by_seq[own["first"]]
    assert (mine["clientId"], mine["sessionId"]) == (info["clientId"], info["sessionId"])
    theirs = by_seq[given["first"]]
    assert (theirs["clientId"], theirs["sessionId"]) == ("c", "s")


async def test_commits_sent_at_once_keep_their_order(peer: Peer) -> None:
    """One message each, not waited for; more of them than are answered at a time."""
    count = 3 * IN_FLIGHT
    sent = [await peer.post("commit", {"events": [persona(f"order-{n:03}")]}) for n in range(count)]
    firsts = [(await peer.answer(one))["result"]["first"] for one in sent]
    assert firsts == sorted(firsts)
    rows = (
        await call(
            peer,
            "query",
            {"sql": "SELECT id FROM personas WHERE id LIKE 'order-%' ORDER BY _seq"},
        )
    )["rows"]
    assert [row["id"] for row in rows] == [f"order-{n:03}" for n in range(count)]


async def test_the_shapes_of_a_query(peer: Peer) -> None:
    await call(peer, "commit", {"events": [persona("shape-1"), persona("shape-2", "Bo")]})
    query = {"from": "personas", "selector": {"id": {"$in": ["shape-1", "shape-2"]}}}
    rows = await call(peer, "query", {**query, "sort": [{"name": "desc"}], "fields": ["id"]})
    assert rows["rows"] == [{"id": "shape-2"}, {"id": "shape-1"}]
    first = await call(peer, "query", {**query, "first": True})
    assert first["row"]["isActive"] is False
    none = await call(peer, "query", {**query, "selector": {"id": "none"}, "first": True})
    assert none["row"] is None
    assert (await call(peer, "query", {**query, "count": True}))["count"] == 2
    sql = "SELECT name FROM personas WHERE id = :id"
    named = await call(peer, "query", {"sql": sql, "params": {"id": "shape-2"}})
    assert named["rows"] == [{"name": "Bo"}]
    assert rows["head"] <= named["head"]


async def test_params_by_position(peer: Peer) -> None:
    """In the order of the members; the specification lets a caller choose."""
    by_name = await call(peer, "query", {"from": "personas", "selector": {"id": "shape-1"}})
    assert await call(peer, "query", ["personas", {"id": "shape-1"}]) == by_name
    receipt = await call(peer, "commit", [[persona("by-position")], "c1"])
    page = await call(peer, "events.list", [receipt["first"] - 1, 1])
    assert [event["clientId"] for event in page["events"]] == ["c1"]
    subscribed = await call(peer, "subscribe", [{"from": "personas", "count": True}])
    assert await call(peer, "unsubscribe", [subscribed["subscription"]]) == {}
    error = await peer.fail("unsubscribe", ["s1", "s2"])
    assert error["code"] == -32602
    assert error["data"]["errors"][0]["path"] == "/1"


async def test_the_log_of_one_document(peer: Peer) -> None:
    created = await call(peer, "commit", {"events": [persona("history")]})
    args = {"id": "history", "updates": {"name": "B"}}
    await call(peer, "commit", {"events": [{"name": "v1.PersonaUpdated", "args": args}]})
    await call(peer, "commit", {"events": [persona("other-history")]})
    page = await call(peer, "events.list", {"collection": "personas", "id": "history"})
    assert [event["name"] for event in page["events"]] == ["v1.PersonaCreated", "v1.PersonaUpdated"]
    assert page["events"][0]["args"]["name"] == "Ada"
    named = await call(
        peer, "events.list", {"names": ["v1.PersonaUpdated"], "after": created["head"]}
    )
    assert [event["args"]["id"] for event in named["events"]] == ["history"]
    assert page["head"] >= created["head"] + 2


async def test_a_deeply_nested_document_comes_back(peer: Peer) -> None:
    """The levels a message adds around a document don't count towards what can be sent."""
    depth = 200
    nested = json.loads("[" * depth + "]" * depth)
    await call(peer, "commit", {"events": [persona("deep", nested=nested)]})
    row = await call(peer, "query", {"from": "personas", "selector": {"id": "deep"}, "first": True})
    assert row["row"]["nested"] == nested
    page = await call(peer, "events.list", {"collection": "personas", "id": "deep"})
    assert page["events"][0]["args"]["nested"] == nested


async def test_a_result_past_its_cap_is_an_error(peer: Peer) -> None:
    """Q5: and so is a page of the log."""
    events = [persona(f"large-{n}", description="x" * 400_000) for n in range(3)]
    head = (await call(peer, "commit", {"events": events}))["head"]
    query = {"from": "personas", "selector": {"id": {"$in": ["large-0", "large-1", "large-2"]}}}
    assert (await peer.fail("query", query))["data"]["code"] == "E_TOO_LARGE"
    assert (await peer.fail("subscribe", {"query": query}))["data"]["code"] == "E_TOO_LARGE"
    page = await peer.answer(await peer.post("events.list", {"after": head - 3}))
    if "error" in page:
        assert page["error"]["data"]["code"] == "E_TOO_LARGE"
    else:
        assert len(page["result"]["events"]) < 3
    assert len((await call(peer, "query", {**query, "limit": 1}))["rows"]) == 1


async def test_server_info(peer: Peer, server: Serving) -> None:
    info = await call(peer, "server.info")
    assert info["version"] == __version__
    assert info["protocol"] == PROTOCOL
    assert info["app"] == schema.name
    assert info["schema"] == schema.fingerprint
    assert info["head"] == server.store.head
    assert info["pid"] == os.getpid()
    assert info["limits"]["messageBytes"] == MESSAGE_BYTES
    assert info["store"]["tables"].keys() >= schema.tables.keys()


async def test_server_stats_count(peer: Peer) -> None:
    before = await call(peer, "server.stats")
    await call(peer, "commit", {"events": [persona("counted-1"), persona("counted-2")]})
    await call(peer, "query", {"from": "personas", "count": True})
    await call(peer, "subscribe", {"query": {"from": "personas", "count": True}})
    await peer.fail("query", {"from": "nothing"})
    after = await call(peer, "server.stats")
    gained = {name: after[name] - before[name] for name in before if before[name] is not None}
    assert gained["requests"] == 5
    assert gained["commits"] == 1
    assert gained["events"] == 2
    assert gained["queries"] == 2
    assert gained["subscriptions"] == 1
    assert gained["errors"] == 1
    assert gained["faults"] == 0
    assert after["connections"] == 1
    assert gained["bytesIn"] > 200
    assert after["rss"] is None or after["rss"] > 10_000_000


async def test_a_notification_does_its_work_unanswered(peer: Peer) -> None:
    request = {"jsonrpc": "2.0", "method": "commit", "params": {"events": [persona("unanswered")]}}
    await peer.send(json.dumps(request))
    for _ in range(500):
        query = {"from": "personas", "selector": {"id": "unanswered"}, "count": True}
        if (await call(peer, "query", query))["count"]:
            break
        await asyncio.sleep(0.01)
    else:
        pytest.fail("the notification was lost")
    assert all("result" in message for message in peer.received)


async def test_a_connection_that_ends_takes_no_commit_back(server: Serving) -> None:
    """What the writer has begun is finished, and the writer goes on."""
    for n in range(10):
        async with Peer.open(server) as peer:
            await peer.post("commit", {"events": [persona(f"cut-{n}")]})
            peer.socket.transport.abort()
    async with Peer.open(server) as peer:
        await call(peer, "commit", {"events": [persona("after-the-cut")]})


async def test_shutdown_finishes_what_was_begun(tmp_path: Path) -> None:
    """A commit sent before it is stored and answered."""
    with serving(tmp_path / "data") as server:
        async with Peer.open(server) as peer:
            committing = await peer.post("commit", {"events": [persona("last")]})
            assert await call(peer, "server.shutdown") == {}
            assert (await peer.answer(committing))["result"]["head"] == 1
            assert await asyncio.to_thread(server.stopped.wait, 10)
    with serving(tmp_path / "data") as server:
        assert server.store.head == 1
