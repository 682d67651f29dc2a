"""Live queries over a real socket: L1, L4, L5, and windows that don't hold each other up."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect

from sidecar.store import Limits
from tests.rpc.serving import (
    TOKEN,
    Decoded,
    Message,
    Peer,
    Serving,
    apply_patch,
    conforms,
    persona,
    serving,
)

SLOW = {
    "sql": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000)"
    " SELECT max(i) + (SELECT count(*) FROM personas) AS n FROM n"
}
"""A query that never ends before its deadline."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    limits = Limits(seconds=1.5)
    with serving(tmp_path_factory.mktemp("session") / "data", limits=limits) as server:
        yield server


class Client:
    """The client's side of a live query: a result, brought up to date by every message."""

    def __init__(self, answer: Message) -> None:
        conforms(answer, "subscribe.result")
        self.name = answer["subscription"]
        self.key = answer["primaryKey"]
        self.head = answer["head"]
        self.result = next(answer[kind] for kind in ("rows", "row", "count") if kind in answer)
        self.failing = False

    def take(self, params: Message) -> None:
        """Apply a notification as DESIGN L2 says."""
        conforms(params, "notification.subscription")
        assert params["head"] > self.head or self.failing
        self.head = params["head"]
        self.failing = "error" in params
        if "result" in params:
            (self.result,) = params["result"].values()
        if "patch" in params:
            assert params["patch"]["head"] == params["head"]
            rows = apply_patch(self.result, self.key, params["patch"])
            assert rows != self.result, "a message that changes nothing"
            self.result = rows


def inserted(identifier: str, n: int) -> Message:
    document = {"id": identifier, "n": n}
    return {"name": "v1.DocumentInserted", "args": {"collection": "things", "document": document}}


def patched(identifier: str, n: int) -> Message:
    args = {"collection": "things", "id": identifier, "patch": {"n": n}}
    return {"name": "v1.DocumentPatched", "args": args}


def deleted(identifier: str, n: int) -> Message:
    return {"name": "v1.DocumentDeleted", "args": {"collection": "things", "id": identifier}}


@pytest.fixture(scope="module")
def things(server: Serving) -> None:
    """A collection that is defined at run time, with an index on `n`."""

    async def define() -> None:
        async with Peer.open(server) as peer:
            json_schema = {
                "type": "object",
                "indexes": ["n"],
                "properties": {"n": {"type": "number"}},
            }
            args = {"name": "things", "primaryKey": "id", "jsonSchema": json_schema}
            await peer.call("commit", {"events": [{"name": "v1.CollectionDefined", "args": args}]})

    asyncio.run(define())


# A query, and what it means over {id: n}.
QUERIES: dict[str, tuple[Message, Decoded]] = {
    "range": (
        {"from": "things", "selector": {"n": {"$gte": 2}}, "sort": [{"n": "asc"}]},
        lambda rows: sorted(
            ({"id": key, "n": n} for key, n in rows.items() if n >= 2),
            key=lambda row: (row["n"], row["id"]),
        ),
    ),
    "top": (
        {"from": "things", "sort": [{"n": "desc"}], "limit": 3},
        lambda rows: sorted(
            ({"id": key, "n": n} for key, n in rows.items()),
            key=lambda row: (-row["n"], row["id"]),
        )[:3],
    ),
    "count": (
        {"from": "things", "selector": {"n": 1}, "count": True},
        lambda rows: sum(n == 1 for n in rows.values()),
    ),
    "first": (
        {"from": "things", "selector": {"n": {"$lt": 2}}, "sort": [{"id": "asc"}], "first": True},
        lambda rows: next(({"id": key, "n": n} for key, n in sorted(rows.items()) if n < 2), None),
    ),
    "sql": (
        {"sql": "SELECT id FROM things ORDER BY id"},
        lambda rows: [{"id": key} for key in sorted(rows)],
    ),
}

