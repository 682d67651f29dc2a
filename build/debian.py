"""Install Debian packages where this process may."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from steps import Run


def can_install() -> bool:
    """Tell whether this is a Debian-like system and we are root."""
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(run: Run, root: Path, packages: tuple[str, ...]) -> None:
    """Install packages, from lists fetched just before.

    Raises:
        StepFailedError: apt-get fails.
    """
    hint = f"Install by hand and run again: apt-get install {' '.join(packages)}"
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    run.step("package lists", ["apt-get", "-q", "update"], hint=hint, cwd=root, env=quiet)
    install = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", *packages]
    run.step(f"install {packages[0]}", install, hint=hint, cwd=root, env=quiet)
