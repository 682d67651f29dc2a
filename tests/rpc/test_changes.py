"""`changes.subscribe`: what commits do to documents, before and after."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.rpc.serving import TOKEN, Decoded, Message, Peer, Serving, conforms, persona, serving


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Serving]:
    with serving(tmp_path / "data") as server:
        yield server


def put(collection: str, document: Message) -> Message:
    args = {"collection": collection, "document": document}
    return {"name": "v1.DocumentInserted", "args": args}


def event(name: str, /, **args: object) -> Message:
    return {"name": f"v1.{name}", "args": args}


def told(peer: Peer) -> list[Message]:
    """Return the notifications received so far, each as the contract has it."""
    found = peer.notifications("changes")
    for one in found:
        conforms(one, "notification.changes")
    return found


def brief(peer: Peer) -> list[tuple[Decoded, ...]]:
    """Return collection, id, seq and both revisions of each change."""
    return [
        (
            *(one["collection"], one["id"], one["seq"]),
            *(one[half] and one[half]["_seq"] for half in ("before", "after")),
        )
        for message in told(peer)
        for one in message["changes"]
    ]


async def test_a_document_is_told_before_and_after(server: Serving) -> None:
    """L5: before the answer of the commit that changed it."""
    async with Peer.open(server) as peer:
        answer = await peer.call("changes.subscribe")
        conforms(answer, "changes.subscribe.result")
        define = event("CollectionDefined", name="notes", primaryKey="key")
        await peer.call("commit", {"events": [define]})
        first = {"key": "n", "deep": {"x": [None, 0]}, "flag": None}
        await peer.call("commit", {"events": [put("notes", first)]})
        patch = event("DocumentPatched", collection="notes", id="n", patch={"a": 1}, unset=["flag"])
        await peer.call("commit", {"events": [patch]})
        await peer.call(
            "commit", {"events": [event("DocumentDeleted", collection="notes", id="n")]}
        )
        second = {"key": "n", "deep": {"x": [None, 0]}, "a": 1, "_seq": 3}
        place = {"collection": "notes", "id": "n"}
        assert [(one["head"], one["changes"]) for one in told(peer)] == [
            (2, [{**place, "seq": 2, "before": None, "after": {**first, "_seq": 2}}]),
            (3, [{**place, "seq": 3, "before": {**first, "_seq": 2}, "after": second}]),
            (4, [{**place, "seq": 4, "before": second, "after": None}]),
        ]
        assert {one["subscription"] for one in told(peer)} == {answer["subscription"]}


async def test_a_revision_may_be_expected_by_the_next_commit(server: Serving) -> None:
    """S13: a typed event's change has it like any other."""
    async with Peer.open(server) as peer:
        await peer.call("changes.subscribe", {"collections": ["personas"]})
        await peer.call("commit", {"events": [persona("p", isActive=True), persona("q")]})
        await peer.call("commit", {"events": [event("PersonaActivated", id="q")]})
        assert brief(peer)[2:] == [("personas", "p", 3, 1, 3), ("personas", "q", 3, 2, 3)]
        seq = told(peer)[-1]["changes"][-1]["after"]["_seq"]
        expect = [{"collection": "personas", "id": "q", "seq": seq}]
        await peer.call(
            "commit", {"events": [{**event("PersonaDeleted", id="q"), "expect": expect}]}
        )


async def test_one_commit_is_one_message_in_the_order_of_its_events(server: Serving) -> None:
    async with Peer.open(server) as peer:
        await peer.call("changes.subscribe")
        batch = [event("CollectionDefined", name="a", primaryKey="id"), put("a", {"id": "1"})]
        batch += [persona("p"), put("a", {"id": "2"}), persona("gone")]
        await peer.call("commit", {"events": [*batch, event("PersonaDeleted", id="gone")]})
        assert len(told(peer)) == 1
        assert brief(peer) == [
            ("a", "1", 2, None, 2),
            ("personas", "p", 3, None, 3),
            ("a", "2", 4, None, 4),
        ]