IDS = st.sampled_from("abcde")
WRITE = st.tuples(st.sampled_from([inserted, patched, deleted]), IDS, st.integers(0, 3))
STEP = st.one_of(
    st.tuples(st.just("subscribe"), st.sampled_from(sorted(QUERIES))),
    st.tuples(
        st.sampled_from(["own commit", "other commit"]), st.lists(WRITE, min_size=1, max_size=3)
    ),
    st.tuples(st.just("wait"), st.none()),
)


async def states(peer: Peer) -> list[dict[str, int]]:
    """Return what `things` held at every head, from the event log."""
    page = await peer.call("events.list", {"limit": 10_000})
    found: list[dict[str, int]] = [{}]
    for event in page["events"]:
        rows = dict(found[-1])
        args = event["args"]
        if event["name"] == "v1.DocumentInserted":
            rows[args["document"]["id"]] = args["document"]["n"]
        elif event["name"] == "v1.DocumentPatched":
            rows[args["id"]] = args["patch"]["n"]
        elif event["name"] == "v1.DocumentDeleted":
            rows.pop(args["id"])
        found.append(rows)
    return found


async def run(steps: list[tuple[str, Decoded]], peer: Peer, other: Peer) -> dict[int, str]:
    """Take the steps of a trace; return the requests that subscribed, with their queries."""
    asked: dict[int, str] = {}
    waiting: list[tuple[Peer, int]] = []
    for what, argument in [*steps, ("wait", None)]:
        if what == "subscribe":
            asked[await peer.post("subscribe", {"query": QUERIES[argument][0]})] = argument
        elif what == "wait":
            for one, request_id in waiting:
                await one.answer(request_id)
            waiting.clear()
        else:
            one = peer if what == "own commit" else other
            events = [make(identifier, n) for make, identifier, n in argument]
            waiting.append((one, await one.post("commit", {"events": events})))
    for request_id in asked:
        await peer.answer(request_id)
    return asked


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(STEP, min_size=1, max_size=14))
async def test_rows_and_patches_are_the_query_at_every_head(
    server: Serving, things: None, steps: list[tuple[str, Decoded]]
) -> None:
    """L1: after each message, the rows are those of the query at the message's head.

    Requests are sent without waiting, from two windows, so that looks and commits interleave.
    """
    async with Peer.open(server) as peer, Peer.open(server) as other:
        asked = await run(steps, peer, other)
        # L5: with the answer to its own last commit, the window is up to date.
        head = (await peer.call("commit", {"events": [persona(f"p{time.time_ns()}")]}))["head"]
        at = await states(other)
        clients: dict[str, Client] = {}
        meaning = {}
        for message in peer.received:
            if message.get("id") in asked:
                client = Client(message["result"])
                clients[client.name] = client
                meaning[client.name] = QUERIES[asked[message["id"]]][1]
            elif message.get("method") == "subscription":
                client = clients[message["params"]["subscription"]]
                client.take(message["params"])
            else:
                continue
            assert client.result == meaning[client.name](at[client.head])
        for name, client in clients.items():
            assert client.result == meaning[name](at[head])


async def test_a_commit_is_answered_after_the_patches_it_caused(server: Serving) -> None:
    """L5: in the order on the wire, for every live query of the window that it affects."""
    async with Peer.open(server) as peer:
        for query in ({"from": "personas"}, {"from": "personas", "count": True}, {"sql": SQL}):
            await peer.call("subscribe", {"query": query})
        before = len(peer.received)
        answer = await peer.call("commit", {"events": [persona("l5")]})
        told = peer.received[before:-1]
        assert [one["params"]["subscription"] for one in told] == ["s1", "s2", "s3"]
        assert {one["params"]["head"] for one in told} == {answer["head"]}
        patch = told[0]["params"]["patch"]
        assert [one["row"]["id"] for one in patch["upsert"]] == ["l5"]


SQL = "SELECT count(*) AS n FROM personas"


