"""Whether the process that wants us is alive."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable


def parent_alive(pid: int) -> Callable[[], bool]:
    """Return what tells whether a process still lives.

    Where it is our own parent, that is asked: unlike its pid, the parenthood is never given to
    another.

    Args:
        pid: Its process id.
    """
    if sys.platform == "win32":
        return _windows_process(pid)
    if os.getppid() == pid:
        return lambda: os.getppid() == pid
    return lambda: _exists(pid)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


if sys.platform == "win32":
    import ctypes

    def _windows_process(pid: int) -> Callable[[], bool]:
        """Hold a handle: while it is held, the pid is given to nobody else."""
        synchronize, still_running = 0x00100000, 0x102
        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(synchronize, False, pid)
        return lambda: bool(handle) and kernel.WaitForSingleObject(handle, 0) == still_running
