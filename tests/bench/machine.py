"""What a run says of where it ran, so that nobody takes its milliseconds for their own."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import psutil

from sidecar import __version__

ROOT = Path(__file__).resolve().parents[2]


def about(seed: int, server: str) -> dict[str, str]:
    """Return machine, versions, seed and date, in the words of the report."""
    bridge = ROOT / "electron-bridge"
    livestore = bridge / "tests" / "bench" / "livestore"
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": _said("git", "describe", "--always", "--dirty"),
        "machine": f"{_processor()}, {psutil.cpu_count()} cores, "
        f"{psutil.virtual_memory().total / 2**30:.0f} GiB, {platform.system()} "
        f"{platform.machine()}; shared and noisy: trust the ratios, not the milliseconds",
        "load": f"{os.getloadavg()[0]:.1f} before the run" if hasattr(os, "getloadavg") else "?",
        "sidecar": f"{__version__}, {server}",
        "python": platform.python_version(),
        "node": _said("node", "--version").removeprefix("v"),
        "rxdb": _version(bridge / "node_modules" / "rxdb"),
        "livestore": _version(livestore / "node_modules" / "@livestore" / "livestore"),
        "seed": str(seed),
    }


def _version(package: Path) -> str:
    file = package / "package.json"
    return str(json.loads(file.read_bytes())["version"]) if file.exists() else "not installed"


def _said(*command: str) -> str:
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "not known"
    return done.stdout.strip()


def _processor() -> str:
    """Return the processor's name, where the system tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
