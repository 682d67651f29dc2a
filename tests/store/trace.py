"""Random traces: batches over all events of PJAIS and the engine, some of them bad.

The same seed makes the same trace again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from sidecar.core.event import NewEvent
from sidecar.core.json import Json, JsonObject
from sidecar.core.migration import STEPS
from tests.store.acts import PERSONALITY, SETTINGS, conversation, memory, new, persona

_IDS = ["a", "b", "c", "d|e", "é", "😀", "A"]
_VALUES: list[Json] = [
    0, 1, -1, 50, 50.0, 0.1, 2**53, 1e300, "", "x", "\x00", '"\\', True, False, None,
    [], {}, [None, [1, {"a": "é"}]], {"a": {"b": [0, ""]}, "": 1},
]  # fmt: skip
_FIELDS = ["note", "é", 'a"b', "a b", "$x", "x.y", "0"]
_COLLECTIONS = [
    "personas",
    "memoryEntities",
    "conversations",
    "uiState",
    "things",
    "Odd-$_1",
    "nothing",
]


class Trace:
    """A source of batches.

    Args:
        seed: Decides all of it.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def batches(self, count: int) -> Iterator[list[NewEvent]]:
        """Yield batches of one to six events."""
        for _ in range(count):
            size = self.random.choice([1, 1, 1, 2, 3, 6])
            yield [self.random.choice(_EVENTS)(self) for _ in range(size)]

    def id(self) -> str:
        """Return one of a few ids, so that events meet."""
        return self.random.choice(_IDS)

    def value(self) -> Json:
        """Return a value for a field of any type."""
        return self.random.choice(_VALUES)

    def more(self) -> JsonObject:
        """Return some fields nobody declared."""
        return {
            self.random.choice(_FIELDS): self.value()
            for _ in range(self.random.choice([0, 0, 1, 3]))
        }

    def some(self, **fields: Json) -> JsonObject:
        """Return some of the fields."""
        return {name: value for name, value in fields.items() if self.random.random() < 0.5}

    def time(self) -> int:
        """Return milliseconds."""
        return self.random.choice([0, 1, 1_700_000_000_000])

    def document(self, key: str = "id") -> JsonObject:
        """Return a document of any collection; often one no column refuses."""
        typed = self.some(name=self.id(), usageCount=self.random.randrange(9), isActive=True)
        return {key: self.id(), **typed, **self.more(), **self.some(rank=self.value())}


def _defined(trace: Trace) -> NewEvent:
    properties: JsonObject = {"rank": {"type": "number"}, "name": {"type": "string"}}
    return new(
        "CollectionDefined",
        name=trace.random.choice(["things", "Odd-$_1", "THINGS"]),
        primaryKey=trace.random.choice(["id", "id", "key"]),
        jsonSchema=trace.random.choice([{}, {"properties": properties, "indexes": ["rank"]}]),
    )


def _pair(trace: Trace) -> JsonObject:
    return {"fromId": trace.id(), "toId": trace.id(), "kind": trace.random.choice(["x", "y|"])}


def _local(trace: Trace) -> JsonObject:
    return {"collection": trace.random.choice([None, "things"]), "id": "l"}


def _mirrored(trace: Trace) -> NewEvent:
    document = trace.document()
    kept: JsonObject | None = trace.random.choice([None, document])
    return new(
        "DocumentMirrored",
        collection=trace.random.choice(_COLLECTIONS),
        id=document["id"],
        document=kept,
        **trace.some(sourceId="s", tombstone=trace.more(), attachments=["photo"]),
    )


def _advanced(trace: Trace) -> NewEvent:
    before = trace.random.choice(["idle", "backing-up", "reading", "dual", "switched"])
    return new(
        "MigrationAdvanced",
        migration="m",
        before=before,
        state=trace.random.choice([*STEPS[before].values()]),
        **trace.some(ids="remap", report={"x": 1}, through=3),
    )