async def test_a_commit_behind_its_subscribe_is_answered_after_it(server: Serving) -> None:
    """Both sent at once: with the answer to the commit, the window has its row."""
    async with Peer.open(server) as peer:
        for n in range(20):
            subscribing = await peer.post("subscribe", {"query": {"from": "personas"}})
            committing = await peer.post("commit", {"events": [persona(f"behind-{n}")]})
            await peer.answer(committing)
            client = Client((await peer.answer(subscribing))["result"])
            order = [one.get("id") for one in peer.received]
            assert order.index(subscribing) < order.index(committing)
            for params in peer.notifications():
                if params["subscription"] == client.name:
                    client.take(params)
            assert f"behind-{n}" in {row["id"] for row in client.result}
            await peer.call("unsubscribe", {"subscription": client.name})


async def test_a_commit_while_a_live_query_begins_is_not_missed(server: Serving) -> None:
    """One window commits on and on while another begins live queries: all of them end up right."""
    query = {"from": "personas", "selector": {"name": "busy"}, "sort": [{"id": "asc"}]}
    async with Peer.open(server) as peer, Peer.open(server) as other:

        async def commit() -> None:
            for n in range(80):
                await other.call("commit", {"events": [persona(f"busy-{n:03}", "busy")]})

        committing = asyncio.create_task(commit())
        clients: dict[str, Client] = {}
        while not committing.done() and len(clients) < 40:
            answer = await peer.call("subscribe", {"query": query})
            clients[answer["subscription"]] = Client(answer)
        await committing
        await peer.call("commit", {"events": [persona("busy-end", "busy")]})
        for params in peer.notifications():
            clients[params["subscription"]].take(params)
        expected = (await peer.call("query", query))["rows"]
        assert [client.result == expected for client in clients.values()] == [True] * len(clients)


async def test_batches_that_subscribe_and_commit_do_not_wait_for_each_other(
    server: Serving,
) -> None:
    """The live query of a batch is known with the batch's answer, and patched after it."""
    async with Peer.open(server) as peer:
        for batch in ("a", "b"):
            requests = [
                {"method": "subscribe", "params": {"query": {"from": "personas"}}},
                {"method": "commit", "params": {"events": [persona(f"batch-{batch}")]}},
            ]
            await peer.send(
                json.dumps(
                    [
                        {"jsonrpc": "2.0", "id": f"{batch}{n}", **one}
                        for n, one in enumerate(requests)
                    ]
                )
            )
        answers = []
        while len(answers) < 2:
            message: Decoded = await peer.receive()
            if isinstance(message, list):
                answers.append(message)
        await peer.call("commit", {"events": [persona("batch-c")]})
        clients = {}
        for message in peer.received:
            if isinstance(message, list):
                client = Client(message[0]["result"])
                clients[client.name] = client
            elif message.get("method") == "subscription":
                clients[message["params"]["subscription"]].take(message["params"])
        for client in clients.values():
            ids = {row["id"] for row in client.result}
            assert {"batch-a", "batch-b", "batch-c"} <= ids


async def test_nothing_is_sent_when_nothing_changed(server: Serving) -> None:
    """L4: not for another table, nor for a row the query does not match."""
    async with Peer.open(server) as peer:
        one = {"from": "personas", "selector": {"id": "quiet-1"}}
        await peer.call("subscribe", {"query": one})
        await peer.call("subscribe", {"query": {**one, "count": True}})
        await peer.call("subscribe", {"query": {**one, "first": True, "fields": ["name"]}})
        await peer.call("commit", {"events": [persona("quiet-2")]})
        activated = {"name": "v1.PersonaActivated", "args": {"id": "quiet-2"}}
        await peer.call("commit", {"events": [activated]})
        assert peer.notifications() == []
        await peer.call("commit", {"events": [persona("quiet-1")]})
        assert len(peer.notifications()) == 3


async def test_a_commit_of_many_events_is_one_message(server: Serving) -> None:
    """L4."""
    async with Peer.open(server) as peer:
        await peer.call("subscribe", {"query": {"from": "personas"}})
        await peer.call("commit", {"events": [persona(f"many-{n:02}") for n in range(50)]})
        (told,) = peer.notifications()
        assert len(told["patch"]["upsert"]) == 50


