"""How the demo ends when it cannot go on; `build/dev.py test` runs the whole of it as well."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

BRIDGE = Path(__file__).parents[2] / "electron-bridge"
CHROMIUM_STARTED = ", headless"


@pytest.fixture
def temporary() -> Iterator[Path]:
    """Yield a directory with a short name: Chromium makes sockets there."""
    with tempfile.TemporaryDirectory(prefix="demo-") as path:
        yield Path(path)


@pytest.fixture
def node() -> str:
    """Return the Node.js program; the bridge is set up."""
    program = shutil.which("node")
    assert program, "Node.js is missing: run python3 build/dev.py setup"
    assert (BRIDGE / "dist").is_dir(), "the bridge is not built: run python3 build/dev.py setup"
    return program


def environment(demo_dir: Path, python: str = sys.executable) -> dict[str, str]:
    return os.environ | {"SIDECAR_PYTHON": python, "DEMO_DIR": str(demo_dir)}


def lines_until(stdout: IO[str], wanted: str) -> Iterator[str]:
    for line in stdout:
        yield line
        if wanted in line:
            return


def processes_naming(path: Path) -> list[str]:
    """List command lines that name a path: the sidecars and browsers a demo started for it."""
    listing = subprocess.run(["ps", "-axo", "args="], capture_output=True, text=True, check=True)
    return [line for line in listing.stdout.splitlines() if str(path) in line]


def test_a_python_without_the_sidecar_is_an_error_that_says_what_to_do(
    node: str, tmp_path: Path
) -> None:
    """The demo ends with 1 and names the setup command; nothing it started is left."""
    done = subprocess.run(
        [node, "example/demo.mjs"],
        cwd=BRIDGE,
        env=environment(tmp_path / "demo", python=shutil.which("false") or "false"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "The sidecar did not start" in done.stdout
    assert "build/dev.py setup" in done.stdout


def test_a_directory_with_files_of_others_is_not_wiped(node: str, tmp_path: Path) -> None:
    """The demo wipes only what an earlier demo made."""
    precious = tmp_path / "thesis.txt"
    precious.write_text("years of work")
    done = subprocess.run(
        [node, "example/demo.mjs"],
        cwd=BRIDGE,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Set DEMO_DIR" in done.stdout
    assert precious.read_text() == "years of work"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send to one process")
def test_an_interrupt_leaves_no_process(node: str, temporary: Path) -> None:
    """Ctrl-C while the browser and the sidecar run ends both, and the demo with 130."""
    with subprocess.Popen(
        [node, "example/demo.mjs"],
        cwd=BRIDGE,
        env=environment(temporary / "demo") | {"TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as demo:
        assert demo.stdout is not None
        started = list(lines_until(demo.stdout, CHROMIUM_STARTED))
        assert CHROMIUM_STARTED in started[-1], "".join(started)
        demo.send_signal(signal.SIGINT)
        rest = demo.stdout.read()
        assert demo.wait(30) == 130, rest
    assert "FAILED" not in rest
    assert processes_naming(temporary) == []
