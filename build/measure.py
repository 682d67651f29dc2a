"""Measure the bundle beside the least that asyncio needs, and hold the ratios to their budgets."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from statistics import median
from typing import Final

BUDGETS: Final = Path(__file__).with_name("budgets.toml")
ROUNDS: Final = 20


def main(dist: Path) -> int:
    """Print sizes and starts; return 1 when a ratio is above its budget."""
    budgets = tomllib.loads(BUDGETS.read_text(encoding="utf-8"))
    ours, bare = dist / "sidecar", dist / "bare"
    sizes = [size(folder) for folder in (ours, bare)]
    starts = start_times(program(ours, "sidecar"), program(bare, "bare"))
    broken = 0
    for name, unit, (left, right) in (
        ("size", "MB", [one / 1e6 for one in sizes]),
        ("start", "ms", [one * 1e3 for one in starts]),
    ):
        ratio = left / right
        broken += ratio > budgets[name]
        verdict = "within" if ratio <= budgets[name] else "ABOVE"
        print(
            f"{name}: {left:.0f} {unit}, {ratio:.2f} times the {right:.0f} {unit} of a bare frozen "
            f"asyncio program: {verdict} {budgets[name]:g}"
        )
    return 1 if broken else 0


def program(folder: Path, name: str) -> Path:
    """Return a bundle's program."""
    return folder / (f"{name}.exe" if sys.platform == "win32" else name)


def size(folder: Path) -> int:
    """Return the bytes of all files of a folder."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return sum(path.stat().st_size for path in files)


def start_times(ours: Path, bare: Path) -> tuple[float, float]:
    """Return the seconds from spawn to the first line, the median of `ROUNDS`, turn by turn."""
    times: tuple[list[float], list[float]] = ([], [])
    with tempfile.TemporaryDirectory() as folder:
        serve = [str(ours), "serve", "--data-dir", f"{folder}/data"]
        for _ in range(ROUNDS + 1):
            for took, command in zip(times, (serve, [str(bare)]), strict=True):
                took.append(_start(command))
    # The first ones make the store, and bring the files into memory.
    return median(times[0][1:]), median(times[1][1:])


def _start(command: list[str]) -> float:
    begun = time.perf_counter()
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        line = process.stdout.readline()
        took = time.perf_counter() - begun
        process.stdin.close()
        if not line or process.wait() != 0:
            raise SystemExit(f"{command[0]} did not start: {line.decode()}")
    return took


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