async def test_another_window_is_told_too(server: Serving) -> None:
    async with Peer.open(server) as peer, Peer.open(server) as other:
        await other.call("subscribe", {"query": {"from": "personas", "count": True}})
        answer = await peer.call("commit", {"events": [persona("told")]})
        message = await other.receive()
        assert message["params"]["head"] == answer["head"]
        assert peer.notifications() == []


async def test_rows_whose_key_is_left_out_come_whole(server: Serving) -> None:
    """A patch could not name them."""
    async with Peer.open(server) as peer:
        answer = await peer.call(
            "subscribe", {"query": {"from": "personas", "fields": ["name"], "limit": 1}}
        )
        client = Client(answer)
        assert client.key is None


async def test_a_query_that_begins_to_fail_says_so_once(server: Serving) -> None:
    """It stays subscribed; when it recovers, its result comes whole."""
    sql = "SELECT json(name) AS name FROM personas WHERE id = 'failing'"
    async with Peer.open(server) as peer:
        client = Client(await peer.call("subscribe", {"query": {"sql": sql}}))

        async def named(name: str) -> list[Message]:
            before = len(peer.notifications())
            args = {"id": "failing", "updates": {"name": name}}
            await peer.call("commit", {"events": [{"name": "v1.PersonaUpdated", "args": args}]})
            return peer.notifications()[before:]

        await peer.call("commit", {"events": [persona("failing", "no json")]})
        (failure,) = peer.notifications()
        client.take(failure)
        assert failure["error"]["data"]["code"].startswith("E_")
        assert await named("no json either") == []
        (recovery,) = await named('{"a":1}')
        client.take(recovery)
        assert len(client.result) == 1
        assert await named('{"a":1}') == []


async def test_a_removed_collection_that_is_defined_anew_is_live_again(server: Serving) -> None:
    """Also with other columns: a range is one of a column no more, but of any element."""

    def defined(kind: str) -> Message:
        described = {"properties": {"n": {"type": kind}}, "indexes": ["n"]}
        args = {"name": "notes", "primaryKey": "id", "jsonSchema": described}
        return {"name": "v1.CollectionDefined", "args": args}

    def put(n: object) -> Message:
        args = {"collection": "notes", "document": {"id": "a", "n": n}}
        return {"name": "v1.DocumentInserted", "args": args}

    removed = {"name": "v1.CollectionRemoved", "args": {"name": "notes"}}
    async with Peer.open(server) as peer:
        await peer.call("commit", {"events": [defined("integer"), put(7)]})
        query = {"from": "notes", "selector": {"n": {"$gt": 9, "$lt": 6}}}
        await peer.call("subscribe", {"query": query})
        await peer.call("commit", {"events": [removed]})
        assert peer.notifications()[-1]["error"]["data"]["code"] == "E_UNKNOWN_COLLECTION"
        await peer.call("commit", {"events": [defined("array")]})
        assert peer.notifications()[-1]["result"] == {"rows": []}
        await peer.call("commit", {"events": [put([1, 10])]})
        (row,) = peer.notifications()[-1]["patch"]["upsert"]
        assert row["row"] == {"id": "a", "n": [1, 10]}


async def test_local_documents_are_read_live(server: Serving) -> None:
    """Those a migration brought and those written since are the same to a client."""
    sql = "SELECT data FROM _local_documents WHERE collection = '' AND id = ?"
    async with Peer.open(server) as peer:
        await peer.call("subscribe", {"query": {"sql": sql, "params": ["theme"]}})
        place = {"collection": None, "id": "theme"}
        for what, args in (
            ("Imported", {**place, "data": {"dark": True}}),
            ("Deleted", place),
            ("Inserted", {**place, "data": {"dark": False}}),
        ):
            event = {"name": f"v1.LocalDocument{what}", "args": args}
            await peer.call("commit", {"events": [event]})
        assert [one["result"]["rows"] for one in peer.notifications()] == [
            [{"data": '{"dark":true}'}],
            [],
            [{"data": '{"dark":false}'}],
        ]


