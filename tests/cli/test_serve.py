"""`sidecar serve`: the command; the server's own behaviour is tested in tests/rpc."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.processes import PROGRAM, Sidecar, environment

HEAVY = {"rich", "prompt_toolkit", "pygments", "sidecar.client", "sidecar.cli.backend"}


def test_it_serves_until_stdin_closes(process: Sidecar, data_dir: Path) -> None:
    """§6: one line on stdout."""
    ended = process("serve")
    assert ended.code == 0
    (ready,) = ended.lines
    assert isinstance(ready, dict)
    assert (ready["type"], ready["protocol"], ready["head"]) == ("ready", 1, 0)


@pytest.mark.parametrize(
    "arguments",
    [["--port", "x"], ["--port", "70000"], ["--log-level", "loud"], ["--nothing"], ["extra"]],
)
def test_a_wrong_option_is_told_to_the_parent(process: Sidecar, arguments: list[str]) -> None:
    """§6: an error line on stdout, exit code 2."""
    ended = process("serve", *arguments)
    assert ended.code == 2
    (error,) = ended.lines
    assert isinstance(error, dict)
    assert (error["type"], error["code"]) == ("error", "E_USAGE")
    assert error["message"]
    assert error["hint"]


def test_every_option_reaches_the_server(process: Sidecar, tmp_path: Path) -> None:
    """§6: the token and the key from stdin, the log's directory, a schema."""
    token = "t" * 40
    ended = process(
        "serve", "--token-stdin", "--key-stdin", "--log-dir", str(tmp_path / "log"),
        "--log-level", "debug", "--schema", "sidecar.app:schema", "--port", "0",
        "--parent-pid", str(os.getpid()), "--allow-origin", "https://a.example", "--allow-origin", "https://b.example",
        stdin=f"{token}\nsecret\n",
    )  # fmt: skip
    (ready,) = ended.lines
    assert isinstance(ready, dict)
    assert ready["token"] == token
    assert (tmp_path / "log" / "sidecar.log").exists()
    assert not (tmp_path / "data" / "store.db").read_bytes().startswith(b"SQLite format 3")


def test_a_second_server_is_told_so(
    process: Sidecar, server: dict[str, object], data_dir: Path
) -> None:
    """S12: exit code 3, the first untouched."""
    ended = process("serve")
    (error,) = ended.lines
    assert isinstance(error, dict)
    assert (ended.code, error["code"]) == (3, "E_LOCKED")
    info = process("info", "--json").json
    assert isinstance(info, dict)
    assert info["pid"] == server["pid"]


def test_it_imports_only_what_serving_takes(data_dir: Path) -> None:
    """Start-up time is an app's start-up time: no rich, no prompt, no other command."""
    done = subprocess.run(
        [PROGRAM[0], "-X", "importtime", *PROGRAM[1:], "serve"],
        input="",
        capture_output=True,
        text=True,
        env=environment(data_dir),
        timeout=50,
        check=True,
    )
    assert json.loads(done.stdout)["type"] == "ready"
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    imported = {line.rpartition("|")[2].strip() for line in lines}
    assert "sidecar.rpc.serve" in imported
    assert not HEAVY & imported
