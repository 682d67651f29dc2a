"""The schema DSL: what it refuses, and how it finds and checks events."""

from __future__ import annotations

import pytest
from pydantic import Field

from sidecar.core.builtin import BUILTIN_EVENTS
from sidecar.core.column import Column, text
from sidecar.core.errors import SchemaError, UnknownEventError, ValidationError
from sidecar.core.event import Event
from sidecar.core.json import Json, JsonObject
from sidecar.core.schema import AnyEvent, Args, OpenArgs, Schema, UpcastDef, event, without
from sidecar.core.state import State, Statements
from sidecar.core.table import Table, Writes
from tests.core.values import nested


class NoteAdded(Args):
    id: str
    size: int | float = 0
    tags: list[str] = Field(default_factory=list)


class NoteOpen(OpenArgs):
    id: str


notes = Table("notes", {"id": text(primary_key=True)})


@event("v1.NoteAdded", NoteAdded)
def note_added(args: NoteAdded, event: Event, state: State) -> Statements:
    return notes.put({"id": args.id})


@event("v2.NoteAdded", NoteAdded, synced=False)
def note_added_again(args: NoteAdded, event: Event, state: State) -> Statements:
    return notes.put({"id": args.id})


def _same(args: JsonObject) -> JsonObject:
    return args


def _schema(**members: object) -> Schema:
    declared = {"version": 1, "tables": [notes], "events": [note_added], **members}
    return Schema("notes", **declared)  # type: ignore[arg-type]


def _named(name: str, **columns: Column) -> Table:
    return Table(name, {"id": text(primary_key=True), **columns})


@pytest.mark.parametrize(
    "members",
    [
        {"tables": [notes, _named("notes")]},
        {"tables": [notes, _named("NOTES")]},
        {"tables": [_named("_mine")]},
        {"tables": [_named("sqlite_mine")]},
        {"tables": [_named("SQLITE_mine")]},
        {"tables": [_named("a", owner=text(references="people"))]},
        {"tables": [Table("a", {"id": text(primary_key=True)}, imported="v1.Nothing")]},
        {"tables": [Table("a", {"id": text(primary_key=True)}, writes=Writes(insert="v1.No"))]},
        {
            "tables": [
                Table("a", {"key": text(primary_key=True)}, writes=Writes(remove="v1.NoteAdded"))
            ]
        },
        {
            "tables": [
                Table("a", {"id": text(primary_key=True)}, writes=Writes(patch="v1.NoteAdded"))
            ]
        },
        {"events": [note_added, note_added]},
        {"events": [event("v1.DocumentInserted", NoteAdded)(note_added.materialize)]},
        {"upcasts": [UpcastDef("v0.X", "v1.Nothing", _same)]},
        {"upcasts": [UpcastDef("v0.X", "v0.Y", _same), UpcastDef("v0.Y", "v0.X", _same)]},
        {"upcasts": [UpcastDef("v0.X", "v0.X", _same)]},
        {"upcasts": [UpcastDef("v0.X", "v1.NoteAdded", _same)] * 2},
    ],
)
def test_a_declaration_that_cannot_be_is_a_schema_error(members: dict[str, object]) -> None:
    with pytest.raises(SchemaError):
        _schema(**members)


def test_a_schema_has_its_own_events_and_the_engine_s() -> None:
    found = _schema().events
    assert set(found) == {"v1.NoteAdded", *(one.name for one in BUILTIN_EVENTS)}
    assert found["v1.NoteAdded"] is note_added


def test_an_event_keeps_what_it_was_declared_with() -> None:
    assert note_added.synced
    assert not note_added_again.synced
    old: AnyEvent = event("v1.Old", NoteAdded, deprecated="use v2")(note_added.materialize)
    assert (old.name, old.args, old.deprecated) == ("v1.Old", NoteAdded, "use v2")


def test_an_unknown_event_is_an_error_that_quotes_a_bounded_name() -> None:
    with pytest.raises(UnknownEventError) as caught:
        _schema().find("v9." + "x" * 10_000)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("args", "path"),
    [
        ({}, "/args/id"),
        ({"id": 5}, "/args/id"),
        ({"id": None}, "/args/id"),
        ({"id": "1", "size": "1"}, "/args/size"),
        ({"id": "1", "size": True}, "/args/size"),
        ({"id": "1", "tags": ["a", 5]}, "/args/tags/1"),
        ({"id": "1", "tags": "a"}, "/args/tags"),
        ({"id": "1", "other": 5}, "/args/other"),
        ({"id": "\ud800"}, "/args/id"),
        ({"id": "1", "size": float("nan")}, "/args/size"),
        ({"id": "1", "size": 2**63}, "/args/size"),
        ({"id": "1", "tags": nested(300, 1)}, "/args/tags" + "/0" * 95),
    ],
)
def test_wrong_arguments_are_an_error_at_their_place(args: JsonObject, path: str) -> None:
    """S4: strict types, nothing is coerced."""
    with pytest.raises(ValidationError) as caught:
        note_added.validate(args)
    assert caught.value.data["path"] == path


def test_open_arguments_take_members_nobody_declared() -> None:
    """S9: a whole document may be an event's arguments."""
    args = NoteOpen.model_validate({"id": "1", "more": {"a": 1}})
    assert args.model_dump() == {"id": "1", "more": {"a": 1}}
    assert without({"id": "1", "a": 1, "b": 2}, "a", "c") == {"id": "1", "b": 2}


def _v0(args: JsonObject) -> JsonObject:
    return {"id": args["key"]}


def _v05(args: JsonObject) -> JsonObject:
    return {**args, "tags": ["upcast"]}


CHAIN = [UpcastDef("v0.Note", "v0.5.Note", _v0), UpcastDef("v0.5.Note", "v1.NoteAdded", _v05)]


def test_upcasts_are_chained() -> None:
    """S8: each step knows one change, and old events go through all after it."""
    schema = _schema(upcasts=CHAIN)
    wanted: tuple[str, JsonObject] = ("v1.NoteAdded", {"id": "1", "tags": ["upcast"]})
    assert schema.upcast("v0.Note", {"key": "1"}) == wanted
    assert schema.upcast("v0.5.Note", {"id": "1"}) == wanted
    assert schema.upcast("v1.NoteAdded", {"id": "1"}) == ("v1.NoteAdded", {"id": "1"})
    assert schema.upcast("v7.Unknown", {}) == ("v7.Unknown", {})


@pytest.mark.parametrize("args", [{}, {"key": {"a": nested(300, 1)}}, {"key": float("nan")}])
def test_arguments_no_upcast_can_read_are_a_validation_error(args: dict[str, Json]) -> None:
    with pytest.raises(ValidationError) as caught:
        _schema(upcasts=CHAIN).upcast("v0.Note", args)
    assert str(caught.value.data["path"]).startswith("/args")


def test_an_upcast_that_changes_its_argument_leaves_the_event_alone() -> None:
    def rename(args: JsonObject) -> JsonObject:
        args["id"] = args.pop("key")
        return args

    args: JsonObject = {"key": "1"}
    schema = _schema(upcasts=[UpcastDef("v0.Note", "v1.NoteAdded", rename)])
    assert schema.upcast("v0.Note", args) == ("v1.NoteAdded", {"id": "1"})
    assert args == {"key": "1"}
