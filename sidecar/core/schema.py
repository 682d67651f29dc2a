"""The schema DSL: tables, events, and the materializers between them.

An app describes its data once::

    personas = Table(
        "personas",
        {"id": text(primary_key=True), "name": text(), "usageCount": integer(default=0)},
        indexes=["name"],
    )

    class PersonaCreated(Args):
        id: str
        name: str

    @event("v1.PersonaCreated", PersonaCreated)
    def persona_created(args: PersonaCreated, event: Event, state: State) -> Statements:
        return personas.insert({"id": args.id, "name": args.name})

    schema = Schema("my-app", version=1, tables=[personas], events=[persona_created])

Invariants:

1. A materializer is a pure function of (args, event, read-only state): no clock, no random numbers.
2. Names with a leading ``_`` belong to the engine.
3. Two schemas that would derive different state have different fingerprints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict
from pydantic import ValidationError as ModelError

from sidecar.core.errors import SchemaError, UnknownEventError, ValidationError
from sidecar.core.event import Event
from sidecar.core.fingerprint import code_digest, fingerprint
from sidecar.core.json import Json, JsonObject, check_json
from sidecar.core.model import first_problem
from sidecar.core.state import State, Statements
from sidecar.core.table import Table

if TYPE_CHECKING:
    from sidecar.core.client_document import ClientDocument


class Args(BaseModel):
    """Base of an event's arguments: strict types, no unknown members."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class OpenArgs(Args):
    """Arguments that also take members nobody declared, for whole documents (S9)."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)


def without(members: JsonObject, *names: str) -> JsonObject:
    """Return an object's members but the ones named."""
    return {key: value for key, value in members.items() if key not in names}


ArgsT = TypeVar("ArgsT", bound=BaseModel)
Materializer = Callable[[ArgsT, Event, State], Statements]
Upcast = Callable[[JsonObject], JsonObject]


@dataclass(frozen=True, slots=True)
class EventDef(Generic[ArgsT]):
    """An event: its name, the model of its arguments, and what it does to the state.

    Attributes:
        synced: False marks an event that never leaves the device.
        deprecated: Why not to use it any more, or None.
    """

    name: str
    args: type[ArgsT]
    materialize: Materializer[ArgsT]
    synced: bool = True
    deprecated: str | None = None

    def validate(self, args: JsonObject) -> ArgsT:
        """Return the arguments as the model has them.

        Raises:
            ValidationError: `path` points at the first wrong member below `/args`.
        """
        check_json(args, "/args")
        return self._model(args)

    def statements(self, event: Event, state: State) -> Statements:
        """Return what the event does to the state; the log's arguments are JSON already."""
        return self.materialize(self._model(event.args), event, state)

    def _model(self, args: JsonObject) -> ArgsT:
        try:
            return self.args.model_validate(args)
        except ModelError as error:
            where, message = first_problem(args, error, "args")
            raise ValidationError(
                f"{self.name}: {where}: {message}",
                hint=f"`sidecar schema {self.name}` shows the arguments.",
                path=where,
            ) from error


AnyEvent = EventDef[Any]
"""An event of whichever arguments: a registry holds many kinds."""


def event(
    name: str, args: type[ArgsT], *, synced: bool = True, deprecated: str | None = None
) -> Callable[[Materializer[ArgsT]], EventDef[ArgsT]]:
    """Declare an event by decorating its materializer."""

    def declare(materialize: Materializer[ArgsT]) -> EventDef[ArgsT]:
        return EventDef(name, args, materialize, synced, deprecated)

    return declare


@dataclass(frozen=True, slots=True)
class UpcastDef:
    """How arguments of an old event become those of its successor (S8)."""

    old: str
    new: str
    upcast: Upcast


