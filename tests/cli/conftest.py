"""What the tests of the command line share."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from sidecar.cli.app import run
from tests.cli.processes import Ended, Sidecar, environment, persona, run_process, running_server


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def sidecar(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Sidecar:
    """Run `sidecar` in this process, where only the interpreter's start is saved."""
    for name, value in environment(data_dir).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(data_dir.parent)

    def here(*arguments: str, stdin: str = "") -> Ended:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = run(arguments)
        captured = capsys.readouterr()
        return Ended(code, captured.out, captured.err)

    return here


@pytest.fixture
def process(data_dir: Path) -> Sidecar:
    """Run `sidecar` in a process of its own."""
    return partial(run_process, data_dir)


@pytest.fixture
def server(data_dir: Path) -> Iterator[dict[str, object]]:
    with running_server(data_dir) as ready:
        yield ready


@pytest.fixture
def ada(sidecar: Sidecar) -> Sidecar:
    """A store with the persona p1."""
    created = sidecar("commit", "v1.PersonaCreated", json.dumps(persona("p1", "Ada")))
    assert created.code == 0
    return sidecar
