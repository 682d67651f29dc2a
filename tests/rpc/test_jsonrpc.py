"""JSON-RPC 2.0: the specification's examples, raw and through two clients of others."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from sidecar.rpc.jsonrpc import Dispatcher, id_of
from sidecar.rpc.limits import BATCH_REQUESTS
from tests.rpc.arithmetic import Calls, arithmetic, dispatcher
from tests.rpc.serving import Decoded

CLIENTS = Path(__file__).parent / "clients"

# Section 7 of the specification, as it stands there: what is sent and what comes back.
EXAMPLES = [
    (
        "positional parameters",
        '{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}',
        '{"jsonrpc": "2.0", "result": 19, "id": 1}',
    ),
    (
        "positional parameters, the other way round",
        '{"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2}',
        '{"jsonrpc": "2.0", "result": -19, "id": 2}',
    ),
    (
        "named parameters",
        (
            '{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42},'
            ' "id": 3}'
        ),
        '{"jsonrpc": "2.0", "result": 19, "id": 3}',
    ),
    (
        "named parameters in another order",
        (
            '{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23},'
            ' "id": 4}'
        ),
        '{"jsonrpc": "2.0", "result": 19, "id": 4}',
    ),
    ("a notification", '{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}', None),
    ("a notification nobody knows", '{"jsonrpc": "2.0", "method": "foobar"}', None),
    (
        "a method nobody knows",
        '{"jsonrpc": "2.0", "method": "foobar", "id": "1"}',
        '{"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": "1"}',
    ),
    (
        "invalid JSON",
        '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]',
        '{"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}, "id": null}',
    ),
    (
        "an invalid request",
        '{"jsonrpc": "2.0", "method": 1, "params": "bar"}',
        '{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}',
    ),
    (
        "a batch of invalid JSON",
        (
            '[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},'
            '{"jsonrpc": "2.0", "method"]'
        ),
        '{"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}, "id": null}',
    ),
    (
        "an empty batch",
        "[]",
        '{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}',
    ),
    (
        "an invalid batch that is not empty",
        "[1]",
        '[{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"},"id": null}]',
    ),
    (
        "an invalid batch",
        "[1,2,3]",
        """[
        {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null},
        {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null},
        {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}
        ]""",
    ),
    (
        "a batch",
        """[
        {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
        {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},
        {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
        {"foo": "boo"},
        {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
        {"jsonrpc": "2.0", "method": "get_data", "id": "9"}
        ]""",
        """[
        {"jsonrpc": "2.0", "result": 7, "id": "1"},
        {"jsonrpc": "2.0", "result": 19, "id": "2"},
        {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null},
        {"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": "5"},
        {"jsonrpc": "2.0", "result": ["hello", 5], "id": "9"}
        ]""",
    ),
    (
        "a batch of notifications",
        """[
        {"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},
        {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}
        ]""",
        None,
    ),
]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with arithmetic() as url:
        yield url


def without_data(answer: Decoded) -> Decoded:
    """Take `error.data` out, which is the server's own; ours always has a code."""
    for one in answer if isinstance(answer, list) else [answer]:
        if "error" in one:
            assert one["error"].pop("data")["code"].startswith("E_")
    return answer


@pytest.mark.parametrize(
    ("sent", "expected"), [one[1:] for one in EXAMPLES], ids=[e[0] for e in EXAMPLES]
)
async def test_an_example_of_the_specification(url: str, sent: str, expected: str | None) -> None:
    """Section 7, raw. That nothing is answered shows in the answer to what is sent next."""
    async with connect(url) as socket:
        await socket.send(sent)
        await socket.send('{"jsonrpc": "2.0", "method": "get_data", "id": "next"}')
        first = json.loads(await socket.recv())
        if expected is None:
            assert first["id"] == "next"
        else:
            assert without_data(first) == json.loads(expected)


@pytest.mark.parametrize("client", ["json-rpc-2.0", "open-rpc-client"])
def test_the_examples_through_a_client_of_others(url: str, client: str) -> None:
    """Section 7, as far as a client lets one send it."""
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, CLIENTS / f"{client}.mjs", url],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "ok" in done.stdout


async def ask(message: Decoded, calls: Calls | None = None) -> Decoded:
    """Return what the dispatcher answers to a message, decoded."""
    calls = calls or Calls()
    text = message if isinstance(message, str) else json.dumps(message)
    answer = await dispatcher(calls).answer(text, calls)
    return None if answer is None else json.loads(answer)


def request(**members: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "method": "get_data", "id": 1, **members}


@pytest.mark.parametrize(
    "wrong",
    [
        1,
        "text",
        None,
        True,
        {},
        {"jsonrpc": "2.0"},
        {"method": "get_data", "id": 1},
        request(jsonrpc="1.0"),
        request(jsonrpc=2.0),
        request(jsonrpc=None),
        request(method=None),
        request(method=["get_data"]),
        request(params="text"),
        request(params=5),
        request(params=None),
        request(id=True),
        request(id=[1]),
        request(id={"n": 1}),
        {"jsonrpc": "2.0", "result": 5, "id": 1},
    ],
)
async def test_what_is_no_request_is_invalid(wrong: object) -> None:
    """The id is echoed where there is one, so that a client's call ends."""
    answer = await ask(json.dumps(wrong))
    assert answer["error"]["code"] == -32600
    assert answer["id"] == id_of(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("request_id", [0, -1, 1.5, "", "é", None, 2**53])
async def test_every_id_comes_back_as_it_was(request_id: object) -> None:
    assert (await ask(request(id=request_id)))["id"] == request_id


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{",
        "nul",
        '{"jsonrpc":"2.0","method":"get_data","id":NaN}',
        '{"jsonrpc":"2.0","method":"get_data","id":1,"params":[Infinity]}',
        '{"jsonrpc":"2.0","method":"get_data","id":1,"params":[1e999]}',
        '{"jsonrpc":"2.0","method":"get_data","id":1,"params":["\\ud800"]}',
        '{"jsonrpc":"2.0","method":"get_data","id":1,"params":' + "[" * 5000 + "]" * 5000 + "}",
        "'single'",
        "\ufeff{}",
    ],
)
async def test_what_is_no_json_is_a_parse_error(text: str) -> None:
    answer = await ask(text)
    assert answer["error"]["code"] == -32700
    assert answer["id"] is None
    assert isinstance(answer["error"]["data"]["position"], int)


async def test_a_batch_runs_in_its_order() -> None:
    """Two commits in one batch keep theirs; jsonrpcserver runs them side by side."""
    calls = Calls()
    await ask([request(method="slow", params=[n]) for n in range(3)], calls)
    assert calls.made == [(what, [n]) for n in range(3) for what in ("slow begins", "slow ends")]


async def test_a_batch_past_its_bound_is_refused_whole() -> None:
    calls = Calls()
    answer = await ask([request(method="subtract", params=[2, 1])] * (BATCH_REQUESTS + 1), calls)
    assert answer["error"]["data"]["code"] == "E_TOO_LARGE"
    assert calls.made == []


async def test_a_fault_shows_in_the_log_and_not_at_the_peer() -> None:
    """The log has the request's id and the exception's text; the peer has neither type nor text."""
    calls = Calls()
    answer = await ask(request(method="broken", id="r1"), calls)
    assert answer["error"]["code"] == -32603
    assert answer["error"]["data"]["code"] == "E_INTERNAL"
    assert "secret" not in json.dumps(answer)
    assert "RuntimeError" not in json.dumps(answer)
    assert calls.failures == [("broken", "r1", "RuntimeError('a secret of ours')")]


async def test_a_result_that_is_no_json_is_a_fault_too() -> None:
    calls = Calls()
    assert (await ask(request(method="unencodable"), calls))["error"]["code"] == -32603
    assert len(calls.failures) == 1


async def test_a_notification_that_fails_is_logged_and_not_answered() -> None:
    calls = Calls()
    assert await ask({"jsonrpc": "2.0", "method": "broken"}, calls) is None
    assert len(calls.failures) == 1


async def test_an_error_of_ours_keeps_its_code_and_data() -> None:
    calls = Calls()
    error = (await ask(request(method="conflict"), calls))["error"]
    assert error["code"] == -32001
    assert error["message"] == "it changed"
    assert error["data"].keys() == {"id", "code", "hint"}
    assert calls.failures == []


async def test_wrong_params_name_their_place() -> None:
    error = (await ask(request(method="subtract", params=["a"])))["error"]
    assert error["code"] == -32602
    assert error["data"]["errors"] == [{"path": "", "message": "two numbers"}]


async def test_a_method_is_looked_up_by_its_whole_name() -> None:
    for name in ("Subtract", "subtract ", "", "__getitem__", "x" * 100_000):
        error = (await ask(request(method=name)))["error"]
        assert error["code"] == -32601
        assert len(json.dumps(error)) < 1000


async def test_a_dispatcher_without_methods_answers() -> None:
    empty: Dispatcher[None] = Dispatcher({}, Calls().failed)
    answer = await empty.answer(json.dumps(request()), None)
    assert answer is not None
    assert json.loads(answer)["error"]["code"] == -32601
