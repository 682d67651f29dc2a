"""A source with everything awkward an old app may hold, and what must come of it."""

import base64
from dataclasses import dataclass
from typing import Final

import orjson

from sidecar.core.json import Json, JsonObject

MS: Final = 1_700_000_000_123
ISO: Final = "2023-11-14T22:13:20.123Z"
PNG: Final = base64.b64encode(bytes(range(256))).decode()
PERSONALITY: Final[JsonObject] = {"traits": [], "temperament": "", "communicationStyle": "x"}
SETTINGS: Final[JsonObject] = {"memoryRetention": 0, "privacyLevel": "low", "autoLearn": False}
NESTED: Final[JsonObject] = {"personality": PERSONALITY, "settings": SETTINGS}
AWKWARD_IDS: Final = ["a'b\"c/d\\e%_~1", "x" * 512, "\U0001f419\ue000\u00e9", " ", "0"]


@dataclass(frozen=True)
class Case:
    """A document of the source and what must come of it.

    Attributes:
        stored: The document in the store; None when it is not there.
        path: JSON pointer of its first error, when it is invalid.
        warnings: Paths of its warnings.
        original: Former forms its event keeps.
    """

    collection: str
    document: Json
    stored: JsonObject | None = None
    path: str | None = None
    warnings: tuple[str, ...] = ()
    original: JsonObject | None = None


def kept(collection: str, document: JsonObject, **more: Json) -> Case:
    """Return the case of a document that stays what it is."""
    return Case(collection, {**document, **more}, stored=document)


PERSONAS: Final = [
    Case(
        "personas",
        {
            "id": "p0",
            "name": "Ada \U0001f600",
            "description": "",
            "avatar": None,
            **NESTED,
            "isActive": False,
            "createdAt": ISO,
            "updatedAt": MS,
            "lastUsed": None,
            "usageCount": 0,
            "favourite": {"deep": [1, None, "", False, 0, 1.5]},
            "nickname": None,
            "_rev": "3-abc",
            "_deleted": False,
            "_meta": {"lwt": 1700000000000.01},
            "_attachments": {},
            "_migrationId": "0000",
            "_sourceSystem": "rxdb",
        },
        stored={
            "id": "p0",
            "name": "Ada \U0001f600",
            "description": "",
            "avatar": None,
            **NESTED,
            "isActive": False,
            "createdAt": MS,
            "updatedAt": MS,
            "lastUsed": None,
            "usageCount": 0,
            "favourite": {"deep": [1, None, "", False, 0, 1.5]},
            "nickname": None,
        },
        original={"createdAt": ISO, "_rev": "3-abc", "_meta": {"lwt": 1700000000000.01}},
    ),
    Case(
        "personas",
        {"id": "p1", "name": "seconds", **NESTED, "createdAt": 1700000000, "updatedAt": 0},
        stored={
            "id": "p1",
            "name": "seconds",
            **NESTED,
            "createdAt": 1700000000000,
            "updatedAt": 0,
        },
        original={"createdAt": 1700000000},
    ),
    Case(
        "personas",
        {"id": "p2", "name": "bare"},
        stored={"id": "p2", "name": "bare"},
        warnings=("/personality", "/settings"),
    ),
    Case(
        "personas",
        {"id": "p3", "name": "undated", **NESTED, "createdAt": "someday", "lastUsed": ""},
        stored={"id": "p3", "name": "undated", **NESTED},
        warnings=("/createdAt", "/lastUsed"),
        original={"createdAt": "someday", "lastUsed": ""},
    ),
    Case("personas", {"id": "p4", "description": "nameless"}, path="/name"),
    Case("personas", {"id": "p5", "name": "", **NESTED}, path="/name"),
    Case("personas", {"id": "p6", "name": None, **NESTED}, path="/name"),
    Case("personas", {"id": "p7", "name": "x", "isActive": "yes"}, path="/isActive"),
    Case("personas", {"id": "p8", "name": "x", "usageCount": 1.5}, path="/usageCount"),
    Case("personas", {"id": "p9", "name": "x", "settings": "none"}, path="/settings"),
    Case("personas", {"id": "p10", "name": "x", "createdAt": {"at": 1}}, path="/createdAt"),
    Case(
        "personas",
        {"id": "p14", "name": "a Date, as RxDB keeps it", **NESTED, "createdAt": {}},
        stored={"id": "p14", "name": "a Date, as RxDB keeps it", **NESTED},
        warnings=("/createdAt",),
        original={"createdAt": {}},
    ),
    Case("personas", {"id": "p11", "name": "x", "_custom": 1}, path="/_custom"),
    Case("personas", {"id": "p15", "name": "x", "": 1}, path="/"),
    Case("personas", {"id": "", "name": "x"}, path="/id"),
    Case("personas", {"id": 5, "name": "x"}, path="/id"),
    Case("personas", {"name": "x"}, path="/id"),
    Case("personas", 5, path=""),
    kept("personas", {"id": "p12", "name": "own", **NESTED, "sourceId": "mine", "original": {}}),
    Case("personas", {"id": "p1", "name": "another", **NESTED}, path=""),
    *(kept("personas", {"id": one, "name": "awkward id", **NESTED}) for one in AWKWARD_IDS),
]

