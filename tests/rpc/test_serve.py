"""The process: one line on stdout, its exit codes, and all that ends it."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from sidecar import __version__
from sidecar.app import schema
from sidecar.store import Store
from tests.rpc.processes import ENVIRONMENT, PATIENCE, command, failed, started
from tests.rpc.serving import Decoded, conforms, persona

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and permissions")


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


def call(line: dict[str, str], method: str, params: object = None) -> Decoded:
    """Call a server process once, on a connection of its own."""
    protocols = ["sidecar.v1", f"token.{line['token']}"]
    with connect(line["url"], subprotocols=protocols) as connection:
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}
        connection.send(json.dumps(request))
        return json.loads(connection.recv(PATIENCE))["result"]


def test_the_ready_line_tells_how_to_connect(data_dir: Path) -> None:
    with started(data_dir) as server:
        conforms(server.line, "start.ready")
        assert server.line["pid"] == server.process.pid
        assert server.line["version"] == __version__
        assert server.line["schema"] == schema.fingerprint
        assert len(server.line["token"]) >= 32
        info = call(server.line, "server.info")
        assert info["pid"] == server.process.pid
        assert info["head"] == server.line["head"] == 0


@posix
def test_a_client_ends_it_and_nothing_else_was_on_stdout(data_dir: Path) -> None:
    """`server.json`, for this user alone while it serves, is gone with it."""
    with started(data_dir, "--log-level", "debug") as server:
        endpoint = data_dir / "server.json"
        assert json.loads(endpoint.read_bytes()) == {
            "pid": server.process.pid,
            "url": server.line["url"],
            "token": server.line["token"],
        }
        assert stat.S_IMODE(endpoint.stat().st_mode) == 0o600
        assert call(server.line, "server.shutdown") == {}
        assert server.end() == (0, b"")
        assert not endpoint.exists()
    with Store.open(data_dir, schema) as store:
        assert store.head == 0


def test_while_it_ends_it_finishes_what_it_began(data_dir: Path) -> None:
    """A query that runs is answered; what comes after is told why not."""
    busy = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000000)"
    calls = [
        ("query", {"sql": f"{busy} SELECT max(i) AS n FROM n"}),
        ("server.shutdown", {}),
        ("query", {"from": "personas"}),
    ]
    with started(data_dir) as server:
        protocols = ["sidecar.v1", f"token.{server.line['token']}"]
        with connect(server.line["url"], subprotocols=protocols) as connection:
            answers = {}
            for number, (method, params) in enumerate(calls):
                request = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
                connection.send(json.dumps(request))
                if number == 1:
                    answer = json.loads(connection.recv(PATIENCE))
                    answers[answer["id"]] = answer
            while len(answers) < len(calls):
                answer = json.loads(connection.recv(PATIENCE))
                answers[answer["id"]] = answer
        assert answers[0]["result"]["rows"] == [{"n": 4_000_000}]
        assert answers[1]["result"] == {}
        assert answers[2]["error"]["data"]["code"] == "E_SHUTTING_DOWN"
        assert server.end() == (0, b"")


def test_it_ends_when_stdin_closes(data_dir: Path) -> None:
    with started(data_dir) as server:
        server.stdin.close()
        assert server.end() == (0, b"")


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_ends_on_a_signal(data_dir: Path, number: signal.Signals) -> None:
    with started(data_dir) as server:
        server.process.send_signal(number)
        assert server.end() == (0, b"")
        assert not (data_dir / "server.json").exists()


@posix
def test_it_serves_on_without_a_stdin_that_can_close(data_dir: Path) -> None:
    """/dev/null, as a service gives it, is at its end at once and means nothing."""
    process = subprocess.Popen(
        command(data_dir),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
    )
    with process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
        assert call(line, "server.info")["pid"] == process.pid
        process.terminate()
        assert process.wait(PATIENCE) == 0


@posix
def test_it_ends_with_its_parent(data_dir: Path) -> None:
    """Even where somebody else still holds the other end of stdin."""
    reading, writing = os.pipe()
    script = (
        "import os, subprocess, sys\n"
        "server = subprocess.Popen([*sys.argv[1:], '--parent-pid', str(os.getpid())],\n"
        "    stdin=0, stdout=subprocess.PIPE)\n"
        "print(server.stdout.readline().decode(), end='', flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    parent = subprocess.run(
        [sys.executable, "-c", script, *command(data_dir)],
        stdin=reading,
        capture_output=True,
        env=ENVIRONMENT,
        timeout=PATIENCE,
        check=False,
    )
    pid = json.loads(parent.stdout)["pid"]
    deadline = time.monotonic() + PATIENCE
    while (data_dir / "server.json").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.close(reading)
    os.close(writing)
    assert not (data_dir / "server.json").exists(), f"{pid} outlived its parent"


def test_a_stranger_that_is_dead_ends_it_too(data_dir: Path) -> None:
    """The pid may be any process's: a launcher between us and the app is no parent."""
    with (
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger,
        started(data_dir, "--parent-pid", str(stranger.pid)) as server,
    ):
        stranger.communicate(b"\n")
        assert server.end() == (0, b"")


