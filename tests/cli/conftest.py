"""What the tests of the command line share."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.processes import Ended, Sidecar, environment, running_server


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def sidecar(data_dir: Path) -> Sidecar:
    """Run `sidecar` with arguments, in a process of its own."""

    def run(*arguments: str, stdin: str = "") -> Ended:
        done = subprocess.run(
            [sys.executable, "-m", "sidecar", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            env=environment(data_dir),
            cwd=data_dir.parent,
            timeout=50,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def server(data_dir: Path) -> Iterator[dict[str, object]]:
    with running_server(data_dir) as ready:
        yield ready
