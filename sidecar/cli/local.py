"""The backend that opens the store in this process; while it does, no server can."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar, cast

import orjson

from sidecar.app.load import DEFAULT, load_schema
from sidecar.cli.backend import EventFilter
from sidecar.cli.options import Target
from sidecar.cli.progress import Progress, show_progress
from sidecar.client import EventPageJson, ExplanationJson, NewEventJson, QueryResult, ReceiptJson
from sidecar.core.errors import ValidationError
from sidecar.core.event import Expect, NewEvent
from sidecar.core.json import Json, JsonObject, pointer
from sidecar.core.query import parse_query
from sidecar.store import Store

if TYPE_CHECKING:
    from sidecar.cli.inside import Inside

Checked = TypeVar("Checked")


class Local:
    """An open store."""

    served = False

    def __init__(self, store: Store, runner: asyncio.Runner) -> None:
        self._store = store
        self._runner = runner
        self._inside: Inside | None = None

    def query(self, query: JsonObject) -> QueryResult:
        """Run a query once."""
        result = self._store.read(parse_query(query)).result()
        # Rows are JSON text inside: one turn through the encoder makes the same dicts a server's
        # answer makes.
        return cast("QueryResult", orjson.loads(orjson.dumps(result.to_wire())))

    def explain(self, query: JsonObject) -> ExplanationJson:
        """Tell how a query would be run."""
        found = self._store.explain(parse_query(query)).result()
        return cast("ExplanationJson", orjson.loads(orjson.dumps(found.to_wire())))

    def commit(self, events: Sequence[NewEventJson]) -> ReceiptJson:
        """Commit events as one batch."""
        batch = [_event(cast("JsonObject", event), index) for index, event in enumerate(events)]
        receipt = self._store.commit(batch, client_id="cli", session_id="cli").result()
        return cast("ReceiptJson", receipt.to_wire())

    def events(self, wanted: EventFilter, *, after: int, limit: int) -> EventPageJson:
        """Return the next events after a `seq`."""
        page = self._store.events(
            after=after,
            limit=limit,
            names=wanted.names,
            collection=wanted.collection,
            id=wanted.id,
        ).result()
        events = [event.to_wire() for event in page.events]
        return cast("EventPageJson", {"events": events, "head": page.head, "next": page.next})

    def info(self) -> JsonObject:
        """Return what the store holds."""
        return {
            "app": self._store.schema.name,
            "schema": self._store.fingerprint,
            "head": self._store.head,
            "store": self._store.info().result(),
        }

    def ask(self, method: str, params: JsonObject, progress: Progress | None = None) -> JsonObject:
        """Call a method of the server's in this process."""
        if self._inside is None:
            from sidecar.cli.inside import Inside  # noqa: PLC0415 - for this method alone

            self._inside = Inside(self._store, self._runner)
        return self._inside.ask(method, params, progress)


@contextmanager
def opened(target: Target) -> Iterator[Local]:
    """Open a store for the length of a block; errors as in `Store.open`."""
    schema = load_schema(target.schema or DEFAULT)
    with show_progress() as progress:
        store = Store.open(target.data_dir, schema, key=target.key, progress=progress)
    # Closed in this order: what an interrupted call still writes needs the store.
    with store, asyncio.Runner() as runner:
        yield Local(store, runner)


def _event(event: JsonObject, index: int) -> NewEvent:
    """Return a JSON event as the store takes it.

    Raises:
        ValidationError: A member is missing, of a wrong type or unknown; `path` points at it.
    """

    def check(name: str, kind: type[Checked], value: Json) -> Checked:
        if not isinstance(value, kind) or isinstance(value, bool):
            path = pointer(name)
            raise ValidationError(
                f"event {index}: {path} is missing or of a wrong type",
                hint="An event is {name, args, id?, expect?}.",
                index=index,
                path=path,
            )
        return value

    unknown = sorted(event.keys() - {"name", "args", "id", "expect"})
    for name in unknown:
        check(name, type(None), "")
    expect = [
        Expect(
            check("expect", str, one.get("collection")),
            check("expect", str, one.get("id")),
            None if one.get("seq") is None else check("expect", int, one.get("seq")),
        )
        for one in (
            check("expect", dict, item) for item in check("expect", list, event.get("expect", []))
        )
    ]
    return NewEvent(
        check("name", str, event.get("name")),
        check("args", dict, event.get("args")),
        None if event.get("id") is None else check("id", str, event.get("id")),
        expect,
    )