async def test_unsubscribe_ends_the_messages(server: Serving) -> None:
    async with Peer.open(server) as peer, Peer.open(server) as other:
        answer = await peer.call("subscribe", {"query": {"from": "personas"}})
        name = {"subscription": answer["subscription"]}
        assert (await other.fail("unsubscribe", name))["data"]["code"] == "E_NOT_FOUND"
        assert await peer.call("unsubscribe", name) == {}
        await peer.call("commit", {"events": [persona("unsubscribed")]})
        assert peer.notifications() == []
        assert (await peer.fail("unsubscribe", name))["data"]["code"] == "E_NOT_FOUND"


async def test_a_query_that_fails_at_once_is_no_subscription(server: Serving) -> None:
    async with Peer.open(server) as peer:
        before = (await peer.call("server.stats"))["subscriptions"]
        for query in (
            {"from": "nothing"},
            {"sql": "SELECT nothing"},
            {"sql": "DELETE FROM personas"},
        ):
            await peer.fail("subscribe", {"query": query})
        assert (await peer.call("server.stats"))["subscriptions"] == before


async def test_a_lost_connection_leaves_no_live_queries(server: Serving) -> None:
    async with Peer.open(server) as watcher:
        before = (await watcher.call("server.stats"))["subscriptions"]
        async with Peer.open(server) as peer:
            for _ in range(3):
                await peer.call("subscribe", {"query": {"from": "personas"}})
            assert (await watcher.call("server.stats"))["subscriptions"] == before + 3
            peer.socket.transport.abort()
        for _ in range(200):
            if (await watcher.call("server.stats"))["subscriptions"] == before:
                break
            await asyncio.sleep(0.01)
        else:
            pytest.fail("the live queries of a lost connection stay")
        await watcher.call("commit", {"events": [persona("after-the-loss")]})


async def test_a_slow_window_does_not_hold_up_another(server: Serving) -> None:
    """Q5: neither its queries nor its live queries, though there are more than reading threads."""
    async with Peer.open(server) as slow, Peer.open(server) as quick:
        await quick.call("subscribe", {"query": {"from": "personas", "count": True}})
        running = [await slow.post("query", SLOW) for _ in range(12)]
        running += [await slow.post("subscribe", {"query": SLOW}) for _ in range(4)]
        began = time.monotonic()
        for n in range(5):
            await quick.call("commit", {"events": [persona(f"quick-{n}")]})
            await quick.call("query", {"from": "personas", "limit": 5})
        took = time.monotonic() - began
        assert took < 1.0
        assert len(quick.notifications()) == 5
        error = (await slow.answer(running[0]))["error"]
        assert error["data"]["code"] == "E_TIMEOUT"


async def test_a_window_that_reads_nothing_costs_no_memory(tmp_path: Path) -> None:
    """L6: what it is owed folds into what it can take; when it reads again, it is up to date."""
    text = "x" * 400_000
    protocols = ["sidecar.v1", f"token.{TOKEN}"]
    with serving(tmp_path / "data") as server:
        async with (
            Peer.open(server) as peer,
            connect(
                server.url, subprotocols=protocols, compression=None, max_size=None, max_queue=1
            ) as socket,
        ):
            sleeper = Peer(socket)
            await peer.call("commit", {"events": [persona("big")]})
            query = {"from": "personas", "selector": {"id": "big"}}
            client = Client(await sleeper.call("subscribe", {"query": query}))
            count = 80
            for n in range(count):
                args = {"id": "big", "updates": {"description": f"{n}{text}"}}
                event = {"name": "v1.PersonaUpdated", "args": args}
                await peer.call("commit", {"events": [event]})
            sent = (await peer.call("server.stats"))["notifications"]
            assert sent < count
            while not client.result[0]["description"].startswith(f"{count - 1}x"):
                client.take((await sleeper.receive())["params"])
            assert len(sleeper.notifications()) <= sent + 1
