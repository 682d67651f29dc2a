"""The backend that opens the store in this process; while it does, no server can."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event
from types import FrameType
from typing import TypeVar, cast

import orjson

from sidecar.app.load import DEFAULT, load_schema
from sidecar.cli.backend import EventFilter, Migration
from sidecar.cli.options import Target
from sidecar.cli.progress import Progress, show_progress
from sidecar.client import EventPageJson, ExplanationJson, NewEventJson, QueryResult, ReceiptJson
from sidecar.core.errors import MigrationError, ValidationError
from sidecar.core.event import Expect, NewEvent
from sidecar.core.json import Json, JsonObject, pointer
from sidecar.core.query import parse_query
from sidecar.store import Store

Checked = TypeVar("Checked")


class Local:
    """An open store."""

    served = False

    def __init__(self, store: Store) -> None:
        self._store = store

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

    def migrate(self, migration: Migration, progress: Progress) -> JsonObject:
        """Migrate a file.

        Raises:
            KeyboardInterrupt: Ctrl-C, once the batch that is being imported is done.
        """
        from sidecar.migration import migrate  # noqa: PLC0415 - for this method alone

        with _first_interrupt() as interrupted:
            try:
                result = migrate(
                    self._store,
                    migration.path,
                    ids=migration.ids,
                    dry_run=migration.dry_run,
                    strict=migration.strict,
                    primary_keys=migration.primary_keys,
                    progress=lambda step: progress(step.phase, step.done, step.total),
                    cancelled=interrupted.is_set,
                )
            except MigrationError as error:
                if interrupted.is_set():
                    raise KeyboardInterrupt from error
                raise
        return result.model_dump(mode="json", by_alias=True)


@contextmanager
def opened(target: Target) -> Iterator[Local]:
    """Open a store for the length of a block; errors as in `Store.open`."""
    schema = load_schema(target.schema or DEFAULT)
    with show_progress() as progress:
        store = Store.open(target.data_dir, schema, key=target.key, progress=progress)
    with store:
        yield Local(store)


@contextmanager
def _first_interrupt() -> Iterator[Event]:
    """Set an event at the first Ctrl-C; the second one interrupts as usual."""
    interrupted = Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        interrupted.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)


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
