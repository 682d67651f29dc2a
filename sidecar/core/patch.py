"""Row patches: what changed between two results of one query (L2).

Invariant: for all results `old` and `new` of one live query, `apply(old, diff(old, new))` is `new`,
rows and order. `diff` is None exactly when they are equal (L4).

To apply a patch: take out the removed and the upserted ids, insert each upsert at its index,
ascending, and, where `order` is given, put the ids in that order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Upsert(Generic[RowT]):
    """A row that is new or changed, and its index in the final result."""

    at: int
    id: str
    row: RowT


@dataclass(frozen=True, slots=True)
class Patch(Generic[RowT]):
    """The difference of two results.

    Attributes:
        remove: Ids that left.
        upsert: Rows that came or changed, by ascending index.
        order: All ids, only where the rest would not give the final order.
    """

    remove: Sequence[str]
    upsert: Sequence[Upsert[RowT]]
    order: Sequence[str] | None = None


def diff(old: Mapping[str, RowT], new: Mapping[str, RowT]) -> Patch[RowT] | None:
    """Return the patch from one result to the next, or None when nothing changed.

    Args:
        old: Rows by id, in order.
        new: Rows by id, in order.
    """
    remove = [id for id in old if id not in new]
    upsert = [
        Upsert(at, id, row)
        for at, (id, row) in enumerate(new.items())
        if id not in old or old[id] != row
    ]
    touched = {one.id for one in upsert}
    kept_before = [id for id in old if id in new and id not in touched]
    kept_after = [id for id in new if id not in touched]
    order = None if kept_before == kept_after else list(new)
    if not remove and not upsert and order is None:
        return None
    return Patch(remove, upsert, order)


def apply(old: Mapping[str, RowT], patch: Patch[RowT]) -> dict[str, RowT]:
    """Return the result a patch leads to."""
    gone = {*patch.remove, *(one.id for one in patch.upsert)}
    ids = [id for id in old if id not in gone]
    rows = {id: old[id] for id in ids}
    for one in patch.upsert:
        ids.insert(one.at, one.id)
        rows[one.id] = one.row
    return {id: rows[id] for id in patch.order or ids}
