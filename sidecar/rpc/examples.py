"""Calls and their answers that the contract shows, and those of `query`, which `explain` shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sidecar.core.json import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Example:
    """A call and what it answers, as far as that is fixed."""

    name: str
    params: JsonObject
    result: Json


PERSONA = "0190f5f0-0000-7000-8000-000000000001"
EVENT = "0190f5f0-0000-7000-8000-0000000000e1"
AT = 1_750_000_000_000

QUERIES: Sequence[Example] = (
    Example(
        "active personas",
        {"from": "personas", "selector": {"isActive": True}},
        {"rows": [], "head": 1},
    ),
    Example(
        "the newest persona",
        {
            "from": "personas",
            "selector": {},
            "sort": [{"createdAt": "desc"}],
            "first": True,
        },
        {"row": None, "head": 0},
    ),
    Example(
        "a page of some fields",
        {
            "from": "personas",
            "selector": {"usageCount": {"$gte": 0}},
            "sort": [{"name": "asc"}],
            "skip": 0,
            "limit": 10,
            "fields": ["id", "name"],
        },
        {"rows": [{"id": PERSONA, "name": "Ada"}], "head": 1},
    ),
    Example(
        "the next page, behind the last row of the one before",
        {
            "from": "memoryEntities",
            "selector": {"personaId": PERSONA, "name": {"$ilike": "tea%"}},
            "sort": [{"importance": "desc"}],
            "limit": 50,
            "after": {"id": "m50", "importance": 80},
            "fields": ["id", "importance", "content.kind"],
        },
        {"rows": [], "head": 1},
    ),
    Example(
        "full-text search, best first",
        {
            "from": "memoryEntities",
            "selector": {"$search": 'green tea "on time" trai*'},
            "fields": ["id", "name", "_snippet", "_rank"],
            "limit": 20,
        },
        {"rows": [], "head": 1},
    ),
    Example(
        "which kinds there are",
        {"from": "memoryEntities", "fields": ["type"], "distinct": True},
        {"rows": [{"type": "fact"}], "head": 1},
    ),
    Example(
        "memories of each persona",
        {
            "from": "memoryEntities",
            "groupBy": ["personaId"],
            "aggregate": {"memories": {"count": True}, "mean": {"avg": "importance"}},
            "sort": [{"memories": "desc"}],
        },
        {"rows": [{"personaId": PERSONA, "memories": 1, "mean": 50}], "head": 1},
    ),
    Example(
        "the active persona, or one to show instead",
        {
            "from": "personas",
            "selector": {"isActive": True},
            "first": True,
            "fallback": {"name": "nobody"},
        },
        {"row": {"name": "nobody"}, "head": 0},
    ),
    Example("how many", {"from": "personas", "count": True}, {"count": 1, "head": 1}),
    Example(
        "SQL",
        {"sql": "SELECT count(*) AS n FROM personas WHERE name = ?", "params": ["Ada"]},
        {"rows": [{"n": 1}], "head": 1},
    ),
)