def test_a_token_and_a_key_come_by_stdin(data_dir: Path) -> None:
    """The token first; neither is in the arguments, which other users can read."""
    token = "a-token-from-the-parent"
    lines = f"{token}\nthe key\n".encode()
    with started(data_dir, "--token-stdin", "--key-stdin", stdin=lines) as server:
        assert server.line["token"] == token
        assert call(server.line, "server.info")["head"] == 0
        with pytest.raises(InvalidStatus):
            call({**server.line, "token": token + "x"}, "server.info")
        server.stdin.close()
        assert server.end() == (0, b"")
    assert b"SQLite format 3" not in (data_dir / "store.db").read_bytes()[:100]
    code, line = failed(data_dir, "--key-stdin", stdin=b"another key\n")
    assert (code, line["code"]) == (6, "E_WRONG_KEY")


def test_what_was_committed_is_there_after_a_restart(data_dir: Path) -> None:
    with started(data_dir) as server:
        assert call(server.line, "commit", {"events": [persona("p1")]})["head"] == 1
        server.process.kill()
        server.process.wait(PATIENCE)
    with started(data_dir) as server:
        assert server.line["head"] == 1
        found = call(server.line, "query", {"from": "personas", "count": True})
        assert found == {"count": 1, "head": 1}


def test_a_second_server_is_locked_out(data_dir: Path) -> None:
    """S12: it exits 3, and the first one is untouched."""
    with started(data_dir) as server:
        code, line = failed(data_dir)
        conforms(line, "start.error")
        assert (code, line["code"]) == (3, "E_LOCKED")
        assert call(server.line, "server.info")["pid"] == server.process.pid
        assert (data_dir / "server.json").exists()


def test_a_damaged_file_is_code_4(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "store.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    code, line = failed(data_dir)
    conforms(line, "start.error")
    assert (code, line["code"]) == (4, "E_CORRUPT")


@pytest.mark.parametrize("name", ["no.such:schema", "missing.py", "json:loads"])
def test_a_wrong_schema_is_code_5(data_dir: Path, name: str) -> None:
    code, line = failed(data_dir, "--schema", name)
    conforms(line, "start.error")
    assert (code, line["code"]) == (5, "E_SCHEMA")
    assert not data_dir.exists()


@pytest.mark.parametrize(
    ("options", "stdin"),
    [
        (["--no-such-option"], b""),
        (["--port", "99999"], b""),
        (["--token-stdin"], b""),
        (["--token-stdin"], b"short\n"),
        (["--token-stdin"], b"\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe\n"),
        (["--token-stdin"], b"x" * 10_000),
        (["--token-stdin", "--key-stdin"], b"a-token-that-is-fine\n"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else repr(value[:12]),
)
def test_a_wrong_option_is_code_2(data_dir: Path, options: list[str], stdin: bytes) -> None:
    code, line = failed(data_dir, *options, stdin=stdin)
    conforms(line, "start.error")
    assert (code, line["code"]) == (2, "E_USAGE")


def test_a_port_that_is_taken_is_code_2(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, line = failed(data_dir, "--port", str(taken.getsockname()[1]))
    assert (code, line["code"]) == (2, "E_USAGE")


def test_a_directory_that_is_a_file_is_code_1_or_2(tmp_path: Path) -> None:
    """Anything else that goes wrong has its line too."""
    (tmp_path / "file").write_text("")
    code, line = failed(tmp_path / "file" / "data")
    conforms(line, "start.error")
    assert (code, line["code"]) == (1, "E_STORAGE")


def test_logs_are_lines_of_json_on_stderr_and_in_a_file(data_dir: Path, tmp_path: Path) -> None:
    """A refused handshake is in both; the token is in neither."""
    with started(data_dir, "--log-level", "debug", "--log-dir", str(tmp_path / "logs")) as server:
        with pytest.raises(InvalidStatus):
            call({**server.line, "token": "wrong"}, "server.info")
        call(server.line, "server.shutdown")
        server.end()
        assert server.process.stderr is not None
        stderr = server.process.stderr.read()
    file = (tmp_path / "logs" / "sidecar.log").read_bytes()
    for text in (stderr, file):
        lines = [json.loads(line) for line in text.splitlines()]
        assert {"time", "level", "logger", "message"} <= lines[0].keys()
        assert any(line.get("status") == 401 for line in lines)
        assert server.line["token"].encode() not in text


@posix
def test_a_parent_that_reads_nothing_stops_nothing(data_dir: Path) -> None:
    """Stderr is full and nobody drains it: requests are answered, and it ends when told to."""
    with started(data_dir) as server:
        port = int(server.line["url"].split(":")[2].removesuffix("/rpc"))
        for _ in range(400):
            with socket.create_connection(("127.0.0.1", port)) as stranger:
                stranger.sendall(b"GET /rpc HTTP/1.1\r\nHost: evil.example\r\n\r\n")
                assert stranger.recv(100).startswith(b"HTTP/1.1 403 ")
        assert call(server.line, "server.stats")["refused"] == 400
        server.stdin.close()
        assert server.end() == (0, b"")
