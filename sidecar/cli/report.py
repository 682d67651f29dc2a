"""An error as one line."""

from __future__ import annotations

from sidecar.core.errors import SidecarError


def describe(error: SidecarError) -> str:
    """Return an error's code, message, place and hint as one line."""
    index = error.data.get("index")
    place = "" if index is None else f" (event {index})"
    line = f"{error.code}: {error.message.rstrip('.')}{place}. {error.hint}"
    return " ".join(line.split())
