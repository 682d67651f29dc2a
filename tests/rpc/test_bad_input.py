"""Wrong calls of every method: a typed error each, and connection and store unharmed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from sidecar.rpc.contract import CONTRACTS, METHODS, Contract
from sidecar.rpc.limits import FRAME_BYTES, MESSAGE_BYTES
from sidecar.rpc.schema_export import DIRECTORY
from tests.rpc.serving import Decoded, Message, Peer, Serving, persona, serving

NAMES = sorted(METHODS)
VECTORS = json.loads((DIRECTORY / "vectors.json").read_bytes())["methods"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("bad") / "data") as server:
        commit = server.store.commit
        yield server
        assert server.store.commit == commit


@pytest.fixture
async def peer(server: Serving) -> AsyncIterator[Peer]:
    """A connection, checked to be good, as the store is, when the test is over."""
    async with Peer.open(server) as peer:
        before = await peer.call("server.info")
        yield peer
        after = await peer.call("server.info")
        assert (after["head"], after["store"]["tables"]) == (
            before["head"],
            before["store"]["tables"],
        )
        stats = await peer.call("server.stats")
        assert stats["faults"] == 0
        assert stats["inFlight"] == 1
    async with Peer.open(server) as other:
        assert (await other.call("query", {"from": "personas", "count": True}))["head"] == after[
            "head"
        ]


def example(name: str) -> Message:
    """Return params of a method that fit, the longest example there is."""
    found = [dict(one.params) for one in METHODS[name].examples]
    return max(found, key=len, default={})


def typed(answer: Message, *numbers: int) -> None:
    """Check that an answer is an error with a code, a hint and nothing of our insides."""
    error = answer["error"]
    assert error["code"] in numbers, error
    assert error["data"]["code"].startswith("E_")
    assert error["data"]["hint"]
    text = json.dumps(error)
    assert "Traceback" not in text
    assert ".py" not in text
    assert len(text) < 10_000


async def response(peer: Peer) -> Message:
    """Return the next message that is no notification."""
    while "method" in (message := await peer.receive()):
        pass
    return message


def replaced(value: Decoded, leaf: Callable[[Decoded], Decoded]) -> Decoded:
    """Return a JSON value with every leaf changed."""
    if isinstance(value, dict):
        return {key: replaced(item, leaf) for key, item in value.items()}
    if isinstance(value, list):
        return [replaced(item, leaf) for item in value]
    return leaf(value)


INVALID_PARAMS = -32602
QUERY = -32004
PARAMS_ERRORS = (INVALID_PARAMS, QUERY)


@pytest.mark.parametrize("name", NAMES)
async def test_the_generated_wrong_calls(peer: Peer, name: str) -> None:
    """Each with the number the vectors promise; the bridge runs the same ones."""
    vectors = VECTORS[name]["invalid"]
    assert vectors
    for number, one in enumerate(vectors):
        message = {**one["message"], "id": f"v{number}"}
        await peer.send(json.dumps(message))
    for number, one in enumerate(vectors):
        answer = await peer.answer(f"v{number}")  # type: ignore[arg-type]
        typed(answer, one["error"])


@pytest.mark.parametrize("name", NAMES)
async def test_unknown_members(peer: Peer, name: str) -> None:
    for member in ("unknown", "", "__proto__", "self", "context", "from_", "client_id"):
        answer = await peer.fail(name, {**example(name), member: 1})
        typed({"error": answer}, *PARAMS_ERRORS)


@pytest.mark.parametrize("name", NAMES)
async def test_too_many_params(peer: Peer, name: str) -> None:
    for count in (len(METHODS[name].order) + 1, 1000):
        typed({"error": await peer.fail(name, [None] * count)}, INVALID_PARAMS)


@pytest.mark.parametrize("name", NAMES)
async def test_params_that_are_no_params(peer: Peer, name: str) -> None:
    for params in ("text", 1, 1.5, True, None):
        await peer.send(
            json.dumps({"jsonrpc": "2.0", "id": 1000, "method": name, "params": params})
        )
        typed(await peer.receive(), -32600)


TAKES_PARAMS = [one.name for one in CONTRACTS if one.order]


@pytest.mark.parametrize("name", TAKES_PARAMS)
async def test_every_member_of_every_wrong_type(peer: Peer, name: str) -> None:
    """Each param in turn, in its place by position too."""
    good = example(name)
    for member in good:
        for wrong in (None, True, -1, 1.5, 2**70, 1e300, "", "x" * 300, [], [[]], {"a": 1}):
            params = {**good, member: wrong}
            answer = await peer.answer(await peer.post(name, params))
            if "error" in answer:
                assert answer["error"]["code"] != -32603
                typed(answer, *range(-32014, -31999), INVALID_PARAMS)


@pytest.mark.parametrize("name", TAKES_PARAMS)
async def test_deep_nesting(peer: Peer, name: str) -> None:
    """Deeper than we keep, and deeper than a JSON parser goes."""
    for depth, numbers in ((300, (*PARAMS_ERRORS, -32000, -32013, -32012)), (100_000, (-32700,))):
        for opening, closing in (("[", "]"), ('{"a":', "}")):
            inner = opening * depth + "1" + closing * depth
            for member, value in example(name).items():
                text = json.dumps({**example(name), member: "HERE"}).replace('"HERE"', inner)
                message = f'{{"jsonrpc":"2.0","id":"deep","method":"{name}","params":{text}}}'
                await peer.send(message)
                typed(await response(peer), *numbers)
                if isinstance(value, dict | list):
                    placed = replaced(value, lambda _: "HERE")
                    text = json.dumps({**example(name), member: placed})
                    text = text.replace('"HERE"', inner, 1).replace('"HERE"', "1")
                    await peer.send(
                        f'{{"jsonrpc":"2.0","id":"deep","method":"{name}","params":{text}}}'
                    )
                    answer = await response(peer)
                    # A migration keeps a document it can't import in quarantine: no error.
                    if name != "migrate" or "error" in answer:
                        typed(answer, *numbers)


@pytest.mark.parametrize("name", TAKES_PARAMS)
@pytest.mark.parametrize("literal", ["NaN", "-Infinity", "1e999", "-1e999", '"\\ud800"', "9" * 400])
async def test_what_json_does_not_have(peer: Peer, name: str, literal: str) -> None:
    """NaN, numbers past every double, lone surrogates: in the place of every leaf."""
    params = json.dumps(replaced(example(name), lambda _: "HERE")).replace('"HERE"', literal)
    await peer.send(f'{{"jsonrpc":"2.0","id":1,"method":"{name}","params":{params}}}')
    answer = await peer.receive()
    typed(answer, -32700)
    assert answer["id"] is None


@pytest.mark.parametrize("name", TAKES_PARAMS)
@pytest.mark.parametrize("number", ["9007199254740993", "18446744073709551616", "1" * 300, "1e308"])
async def test_huge_numbers(peer: Peer, name: str, number: str) -> None:
    """In the place of every number and of every leaf: kept exactly, or refused."""
    for leaf in (lambda value: "HERE", lambda v: "HERE" if isinstance(v, int) else v):
        params = json.dumps(replaced(example(name), leaf))
        if '"HERE"' not in params:
            continue
        params = params.replace('"HERE"', number)
        await peer.send(f'{{"jsonrpc":"2.0","id":1,"method":"{name}","params":{params}}}')
        typed(await peer.receive(), *range(-32014, -31999), INVALID_PARAMS)


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("query", {"from": "nothing"}, "E_UNKNOWN_COLLECTION"),
        ("query", {"from": "sqlite_master"}, "E_UNKNOWN_COLLECTION"),
        ("query", {"from": "_events"}, "E_UNKNOWN_COLLECTION"),
        ("query", {"from": 'personas"; DROP TABLE personas; --'}, "E_UNKNOWN_COLLECTION"),
        ("query", {"from": "personas", "selector": {"$where": "1"}}, "E_QUERY"),
        ("query", {"from": "personas", "selector": {"name": {"$nothing": 1}}}, "E_QUERY"),
        ("query", {"from": "personas", "sort": [{"name": "up"}]}, "E_QUERY"),
        ("query", {"from": "personas", "at": 1}, "E_QUERY"),
        ("query", {}, "E_QUERY"),
        ("query", [], "E_QUERY"),
        ("query", {"from": "personas", "sql": "SELECT 1"}, "E_QUERY"),
        ("query", {"sql": ""}, "E_QUERY"),
        ("query", {"sql": "SELECT nothing FROM nowhere"}, "E_QUERY"),
        ("query", {"sql": "SELECT ?"}, "E_QUERY"),
        ("query", {"sql": "SELECT 1; SELECT 2"}, "E_QUERY"),
        ("query", {"sql": "SELECT '\x00'"}, "E_QUERY"),
        ("query", {"sql": "DROP TABLE personas"}, "E_READ_ONLY"),
        ("query", {"sql": "INSERT INTO personas (id) VALUES ('x')"}, "E_READ_ONLY"),
        ("query", {"sql": "ATTACH 'file.db' AS other"}, "E_READ_ONLY"),
        ("query", {"sql": "PRAGMA writable_schema = 1"}, "E_READ_ONLY"),
        ("query", {"sql": "SELECT load_extension('x')"}, "E_READ_ONLY"),
        ("subscribe", {"query": {"from": "nothing"}}, "E_UNKNOWN_COLLECTION"),
        ("subscribe", {"query": {"sql": "REINDEX"}}, "E_READ_ONLY"),
        ("unsubscribe", {"subscription": "s99"}, "E_NOT_FOUND"),
        ("commit", {"events": [{"name": "v1.Nothing", "args": {}}]}, "E_UNKNOWN_EVENT"),
        ("commit", {"events": [{"name": "v1.PersonaCreated", "args": {}}]}, "E_VALIDATION"),
        ("commit", {"events": [{**persona("a"), "id": "no uuid"}]}, "E_VALIDATION"),
        (
            "commit",
            {
                "events": [
                    {"name": "v1.DocumentInserted", "args": {"collection": "x", "document": {}}}
                ]
            },
            "E_UNKNOWN_COLLECTION",
        ),
        ("migrate", {"source": {"path": "/no/such/file.json"}}, "E_MIGRATION"),
        ("migrate", {"source": {"data": {"version": "99"}}}, "E_MIGRATION"),
        ("migrate", {"source": {"migration": "0" * 32}}, "E_NOT_FOUND"),
        ("migrate", {"source": {"migration": "../store"}}, "E_NOT_FOUND"),
        ("migrate.push", {"migration": "../../etc/passwd", "records": []}, "E_NOT_FOUND"),
    ],
)
async def test_what_is_well_formed_and_wrong(
    peer: Peer, method: str, params: Decoded, code: str
) -> None:
    error = await peer.fail(method, params)
    assert error["data"]["code"] == code, error
    typed({"error": error}, *range(-32014, -31999))


async def test_unknown_methods(peer: Peer) -> None:
    for name in (
        "",
        "nothing",
        "Query",
        "query ",
        "rpc.nothing",
        "__init__",
        "migrate.",
        "x" * 9999,
    ):
        typed({"error": await peer.fail(name)}, -32601)


@pytest.mark.parametrize(
    "text", ["", " ", "not json", "{", "[", '{"jsonrpc"', "\x00", "]", "null x"]
)
async def test_what_is_no_json(peer: Peer, text: str) -> None:
    await peer.send(text)
    typed(await peer.receive(), -32700)


@pytest.mark.parametrize("text", ["null", "1", '"text"', "true", "{}", "[]", '{"id":1}'])
async def test_what_is_json_and_no_request(peer: Peer, text: str) -> None:
    await peer.send(text)
    typed(await peer.receive(), -32600)


@pytest.mark.parametrize(
    "frame", [b"", b"\x00\xff", b'{"jsonrpc":"2.0","id":1,"method":"server.stats"}']
)
async def test_a_binary_frame(peer: Peer, frame: bytes) -> None:
    """Even one that holds a request: what a frame is for must not depend on its bytes."""
    await peer.send(frame)
    typed(await peer.receive(), -32600)


async def test_a_batch_of_everything_wrong(peer: Peer) -> None:
    entries: list[Any] = [1, [], {}, "x", None, {"jsonrpc": "2.0", "method": "nothing", "id": 1}]
    await peer.send(json.dumps(entries))
    answers = await peer.receive()
    assert [one["error"]["code"] for one in answers] == [-32600] * 5 + [-32601]


async def test_a_message_of_100_megabytes(peer: Peer) -> None:
    """It is not even parsed; the connection stays."""
    await peer.send(
        '{"jsonrpc":"2.0","id":1,"method":"query","params":["' + "x" * 100_000_000 + '"]}'
    )
    answer = await peer.receive()
    typed(answer, -32007)
    assert answer["id"] is None
    assert answer["error"]["data"]["limit"] == MESSAGE_BYTES


async def test_a_message_counts_in_bytes(peer: Peer) -> None:
    """A text of two-byte characters is twice as large as it is long."""
    half = "é" * (MESSAGE_BYTES // 2)
    await peer.send('{"jsonrpc":"2.0","id":1,"method":"query","params":["' + half + '"]}')
    typed(await peer.receive(), -32007)


async def test_a_large_message_below_the_bound(peer: Peer) -> None:
    """30 MB of arguments reach their check, which refuses them by name."""
    event = persona("large")
    event["args"]["settings"]["privacyLevel"] = "x" * 30_000_000
    error = await peer.fail("commit", {"events": [event]})
    assert error["data"]["code"] == "E_VALIDATION"
    assert len(json.dumps(error)) < 10_000


async def test_a_frame_past_every_bound_ends_its_connection_alone(server: Serving) -> None:
    """Code 1009, from the frame's header: the bytes are not taken in."""
    async with Peer.open(server) as other, Peer.open(server) as peer:
        header = bytes([0x81, 0xFF]) + (FRAME_BYTES + 1).to_bytes(8, "big") + b"\0\0\0\0"
        peer.socket.transport.write(header)
        with pytest.raises(ConnectionClosed):
            await peer.receive()
        assert peer.socket.close_code == 1009
        assert (await other.call("server.stats"))["connections"] >= 1


