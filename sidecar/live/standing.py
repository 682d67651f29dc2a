"""A result as those remember it who must tell what changed: by ids and hashes, not by rows.

Rows are remembered by a 64-bit keyed hash of their text, so that a live query over many rows stays
small; that two texts of one row collide has a chance of 2^-64.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sidecar.store.result import Result


@dataclass(frozen=True, slots=True)
class Standing:
    """A result, as it is remembered. It is never changed, so whoever knows it may share it.

    Attributes:
        ids: Primary keys in order; none where the result is told whole.
        hashes: Hash of each row, by primary key; None where the result is told whole.
        count: How many documents, of a result that is a count.
        whole: Hash of a result that is told whole.
    """

    ids: Sequence[str] = ()
    hashes: Mapping[str, int] | None = None
    count: int = 0
    whole: int = 0


def standing_of(result: Result) -> Standing:
    """Return a result as it is remembered."""
    if not patchable(result) or result.ids is None:
        return Standing(count=result.count, whole=hash((result.count, *result.rows)))
    hashes = {id: hash(row) for id, row in zip(result.ids, result.rows, strict=True)}
    return Standing(result.ids, hashes)


def patchable(result: Result) -> bool:
    """Tell whether a result changes by patches: its rows carry a primary key."""
    return result.kind == "rows" and result.ids is not None and result.primary_key is not None
