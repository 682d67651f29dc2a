import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from steps import Run, StepFailedError, Tally, count_tests

PASS = [sys.executable, "-c", "pass"]
FAIL = [sys.executable, "-c", "raise SystemExit(3)"]

# A child that starts a child of its own, says its id, and would sleep for long.
FAMILY = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


def test_failing_step_raises_its_hint_and_counts_as_one_failure(tmp_path: Path) -> None:
    run = Run()
    run.step("good", PASS, hint="-", cwd=tmp_path, is_test=True)
    with pytest.raises(StepFailedError, match="look here"):
        run.step("bad", FAIL, hint="look here", cwd=tmp_path)
    assert run.tests == Tally(passed=1, failed=1)
    assert [outcome.ok for outcome in run.outcomes] == [True, False]
    assert "1 of 2 steps ok" in run.summary()


def test_program_that_does_not_exist_is_a_failed_step(tmp_path: Path) -> None:
    with pytest.raises(StepFailedError):
        Run().step("absent", [tmp_path / "absent"], hint="-", cwd=tmp_path)


def test_checks_that_are_no_tests_count_only_when_they_fail(tmp_path: Path) -> None:
    run = Run()
    run.step("check", PASS, hint="-", cwd=tmp_path)
    assert run.tests == Tally()


def test_step_sees_the_variables_given_to_it(tmp_path: Path) -> None:
    program = "import os; raise SystemExit(os.environ['MARK'] != 'here')"
    Run().step("env", [sys.executable, "-c", program], hint="-", cwd=tmp_path, env={"MARK": "here"})


def test_step_reads_nothing_from_standard_input(tmp_path: Path) -> None:
    program = "import sys; raise SystemExit(sys.stdin.read() != '')"
    Run().step("stdin", [sys.executable, "-c", program], hint="-", cwd=tmp_path)


def test_skip_is_said_once_and_not_of_a_step_that_ran(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Run()
    run.step("made", PASS, hint="-", cwd=tmp_path)
    capsys.readouterr()
    for name in ("made", "fresh", "fresh"):
        run.skip(name)
    assert capsys.readouterr().out == "ok: fresh (up to date)\n"


def test_counts_a_real_report_of_pytest(tmp_path: Path) -> None:
    (tmp_path / "test_three.py").write_text(
        "import pytest\n"
        "def test_good(): pass\n"
        "def test_bad(): assert False\n"
        "@pytest.fixture\n"
        "def broken(): raise OSError\n"
        "def test_error(broken): pass\n"
        "def test_left_out(): pytest.skip('on purpose')\n"
    )
    report = tmp_path / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=."]
    with pytest.raises(StepFailedError):
        Run().step("x", [*command, f"--junit-xml={report}"], hint="-", cwd=tmp_path, report=report)
    assert count_tests(report) == Tally(passed=1, failed=2, skipped=1)


def test_report_that_was_never_written_counts_nothing(tmp_path: Path) -> None:
    assert count_tests(tmp_path / "absent.xml") == Tally()


@pytest.mark.parametrize(
    ("tests", "line"),
    [
        (Tally(3, 0), "3 passed, 0 failed"),
        (Tally(3, 1, 2), "3 passed, 1 failed, 2 skipped"),
    ],
)
def test_closing_line_has_the_form_ci_reads(tests: Tally, line: str) -> None:
    assert str(tests) == line


@pytest.mark.skipif(sys.platform == "win32", reason="process groups are POSIX's")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_run_ends_its_children_and_theirs(number: int, tmp_path: Path) -> None:
    """The exit code is 128 plus the signal's number, 130 for Ctrl-C."""
    script = tmp_path / "script.py"
    build = Path(__file__).parents[2] / "build"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(build)!r})\n"
        "import dev\n"
        f"command = [sys.executable, '-c', {FAMILY!r}]\n"
        "def family(run):\n"
        "    '''Start a family.'''\n"
        f"    run.step('family', command, hint='-', cwd=dev.ROOT)\n"
        "dev.VERBS['family'] = dev.Verb(family, (('family', ''),))\n"
        "sys.exit(dev.main(['family']))\n"
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        grandchild = next(int(line) for line in process.stdout if line.strip().isdigit())
        process.send_signal(number)
        assert process.wait(20) == 128 + number
    assert _is_gone(grandchild)


def _is_gone(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if "zombie" in Path(f"/proc/{pid}/status").read_text(encoding="utf-8"):
            return True
        time.sleep(0.05)
    return False
