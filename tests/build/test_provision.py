"""`provision` sets a tree up once. The tree is small but real: npm itself runs in it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PACKAGE = {
    "name": "tiny",
    "version": "1.0.0",
    "scripts": {"build": "node -e \"require('fs').mkdirSync('dist', {recursive: true})\""},
}
LOCK = {"name": "tiny", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": PACKAGE}}

PROGRAM = """
import sys
sys.path.insert(0, "build")
from provision import ensure_bridge
from steps import Run
run = Run()
ensure_bridge(run)
print("ran:", [outcome.name for outcome in run.outcomes])
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "build", tmp_path / "build", ignore=lambda *_: ["demo", "dist", "work"])
    (tmp_path / "electron-bridge" / "src").mkdir(parents=True)
    (tmp_path / "electron-bridge" / "package.json").write_text(json.dumps(PACKAGE))
    (tmp_path / "electron-bridge" / "package-lock.json").write_text(json.dumps(LOCK))
    (tmp_path / "electron-bridge" / "src" / "index.ts").write_text("export const a = 1;")
    return tmp_path


@pytest.fixture
def ensure_bridge(tree: Path) -> Callable[[], str]:
    def ensure() -> str:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], cwd=tree, check=True, capture_output=True, text=True
        )
        return done.stdout.splitlines()[-1]

    return ensure


def test_setting_up_twice_does_nothing_the_second_time(
    tree: Path, ensure_bridge: Callable[[], str]
) -> None:
    assert ensure_bridge() == "ran: ['npm packages', 'bridge']"
    assert ensure_bridge() == "ran: []"
    (tree / "electron-bridge" / "src" / "index.ts").write_text("export const a = 2;")
    assert ensure_bridge() == "ran: ['bridge']"
    shutil.rmtree(tree / "electron-bridge" / "dist")
    assert ensure_bridge() == "ran: ['bridge']"
    shutil.rmtree(tree / "electron-bridge" / "node_modules")
    assert ensure_bridge() == "ran: ['npm packages', 'bridge']"


def test_failed_step_is_tried_again(tree: Path, ensure_bridge: Callable[[], str]) -> None:
    package = tree / "electron-bridge" / "package.json"
    package.write_text(json.dumps(PACKAGE | {"scripts": {"build": "node -e 'process.exit(1)'"}}))
    with pytest.raises(subprocess.CalledProcessError):
        ensure_bridge()
    package.write_text(json.dumps(PACKAGE))
    assert ensure_bridge() == "ran: ['npm packages', 'bridge']"
