import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from steps import Run

ROOT = Path(__file__).parents[2]


def call(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "build" / "dev.py", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_names_every_verb_with_an_example() -> None:
    done = call("--help")
    assert done.returncode == 0
    for verb in dev.VERBS:
        assert re.search(rf"^  python3 build/dev.py {verb}\b", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("verb", dev.VERBS)
def test_help_of_a_verb_says_what_it_does_by_example(verb: str) -> None:
    done = call(verb, "--help")
    assert done.returncode == 0
    assert str(dev.VERBS[verb].run.__doc__) in done.stdout
    assert f"  python3 build/dev.py {verb}" in done.stdout
    for flag, _, says in dev.VERBS[verb].flags + dev.VERBS[verb].numbers + dev.VERBS[verb].texts:
        assert flag in done.stdout
        assert says in " ".join(done.stdout.split())


@pytest.mark.parametrize("arguments", [(), ("deploy",), ("lint", "--fast"), ("test", "x")])
def test_wrong_call_exits_2_and_shows_usage(arguments: tuple[str, ...]) -> None:
    done = call(*arguments)
    assert done.returncode == 2
    assert "usage: python3 build/dev.py" in done.stderr


def test_failing_step_exits_1_and_says_what_to_do_next(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(run: Run) -> None:
        """Fail at the first of two steps."""
        command = [sys.executable, "-c", "raise SystemExit(7)"]
        run.step("first", command, hint="mend it", cwd=ROOT)
        run.step("second", command, hint="never said", cwd=ROOT)

    monkeypatch.setitem(dev.VERBS, "test", dev.Verb(fail, (("test", "fails"),)))
    assert dev.main(["test"]) == 1
    shown = capfd.readouterr()
    assert "next: mend it" in shown.err
    assert "second" not in shown.out + shown.err
    assert shown.out.splitlines()[-1] == "0 passed, 1 failed"


def test_ci_runs_the_test_verb_and_nothing_hidden() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    commands = [line for line in script.splitlines() if line and not line.startswith("#")]
    assert commands == [
        "set -euo pipefail",
        'cd "$(dirname "$0")/.."',
        "exec python3 build/dev.py test",
    ]


def test_lock_of_npm_names_no_place_to_fetch_from() -> None:
    lock = json.loads((ROOT / "electron-bridge" / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]


def test_lock_of_npm_serves_every_platform() -> None:
    lock = json.loads((ROOT / "electron-bridge" / "package-lock.json").read_text(encoding="utf-8"))
    names = {name.rpartition("node_modules/")[2] for name in lock["packages"]}
    for entry in lock["packages"].values():
        assert names >= set(entry.get("optionalDependencies", {}))


def test_constraints_pin_exact_versions_and_nothing_else() -> None:
    text = (ROOT / "build" / "constraints.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        assert line.startswith("#") or re.fullmatch(r"[\w.-]+==[\w.]+", line), line


def test_constraints_hold_for_every_dependency() -> None:
    text = (ROOT / "build" / "constraints.txt").read_text(encoding="utf-8")
    pinned = {_plain(line.partition("==")[0]) for line in text.splitlines() if "==" in line}
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    wanted = {_plain(name) for name in re.findall(r'^    "([\w-]+)>=', project, re.MULTILINE)}
    assert wanted
    assert wanted <= pinned


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")