_EVENTS: list[Callable[[Trace], NewEvent]] = [
    lambda t: persona(t.id(), **t.some(isActive=True, lastUsed=t.time()), **t.more()),
    lambda t: persona(t.id(), **t.more()),
    lambda t: new(
        "PersonaImported",
        id=t.id(),
        name="I",
        sourceId=t.id(),
        **t.some(avatar=None, usageCount=None, settings=SETTINGS),
        **t.more(),
    ),
    lambda t: new(
        "PersonaUpdated",
        id=t.id(),
        updates={**t.some(name="N", avatar=t.value(), personality=PERSONALITY), **t.more()},
    ),
    lambda t: new("PersonaActivated", id=t.id()),
    lambda t: new("PersonaDeactivated", id=t.id()),
    lambda t: new("PersonaDeleted", id=t.id()),
    lambda t: memory(t.id(), t.id(), **t.some(importance=t.value()), **t.more()),
    lambda t: memory(t.id(), t.id(), **t.more()),
    lambda t: new(
        "MemoryEntityImported", id=t.id(), personaId="a", name="I", sourceId=None, **t.more()
    ),
    lambda t: new(
        "MemoryEntityUpdated",
        id=t.id(),
        updates={**t.some(importance=0.5, tags=["x"], embedding=[1, 0.5]), **t.more()},
    ),
    lambda t: new("MemoryEntityAccessed", id=t.id(), accessedAt=t.time()),
    lambda t: new("MemoryEntityDeleted", id=t.id(), deletedAt=t.time()),
    lambda t: new("MemoryEntityRestored", id=t.id()),
    lambda t: new("MemoryTierChanged", id=t.id(), tier=t.random.choice(["hot", "warm", "cold"])),
    lambda t: new("MemoryLinked", **_pair(t)),
    lambda t: new("MemoryUnlinked", **_pair(t)),
    lambda t: conversation(t.id(), **t.more()),
    lambda t: new("ConversationImported", id=t.id(), personaId="a", **t.more()),
    lambda t: new(
        "MessageAdded",
        conversationId=t.id(),
        message={"id": t.id(), "role": "user", "content": "é", "timestamp": 1, **t.more()},
    ),
    lambda t: new("ConversationSummarized", id=t.id(), summary="S", **t.some(topics=["x"])),
    lambda t: new("ConversationArchived", id=t.id(), archivedAt=t.time()),
    lambda t: new(
        "uiState.Set",
        id=t.id(),
        value={**t.some(selectedPersonaId=t.id(), searchText=t.value()), **t.more()},
        **t.some(partial=True),
    ),
    _defined,
    _defined,
    lambda t: new("CollectionRemoved", name=t.random.choice(_COLLECTIONS[2:])),
    lambda t: new(
        "DocumentInserted",
        collection=t.random.choice(_COLLECTIONS),
        document=t.document(t.random.choice(["id", "id", "key"])),
        sourceId=t.random.choice([None, "s"]),
    ),
    lambda t: new("DocumentInserted", collection="things", document=t.document()),
    lambda t: new(
        "DocumentPatched",
        collection=t.random.choice(_COLLECTIONS),
        id=t.id(),
        patch={**t.more(), **t.some(rank=t.value(), name=t.value())},
        unset=[*t.more()],
    ),
    lambda t: new("DocumentDeleted", collection=t.random.choice(_COLLECTIONS), id=t.id()),
    lambda t: new("TombstoneImported", collection="personas", id=t.id(), document=t.more()),
    lambda t: new(
        "AttachmentImported",
        collection="things",
        documentId=t.id(),
        id="photo",
        type="image/png",
        digest="md5-",
        data=t.random.choice(["", "AP8=", "!"]),
    ),
    lambda t: new("LocalDocumentInserted", **_local(t), data=t.more()),
    lambda t: new("LocalDocumentImported", **_local(t), data=t.more()),
    lambda t: new("LocalDocumentDeleted", **_local(t)),
    lambda t: new(
        "DocumentQuarantined",
        collection="personas",
        sourceId=t.random.choice([None, "s"]),
        document="{}",
        problems=[{"path": "/id", "message": "missing"}],
    ),
    lambda t: new("MigrationStarted", fromSystem="rxdb", toSystem="sidecar", startedAt=t.time()),
    lambda t: new("MigrationCompleted", counts={"personas": 1}, backup=None),
    lambda t: new("MigrationRolledBack", reason=""),
    lambda t: new("QuarantineResolved", seq=t.random.randrange(1, 200)),
    _mirrored,
    _mirrored,
    _advanced,
    _advanced,
]
