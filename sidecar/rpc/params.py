"""What each method takes: the pydantic models that `rpc_schema/` is generated from.

Members are camelCase, nothing is coerced, and an unknown member is an error. The order of a model's
fields is the order of params by position.
"""

# ruff: noqa: N815 - members have the names of the wire

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from sidecar.core.json import JsonObject
from sidecar.core.query import DocumentQuery, SqlQuery


def _object(value: object) -> object:
    """Take a decoded object as it is: the store checks what is inside, once."""
    if not isinstance(value, dict):
        raise PydanticCustomError("object_type", "Input should be an object")
    return value


AnyObject = Annotated[JsonObject, PlainValidator(_object), WithJsonSchema({"type": "object"})]
"""An object whose members another layer checks."""

QueryObject = Annotated[
    JsonObject, PlainValidator(_object, json_schema_input_type=DocumentQuery | SqlQuery)
]
"""A query that `parse_query` checks."""

Seq = Annotated[int, Field(ge=0, le=2**53 - 1)]
"""A place in the event log; 0 is before the first event."""

Name = Annotated[str, Field(min_length=1, max_length=200)]
Ident = Annotated[str, Field(min_length=1, max_length=200)]


class Wire(BaseModel):
    """Base of everything that crosses the socket."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, serialize_by_alias=True)


class NoParams(Wire):
    """A method without params."""


class ExpectedDocument(Wire):
    """The revision a document must have just before an event (S13)."""

    collection: Name
    id: str
    seq: Seq | None = Field(description="The document's `_seq`; null when it must not exist")


class CommitEvent(Wire):
    """An event to append."""

    name: Name = Field(description="Versioned name, `v1.PersonaCreated`")
    args: AnyObject = Field(description="The event's arguments; `rpc_schema/app.json` has them")
    id: Ident | None = Field(
        default=None, description="UUID the client made (version 7); makes a commit repeatable"
    )
    expect: list[ExpectedDocument] = Field(default_factory=list)


class CommitParams(Wire):
    """Events to append in one transaction: all of them or none."""

    events: list[CommitEvent] = Field(min_length=1)
    clientId: Ident | None = Field(default=None, description="Default: this connection's own")
    sessionId: Ident | None = Field(default=None, description="Default: this connection's own")
    validate_: bool = Field(
        default=False,
        alias="validate",
        description="Refuse documents that the batch's v1.DocumentInserted and v1.DocumentPatched "
        "leave in a collection defined with a JSON schema they don't fit",
    )


class SubscribeParams(Wire):
    """A query to keep live."""

    query: QueryObject = Field(description="A query, as `query` takes it")
    since: Seq | None = Field(
        default=None, description="Head of the rows the client has; the answer is whole either way"
    )


class UnsubscribeParams(Wire):
    """A live query to end."""

    subscription: Ident


class FileSource(Wire):
    """An export in a file on the server's machine."""

    path: str = Field(min_length=1)


class DataSource(Wire):
    """An export as JSON."""

    data: AnyObject


class PushedSource(Wire):
    """The records pushed since a `migrate.begin`."""

    migration: Ident


class MigrateParams(Wire):
    """A migration to run."""

    source: FileSource | DataSource | PushedSource
    ids: Literal["preserve", "remap"] = "preserve"
    dryRun: bool = Field(default=False, description="Read and validate only; nothing is stored")
    strict: bool = Field(default=False, description="Stop at the first invalid document")
    primaryKeys: dict[Name, Name] = Field(
        default_factory=dict,
        description="Primary key fields of collections that neither the app nor the source names",
    )


class MigrateBeginParams(Wire):
    """What records are to be pushed for."""

    purpose: Literal["move", "verify"] = Field(
        default="move",
        description="`verify`: a copy to compare the store with, which moves nothing",
    )


class MigrationParams(Wire):
    """The migration that is meant."""

    migration: Ident


class MigrateVerifyParams(Wire):
    """What to compare the store with."""

    source: FileSource | DataSource | PushedSource


class MigrateChangesParams(Wire):
    """A page of what goes back into RxDB."""

    migration: Ident
    after: Seq | None = Field(
        default=None, description="Changes behind this seq; the switch when absent"
    )
    limit: int = Field(default=500, ge=1, le=5000, description="Documents")


class MigrateRollbackParams(Wire):
    """The migration to roll back."""

    migration: Ident
    through: Seq | None = Field(
        default=None, description="RxDB has all changes up to this seq: it may be used again"
    )


class MigrateCleanupParams(Wire):
    """The migration to end for good."""

    migration: Ident
    confirm: Literal[True] = Field(description="There is no way back afterwards")


class MigrateRepairParams(Wire):
    """The corrected form of a document in quarantine."""

    seq: Seq = Field(description="Its `seq` in the quarantine")
    document: AnyObject


class AttachmentsGetParams(Wire):
    """An attachment of a document."""

    collection: Name
    documentId: str = Field(min_length=1)
    id: str = Field(min_length=1)


class BackupParams(Wire):
    """A backup by its file name."""

    name: str = Field(min_length=1, max_length=200)


class BackupReadParams(Wire):
    """A page of a backup's records."""

    name: str = Field(min_length=1, max_length=200)
    after: int = Field(default=0, ge=0, description="`next` of the page before")
    limit: int = Field(default=500, ge=1, le=5000)


class PushParams(Wire):
    """Records of a live migration."""

    migration: Ident
    records: list[Annotated[str, Field(min_length=2)]] = Field(
        description="The JSON text of one object per document, schema or local document. Text, "
        "because a document of RxDB may hold half an emoji, which no other JSON can carry"
    )
    checkpoints: AnyObject | None = Field(
        default=None,
        description="How far each feed is with these records; `migrate.begin` gives them back",
    )


class EventsListParams(Wire):
    """A page of the event log."""

    after: Seq = Field(default=0, description="Events with a greater seq")
    limit: int = Field(default=1000, ge=1, le=10_000)
    names: list[Name] | None = Field(default=None, description="Only events of these names")
    collection: Name | None = Field(default=None, description="Only events that touched it")
    id: str | None = Field(default=None, description="Only events that touched this document")


class ChangesSubscribeParams(Wire):
    """What commits do to documents from now on."""

    collections: list[Name] | None = Field(
        default=None, description="Only documents of these; else of all there are and will be"
    )


class EventsSubscribeParams(Wire):
    """The event log from some place on."""

    after: Seq = Field(default=0, description="Events with a greater seq")
    names: list[Name] | None = Field(default=None, description="Only events of these names")
    collection: Name | None = Field(default=None, description="Only events that touched it")
    id: str | None = Field(default=None, description="Only events that touched this document")
