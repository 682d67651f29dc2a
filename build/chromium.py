"""Find the Chromium that the demo and the browser tests drive, or install Debian's."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import debian
from steps import Run, StepFailedError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

MAC_APPLICATIONS = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
)

DEBIAN_PACKAGES = (
    "chromium",
    # Documents of the demo hold emoji, and a screenshot shows them.
    "fonts-noto-color-emoji",
    "fonts-liberation",
)

HINT = {
    "darwin": "Install Google Chrome, or set CHROMIUM_PATH to a Chromium's program file.",
    "win32": "Install Google Chrome, or set CHROMIUM_PATH to a Chromium's chrome.exe.",
}
LINUX_HINT = (
    "Install a Chromium (Debian: apt-get install chromium), or set CHROMIUM_PATH to its program."
)


def find() -> Path | None:
    """Find an installed Chromium.

    Raises:
        StepFailedError: CHROMIUM_PATH names no file.
    """
    named = os.environ.get("CHROMIUM_PATH")
    if named:
        if Path(named).is_file():
            return Path(named)
        raise StepFailedError(f"CHROMIUM_PATH is {named}, which is no file. Correct or unset it.")
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    return next((path for path in _usual_places() if path.is_file()), None)


def ensure(run: Run, root: Path) -> Path:
    """Find a Chromium; on Debian, as root, install one where there is none.

    Raises:
        StepFailedError: There is none, and it is not ours to install.
    """
    found = find()
    if found:
        return found
    if not debian.can_install():
        raise StepFailedError(HINT.get(sys.platform, LINUX_HINT))
    debian.install(run, root, DEBIAN_PACKAGES)
    found = find()
    if not found:
        raise StepFailedError(LINUX_HINT)
    return found


def _usual_places() -> list[Path]:
    if sys.platform == "darwin":
        roots = (Path("/Applications"), Path.home() / "Applications")
        return [root / application for root in roots for application in MAC_APPLICATIONS]
    if sys.platform == "win32":
        variables = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        roots = tuple(Path(os.environ[name]) for name in variables if name in os.environ)
        return [root / "Google" / "Chrome" / "Application" / "chrome.exe" for root in roots]
    return []
