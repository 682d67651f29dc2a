"""`sidecar info`."""

from __future__ import annotations

import os

from tests.cli.processes import Sidecar


def test_info_tells_what_the_store_holds(ada: Sidecar) -> None:
    """For people and as JSON."""
    shown = ada("info").out
    assert "store.db" in shown
    assert "pjais" in shown
    lines = [line.split() for line in shown.splitlines()]
    assert ["served", "no"] in lines
    assert ["tables", "personas", "1", "rows"] in lines
    info = ada("info", "--json").json
    assert isinstance(info, dict)
    assert (info["served"], info["head"], info["store"]["tables"]["personas"]) == (False, 1, 1)


def test_info_names_the_server(sidecar: Sidecar, server: dict[str, object]) -> None:
    """A command talks to the server that holds the store."""
    info = sidecar("info", "--json").json
    assert isinstance(info, dict)
    assert (info["served"], info["pid"]) == (True, server["pid"])
    assert info["pid"] != os.getpid()
    assert f"by process {server['pid']}" in sidecar("info").out


def test_what_a_killed_server_left_is_ignored(ada: Sidecar, data_dir: os.PathLike[str]) -> None:
    """server.json of nobody's: the command opens the store itself."""
    with open(os.path.join(data_dir, "server.json"), "w") as file:  # noqa: PTH118, PTH123
        file.write('{"pid": 1, "url": "ws://127.0.0.1:9/rpc", "token": "gone"}')
    assert "no" in ada("info").out
