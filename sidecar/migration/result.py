"""What a migration tells: progress while it runs, and a result when it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

LISTED: Final = 200
"""Entries a list of a result has at most; the total beside it counts all."""

PhaseName = Literal["reading", "backing-up", "checking-backup", "importing", "verifying"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a phase is.

    Attributes:
        unit: What `done` and `total` count.
        rate: Units per second since the phase began.
    """

    phase: PhaseName
    done: int
    total: int
    unit: Literal["bytes", "documents"]
    rate: float


ItemT = TypeVar("ItemT")


class Listing(Generic[ItemT]):
    """A list that keeps its first entries and counts all."""

    def __init__(self) -> None:
        self.first: list[ItemT] = []
        self.total = 0

    def add(self, item: ItemT) -> None:
        """Count an entry, and keep it while there is room."""
        self.total += 1
        if len(self.first) < LISTED:
            self.first.append(item)


class Told(BaseModel):
    """Base of what goes over the wire: camelCase there, snake_case here."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        serialize_by_alias=True,
        extra="forbid",
        # All of it is sent, so a reader may count on all of it.
        json_schema_serialization_defaults_required=True,
    )


class Counts(Told):
    """Documents of one collection; all but `attachments` add up to `read`."""

    read: int = Field(0, description="Documents, tombstones and local documents of the source.")
    imported: int = Field(0, description="Put into the store.")
    unchanged: int = Field(0, description="In the store already, with the same content.")
    repeated: int = Field(0, description="In the source again: the same, or an older revision.")
    conflicts: int = Field(0, description="In the store already, different, and left alone.")
    quarantined: int = Field(0, description="Invalid; kept as text in the quarantine.")
    tombstones: int = Field(0, description="Deleted in RxDB; kept as tombstones.")
    attachments: int = Field(0, description="Attachments now in the store.")
    local_documents: int = Field(0, description="Local documents now in the store.")


class Finding(Told):
    """An error or a warning about one document."""

    collection: str | None = Field(description="Null for a local document of the database.")
    id: str | None = Field(description="Id in the source; null where it has none.")
    path: str = Field(description="JSON pointer into the document.")
    message: str


class Validation(Told):
    """What was wrong with the source's documents (M6)."""

    errors: list[Finding] = Field(default_factory=list, description="The first ones.")
    errors_total: int = 0
    warnings: list[Finding] = Field(default_factory=list, description="The first ones.")
    warnings_total: int = 0


class Backup(Told):
    """The verified backup."""

    path: str
    sha256: str = Field(description="Of the file's bytes before its last member, `sha256`.")
    bytes: int
    counts: dict[str, int] = Field(description="Documents by collection.")


class Difference(Told):
    """A document that is not the same in source and store."""

    collection: str
    id: str
    kind: Literal["missing", "different", "onlyInStore", "conflict"]
    fields: list[str] = Field(
        default_factory=list, description="Top-level fields that differ, when both exist."
    )


class Compared(Told):
    """One collection, compared document by document by hash, both ways."""

    collection: str
    compared: int = Field(0, description="Documents that should be the same.")
    identical: int = 0
    different: int = 0
    missing: int = Field(0, description="In the source, not in the store.")
    changed: int = Field(0, description="Different because the store changed them meanwhile.")
    only_in_store: int = Field(
        0, description="In the store, not in the source: what it held before, or got meanwhile."
    )
    tombstones: int = Field(0, description="Tombstones found identical.")
    attachments: int = Field(0, description="Attachments found identical.")
    local_documents: int = Field(0, description="Local documents found identical.")


class Check(Told):
    """One thing that was tried."""

    name: str
    passed: bool
    message: str


class Timing(Told):
    """One query of the performance check."""

    name: str
    rows: int
    duration_ms: float
    error: str | None = Field(None, description="Why the store refused it, or null.")


class Performance(Told):
    """The seed guide's three queries, one after the other; at most 10,000 rows or 8 MB each."""

    queries: list[Timing]
    total_ms: float
    budget_ms: float = 100.0
    within_budget: bool


class Verification(Told):
    """What was found when source and store were compared (M9)."""

    passed: bool = Field(description="No document differs or is missing, and every check passed.")
    collections: list[Compared]
    differences: list[Difference] = Field(default_factory=list, description="The first ones.")
    differences_total: int = 0
    health: Check
    performance: Performance | None = Field(None, description="Null without the queried tables.")
    features: list[Check] = Field(default_factory=list)
    references: list[Check] = Field(
        default_factory=list,
        description="Whether each reference finds its document. Not part of `passed`: an app may "
        "have deleted one, in RxDB as in the store.",
    )


class Phase(Told):
    """One phase that was run."""

    name: PhaseName
    duration_ms: float


class MigrationResult(Told):
    """The whole of a migration."""

    format: str = Field(description="The source's format.")
    ids: Literal["preserve", "remap"]
    dry_run: bool
    collections: dict[str, Counts] = Field(
        description="By collection; '' holds the database's local documents."
    )
    validation: Validation
    conflicts: list[Difference] = Field(default_factory=list, description="The first ones.")
    conflicts_total: int = 0
    backup: Backup | None = Field(None, description="Null in a dry run.")
    verification: Verification | None = Field(None, description="Null in a dry run.")
    phases: list[Phase]
    duration_ms: float
