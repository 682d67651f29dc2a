"""The server process: it starts, says so in one line, serves, and ends when nobody wants it.

Invariants:

1. Stdout carries exactly one line, `ready` or `error`, and nothing after it.
2. The process ends when stdin closes, the parent dies, on SIGTERM, SIGINT or SIGHUP, or when a
   client asks. What it acknowledged is stored; what it was answering is finished first, within
   `GRACE_SECONDS`.
3. The exit code is 0 after serving, and the error's own when it could not serve.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from sidecar import __version__
from sidecar.app.load import load_schema
from sidecar.core.errors import SidecarError, UsageError
from sidecar.core.json import JsonObject
from sidecar.rpc.ending import Lifeline, Stop
from sidecar.rpc.endpoint import remove_endpoint, write_endpoint
from sidecar.rpc.jsonrpc import warm_up
from sidecar.rpc.limits import PROTOCOL
from sidecar.rpc.logs import Logs
from sidecar.rpc.parent import parent_alive
from sidecar.rpc.server import Server
from sidecar.rpc.stdio import read_secret, take_stdout, watch_stdin
from sidecar.store import Store
from sidecar.store.keys import take_key

GRACE_SECONDS: Final = 5.0
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~-]{16,256}")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """What a server is started with.

    Attributes:
        data_dir: The store's directory; made when missing.
        schema: `module:attr` or `file.py` of the app's schema, or None for PJAIS's.
        port: 0 for a free one.
        origins: Origins allowed beside local ones.
        parent_pid: Process whose end ends the server.
        log_dir: Directory of the rotated log, or None for `logs` in the data directory.
        token_stdin: Whether the token is the first line of stdin.
        key_stdin: Whether the store's key is the next line of stdin.
    """

    data_dir: Path
    schema: str | None = None
    port: int = 0
    origins: Sequence[str] = ()
    parent_pid: int | None = None
    log_level: str = "info"
    log_dir: Path | None = None
    token_stdin: bool = False
    key_stdin: bool = False


class _Announcement:
    """The one line on stdout."""

    def __init__(self) -> None:
        self._write = take_stdout()
        self._made = False

    def make(self, line: JsonObject) -> None:
        if not self._made:
            self._made = True
            self._write(line)


def run_server(options: ServeOptions) -> int:
    """Serve until nobody wants it any more; return the process's exit code."""
    announcement = _Announcement()
    logs = Logs(options.log_level)
    try:
        _serve(options, announcement, logs)
    except SidecarError as error:
        _log.error(error.message, extra={"code": error.code})
        announcement.make(
            {"type": "error", "code": error.code, "message": error.message, "hint": error.hint}
        )
        return error.exit_code
    except Exception:  # noqa: BLE001 - whatever it is, the parent gets its line
        _log.exception("the server failed")
        fault = SidecarError("the server failed")
        announcement.make(
            {"type": "error", "code": fault.code, "message": fault.message, "hint": fault.hint}
        )
        return 1
    finally:
        logs.close()
    return 0


def _serve(options: ServeOptions, announcement: _Announcement, logs: Logs) -> None:
    token = _checked(read_secret("token")) if options.token_stdin else secrets.token_urlsafe(32)
    key = take_key(read_secret("key")) if options.key_stdin else None
    alive = None if options.parent_pid is None else parent_alive(options.parent_pid)
    lifeline = Lifeline()
    watch_stdin(lifeline.cut)
    schema = load_schema() if options.schema is None else load_schema(options.schema)
    store = Store.open(options.data_dir, schema, key=key, progress=_log_progress)
    try:
        logs.add_file(options.log_dir or options.data_dir / "logs")
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_run(options, store, token, announcement, lifeline, alive))
    finally:
        store.close()


async def _run(
    options: ServeOptions,
    store: Store,
    token: str,
    announcement: _Announcement,
    lifeline: Lifeline,
    alive: Callable[[], bool] | None,
) -> None:
    stop = Stop()
    stop.on_signals()
    server = await Server.open(
        store,
        token=token,
        stop=partial(stop, "a client asked"),
        port=options.port,
        origins=options.origins,
    )
    try:
        write_endpoint(store.data_dir, server.url, token)
        lifeline.hold(partial(stop.from_thread, "stdin closed"))
        announcement.make(
            {
                "type": "ready",
                "protocol": PROTOCOL,
                "pid": os.getpid(),
                "url": server.url,
                "token": token,
                "version": __version__,
                "schema": store.fingerprint,
                "head": store.head,
            }
        )
        _log.info("ready", extra={"url": server.url, "head": store.head})
        threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
        await stop.wait(alive)
        _log.info("ending", extra={"why": stop.why})
    finally:
        remove_endpoint(store.data_dir)
        await server.close(GRACE_SECONDS)
        # Here, while the loop still takes what the store announces.
        await asyncio.to_thread(store.close)


def _checked(token: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise UsageError(
            "the token on stdin is not usable",
            hint="Give 16 to 256 characters of A-Z, a-z, 0-9, '.', '_', '~' and '-'.",
        )
    return token


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - not there on Windows
    except ImportError:
        return None
    return uvloop.new_event_loop


def _log_progress(phase: str, done: int, total: int) -> None:
    _log.info("preparing the store", extra={"phase": phase, "done": done, "total": total})