async def test_only_what_is_asked_for_is_told_and_only_until_it_ends(server: Serving) -> None:
    async with Peer.open(server) as peer, Peer.open(server) as other:
        await peer.call("commit", {"events": [persona("before")]})
        answer = await peer.call("changes.subscribe", {"collections": ["conversations", "later"]})
        assert answer["head"] == 1
        await other.call("commit", {"events": [persona("p")]})
        define = event("CollectionDefined", name="later", primaryKey="id")
        await other.call("commit", {"events": [define, put("later", {"id": "1"})]})
        await peer.quiet()
        assert brief(peer) == [("later", "1", 4, None, 4)]
        assert (await peer.call("server.stats"))["subscriptions"] == 1
        await peer.call("unsubscribe", {"subscription": answer["subscription"]})
        await peer.call("commit", {"events": [put("later", {"id": "2"})]})
        assert len(told(peer)) == 1
        assert (await peer.call("server.stats"))["subscriptions"] == 0


async def test_what_is_too_much_is_told_to_be_lost(server: Serving) -> None:
    """More rows than images are kept of, more text than waits, and the end of a collection."""
    async with Peer.open(server) as peer:
        await peer.call("changes.subscribe")
        define = event("CollectionDefined", name="notes", primaryKey="id")
        await peer.call("commit", {"events": [define]})
        many = [put("notes", {"id": f"n{at}"}) for at in range(1_001)]
        await peer.call("commit", {"events": [persona("p"), *many]})
        large = [put("notes", {"id": f"l{at}", "x": "x" * 1_000_000}) for at in range(17)]
        await peer.call("commit", {"events": large})
        await peer.call("commit", {"events": [event("CollectionRemoved", name="notes")]})
        await peer.call("commit", {"events": [event("PersonaDeactivated", id="p")]})
        assert [
            (one["head"], one.get("lost") or [change["id"] for change in one["changes"]])
            for one in told(peer)
        ] == [(1_003, True), (1_003, ["p"]), (1_020, True), (1_021, True), (1_022, ["p"])]


async def test_changes_follow_the_answer_that_names_them(server: Serving) -> None:
    """Also where the commit is in the same batch, or under way."""
    async with Peer.open(server) as peer:
        subscribe = {"jsonrpc": "2.0", "id": 100, "method": "changes.subscribe"}
        params = {"events": [persona("p")]}
        commit = {"jsonrpc": "2.0", "id": 101, "method": "commit", "params": params}
        await peer.send(str([subscribe, commit]).replace("'", '"').replace("True", "true"))
        answers = await peer.receive()
        assert [one["id"] for one in answers] == [100, 101]
        assert (await peer.receive())["method"] == "changes"
        assert brief(peer) == [("personas", "p", 1, None, 1)]


async def test_a_window_that_does_not_read_loses_what_is_more_than_its_share(
    server: Serving,
) -> None:
    """L6: memory is bounded, nobody else waits, and it is told."""
    protocols = [Subprotocol("sidecar.v1"), Subprotocol(f"token.{TOKEN}")]
    async with (
        Peer.open(server) as peer,
        connect(server.url, subprotocols=protocols, max_queue=1, max_size=None) as socket,
    ):
        slow = Peer(socket)
        await slow.call("changes.subscribe")
        for at in range(60):
            await peer.call("commit", {"events": [persona(f"p{at}", avatar="x" * 1_000_000)]})
        await peer.call("commit", {"events": [persona("last")]})
        ids: list[str] = []
        while "last" not in ids:
            params = (await slow.receive())["params"]
            ids = [one["id"] for one in params.get("changes", [])]
        found = told(slow)
        assert [one["head"] for one in found] == sorted(one["head"] for one in found)
        assert any("lost" in one for one in found)
        assert sum(len(one.get("changes", [])) for one in found) < 61


async def test_windows_that_commit_at_once_are_each_told_all_of_it_once(server: Serving) -> None:
    async with Peer.open(server) as one, Peer.open(server) as two:
        for peer in (one, two):
            await peer.call("changes.subscribe", {"collections": ["personas"]})

        async def write(peer: Peer, tag: str) -> None:
            for at in range(40):
                await peer.call("commit", {"events": [persona(f"{tag}{at}")]})
                assert f"{tag}{at}" in [id for _, id, *_ in brief(peer)]

        await asyncio.gather(write(one, "a"), write(two, "b"))
        for peer in (one, two):
            await peer.quiet()
            assert [seq for _, _, seq, *_ in brief(peer)] == list(range(1, 81))
