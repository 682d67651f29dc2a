"""The wire's objects as a Python caller sees them: plain dicts with typed keys."""

from __future__ import annotations

from typing import NotRequired, Required, TypedDict

from sidecar.core.json import Json, JsonObject


class NewEventJson(TypedDict):
    """An event to commit. `expect` items are `{collection, id, seq}`."""

    name: str
    args: JsonObject
    id: NotRequired[str]
    expect: NotRequired[list[JsonObject]]


class EventJson(TypedDict):
    """An event of the log; `at` is in milliseconds."""

    seq: int
    id: str
    name: str
    args: JsonObject
    at: int
    clientId: str
    sessionId: str


class EventPageJson(TypedDict):
    """Events in order of `seq`, the log's head when they were read, and `after` of the next page.

    `next` is None where this is the last one.
    """

    events: list[EventJson]
    head: int
    next: int | None


class ReceiptJson(TypedDict):
    """Proof that a batch is durable."""

    first: int
    last: int
    head: int
    ids: list[str]
    at: int
    duplicate: bool


class QueryResult(TypedDict, total=False):
    """`rows`, or `row` for a query with `first`, or `count` for one with `count`; as of `head`."""

    rows: list[JsonObject]
    row: JsonObject | None
    count: int
    head: Required[int]


class RowsResult(TypedDict):
    """What a query of rows results in, as of `head`."""

    rows: list[JsonObject]
    head: int


class RowResult(TypedDict):
    """What a query of a row that is there, or has a fallback, results in."""

    row: JsonObject
    head: int


class MaybeRowResult(TypedDict):
    """What a query of the first row results in; None without one."""

    row: JsonObject | None
    head: int


class CountResult(TypedDict):
    """What a query of a number results in."""

    count: int
    head: int


class MissingIndexJson(TypedDict):
    """An index that a collection does not declare, and what SQLite does for want of it."""

    collection: str
    fields: list[str]
    reason: str


class ExplanationJson(TypedDict):
    """How a query is run.

    Attributes:
        plan: SQLite's steps, each indented by two spaces more than the step it belongs to.
        indexes: Those it uses.
        fullScan: Whether every row of a table may be looked at.
    """

    sql: str
    params: list[Json] | JsonObject
    plan: list[str]
    indexes: list[str]
    fullScan: bool
    missingIndex: MissingIndexJson | None


class ProgressJson(TypedDict):
    """How far a migration is: `done` of `total` in `phase`; `total` is None until it's known."""

    phase: str
    done: int
    total: int | None


class UpsertJson(TypedDict):
    """A row that is new or changed, and its index in the final result."""

    at: int
    row: JsonObject


class PatchJson(TypedDict):
    """The way from the rows a subscription has to the next ones (L2)."""

    head: int
    remove: list[str]
    upsert: list[UpsertJson]
    order: NotRequired[list[str] | None]
