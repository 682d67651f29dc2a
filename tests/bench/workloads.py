"""What an app asks of its memories, in the words that RxDB and the sidecar share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sidecar.core.json import JsonObject
from tests.bench.data import PERSONAS

_FROM: JsonObject = {"from": "memoryEntities"}
_NEWEST: JsonObject = {**_FROM, "sort": [{"lastAccessed": "desc"}], "limit": 50}


@dataclass(frozen=True)
class Workload:
    """One thing that is measured.

    Attributes:
        name: What it is.
        questions: Queries of one shape; the first is for warming up and comparing.
    """

    name: str
    questions: Sequence[JsonObject]


def workloads(memories: int) -> list[Workload]:
    """Return the workloads for a store of so many memories.

    The gets come first and each asks for another document: one that any query returned before,
    RxDB has in memory and does not look for in its store.
    """
    keys = [f"m{number * 7919 % memories:07}" for number in range(211)]
    personas = [f"p{number}" for number in range(PERSONAS)]
    return [
        Workload(
            "primary-key get",
            [{**_FROM, "selector": {"id": key}, "first": True} for key in keys],
        ),
        Workload(
            "top 100 of a persona by importance",
            [
                {
                    **_FROM,
                    "selector": {"personaId": persona},
                    "sort": [{"importance": "desc"}],
                    "limit": 100,
                }
                for persona in personas
            ],
        ),
        Workload("first page of 50, newest first", [_NEWEST]),
        Workload("page of 50 from the middle", [{**_NEWEST, "skip": memories // 2}]),
        Workload(
            "regular expression on name",
            [{**_FROM, "selector": {"name": {"$regex": f"{digit}7$"}}} for digit in range(10)],
        ),
        Workload(
            "array contains",
            [{**_FROM, "selector": {"tags": f"tag{number}"}} for number in range(5, 17)],
        ),
        Workload(
            "count of a persona's",
            [{**_FROM, "selector": {"personaId": persona}, "count": True} for persona in personas],
        ),
        Workload("count of all", [{**_FROM, "selector": {}, "count": True}]),
        Workload("find all", [_FROM]),
    ]
