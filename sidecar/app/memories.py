"""Memory entities and the links between them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from sidecar.app.shapes import Number
from sidecar.app.times import stamped
from sidecar.core.builtin import Text, existing, imported_id
from sidecar.core.column import integer, json, number, text, timestamp
from sidecar.core.errors import NotFoundError
from sidecar.core.event import Event
from sidecar.core.json import Json, JsonObject
from sidecar.core.schema import Args, OpenArgs, event, without
from sidecar.core.state import State, Statement, Statements
from sidecar.core.table import Table, Writes, increment

memory_entities = Table(
    "memoryEntities",
    {
        "id": text(primary_key=True),
        "personaId": text(references="personas"),
        "type": text(),
        "name": text(),
        "content": json(dict[str, JsonValue]),
        "summary": text(),
        "tags": json(list[str]),
        "importance": number(default=50),
        "embedding": json(list[Number], nullable=True),
        "embeddingModel": text(nullable=True),
        "memoryTier": text(default="hot"),
        "connectionCount": integer(default=0),
        "lastAccessed": timestamp(),
        "createdAt": timestamp(),
        "updatedAt": timestamp(),
        "deletedAt": timestamp(nullable=True),
    },
    indexes=[("personaId", "importance"), "lastAccessed", "importance", "memoryTier"],
    search={"name": 4, "summary": 2, "tags": 2, "content": 1},
    imported="v1.MemoryEntityImported",
    writes=Writes(
        insert="v1.MemoryEntityCreated", patch="v1.MemoryEntityUpdated", stamped=["updatedAt"]
    ),
)

memory_links = Table(
    "memoryLinks",
    {
        "id": text(primary_key=True),
        "fromId": text(references="memoryEntities"),
        "toId": text(references="memoryEntities"),
        "kind": text(),
        "createdAt": timestamp(),
    },
    indexes=["fromId", "toId"],
)


class MemoryEntityCreated(OpenArgs):
    """A new memory; the times default to the event's own."""

    id: Text
    personaId: Text
    type: str
    name: Text
    content: dict[str, JsonValue]
    summary: str
    tags: list[str]
    importance: Number = 50
    embedding: list[Number] | None = None
    embeddingModel: str | None = None
    memoryTier: str = "hot"
    connectionCount: int = 0
    lastAccessed: int | None = None
    createdAt: int | None = None
    updatedAt: int | None = None
    deletedAt: int | None = None


class MemoryEntityImported(OpenArgs):
    """A memory as its source had it; absent fields stay absent."""

    id: Text
    personaId: Text
    name: Text
    sourceId: str | None = None
    original: dict[str, JsonValue] | None = None


class MemoryEntityUpdates(OpenArgs):
    """New values; what is left out stays as it is."""

    personaId: Text = ""
    type: str = ""
    name: Text = ""
    content: dict[str, JsonValue] = Field(default_factory=dict)
    summary: str = ""
    tags: list[str] = Field(default_factory=list)
    importance: Number = 50
    embedding: list[Number] | None = None
    embeddingModel: str | None = None
    memoryTier: str = "hot"
    lastAccessed: int = 0


class MemoryEntityUpdated(Args):
    """New values of some fields."""

    id: Text
    updates: MemoryEntityUpdates


class MemoryEntityAccessed(Args):
    """A use of the memory, at a time in milliseconds."""

    id: Text
    accessedAt: int


class MemoryEntityDeleted(Args):
    """A soft deletion, at a time in milliseconds."""

    id: Text
    deletedAt: int


class MemoryEntityRestored(Args):
    """The end of a soft deletion."""

    id: Text


class MemoryTierChanged(Args):
    """A move between tiers."""

    id: Text
    tier: Literal["hot", "warm", "cold"]


class MemoryPair(Args):
    """Two memories and how they are connected."""

    fromId: Text
    toId: Text
    kind: str = Field(min_length=1, max_length=100)


