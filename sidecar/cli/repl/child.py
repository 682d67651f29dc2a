"""A server for the length of a session."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

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
    process = subprocess.Popen(  # noqa: S603 - our own program
        _command(target),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # The log is in the data directory too; the terminal belongs to the prompt.
        stderr=subprocess.DEVNULL,
        # Ctrl-C at the prompt is for a statement, not for the server.
        start_new_session=sys.platform != "win32",
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    with process:
        try:
            yield _endpoint(process, target)
        finally:
            _end(process)


def _command(target: Target) -> list[str]:
    program = (
        [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "sidecar"]
    )
    options = ["serve", "--data-dir", str(target.data_dir)]
    if target.schema is not None:
        options += ["--schema", target.schema]
    if target.key is not None:
        options += ["--key-stdin"]
    return program + options


def _endpoint(process: subprocess.Popen[bytes], target: Target) -> tuple[str, str]:
    assert process.stdin is not None
    assert process.stdout is not None
    if target.key is not None:
        process.stdin.write(target.key.encode() + b"\n")
        process.stdin.flush()
    line = process.stdout.readline()
    said = cast("JsonObject", orjson.loads(line)) if line else {}
    match said:
        case {"type": "ready", "url": str(url), "token": str(token)}:
            return url, token
        case {"type": "error", "code": code, "message": message, "hint": hint}:
            raise error_from_wire({"message": message, "data": {"code": code, "hint": hint}})
    raise StorageError(
        "the server ended without a word", hint=f"Its log is in {target.data_dir / 'logs'}."
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
