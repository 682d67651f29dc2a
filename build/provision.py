"""Set up what the verbs need: `.venv/`, `node_modules/`, the built bridge.

Each part is set up once, and again only when a file it depends on changes.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import debian
from stamps import Stamp, fingerprint
from steps import WINDOWS, Command, Run, StepFailedError

ROOT = Path(__file__).resolve().parent.parent
BRIDGE = ROOT / "electron-bridge"
VENV = ROOT / ".venv"
VENV_BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = VENV_BIN / ("python.exe" if WINDOWS else "python")
CONSTRAINTS = ROOT / "build" / "constraints.txt"

OLDEST_NODE = (20, 19)


def ensure_python(run: Run) -> None:
    """Make `.venv/` with the package, editable, and the development tools."""
    venv = Stamp(VENV, "venv", fingerprint((), sys.version, sys.base_prefix, str(ROOT)))
    if not (venv.is_fresh() and PYTHON.exists()):
        _ensure_ensurepip(run)
        run.step(
            "virtual environment",
            [sys.executable, "-m", "venv", "--clear", VENV],
            hint="Python's venv module has to work: on Debian, apt-get install python3-venv.",
            cwd=ROOT,
        )
        venv.press()
    inputs = (ROOT / "pyproject.toml", CONSTRAINTS, ROOT / "sidecar" / "__init__.py")
    packages = Stamp(VENV, "packages", fingerprint(inputs, sys.version))
    if packages.is_fresh():
        run.skip("Python packages")
        return
    pip: Command = [PYTHON, "-m", "pip", "install", "-qq", "--constraint", CONSTRAINTS]
    hint = "pip says above what it could not install. Check the network and run again."
    # The build backend comes first, so that the constraints hold for it too.
    run.step("build backend", [*pip, "hatchling", "editables"], hint=hint, cwd=ROOT)
    run.step(
        "Python packages",
        [*pip, "--no-build-isolation", "--editable", ".[dev]"],
        hint=hint,
        cwd=ROOT,
    )
    packages.press()


def ensure_npm(run: Run) -> None:
    """Make `electron-bridge/node_modules/` from the lock file."""
    version = _node_version()
    inputs = (BRIDGE / "package.json", BRIDGE / "package-lock.json", BRIDGE / ".npmrc")
    modules = BRIDGE / "node_modules"
    packages = Stamp(modules, "packages", fingerprint(inputs, version))
    if packages.is_fresh():
        run.skip("npm packages")
        return
    run.step(
        "npm packages",
        [npm(), "ci", "--no-progress", "--loglevel=error"],
        hint="npm says above what it could not install. If package.json and package-lock.json"
        " disagree, run `npm install` in electron-bridge.",
        cwd=BRIDGE,
    )
    packages.press()


def ensure_bridge(run: Run) -> None:
    """Build the bridge into `electron-bridge/dist/`."""
    ensure_npm(run)
    names = ("src", "package.json", "package-lock.json", "tsconfig.json", "tsdown.config.ts")
    built = Stamp(BRIDGE / "node_modules", "bridge", fingerprint(BRIDGE / name for name in names))
    if built.is_fresh() and (BRIDGE / "dist").is_dir():
        run.skip("bridge")
        return
    run.step(
        "bridge",
        [npm(), "run", "--silent", "build"],
        hint="Mend the errors above in electron-bridge/src.",
        cwd=BRIDGE,
    )
    built.press()


def npm() -> str:
    """Find npm.

    Raises:
        StepFailedError: There is none.
    """
    return _program("npm")


def _node_version() -> str:
    version = subprocess.run(
        [_program("node"), "--version"], check=True, capture_output=True, text=True
    ).stdout.strip()
    major, minor, *_ = (int(part) for part in version.lstrip("v").split("."))
    if (major, minor) < OLDEST_NODE:
        oldest = ".".join(map(str, OLDEST_NODE))
        raise StepFailedError(f"Node is {version}; install {oldest} or newer and run again.")
    return version


def _program(name: str) -> str:
    found = shutil.which(name)
    if not found:
        raise StepFailedError(
            f"There is no `{name}` on PATH. Install Node.js 20 or newer with npm."
        )
    return found


def _ensure_ensurepip(run: Run) -> None:
    # Debian ships Python without what a virtual environment needs to get pip.
    if importlib.util.find_spec("ensurepip") is None and debian.can_install():
        debian.install(run, ROOT, ("python3-venv",))
