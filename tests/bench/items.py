"""The items of LiveStore's own performance workload, as an app's schema for the sidecar.

`electron-bridge/tests/bench/livestore/schema.ts` is the same for LiveStore. `BENCH_COLUMNS` gives
the table so many columns for nothing: another number is another schema, whose state is derived from
the log anew.
"""

from __future__ import annotations

import os

from sidecar.app.ui_state import ui_state
from sidecar.core.column import text
from sidecar.core.event import Event
from sidecar.core.schema import Args, Schema, event
from sidecar.core.state import State, Statement, Statements
from sidecar.core.table import Table

items = Table("items", {"id": text(primary_key=True), "label": text()})
_columns = int(os.environ.get("BENCH_COLUMNS", "1"))
spare = Table(
    "spare",
    {f"c{at}": text(nullable=True) if at else text(primary_key=True) for at in range(_columns)},
)


class Item(Args):
    """An item."""

    id: str
    label: str


class Items(Args):
    """Items at once."""

    items: list[Item]


class Mark(Args):
    """What is added to labels."""

    mark: str


class ItemId(Args):
    """Which item."""

    id: str


class Nothing(Args):
    """No argument."""


@event("v1.ItemsCreated", Items)
def items_created(args: Items, event: Event, state: State) -> Statements:
    """Put them in the place of all there are."""
    return [items.delete(where={}), *_inserts(args)]


@event("v1.ItemsAppended", Items)
def items_appended(args: Items, event: Event, state: State) -> Statements:
    """Insert them."""
    return _inserts(args)


@event("v1.ItemCreated", Item)
def item_created(args: Item, event: Event, state: State) -> Statements:
    """Insert it."""
    return items.insert({"id": args.id, "label": args.label})


@event("v1.ItemRenamed", Item)
def item_renamed(args: Item, event: Event, state: State) -> Statements:
    """Set its label."""
    return items.update({"label": args.label}, where={"id": args.id})


@event("v1.EveryTenthMarked", Mark)
def every_tenth_marked(args: Mark, event: Event, state: State) -> Statements:
    """Add to every tenth label, having read them all."""
    rows = state.select("SELECT id, label FROM items ORDER BY id")
    return [
        items.update({"label": str(label) + args.mark}, where={"id": str(id)})
        for id, label in rows[::10]
    ]


@event("v1.ItemRemoved", ItemId)
def item_removed(args: ItemId, event: Event, state: State) -> Statements:
    """Delete it."""
    return items.delete(where={"id": args.id})


@event("v1.ItemsCleared", Nothing)
def items_cleared(args: Nothing, event: Event, state: State) -> Statements:
    """Delete all."""
    return items.delete(where={})


def _inserts(args: Items) -> list[Statement]:
    return [items.insert({"id": one.id, "label": one.label}) for one in args.items]


schema = Schema(
    "bench-items",
    version=1,
    tables=[items, spare],
    events=[
        items_created,
        items_appended,
        item_created,
        item_renamed,
        every_tenth_marked,
        item_removed,
        items_cleared,
    ],
    client_documents=[ui_state],
)
