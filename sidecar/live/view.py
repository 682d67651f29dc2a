"""What a client holds of a live query, and the message that brings it up to date (L1, L2, L4).

Invariant: what the client has after applying every message is the last standing the view was given.
"""

from __future__ import annotations

from sidecar.core.json import JsonObject
from sidecar.core.patch import Patch, diff
from sidecar.live.standing import Standing
from sidecar.live.step import Change, Step, patch_to_wire
from sidecar.store.result import Result


class View:
    """A client's copy of a result.

    Args:
        standing: The first result, which the client has been sent whole; None where it has been
            told why there is none yet.
    """

    def __init__(self, standing: Standing | None) -> None:
        self._standing = standing

    def stands_at(self, standing: Standing | None) -> bool:
        """Tell whether this very standing is what the client has."""
        return standing is not None and self._standing is standing

    def follow(self, step: Step, head: int) -> Change | None:
        """Take a step from where the client is; return what to tell it, or None for nothing."""
        self._standing = step.after
        return step.told(head)

    def advance(self, standing: Standing, result: Result) -> Change | None:
        """Take a fresh result; return what to tell the client, or None when nothing changed."""
        before, self._standing = self._standing, standing
        if before is None:
            return {"result": result.body()}
        if before.hashes is not None and standing.hashes is not None:
            patch = diff(_in_order(before), _in_order(standing))
            return None if patch is None else {"patch": _to_wire(patch, result)}
        return None if before == standing else {"result": result.body()}

    def fail(self, error: JsonObject) -> Change | None:
        """Take an error; return what the client must be told, which is nothing after the first."""
        failed, self._standing = self._standing is None, None
        return None if failed else {"error": error}


def _in_order(standing: Standing) -> dict[str, int]:
    hashes = standing.hashes or {}
    return {id: hashes[id] for id in standing.ids}


def _to_wire(patch: Patch[int], result: Result) -> Change:
    upsert = {one.at: result.rows[one.at] for one in patch.upsert}
    return {"head": result.head, **patch_to_wire(patch.remove, upsert, patch.order)}
