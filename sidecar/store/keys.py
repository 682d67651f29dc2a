"""A store's key, from where it comes in: checked, and kept out of what a crash leaves behind."""

from __future__ import annotations

import sys
from typing import Final

from sidecar.core.errors import UsageError

_LONGEST: Final = 1024
_NOT_DUMPABLE: Final = 4  # PR_SET_DUMPABLE


def take_key(text: str) -> str:
    """Return a key that was read, without its line's end; no core file will have it.

    Raises:
        UsageError: It is empty, too long, or no text. The message does not show it.
    """
    key = text.rstrip("\r\n")
    try:
        usable = 0 < len(key.encode()) <= _LONGEST and "\0" not in key
    except UnicodeEncodeError:
        usable = False
    if not usable:
        raise UsageError(
            "the key on stdin is not usable",
            hint=f"Give a line of 1 to {_LONGEST} bytes of UTF-8.",
        )
    _leave_no_core()
    return key


def _leave_no_core() -> None:
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not there on Windows

    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - for a key alone

        # A core that the system pipes to a program is not bound by the limit.
        ctypes.CDLL(None).prctl(_NOT_DUMPABLE, 0, 0, 0, 0)
