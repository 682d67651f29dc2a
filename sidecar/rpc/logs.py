"""Logs as lines of JSON, on stderr and in a rotated file, written by a thread of their own.

A parent that does not read our stderr must not stop the server: lines wait in a bounded queue, and
past its bound they are dropped.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from contextlib import suppress
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path
from typing import Final

import orjson

from sidecar.core.errors import StorageError
from sidecar.rpc.stdio import STDERR

FILE: Final = "sidecar.log"
_FILE_BYTES: Final = 5 * 1024 * 1024
_KEPT_FILES: Final = 5
_WAITING_LINES: Final = 10_000
_GOODBYE_SECONDS: Final = 2.0

_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One JSON object a record: time, level, logger, message, what `extra` gave, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line."""
        line: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{record.msecs:03.0f}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=repr).decode()


class Logs:
    """The logs of this process.

    Args:
        level: Name of the least severe level to write, in lower case.
    """

    def __init__(self, level: str) -> None:
        logging.raiseExceptions = False
        self._lines: queue.Queue[logging.LogRecord] = queue.Queue(_WAITING_LINES)
        self._listener = QueueListener(self._lines, _formatted(_Stderr()))
        self._listener.start()
        root = logging.getLogger()
        root.setLevel(level.upper())
        root.handlers = [_Enqueue(self._lines)]
        logging.captureWarnings(capture=True)

    def add_file(self, directory: Path) -> None:
        """Write to a rotated file too.

        Raises:
            StorageError: The directory can't be used.
        """
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            handler = RotatingFileHandler(
                directory / FILE, maxBytes=_FILE_BYTES, backupCount=_KEPT_FILES, encoding="utf-8"
            )
        except OSError as error:
            raise StorageError(f"no log can be written to {directory}: {error.strerror}") from error
        self._listener.handlers = (*self._listener.handlers, _formatted(handler))

    def close(self) -> None:
        """Write what waits, unless nobody reads it."""
        stopping = threading.Thread(target=self._stop, daemon=True)
        stopping.start()
        stopping.join(_GOODBYE_SECONDS)

    def _stop(self) -> None:
        with suppress(queue.Full):
            self._listener.stop()


class _Stderr(logging.Handler):
    """Writes to the descriptor: what waits in `sys.stderr` would block the end of the process."""

    def createLock(self) -> None:  # noqa: N802 - logging's name
        """Go without a lock, for the same reason; only the listener's thread writes."""
        self.lock = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record's line, unless stderr is closed."""
        rest = memoryview(self.format(record).encode() + b"\n")
        with suppress(OSError):
            while rest:
                rest = rest[os.write(STDERR, rest) :]


class _Enqueue(QueueHandler):
    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Return the record as it is: it stays in this process."""
        return record

    def enqueue(self, record: logging.LogRecord) -> None:
        """Queue a record, or drop it when too many wait."""
        with suppress(queue.Full):
            self.queue.put_nowait(record)


def _formatted(handler: logging.Handler) -> logging.Handler:
    handler.setFormatter(JsonLines())
    return handler
