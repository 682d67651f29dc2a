"""What RxDB answers beside what the sidecar answers: the same, or what differs.

RxDB's answer stands as it is where it follows from RxDB's matcher and comparator. Where it does not
(`README.md` lists the cases), each place of ours must be one the comparator allows, and on Dexie a
rule must say how RxDB came to its answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from sidecar.core.json import JsonObject

Answer = dict[str, Any]
"""`{ids, count, first, places?, why?, unexplained?}` or `{error}`, as `answers.mjs` says it."""


@dataclass(frozen=True)
class Difference:
    """A query that the sidecar and RxDB on a storage of its answer differently."""

    storage: str
    query: JsonObject
    expected: Answer
    got: Answer


def allowed(query: JsonObject, expected: Answer, got: Answer) -> bool:
    """Tell whether ours is an answer to the query, after RxDB's."""
    if "error" in expected or "error" in got:
        return "error" in expected and "error" in got
    if "unexplained" in expected:
        return False
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
