"""Real stores and real processes for the tests of the command line and the client."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

PROGRAM = [sys.executable, "-m", "sidecar"]


@dataclass(frozen=True)
class Ended:
    """What a command left: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> object:
        return json.loads(self.out)

    @property
    def lines(self) -> list[object]:
        return [json.loads(line) for line in self.out.splitlines()]


Sidecar = Callable[..., Ended]
"""Runs `sidecar` with arguments, and text for its stdin."""


def environment(data_dir: Path) -> dict[str, str]:
    """Return the environment of a command: this tree's package, a terminal 80 columns wide."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SIDECAR_DATA_DIR": str(data_dir),
        "XDG_STATE_HOME": str(data_dir.parent / "state"),
        "COLUMNS": "80",
        "PYTHONUTF8": "1",
    }


def run_process(data_dir: Path, *arguments: str, stdin: str = "") -> Ended:
    """Run `sidecar` to its end in a process of its own, beside its data directory."""
    done = subprocess.run(
        [*PROGRAM, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        env=environment(data_dir),
        cwd=data_dir.parent,
        timeout=50,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@contextmanager
def running_server(data_dir: Path, *options: str) -> Iterator[dict[str, object]]:
    """Serve a data directory in a process of its own; give its ready line."""
    process = subprocess.Popen(
        [*PROGRAM, "serve", "--data-dir", str(data_dir), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(data_dir),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        ready = json.loads(process.stdout.readline())
        assert ready["type"] == "ready", ready
        yield ready
        process.stdin.close()
        assert process.wait(15) == 0


def persona(identifier: str, name: str) -> dict[str, object]:
    """Return the arguments of v1.PersonaCreated."""
    return {
        "id": identifier,
        "name": name,
        "description": "",
        "personality": {"traits": [], "temperament": "calm", "communicationStyle": "plain"},
        "settings": {"memoryRetention": 50, "privacyLevel": "low", "autoLearn": True},
    }
