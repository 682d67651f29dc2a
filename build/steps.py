"""Run a verb's steps one after the other: each a child process, streamed, timed and summed up.

1. The first step that fails ends the run, with what to do next.
2. A child never outlives the run: it leads a process group of its own, which is interrupted, then
   terminated, then killed, however the run ends.
3. Tests are counted from the JUnit reports their runners write, so a child keeps its terminal.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

Command = Sequence[str | Path]

GRACE_SECONDS = 5
"""How long a child may take to end after each signal."""

WINDOWS = sys.platform == "win32"


class StepFailedError(Exception):
    """A step failed; the message says what to do next."""


@dataclass(frozen=True)
class Tally:
    """How many tests of one step passed, failed and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Sum two counts."""
        return Tally(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        """Spell the closing line that CI reads."""
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


@dataclass(frozen=True)
class Outcome:
    """What became of one step."""

    name: str
    ok: bool
    seconds: float
    tests: Tally = Tally()


@dataclass
class Run:
    """The steps of one verb so far."""

    outcomes: list[Outcome] = field(default_factory=list)
    _known_fresh: set[str] = field(default_factory=set)

    def step(
        self,
        name: str,
        command: Command,
        *,
        hint: str,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        report: Path | None = None,
        is_test: bool = False,
    ) -> None:
        """Run one command to its end.

        Args:
            name: What the step is called in the output.
            command: The program and its arguments.
            hint: What to do next when it fails.
            cwd: Where it runs.
            env: Variables beside those of this process.
            report: Where the command writes its JUnit report, when it runs tests.
            is_test: Whether the step is itself one test.

        Raises:
            StepFailedError: The command's exit code is not 0, or it does not start.
        """
        arguments = [str(part) for part in command]
        shown = " ".join(argument.removeprefix(f"{cwd}{os.sep}") for argument in arguments)
        print(f"\n==> {name}: {shown}", flush=True)
        started = time.monotonic()
        ok = _exit_code(arguments, cwd, env or {}) == 0
        seconds = time.monotonic() - started
        tests = count_tests(report) if report else Tally(passed=int(ok and is_test))
        if not ok and not tests.failed:
            tests += Tally(failed=1)
        self.outcomes.append(Outcome(name, ok, seconds, tests))
        print(f"{'ok' if ok else 'FAILED'}: {name} ({seconds:.1f} s)", flush=True)
        if not ok:
            raise StepFailedError(hint)

    def skip(self, name: str) -> None:
        """Say, once, that a step has nothing to do."""
        done = {outcome.name for outcome in self.outcomes}
        if name not in done | self._known_fresh:
            print(f"ok: {name} (up to date)", flush=True)
        self._known_fresh.add(name)

    @property
    def tests(self) -> Tally:
        """Every test counted so far."""
        return sum((outcome.tests for outcome in self.outcomes), Tally())

    def summary(self) -> str:
        """List the steps that ran, a line each, and the total."""
        if not self.outcomes:
            return "Nothing to do: everything is up to date."
        width = max((len(outcome.name) for outcome in self.outcomes), default=0)
        lines = [
            f"  {'ok    ' if outcome.ok else 'FAILED'}  {outcome.name:<{width}}"
            f"  {outcome.seconds:7.1f} s" + (f"  {outcome.tests}" if outcome.tests.passed else "")
            for outcome in self.outcomes
        ]
        total = sum(outcome.seconds for outcome in self.outcomes)
        good = sum(outcome.ok for outcome in self.outcomes)
        return "\n".join([*lines, f"{good} of {len(self.outcomes)} steps ok, {total:.1f} s"])


def count_tests(report: Path) -> Tally:
    """Count the tests of a JUnit report; none when its runner never wrote it."""
    if not report.exists():
        return Tally()
    count = Tally()
    for suite in ElementTree.parse(report).iter("testsuite"):
        failed = int(suite.get("failures", "0")) + int(suite.get("errors", "0"))
        skipped = int(suite.get("skipped", "0"))
        count += Tally(int(suite.get("tests", "0")) - failed - skipped, failed, skipped)
    return count


def _exit_code(arguments: list[str], cwd: Path, env: Mapping[str, str]) -> int:
    try:
        child = subprocess.Popen(
            arguments,
            cwd=cwd,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            process_group=None if WINDOWS else 0,
        )
    except OSError as error:
        print(error, file=sys.stderr)
        return 127
    try:
        return child.wait()
    except BaseException:
        end(child)
        raise


def end(child: subprocess.Popen[bytes]) -> None:
    """End a child and all that it started, gently at first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "win32":
        # The console has sent Ctrl-C to every process in it; what is left after that is cut down.
        if not _ended(child):
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(child.pid)], check=False)
        return
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, number)
        except ProcessLookupError:
            return
        if _group_ended(child):
            return


def _ended(child: subprocess.Popen[bytes]) -> bool:
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True


def _group_ended(child: subprocess.Popen[bytes]) -> bool:
    assert sys.platform != "win32"
    deadline = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < deadline:
        # An ended leader that nobody has waited for still counts as a member of its group.
        child.poll()
        try:
            os.killpg(child.pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
