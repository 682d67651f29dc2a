"""What a client holds of a live query, and the message that brings it up to date (L1, L2, L4).

Invariant: what the client has after applying every message is the last result given to `advance`.
Rows are remembered by a 64-bit keyed hash of their text, so that a live query over many rows stays
small; that two texts of one row collide has a chance of 2^-64.
"""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from sidecar.core.json import JsonObject
from sidecar.core.patch import Patch, diff
from sidecar.store.result import Result

Change = dict[str, object]
"""`{patch}`, `{result}` or `{error}` of a notification, for orjson."""


class View:
    """A client's copy of a result, by hashes.

    Args:
        result: The first result, which the client has been sent whole; None where it has been told
            why there is none yet.
    """

    def __init__(self, result: Result | None) -> None:
        self._failed = result is None
        self._rows: Mapping[str, int] | None = None
        self._whole = 0
        if result is not None:
            self._remember(result)

    def advance(self, result: Result) -> Change | None:
        """Take a fresh result; return what to tell the client, or None when nothing changed."""
        if self._failed:
            self._failed = False
            self._remember(result)
            return {"result": result.body()}
        rows, whole = self._rows, self._whole
        self._remember(result)
        if rows is not None and self._rows is not None:
            patch = diff(rows, self._rows)
            return None if patch is None else {"patch": _to_wire(patch, result)}
        return None if whole == self._whole else {"result": result.body()}

    def fail(self, error: JsonObject) -> Change | None:
        """Take an error; return what the client must be told, which is nothing after the first."""
        if self._failed:
            return None
        self._failed = True
        return {"error": error}

    def _remember(self, result: Result) -> None:
        self._rows = _hashes(result)
        self._whole = 0 if self._rows is not None else hash((result.count, *result.rows))


def patchable(result: Result) -> bool:
    """Tell whether a result changes by patches: its rows carry a primary key."""
    return result.kind == "rows" and result.ids is not None and result.primary_key is not None


def _hashes(result: Result) -> dict[str, int] | None:
    if not patchable(result) or result.ids is None:
        return None
    return {key: hash(row) for key, row in zip(result.ids, result.rows, strict=True)}


def _to_wire(patch: Patch[int], result: Result) -> dict[str, object]:
    wire: dict[str, object] = {
        "head": result.head,
        "remove": patch.remove,
        "upsert": [
            {"at": one.at, "row": orjson.Fragment(result.rows[one.at])} for one in patch.upsert
        ],
    }
    if patch.order is not None:
        wire["order"] = patch.order
    return wire
