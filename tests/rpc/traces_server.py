"""A server of a trace's schema, in a process of its own: it may be killed."""

from __future__ import annotations

import logging
import multiprocessing
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from sidecar.core.errors import SchemaError
from tests.live.traces import random_schema
from tests.rpc.serving import serving

_FORKS: Final = "forkserver" in multiprocessing.get_all_start_methods()
_PROCESSES: Final = multiprocessing.get_context("forkserver" if _FORKS else "spawn")
if _FORKS:
    # So that the next one starts in no time.
    multiprocessing.set_forkserver_preload([__name__])


class TracesServer:
    """A running server.

    Args:
        data_dir: Its data directory.
        seed: Decides the schema.
        version: Of the schema.

    Attributes:
        url: Where it listens.

    Raises:
        SchemaError: The log does not go with the schema.
    """

    def __init__(self, data_dir: Path, seed: int, version: int) -> None:
        self._pipe, theirs = _PROCESSES.Pipe()
        args = (theirs, data_dir, seed, version)
        self._process = _PROCESSES.Process(target=_serve, args=args, daemon=True)
        self._process.start()
        theirs.close()
        url = self._pipe.recv()
        if url is None:
            self._process.join()
            raise SchemaError("the log does not go with the schema")
        self.url: Final[str] = url

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.kill()
        self._process.join()

    def close(self) -> None:
        """End it in order."""
        self._pipe.send(None)
        self._process.join()


def _serve(pipe: Connection, data_dir: Path, seed: int, version: int) -> None:
    logging.disable()
    try:
        with serving(data_dir, random_schema(seed, version)) as server:
            pipe.send(server.url)
            # Without a word, too, where who started it is no more.
            with suppress(EOFError):
                pipe.recv()
    except SchemaError:
        pipe.send(None)