@event("v1.MemoryEntityCreated", MemoryEntityCreated)
def memory_created(args: MemoryEntityCreated, event: Event, state: State) -> Statements:
    """Insert the memory."""
    document = stamped(event.args, event.at, "lastAccessed", "createdAt", "updatedAt")
    return memory_entities.insert(document)


@event("v1.MemoryEntityImported", MemoryEntityImported)
def memory_imported(args: MemoryEntityImported, event: Event, state: State) -> Statements:
    """Insert the document exactly as it was."""
    insert = memory_entities.put(without(event.args, "sourceId", "original"))
    return [insert, *imported_id(event, memory_entities, args.id, args.sourceId)]


@event("v1.MemoryEntityUpdated", MemoryEntityUpdated)
def memory_updated(args: MemoryEntityUpdated, event: Event, state: State) -> Statements:
    """Change the fields and `updatedAt`."""
    existing(state, "memoryEntities", args.id)
    return memory_entities.update(
        {"updatedAt": event.at, **args.updates.model_dump(exclude_unset=True)},
        where={"id": args.id},
        path="/args/updates",
    )


@event("v1.MemoryEntityAccessed", MemoryEntityAccessed)
def memory_accessed(args: MemoryEntityAccessed, event: Event, state: State) -> Statements:
    """Set `lastAccessed`."""
    return _changed(args.id, {"lastAccessed": args.accessedAt}, state)


@event("v1.MemoryEntityDeleted", MemoryEntityDeleted)
def memory_deleted(args: MemoryEntityDeleted, event: Event, state: State) -> Statements:
    """Set `deletedAt`; the row stays."""
    return _changed(args.id, {"deletedAt": args.deletedAt, "updatedAt": event.at}, state)


@event("v1.MemoryEntityRestored", MemoryEntityRestored)
def memory_restored(args: MemoryEntityRestored, event: Event, state: State) -> Statements:
    """Clear `deletedAt`."""
    return _changed(args.id, {"deletedAt": None, "updatedAt": event.at}, state)


@event("v1.MemoryTierChanged", MemoryTierChanged)
def memory_tier_changed(args: MemoryTierChanged, event: Event, state: State) -> Statements:
    """Set `memoryTier`."""
    return _changed(args.id, {"memoryTier": args.tier, "updatedAt": event.at}, state)


@event("v1.MemoryLinked", MemoryPair)
def memory_linked(args: MemoryPair, event: Event, state: State) -> Statements:
    """Connect two memories and count it at both; a link that is there already does nothing."""
    existing(state, "memoryEntities", args.fromId)
    existing(state, "memoryEntities", args.toId)
    link = _link_id(args)
    if state.get("memoryLinks", link) is not None:
        return []
    insert = memory_links.insert({"id": link, "createdAt": event.at, **args.model_dump()})
    return [insert, _count(args, 1)]


@event("v1.MemoryUnlinked", MemoryPair)
def memory_unlinked(args: MemoryPair, event: Event, state: State) -> Statements:
    """Disconnect two memories and count it at both."""
    link = _link_id(args)
    if state.get("memoryLinks", link) is None:
        raise NotFoundError(f"no link {link!r}", collection="memoryLinks", id=link)
    return [memory_links.delete(where={"id": link}), _count(args, -1)]


def _link_id(pair: MemoryPair) -> str:
    # Escaped, so that no two links share an id.
    ends = (pair.fromId, pair.kind, pair.toId)
    return "|".join(part.replace("%", "%25").replace("|", "%7C") for part in ends)


def _count(pair: MemoryPair, by: int) -> Statement:
    ends: list[Json] = [pair.fromId, pair.toId]
    return memory_entities.update({"connectionCount": increment(by)}, where={"id": {"$in": ends}})


def _changed(id: str, values: JsonObject, state: State) -> Statement:
    existing(state, "memoryEntities", id)
    return memory_entities.update(values, where={"id": id})


EVENTS = (
    memory_created,
    memory_imported,
    memory_updated,
    memory_accessed,
    memory_deleted,
    memory_restored,
    memory_tier_changed,
    memory_linked,
    memory_unlinked,
)
