"""What RxDB answers beside what the sidecar answers: the same, or what differs.

RxDB's answer stands as it is where it follows from RxDB's matcher and comparator. Where it does not
(`README.md` lists the cases), each place of ours must be one the comparator allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from sidecar.core.json import JsonObject

Answer = dict[str, Any]
"""`{ids, count, first, places?}` or `{error}`, as `rxdb.mjs` writes it."""


@dataclass(frozen=True)
class Difference:
    """A query that the two answer differently."""

    query: JsonObject
    expected: Answer
    got: Answer


def difference(query: JsonObject, expected: Answer, got: Answer) -> Difference | None:
    """Return what differs between RxDB's answer and ours, or None."""
    return None if _allowed(query, expected, got) else Difference(query, expected, got)


def _allowed(query: JsonObject, expected: Answer, got: Answer) -> bool:
    if "error" in expected or "error" in got:
        return "error" in expected and "error" in got
    if "places" not in expected:
        return got == expected
    places = {id: (first, last) for id, first, last in expected["places"]}
    skip, limit = query.get("skip", 0), query.get("limit")
    assert isinstance(skip, int)
    assert limit is None or isinstance(limit, int)
    wanted = len(list(islice(places, skip, None if limit is None else skip + limit)))
    firsts = [] if got["first"] is None else [got["first"]]
    return (
        got["count"] == len(places)
        and len(got["ids"]) == len(set(got["ids"])) == wanted
        and len(firsts) == (skip < len(places))
        and _in_place(got["ids"], skip, places)
        and _in_place(firsts, skip, places)
    )


def _in_place(ids: list[str], skip: int, places: dict[str, tuple[int, int]]) -> bool:
    return all(
        id in places and places[id][0] <= place <= places[id][1]
        for place, id in enumerate(ids, skip)
    )