class Schema:
    """Everything the engine knows of an app.

    Args:
        name: The app's short name.
        version: Raise it when something the fingerprint can't see changed (a called library, say).
        tables: Declared tables.
        events: Declared events; the engine's own are added.
        upcasts: Conversions of old events to new ones.
        client_documents: Declared client documents; each adds its table and its event.

    Raises:
        SchemaError: A name twice, a name of the engine's, or a reference to nothing.
    """

    ENGINE_VERSION: ClassVar[int] = 2
    """Raised when the engine itself would derive other state from the same log."""

    def __init__(
        self,
        name: str,
        *,
        version: int,
        tables: Iterable[Table],
        events: Iterable[AnyEvent],
        upcasts: Iterable[UpcastDef] = (),
        client_documents: Iterable[ClientDocument] = (),
    ) -> None:
        self.name = name
        self.version = version
        self.client_documents = tuple(client_documents)
        own_tables = (one.table for one in self.client_documents)
        own_events = (one.set for one in self.client_documents)
        self.tables: Mapping[str, Table] = _by_name("table", [*tables, *own_tables])
        self.events: Mapping[str, AnyEvent] = _by_name(
            "event", [*builtin_events(), *events, *own_events]
        )
        self.upcasts: Mapping[str, UpcastDef] = _by_old_name(upcasts)
        self._check_tables()
        self._check_upcasts()

    def _check_tables(self) -> None:
        if len({name.lower() for name in self.tables}) < len(self.tables):
            raise SchemaError("SQLite sees two of the tables as one, but for the case of its name")
        for table in self.tables.values():
            if table.name.lower().startswith(("_", "sqlite_")):
                raise SchemaError(f"table {table.name}: this name belongs to the engine")
            for target in table.references.values():
                if target not in self.tables:
                    raise SchemaError(f"table {table.name} refers to {target}, which is no table")
            if table.imported is not None and table.imported not in self.events:
                raise SchemaError(f"table {table.name}: no event {table.imported}")
            self._check_writes(table)

    def _check_writes(self, table: Table) -> None:
        key = table.primary_key
        for name, members in (
            (table.writes.insert, {key}),
            (table.writes.patch, {key, "updates"}),
            (table.writes.remove, {key}),
        ):
            if name is None:
                continue
            if name not in self.events:
                raise SchemaError(f"table {table.name}: no event {name}")
            if not members <= self.events[name].args.model_fields.keys():
                wanted = ", ".join(sorted(members))
                raise SchemaError(f"table {table.name}: {name} does not take {wanted}")

    def _check_upcasts(self) -> None:
        for step in self.upcasts.values():
            names = [step.old]
            while (following := self.upcasts.get(names[-1])) is not None:
                if following.new in names:
                    raise SchemaError(f"upcasts go round in a circle: {' → '.join(names)}")
                names.append(following.new)
            if names[-1] not in self.events:
                raise SchemaError(f"upcast of {step.old} ends at {names[-1]}, which is no event")

    def upcast(self, name: str, args: JsonObject) -> tuple[str, JsonObject]:
        """Return an event's name and arguments as this version has them (S8).

        Raises:
            ValidationError: The arguments are not what the old event had.
        """
        if name not in self.upcasts:
            return name, args
        check_json(args, "/args")
        # A copy, for the log keeps the arguments as they were sent.
        args = orjson.loads(orjson.dumps(args))
        while (step := self.upcasts.get(name)) is not None:
            try:
                name, args = step.new, step.upcast(args)
            except Exception as error:  # an upcast trusts the old event's shape
                raise ValidationError(
                    f"{step.old}: its arguments can't be made those of {step.new}",
                    hint=f"Send {step.new} instead.",
                    path="/args",
                ) from error
        return name, args

    def find(self, name: str) -> AnyEvent:
        """Return an event by name.

        Raises:
            UnknownEventError: This schema has none of that name.
        """
        found = self.events.get(name)
        if found is None:
            raise UnknownEventError(f"no event is named {name[:200]!r}", name=name[:200])
        return found

    @cached_property
    def fingerprint(self) -> str:
        """Digest of all that decides what state a log derives, 16 hex digits (S6)."""
        return fingerprint(self.describe())

    def describe(self) -> JsonObject:
        """Return the schema as data: tables, events, code digests, versions."""
        events: JsonObject = {
            one.name: {
                "args": one.args.model_json_schema(),
                "code": code_digest(one.materialize),
                "synced": one.synced,
            }
            for one in self.events.values()
        }
        upcasts: list[Json] = [
            [step.old, step.new, code_digest(step.upcast)] for step in self.upcasts.values()
        ]
        return {
            "engine": self.ENGINE_VERSION,
            "version": self.version,
            "tables": {table.name: table.describe() for table in self.tables.values()},
            "events": events,
            "upcasts": upcasts,
        }


def builtin_events() -> tuple[AnyEvent, ...]:
    """Return the engine's own events, which every schema has."""
    from sidecar.core.builtin import BUILTIN_EVENTS  # noqa: PLC0415  (they are declared with this DSL)

    return BUILTIN_EVENTS


NamedT = TypeVar("NamedT", Table, AnyEvent)


def _by_old_name(upcasts: Iterable[UpcastDef]) -> dict[str, UpcastDef]:
    found: dict[str, UpcastDef] = {}
    for step in upcasts:
        if step.old in found:
            raise SchemaError(f"two upcasts of {step.old}")
        found[step.old] = step
    return found


def _by_name(what: str, items: Iterable[NamedT]) -> dict[str, NamedT]:
    found: dict[str, NamedT] = {}
    for item in items:
        if item.name in found:
            raise SchemaError(f"two {what}s are named {item.name}")
        found[item.name] = item
    return found
