"""A server for the length of a session."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, cast

import orjson

from sidecar.cli.options import Target
from sidecar.client.errors import error_from_wire
from sidecar.core.errors import StorageError
from sidecar.core.json import JsonObject

GRACE = 10.0
"""Seconds the server gets to finish what it acknowledged."""


@contextmanager
def child_server(target: Target) -> Iterator[tuple[str, str]]:
    """Serve a store by a process of its own; give its URL and token.

    It ends with the block, and when this process dies: its stdin closes either way.

    Raises:
        SidecarError: Why the server could not start.
    """
    # The terminal belongs to the prompt; a file takes what a pipe would have to be emptied of.
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(  # noqa: S603 - our own program
            _command(target),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            # Ctrl-C at the prompt is for a statement, not for the server.
            start_new_session=sys.platform != "win32",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        ) as process,
    ):
        try:
            yield _endpoint(process, errors, target.key)
        finally:
            _end(process)


def _command(target: Target) -> list[str]:
    program = (
        [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "sidecar"]
    )
    options = ["serve", "--data-dir", str(target.data_dir), "--log-level", "warning"]
    if target.schema is not None:
        options += ["--schema", target.schema]
    if target.key is not None:
        options += ["--key-stdin"]
    return program + options


def _endpoint(
    process: subprocess.Popen[bytes], errors: IO[bytes], key: str | None
) -> tuple[str, str]:
    assert process.stdin is not None
    assert process.stdout is not None
    if key is not None:
        with suppress(BrokenPipeError):  # it ended already; what it said comes next
            process.stdin.write(key.encode() + b"\n")
            process.stdin.flush()
    line = process.stdout.readline()
    said = cast("JsonObject", orjson.loads(line)) if line else {}
    match said:
        case {"type": "ready", "url": str(url), "token": str(token)}:
            return url, token
        case {"type": "error", "code": code, "message": message, "hint": hint}:
            raise error_from_wire({"message": message, "data": {"code": code, "hint": hint}})
    process.wait()
    errors.seek(0)
    last = errors.read().decode(errors="replace").strip().rpartition("\n")[2]
    raise StorageError("the server could not start", hint=last or None)


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    with suppress(BrokenPipeError):
        process.stdin.close()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
