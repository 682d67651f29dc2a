"""The process's standard streams: secrets and the parent's life in, one line of JSON out.

Stdout belongs to whoever spawned us. From `take_stdout` on, whatever else in this process prints
there lands on stderr instead.
"""

from __future__ import annotations

import os
import stat
import sys
import threading
from collections.abc import Callable
from typing import Final

import orjson

from sidecar.core.errors import UsageError
from sidecar.core.json import JsonObject

_LONGEST_LINE: Final = 4096

STDIN, STDOUT, STDERR = 0, 1, 2


def take_stdout() -> Callable[[JsonObject], None]:
    """Take stdout away from the process; return what writes a line of JSON to it."""
    sys.stdout.flush()
    own = os.dup(STDOUT)
    os.dup2(STDERR, STDOUT)

    def write(line: JsonObject) -> None:
        rest = memoryview(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        while rest:
            rest = rest[os.write(own, rest) :]

    return write


def read_secret(what: str) -> str:
    """Read a line of stdin, byte by byte: what follows it stays unread.

    Args:
        what: What the line holds, for the error.

    Raises:
        UsageError: Stdin ends before the line does, or the line is empty or too long.
    """
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = os.read(STDIN, 1)
        if not byte or len(line) > _LONGEST_LINE:
            raise UsageError(f"stdin has no line with the {what}")
        line += byte
    try:
        secret = line.decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise UsageError(f"the {what} on stdin is no UTF-8") from error
    if not secret:
        raise UsageError(f"the {what} on stdin is empty")
    return secret


def watch_stdin(ended: Callable[[], None]) -> None:
    """Call `ended`, on a thread, when whoever holds the other end of stdin closes it.

    A terminal, a file and /dev/null have no other end: with them nothing happens.
    """
    try:
        mode = os.fstat(STDIN).st_mode
    except OSError:
        return
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        threading.Thread(target=_drain, args=(ended,), name="stdin", daemon=True).start()


def _drain(ended: Callable[[], None]) -> None:
    try:
        while os.read(STDIN, 4096):
            pass
    except OSError:
        pass  # a stream that can't be read has ended
    ended()
