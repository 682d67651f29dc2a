"""`python -m sidecar serve` in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.rpc.serving import Message

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


@dataclass
class Started:
    """A server process and the line it wrote."""

    process: subprocess.Popen[bytes]
    line: Message

    @property
    def stdin(self) -> IO[bytes]:
        assert self.process.stdin is not None
        return self.process.stdin

    def end(self) -> tuple[int, bytes]:
        """Wait for the end; return the exit code and what else was on stdout."""
        assert self.process.stdout is not None
        code = self.process.wait(PATIENCE)
        return code, self.process.stdout.read()


def command(data_dir: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "sidecar", "serve", "--data-dir", str(data_dir), *options]


@contextmanager
def started(data_dir: Path, *options: str, stdin: bytes = b"") -> Iterator[Started]:
    """Start a server and read its line; it is killed when the block leaves it running."""
    process = subprocess.Popen(
        command(data_dir, *options),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    )
    with process:
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(stdin)
            process.stdin.flush()
            yield Started(process, json.loads(process.stdout.readline()))
        finally:
            process.kill()


def failed(data_dir: Path, *options: str, stdin: bytes = b"") -> tuple[int, Message]:
    """Run a server that can't start; return its exit code and its one line."""
    done = subprocess.run(
        command(data_dir, *options),
        input=stdin,
        capture_output=True,
        env=ENVIRONMENT,
        timeout=PATIENCE,
        check=False,
    )
    (line,) = done.stdout.splitlines()
    return done.returncode, json.loads(line)
