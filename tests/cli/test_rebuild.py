"""`sidecar rebuild`."""

from __future__ import annotations

from pathlib import Path

from sidecar.store.driver import connect
from tests.cli.processes import Sidecar


def spoil(data_dir: Path) -> None:
    """Change a row behind the log's back."""
    connection = connect(data_dir / "store.db", key=None)
    connection.execute("UPDATE personas SET name = 'Eve'")
    connection.close()


def test_a_check_finds_the_state_the_same(ada: Sidecar) -> None:
    """S6: exit code 0, nothing changed, progress on stderr."""
    ended = ada("rebuild", "--check")
    assert (ended.code, ended.out) == (0, "1 events, 1 rows: is the same as the state\n")
    assert "replay: 1 of 1" in ended.err


def test_a_check_names_what_differs(ada: Sidecar, data_dir: Path) -> None:
    """S6: exit code 1; a rebuild mends it."""
    spoil(data_dir)
    ended = ada("rebuild", "--check")
    assert ended.code == 1
    assert "differs: personas" in ended.out
    assert ada("rebuild").out == "1 events, 1 rows: rebuilt\n"
    assert ada("rebuild", "--check").code == 0
    assert '"Ada"' in ada("query", '{"from": "personas"}').out


def test_a_check_works_beside_a_server(sidecar: Sidecar, server: dict[str, object]) -> None:
    """And a rebuild does not: exit code 3, the server untouched (S12)."""
    sidecar("commit", "v1.CollectionDefined", '{"name": "notes", "primaryKey": "id"}')
    assert sidecar("rebuild", "--check").code == 0
    ended = sidecar("rebuild")
    assert (ended.code, ended.err[:8]) == (3, "E_LOCKED")
    assert sidecar("query", '{"from": "notes", "count": true}').out == "0\n"


def test_no_store_is_an_error(sidecar: Sidecar, data_dir: Path) -> None:
    """And none is made."""
    assert sidecar("rebuild").err.startswith("E_NOT_FOUND")
    assert not data_dir.exists()
