"""A schema whose materializers do what materializers must not, and some that behave."""

from __future__ import annotations

import threading

from sidecar.core.column import boolean, integer, json, text
from sidecar.core.errors import NotFoundError
from sidecar.core.event import Event
from sidecar.core.json import JsonObject
from sidecar.core.schema import AnyEvent, Args, OpenArgs, Schema, event
from sidecar.core.state import State, Statement, Statements
from sidecar.core.table import Table, append, increment

things = Table(
    "things",
    {
        "id": text(primary_key=True),
        "count": integer(default=0),
        "done": boolean(default=False),
        "log": json(list[str], default=[]),
    },
    indexes=["count"],
)
others = Table("others", {"id": text(primary_key=True), "note": text(nullable=True)})

GATE = threading.Event()
"""What v1.Held waits for, so that a test can fill the queue behind it."""
GATE.set()

ENTERED = threading.Event()
"""Set when a materializer waits at the gate."""


class Thing(OpenArgs):
    """A thing, by its fields."""

    id: str


class Which(Args):
    """The id of a thing."""

    id: str


class Raw(Args):
    """SQL that a test wants run."""

    sql: str
    twice: bool = False


@event("v1.Put", Thing)
def put(args: Thing, event: Event, state: State) -> Statements:
    """Insert a thing."""
    return things.insert(event.args)


@event("v1.Bumped", Which)
def bumped(args: Which, event: Event, state: State) -> Statements:
    """Count, and write down the event's seq and time."""
    if state.get("things", args.id) is None:
        raise NotFoundError(f"no thing {args.id!r}", collection="things", id=args.id)
    note = f"{event.seq} {event.at}"
    return things.update({"count": increment(), "log": append(note)}, where={"id": args.id})


@event("v1.Held", Which)
def held(args: Which, event: Event, state: State) -> Statements:
    """Wait for the gate, then insert."""
    ENTERED.set()
    assert GATE.wait(30)
    return things.put({"id": args.id})


@event("v1.Raised", Which)
def raised(args: Which, event: Event, state: State) -> Statements:
    """Insert, and then fail as code fails."""
    return [things.put({"id": args.id}), *_broken()]


def _broken() -> list[Statement]:
    raise RuntimeError("of the materializer's own")


@event("v1.HalfWritten", Which)
def half_written(args: Which, event: Event, state: State) -> Statements:
    """Write to both tables, and then break a constraint."""
    return [
        things.put({"id": args.id}),
        others.put({"id": args.id, "note": "half"}),
        Statement("INSERT INTO things (id) VALUES (?)", (args.id,), ("things",)),
    ]


@event("v1.NothingReturned", Which)
def nothing_returned(args: Which, event: Event, state: State) -> Statements:
    """Forget to return."""
    return None  # type: ignore[return-value]


@event("v1.ArgumentsChanged", Thing)
def arguments_changed(args: Thing, event: Event, state: State) -> Statements:
    """Take the arguments apart while using them."""
    event.args["count"] = 99
    return things.put({"id": event.args.pop("id"), "count": event.args.pop("count")})


@event("v1.WrongSelector", Which)
def wrong_selector(args: Which, event: Event, state: State) -> Statements:
    """Build a statement that can't be."""
    return things.update({"count": 1}, where={"$nothing": 1})


@event("v1.NoColumn", Which)
def no_column(args: Which, event: Event, state: State) -> Statements:
    """Compute where there is no column."""
    return things.update({"nothing": increment()}, where={})


@event("v1.WrittenBySelect", Which)
def written_by_select(args: Which, event: Event, state: State) -> Statements:
    """Write where only reads are allowed."""
    state.select("INSERT INTO things (id) VALUES ('sneaked')")
    return []


@event("v1.Raw", Raw)
def raw(args: Raw, event: Event, state: State) -> Statements:
    """Run SQL as it is."""
    statement = Statement(args.sql, (), ("things", "others"))
    return [statement, statement] if args.twice else statement


EVENTS: tuple[AnyEvent, ...] = (
    put,
    bumped,
    held,
    raised,
    half_written,
    nothing_returned,
    arguments_changed,
    wrong_selector,
    no_column,
    written_by_select,
    raw,
)

schema = Schema("faulty", version=1, tables=[things, others], events=EVENTS)


def thing(id: str, **more: object) -> JsonObject:
    """Return the arguments of a v1.Put."""
    return {"id": id, **more}  # type: ignore[dict-item]
