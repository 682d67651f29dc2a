"""The package is imported by the threads of a server, each of which wants another module of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import sidecar.migration

_THREADS = """
import sys, threading
from importlib import import_module
import sidecar.rpc.migrations  # as a server has it when it begins to listen
names = sys.argv[1:]
sys.setswitchinterval(1e-6)
barrier = threading.Barrier(len(names))
failed = []

def load(name):
    barrier.wait()
    try:
        import_module("sidecar.migration." + name)
    except BaseException as error:
        failed.append(f"{name}: {error}")

threads = [threading.Thread(target=load, args=(name,)) for name in names]
for one in threads:
    one.start()
for one in threads:
    one.join()
sys.exit("\\n".join(failed))
"""


def test_threads_may_import_different_modules_at_once() -> None:
    """A server that was restarted is asked by several windows at the same time."""
    folder = Path(sidecar.migration.__file__).parent
    names = sorted(one.stem for one in folder.glob("*.py") if one.stem != "__init__")
    ran = subprocess.run(
        [sys.executable, "-c", _THREADS, *names],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder.parents[1],
    )
    assert ran.stderr.strip() == ""


def test_the_package_has_what_it_says() -> None:
    for name in sidecar.migration.__all__:
        assert getattr(sidecar.migration, name).__name__ == name
