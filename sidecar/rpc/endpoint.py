"""`server.json`: how a command finds the server that holds a data directory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import orjson

from sidecar.core.errors import StorageError

FILE: Final = "server.json"


def write_endpoint(data_dir: Path, url: str, token: str) -> None:
    """Write `{pid, url, token}`, whole or not at all, readable by this user alone.

    Raises:
        StorageError: The directory can't be written.
    """
    draft = data_dir / f"{FILE}.{os.getpid()}"
    content = orjson.dumps({"pid": os.getpid(), "url": url, "token": token})
    try:
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        draft.replace(data_dir / FILE)
    except OSError as error:
        raise StorageError(f"{data_dir / FILE} can't be written: {error.strerror}") from error


def remove_endpoint(data_dir: Path) -> None:
    """Remove the file; one that is gone already is no error."""
    (data_dir / FILE).unlink(missing_ok=True)