async def test_many_requests_at_once(peer: Peer) -> None:
    """More than are answered at a time, wrong ones between right ones."""
    ids = [
        await peer.post("query", {"from": "personas" if n % 2 else "nothing", "count": True})
        for n in range(400)
    ]
    answers = [await peer.answer(one) for one in ids]
    assert sum("error" in one for one in answers) == 200


async def test_a_peer_that_sends_and_never_reads(server: Serving) -> None:
    """It is slowed down, and the others don't notice."""
    async with Peer.open(server) as other, Peer.open(server) as peer:
        request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "rpc.discover"})

        async def flood() -> None:
            for _ in range(5000):
                await peer.send(request)

        flooding = asyncio.create_task(flood())
        for _ in range(20):
            await other.call("query", {"from": "personas", "count": True})
        stats = await other.call("server.stats")
        assert stats["inFlight"] <= 70
        flooding.cancel()
        peer.socket.transport.abort()
        await asyncio.gather(flooding, return_exceptions=True)


def test_every_method_is_in_the_table() -> None:
    assert VECTORS.keys() == METHODS.keys()


def test_examples_cover_every_param() -> None:
    """Or the table would leave it out."""

    def missing(contract: Contract) -> set[str]:
        given = {member for one in contract.examples for member in one.params}
        return set(contract.order) - given

    assert {one.name: missing(one) for one in CONTRACTS if missing(one)} == {}
