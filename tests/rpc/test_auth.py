"""Who gets in: the rules as a table, and the same over raw HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from websockets.asyncio.client import connect

from sidecar.rpc.auth import Gate, Handshake
from tests.rpc.serving import TOKEN, Serving, serving

GOOD = ("sidecar.v1", f"token.{TOKEN}")


def judge(
    *,
    path: str = "/rpc",
    hosts: tuple[str, ...] = ("127.0.0.1:4711",),
    origins: tuple[str, ...] = (),
    authorizations: tuple[str, ...] = (),
    protocols: tuple[str, ...] = GOOD,
) -> int:
    """Return the status a handshake is refused with, 0 for one that is let in."""
    gate = Gate(TOKEN, frozenset({"https://pjais.example"}))
    refusal = gate.judge(Handshake(path, hosts, origins, authorizations, protocols))
    return 0 if refusal is None else int(refusal.status)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:80",
        "127.8.9.1:1",
        "localhost",
        "LocalHost:65535",
        "[::1]",
        "[::1]:9",
    ],
)
def test_a_loopback_host_is_let_in(host: str) -> None:
    assert judge(hosts=(host,)) == 0


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:4711",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "localhost.",
        "evil@127.0.0.1",
        "user:secret@localhost",
        "127.0.0.1/evil",
        "127.0.0.1:port",
        "127.0.0.1:99999",
        "127.0.0.1:0",
        "0.0.0.0",
        "10.0.0.1",
        "[::]",
        "[fe80::1]",
        "[::1",
        "2130706433",
        "0x7f000001",
    ],
)
def test_another_host_is_refused(host: str) -> None:
    """A name that was rebound to 127.0.0.1 still says its own name."""
    assert judge(hosts=(host,)) == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("hosts", [(), ("127.0.0.1", "evil.example"), ("127.0.0.1", "127.0.0.1")])
def test_no_host_or_two_are_refused(hosts: tuple[str, ...]) -> None:
    assert judge(hosts=hosts) == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "file://",
        "app://-",
        "app://pjais",
        "app://.",
        "http://localhost",
        "http://localhost:5173",
        "https://localhost:3000",
        "http://127.0.0.1:5173",
        "http://[::1]:5173",
        "https://pjais.example",
        "HTTPS://PJAIS.example",
    ],
)
def test_an_origin_of_ours_is_let_in(origin: str) -> None:
    assert judge(origins=(origin,)) == 0


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "https://evil.example",
        "http://localhost.evil.example",
        "http://evil.example:5173",
        "https://pjais.example:8443",
        "https://pjais.example.evil",
        "http://pjais.example",
        "http://localhost@evil.example",
        "http://evil@localhost",
        "http://localhost:port",
        "http://localhost/path",
        "app://",
        "file:///etc/passwd",
        "chrome-extension://abc",
        "ws://localhost",
        "localhost",
        "*",
    ],
)
def test_another_origin_is_refused(origin: str) -> None:
    assert judge(origins=(origin,)) == HTTPStatus.FORBIDDEN


def test_two_origins_are_refused() -> None:
    assert judge(origins=("null", "null")) == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("value", [f"Bearer {TOKEN}", f"bearer {TOKEN}", f"BEARER  {TOKEN} "])
def test_a_bearer_token_is_let_in(value: str) -> None:
    assert judge(authorizations=(value,), protocols=()) == 0
    assert judge(authorizations=(value,), protocols=("sidecar.v1",)) == 0


@pytest.mark.parametrize(
    ("authorizations", "protocols"),
    [
        ((), ()),
        ((), ("sidecar.v1",)),
        ((), ("sidecar.v1", "token.")),
        ((), ("sidecar.v1", f"token.{TOKEN}x")),
        ((), ("sidecar.v1", f"token.{TOKEN[:-1]}")),
        ((), ("sidecar.v1", f"token.{TOKEN.upper()}")),
        ((), ("sidecar.v1", TOKEN)),
        ((), ("sidecar.v1", "token.ключ")),
        ((TOKEN,), ()),
        ((f"Basic {TOKEN}",), ()),
        (("Bearer",), ()),
        (("Bearer ",), ()),
        ((f"Bearer {TOKEN} {TOKEN}",), ()),
        (("Bearer \udcff",), ()),
    ],
)
def test_a_wrong_token_is_refused(
    authorizations: tuple[str, ...], protocols: tuple[str, ...]
) -> None:
    assert judge(authorizations=authorizations, protocols=protocols) == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize("path", ["/", "/rpc/", "/rpcx", "/RPC", "", "/rpc/../x", "//rpc"])
def test_another_path_is_not_found(path: str) -> None:
    assert judge(path=path) == HTTPStatus.NOT_FOUND


def test_a_token_in_the_url_is_no_token() -> None:
    """URLs end up in logs."""
    assert judge(path=f"/rpc?token={TOKEN}") == 0
    assert judge(path=f"/rpc?token={TOKEN}", protocols=()) == HTTPStatus.UNAUTHORIZED


def test_another_protocol_is_a_bad_request() -> None:
    """A client that only speaks a later version is told so, instead of failing later."""
    assert judge(protocols=("sidecar.v2", f"token.{TOKEN}")) == HTTPStatus.BAD_REQUEST


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    data_dir = tmp_path_factory.mktemp("auth") / "data"
    with serving(data_dir, origins=("https://pjais.example/",)) as server:
        yield server


async def handshake(server: Serving, **headers: str) -> str:
    """Send a WebSocket handshake by hand; return the answer's head."""
    fields = {
        "Host": f"127.0.0.1:{server.port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": ", ".join(GOOD),
    }
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in fields.items() if value]
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        writer.write("\r\n".join(["GET /rpc HTTP/1.1", *lines, "", ""]).encode())
        return (await reader.readuntil(b"\r\n\r\n")).decode()
    finally:
        writer.close()
        await writer.wait_closed()


