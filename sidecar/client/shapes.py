"""The wire's objects as a Python caller sees them: plain dicts with typed keys."""

from __future__ import annotations

from typing import NotRequired, Required, TypedDict

from sidecar.core.json import JsonObject


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
    """Events in order of `seq`, and the log's head when they were read."""

    events: list[EventJson]
    head: int


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
