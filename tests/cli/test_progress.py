"""Progress on stderr: bars for a terminal, lines for everything else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sidecar.cli import progress
from sidecar.cli.progress import Lines
from tests.cli.processes import PROGRAM, environment, persona


def test_lines_tell_the_begin_and_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    """Of each phase, once."""
    lines = Lines()
    for phase in ("reading", "importing"):
        for done in (0, 400, 1_000, 1_000):
            lines.update(phase, done, 1_000)
    lines.update("pushing", 5, None)
    assert capsys.readouterr().err.splitlines() == [
        "reading: 0 of 1,000",
        "reading: 1,000 of 1,000",
        "importing: 0 of 1,000",
        "importing: 1,000 of 1,000",
        "pushing: 5",
    ]


def test_lines_tell_now_and_then_between(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a phase that takes long."""
    monkeypatch.setattr(progress, "LINE_EVERY", 0)
    lines = Lines()
    for done in (0, 1, 2):
        lines.update("importing", done, 3)
    assert len(capsys.readouterr().err.splitlines()) == 3


def read_all(terminal: int) -> str:
    """Return what is written to a terminal until nobody has it open any more."""
    shown = b""
    with open(terminal, "rb", buffering=0) as stream:
        while True:
            try:
                part = stream.read(4096)
            except OSError:  # how Linux tells the end
                break
            if not part:
                break
            shown += part
    return shown.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pty module")
def test_a_terminal_gets_bars(tmp_path: Path) -> None:
    """And the report stays alone on stdout."""
    export = tmp_path / "export.ndjson"
    export.write_text(json.dumps({"collection": "personas", "document": persona("p1", "A")}) + "\n")
    terminal, stderr = os.openpty()
    with subprocess.Popen(
        [*PROGRAM, "migrate", "run", str(export), "--json"],
        stdout=subprocess.PIPE,
        stderr=stderr,
        env={**environment(tmp_path / "data"), "TERM": "xterm"},
    ) as migrating:
        os.close(stderr)
        shown = read_all(terminal)
        assert migrating.stdout is not None
        report = json.loads(migrating.stdout.read())
    assert migrating.returncode == 0
    assert report["verification"]["passed"]
    assert "importing" in shown
    assert "━" in shown