async def test_a_handshake_is_upgraded_without_compression(server: Serving) -> None:
    answer = await handshake(server, Sec_WebSocket_Extensions="permessage-deflate")
    assert answer.startswith("HTTP/1.1 101 ")
    assert "Sec-WebSocket-Protocol: sidecar.v1" in answer
    assert TOKEN not in answer
    assert "Extensions" not in answer


async def test_refusals_come_before_any_upgrade(server: Serving) -> None:
    """A wrong token, a foreign Origin, a foreign Host: an HTTP answer and no WebSocket."""
    wrong_token = await handshake(server, Sec_WebSocket_Protocol="sidecar.v1, token.wrong")
    assert wrong_token.startswith("HTTP/1.1 401 ")
    assert "WWW-Authenticate: Bearer" in wrong_token
    for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Host": ""}):
        refused = await handshake(server, **headers)
        assert refused.startswith("HTTP/1.1 403 "), headers
        assert "Upgrade" not in refused


async def test_an_allowed_origin_is_upgraded(server: Serving) -> None:
    """`--allow-origin` takes the origin with or without a slash at its end."""
    for origin in ("https://pjais.example", "file://", "null", "app://pjais"):
        assert (await handshake(server, Origin=origin)).startswith("HTTP/1.1 101 "), origin


async def test_a_plain_request_is_told_to_upgrade(server: Serving) -> None:
    assert (await handshake(server, Upgrade="", Connection="")).startswith("HTTP/1.1 426 ")


async def test_both_ways_to_authenticate_reach_the_methods(server: Serving) -> None:
    ping = '{"jsonrpc":"2.0","id":1,"method":"server.stats"}'
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    async with connect(server.url, additional_headers=bearer) as socket:
        await socket.send(ping)
        assert '"uptime"' in str(await socket.recv())
        assert socket.subprotocol is None
    async with connect(server.url, subprotocols=list(GOOD)) as socket:
        await socket.send(ping)
        assert '"uptime"' in str(await socket.recv())
        assert socket.subprotocol == "sidecar.v1"


async def test_refusals_are_counted(server: Serving) -> None:
    ping = '{"jsonrpc":"2.0","id":1,"method":"server.stats"}'
    await handshake(server, Sec_WebSocket_Protocol="sidecar.v1")
    async with connect(server.url, subprotocols=list(GOOD)) as socket:
        await socket.send(ping)
        assert '"refused":0' not in str(await socket.recv())
