"""Conversations: the table, its events and their materializers."""

from __future__ import annotations

from pydantic import JsonValue

from sidecar.app.shapes import Message
from sidecar.app.times import stamped
from sidecar.core.builtin import Text, existing, imported_id
from sidecar.core.column import boolean, json, number, text, timestamp
from sidecar.core.event import Event
from sidecar.core.json import Json
from sidecar.core.schema import Args, OpenArgs, event, without
from sidecar.core.state import State, Statements
from sidecar.core.table import Table, Value, Writes, append

conversations = Table(
    "conversations",
    {
        "id": text(primary_key=True),
        "personaId": text(references="personas"),
        "sessionId": text(),
        "messages": json(list[Message], default=[]),
        "summary": text(nullable=True),
        "sentiment": text(nullable=True),
        "topics": json(list[str], default=[]),
        "importance": number(default=50),
        "isArchived": boolean(default=False),
        "createdAt": timestamp(),
        "updatedAt": timestamp(),
        "archivedAt": timestamp(nullable=True),
    },
    indexes=[("personaId", "updatedAt"), "isArchived"],
    imported="v1.ConversationImported",
    writes=Writes(insert="v1.ConversationStarted"),
)


class ConversationStarted(OpenArgs):
    """A new conversation; the times default to the event's own."""

    id: Text
    personaId: Text
    sessionId: Text
    createdAt: int | None = None
    updatedAt: int | None = None


class ConversationImported(OpenArgs):
    """A conversation as its source had it; absent fields stay absent."""

    id: Text
    personaId: Text
    sourceId: str | None = None
    original: dict[str, JsonValue] | None = None


class MessageAdded(Args):
    """One more message."""

    conversationId: Text
    message: Message


class ConversationSummarized(Args):
    """What a conversation was about."""

    id: Text
    summary: str
    sentiment: str | None = None
    topics: list[str] | None = None


class ConversationArchived(Args):
    """The end of a conversation, at a time in milliseconds."""

    id: Text
    archivedAt: int


@event("v1.ConversationStarted", ConversationStarted)
def conversation_started(args: ConversationStarted, event: Event, state: State) -> Statements:
    """Insert the conversation."""
    return conversations.insert(stamped(event.args, event.at, "createdAt", "updatedAt"))


@event("v1.ConversationImported", ConversationImported)
def conversation_imported(args: ConversationImported, event: Event, state: State) -> Statements:
    """Insert the document exactly as it was."""
    insert = conversations.put(without(event.args, "sourceId", "original"))
    return [insert, *imported_id(event, conversations, args.id, args.sourceId)]


@event("v1.MessageAdded", MessageAdded)
def message_added(args: MessageAdded, event: Event, state: State) -> Statements:
    """Append the message."""
    existing(state, "conversations", args.conversationId)
    message: Json = args.message.model_dump(mode="json", exclude_unset=True)
    return conversations.update(
        {"messages": append(message), "updatedAt": event.at}, where={"id": args.conversationId}
    )


@event("v1.ConversationSummarized", ConversationSummarized)
def conversation_summarized(args: ConversationSummarized, event: Event, state: State) -> Statements:
    """Set what was given."""
    existing(state, "conversations", args.id)
    values: dict[str, Value] = args.model_dump(exclude_unset=True, exclude={"id"})
    return conversations.update({**values, "updatedAt": event.at}, where={"id": args.id})


@event("v1.ConversationArchived", ConversationArchived)
def conversation_archived(args: ConversationArchived, event: Event, state: State) -> Statements:
    """Mark it archived."""
    existing(state, "conversations", args.id)
    return conversations.update(
        {"isArchived": True, "archivedAt": args.archivedAt, "updatedAt": event.at},
        where={"id": args.id},
    )


EVENTS = (
    conversation_started,
    conversation_imported,
    message_added,
    conversation_summarized,
    conversation_archived,
)