MEMORY: Final[JsonObject] = {"name": "m", "personaId": "p0", "content": {}, "tags": []}

MEMORIES: Final = [
    kept("memoryEntities", {"id": "m0", **MEMORY, "importance": 0, "summary": ""}),
    kept("memoryEntities", {"id": "m1", **MEMORY, "importance": None, "embedding": None}),
    kept("memoryEntities", {"id": "m2", **MEMORY, "embedding": [0.1, -2, 3e-7]}),
    Case(
        "memoryEntities",
        {"id": "m3", "name": "m", "personaId": "p0"},
        stored={"id": "m3", "name": "m", "personaId": "p0"},
        warnings=("/content", "/tags"),
    ),
    Case(
        "memoryEntities",
        {"id": "m4", **MEMORY, "lastAccessed": 1700000000.5, "deletedAt": "2023-11-14"},
        stored={
            "id": "m4",
            **MEMORY,
            "lastAccessed": 1700000000500,
            "deletedAt": 1699920000000,
        },
        original={"lastAccessed": 1700000000.5, "deletedAt": "2023-11-14"},
    ),
    kept("memoryEntities", {"id": "m5", **MEMORY, "personaId": AWKWARD_IDS[2]}),
    Case("memoryEntities", {"id": "m6", **MEMORY, "personaId": "nobody"}, path="/personaId"),
    Case("memoryEntities", {"id": "m7", **MEMORY, "personaId": "p4"}, path="/personaId"),
    Case("memoryEntities", {"id": "m8", **MEMORY, "personaId": "gone"}, path="/personaId"),
    Case("memoryEntities", {"id": "m9", **MEMORY, "personaId": None}, path="/personaId"),
    Case("memoryEntities", {"id": "m10", **MEMORY, "content": "x"}, path="/content"),
    Case(
        "memoryEntities",
        {"id": "m11", **MEMORY, "_attachments": {"a": {"type": "x", "data": "no base64!"}}},
        path="/_attachments/a",
    ),
    kept(
        "memoryEntities",
        {"id": "m12", **MEMORY},
        _attachments={
            "portrait 1/\U0001f600.png": {"type": "image/png", "length": 256, "data": PNG},
            "empty": {"type": "text/plain", "length": 0, "data": "", "digest": "of-rxdb"},
        },
    ),
    Case(
        "memoryEntities",
        {"id": "m13", **MEMORY, "_attachments": {"stub": {"type": "x", "length": 3}}},
        stored={"id": "m13", **MEMORY},
        warnings=("/_attachments/stub",),
    ),
]

OTHERS: Final = [
    kept("settings", {"key": "theme", "value": None, "order": 0, "size": 0.0}),
    kept("settings", {"key": "language", "value": {"a": []}, "order": -1}),
    Case("settings", {"key": "order", "value": 1, "order": "first"}, path="/order"),
    Case("settings", {"value": "keyless"}, path="/key"),
    kept("relationships", {"id": "r1", "from": "p0", "to": "p1", "createdAt": ISO}),
]

CASES: Final = [*PERSONAS, *MEMORIES, *OTHERS]

TOMBSTONES: Final[list[JsonObject]] = [
    {"id": "gone", "name": "was", "createdAt": ISO, "_deleted": True, "_rev": "2-x"},
    {"id": "empty", "_deleted": True},
]

LOCALS: Final[list[tuple[str | None, JsonObject]]] = [
    (None, {"id": "ui", "data": {"open": False}}),
    ("personas", {"id": "ui", "data": {"open": None, "n": 0}}),
]

SETTINGS_SCHEMA: Final[JsonObject] = {
    "version": 0,
    "primaryKey": "key",
    "type": "object",
    "properties": {
        "key": {"type": "string", "maxLength": 100},
        "order": {"type": "integer"},
    },
    "indexes": ["order"],
}

SURROGATE: Final = rb'{"id":"p13","name":"\ud83d alone"}'
"""A string JavaScript holds and UTF-8 does not."""

REPEATED: Final = 1
"""Documents given a second time, the same."""


def source() -> bytes:
    """Return the whole source as NDJSON."""
    records: list[JsonObject] = [{"collection": "settings", "schema": SETTINGS_SCHEMA}]
    records += [{"collection": one.collection, "document": one.document} for one in CASES]
    records += [{"collection": "personas", "document": one} for one in TOMBSTONES]
    records += [{"collection": collection, "local": local} for collection, local in LOCALS]
    records += [{"collection": "personas", "document": CASES[0].document}]
    lines = [orjson.dumps(one) for one in records]
    lines.append(b'{"collection":"personas","document":' + SURROGATE + b"}")
    return b"\n".join(lines) + b"\n"


def stored(collection: str) -> dict[str, JsonObject]:
    """Return what a collection must hold."""
    key = "key" if collection == "settings" else "id"
    return {
        str(one.stored[key]): one.stored
        for one in CASES
        if one.collection == collection and one.stored is not None
    }


def invalid(collection: str) -> list[Case]:
    """Return the cases of a collection that end in quarantine."""
    return [one for one in CASES if one.collection == collection and one.path is not None]
