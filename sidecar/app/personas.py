"""Personas: the table, its events and their materializers."""

from __future__ import annotations

from pydantic import Field, JsonValue

from sidecar.app.shapes import Personality, Settings
from sidecar.app.times import stamped
from sidecar.core.builtin import Text, existing, imported_id
from sidecar.core.column import boolean, integer, json, text, timestamp
from sidecar.core.event import Event
from sidecar.core.schema import Args, OpenArgs, event, without
from sidecar.core.state import State, Statements
from sidecar.core.table import Table, Writes, increment

personas = Table(
    "personas",
    {
        "id": text(primary_key=True),
        "name": text(),
        "description": text(),
        "avatar": text(nullable=True),
        "personality": json(Personality),
        "settings": json(Settings),
        "isActive": boolean(default=False),
        "createdAt": timestamp(),
        "updatedAt": timestamp(),
        "lastUsed": timestamp(nullable=True),
        "usageCount": integer(default=0),
    },
    indexes=["lastUsed", "isActive", "name"],
    imported="v1.PersonaImported",
    writes=Writes(
        insert="v1.PersonaCreated",
        patch="v1.PersonaUpdated",
        remove="v1.PersonaDeleted",
        stamped=["updatedAt"],
    ),
)


class PersonaCreated(OpenArgs):
    """A new persona; the times default to the event's own."""

    id: Text
    name: Text
    description: str
    personality: Personality
    settings: Settings
    avatar: str | None = None
    isActive: bool = False
    createdAt: int | None = None
    updatedAt: int | None = None
    lastUsed: int | None = None
    usageCount: int = 0


class PersonaImported(OpenArgs):
    """A persona as its source had it; absent fields stay absent."""

    id: Text
    name: Text
    sourceId: str | None = None
    original: dict[str, JsonValue] | None = None


class PersonaUpdates(OpenArgs):
    """New values; what is left out stays as it is."""

    name: Text = ""
    description: str = ""
    avatar: str | None = None
    personality: Personality = Field(
        default_factory=lambda: Personality(traits=[], temperament="", communicationStyle="")
    )
    settings: Settings = Field(
        default_factory=lambda: Settings(memoryRetention=0, privacyLevel="high", autoLearn=False)
    )
    isActive: bool = False
    lastUsed: int | None = None
    usageCount: int = 0


class PersonaUpdated(Args):
    """New values of some fields."""

    id: Text
    updates: PersonaUpdates


class PersonaNamed(Args):
    """An event that needs nothing but the persona."""

    id: Text


@event("v1.PersonaCreated", PersonaCreated)
def persona_created(args: PersonaCreated, event: Event, state: State) -> Statements:
    """Insert the persona."""
    return personas.insert(stamped(event.args, event.at, "createdAt", "updatedAt"))


@event("v1.PersonaImported", PersonaImported)
def persona_imported(args: PersonaImported, event: Event, state: State) -> Statements:
    """Insert the document exactly as it was."""
    insert = personas.put(without(event.args, "sourceId", "original"))
    return [insert, *imported_id(event, personas, args.id, args.sourceId)]


@event("v1.PersonaUpdated", PersonaUpdated)
def persona_updated(args: PersonaUpdated, event: Event, state: State) -> Statements:
    """Change the fields and `updatedAt`."""
    existing(state, "personas", args.id)
    return personas.update(
        {"updatedAt": event.at, **args.updates.model_dump(exclude_unset=True)},
        where={"id": args.id},
        path="/args/updates",
    )


@event("v1.PersonaActivated", PersonaNamed)
def persona_activated(args: PersonaNamed, event: Event, state: State) -> Statements:
    """Make it the one active persona, and count the use."""
    existing(state, "personas", args.id)
    return [
        personas.update({"isActive": False}, where={"isActive": True, "id": {"$ne": args.id}}),
        personas.update(
            {"isActive": True, "lastUsed": event.at, "usageCount": increment()},
            where={"id": args.id},
        ),
    ]


@event("v1.PersonaDeactivated", PersonaNamed)
def persona_deactivated(args: PersonaNamed, event: Event, state: State) -> Statements:
    """Make it inactive."""
    existing(state, "personas", args.id)
    return personas.update({"isActive": False}, where={"id": args.id})


@event("v1.PersonaDeleted", PersonaNamed)
def persona_deleted(args: PersonaNamed, event: Event, state: State) -> Statements:
    """Delete the persona; its memories and conversations stay."""
    existing(state, "personas", args.id)
    return personas.delete(where={"id": args.id})


EVENTS = (
    persona_created,
    persona_imported,
    persona_updated,
    persona_activated,
    persona_deactivated,
    persona_deleted,
)
