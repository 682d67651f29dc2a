"""State is derived: the same log gives the same rows, and another schema derives its own."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from sidecar.app import schema
from sidecar.app.personas import PersonaNamed, personas
from sidecar.core.column import text
from sidecar.core.errors import (
    ConflictError,
    NotFoundError,
    SchemaError,
    SidecarError,
    UnknownCollectionError,
    UnknownEventError,
    ValidationError,
)
from sidecar.core.event import Event
from sidecar.core.json import Json, JsonObject, canonical
from sidecar.core.schema import Args, Schema, UpcastDef, event
from sidecar.core.state import State, Statements
from sidecar.core.table import Table
from sidecar.store import Store
from tests.store.acts import (
    WAIT,
    assert_sound,
    checked,
    commit,
    events,
    find,
    get,
    image,
    memory,
    new,
    persona,
    refused,
    tamper,
)
from tests.store.trace import Trace
from tests.store.versions import version

EXPECTED = (
    ConflictError,
    NotFoundError,
    UnknownCollectionError,
    ValidationError,
)
"""What a trace's bad events are answered with; anything else would be a fault."""


class PersonaBlessed(Args):
    """An event only newer versions know."""

    id: str


@event("v1.PersonaBlessed", PersonaBlessed)
def blessed(args: PersonaBlessed, event: Event, state: State) -> Statements:
    """Insert a persona, or mark the one that is there."""
    if state.get("personas", args.id) is None:
        return personas.put({"id": args.id, "blessed": True})
    return personas.update({"blessed": True}, where={"id": args.id})


def note(store: Store, key: str = "unknownEvents") -> Json:
    """Return a member of the store's info."""
    return store.info().result(WAIT)[key]


def run(store: Store, trace: Trace, batches: int) -> Counter[str]:
    """Commit a trace, and return how often each event was stored."""
    stored: Counter[str] = Counter()
    for batch in trace.batches(batches):
        try:
            commit(store, *batch)
        except EXPECTED:
            continue
        except SidecarError as error:
            pytest.fail(f"{error.code}: {error}: {batch}")
        stored.update(one.name for one in batch)
    return stored


@pytest.mark.parametrize("seed", range(8))
def test_a_rebuilt_copy_is_equal_byte_by_byte(directory: Path, seed: int) -> None:
    """S6: after any trace of good and bad batches; and a rebuild in place changes no row."""
    with Store.open(directory, schema) as store:
        stored = run(store, Trace(seed), 500)
    assert stored.total() > 100
    assert_sound(directory)
    before = image(directory / "store.db", None)
    told: list[str] = []
    newer = version(2)
    Store.open(directory, newer, progress=lambda phase, *_: told.append(phase)).close()
    assert {"replay", "swap"} <= {*told}
    assert image(directory / "store.db", None) == before
    assert_sound(directory, newer)


def test_a_trace_reaches_every_event(store: Store) -> None:
    """Else the test above would say less than it seems to."""
    assert run(store, Trace(99), 2_000).keys() == schema.events.keys()


def test_a_trace_goes_on_after_a_rebuild(directory: Path) -> None:
    """S6: a rebuilt state is as good to go on with as the one it replaces."""
    for turn in range(4):
        with Store.open(directory, version(turn)) as store:
            run(store, Trace(100 + turn), 80)
        assert_sound(directory, version(turn))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store with something in most tables."""
    directory = tmp_path_factory.mktemp("written")
    with Store.open(directory, schema) as store:
        commit(store, persona("a"), persona("b"), memory("m", "a"), memory("n", "a"))
        commit(store, new("MemoryLinked", fromId="m", toId="n", kind="x"))
        commit(store, new("CollectionDefined", name="things", primaryKey="id"))
        commit(store, new("DocumentInserted", collection="things", document={"id": "1", "n": 1}))
    return directory


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE personas SET name = 'other' WHERE id = 'b'", "personas"),
        ("UPDATE personas SET _extra = '{}' WHERE id = 'b'", "personas"),
        ("UPDATE personas SET _seq = 9 WHERE id = 'a'", "personas"),
        ("UPDATE memoryEntities SET importance = 50.0 WHERE id = 'm'", "memoryEntities"),
        ("UPDATE memoryEntities SET importance = '50' WHERE id = 'm'", "memoryEntities"),
        ("UPDATE memoryEntities SET tags = '[ ]' WHERE id = 'm'", "memoryEntities"),
        ("DELETE FROM personas WHERE id = 'b'", "personas"),
        ("DELETE FROM memoryLinks", "memoryLinks"),
        ("INSERT INTO things (id, _seq) VALUES ('2', 1)", "things"),
        ("DELETE FROM _touched WHERE seq = 3", "_touched"),
        ("INSERT INTO _tombstones VALUES ('personas', 'x', '{}', 1)", "_tombstones"),
        ("DROP TABLE _quarantine", "_quarantine"),
        ("CREATE TABLE other (a)", "other"),
        ("CREATE INDEX other ON personas (description)", "personas"),
        ("ALTER TABLE conversations ADD COLUMN other TEXT", "conversations"),
        ("UPDATE _events SET args = replace(args, 'Persona b', 'Persona c')", "personas"),
    ],
)
def test_a_change_behind_the_stores_back_is_found(
    written: Path, directory: Path, statement: str, table: str
) -> None:
    """S6: the check names the table, and changes nothing itself."""
    shutil.copytree(written, directory)
    assert checked(directory).differences == ()
    tamper(directory, statement)
    for _ in range(2):
        (difference,) = checked(directory).differences
        assert table in difference


def test_a_check_leaves_a_serving_store_alone(store: Store, directory: Path) -> None:
    """S6: it reads one snapshot while commits go on, and leaves no file."""
    commit(store, persona("a"))
    futures = [store.commit([persona(str(n))]) for n in range(100)]
    for _ in range(3):
        report = checked(directory)
        assert report.differences == ()
        assert report.rows["personas"] == report.events
    assert futures[-1].result(WAIT).last == 101
    assert checked(directory).events == 101
    assert list(directory.glob("*.check*")) == []


def test_the_same_schema_opens_without_a_rebuild(written: Path, directory: Path) -> None:
    shutil.copytree(written, directory)
    told: list[str] = []
    Store.open(directory, schema, progress=lambda phase, *_: told.append(phase)).close()
    assert told == []


def test_other_tables_rebuild_the_state_at_open(directory: Path) -> None:
    """S6, S9: a field that gets a column moves there from `_extra`, and back."""
    narrow = Table("notes", {"id": text(primary_key=True)})
    wide = Table("notes", {**narrow.columns, "title": text(nullable=True)}, indexes=["title"])
    old, new_ = (Schema("notes", version=1, tables=[one], events=[]) for one in (narrow, wide))
    document: JsonObject = {"id": "1", "title": "T", "more": 0}
    with Store.open(directory, old) as store:
        commit(store, new("DocumentInserted", collection="notes", document=document))
        before = image(store.path, None)
    for opened in (new_, old):
        with Store.open(directory, opened) as store:
            assert get(store, "notes", "1") == document
            after = image(store.path, None)
        assert (after == before) is (opened is old)
        assert_sound(directory, opened)
    assert before["notes"] == [("1", '{"title":"T","more":0}', 1)]


def test_a_store_of_another_app_is_refused(written: Path, directory: Path) -> None:
    """S6: never rebuilt away; neither at open nor by the commands."""
    shutil.copytree(written, directory)
    before = (directory / "store.db").read_bytes()
    other = Schema("other", version=1, tables=[], events=[])
    with pytest.raises(SchemaError, match="app pjais"):
        Store.open(directory, other)
    with pytest.raises(SchemaError, match="app pjais"):
        checked(directory, other)
    assert (directory / "store.db").read_bytes() == before
    Store.open(directory, schema).close()


def test_an_event_of_a_newer_version_is_kept_and_later_applied(directory: Path) -> None:
    """S7: it stays in the log, is skipped and counted; a version that knows it rebuilds."""
    older, newer = version(1), version(1, events=[blessed])
    with Store.open(directory, newer) as store:
        commit(store, persona("a"))
        commit(store, new("PersonaBlessed", id="a"), new("PersonaBlessed", id="b"))
        expected = image(store.path, None)
        assert note(store) == 0
    with Store.open(directory, older) as store:
        assert note(store) == 2
        assert [one["id"] for one in find(store, "personas")] == ["a"]
        assert "blessed" not in get(store, "personas", "a")
        assert [one.name for one in events(store)][1:] == ["v1.PersonaBlessed"] * 2
        refused(store, UnknownEventError, new("PersonaBlessed", id="a"))
        assert image(store.path, None)["_events"] == expected["_events"]
    assert_sound(directory, older)
    assert checked(directory, older).unknown == 2
    with Store.open(directory, older) as store:
        assert commit(store, persona("c")).last == 4
    with Store.open(directory, newer) as store:
        assert note(store) == 0
        assert [one.get("blessed") for one in find(store, "personas")] == [True, True, None]
        assert image(store.path, None)["_events"][:3] == expected["_events"]
    assert_sound(directory, newer)


def test_what_rests_on_an_unknown_event_is_kept_as_well(directory: Path) -> None:
    """S7: an event that needs what a skipped one made is skipped too, and counted."""
    older, newer = version(1), version(1, events=[blessed])
    with Store.open(directory, newer) as store:
        commit(store, new("PersonaBlessed", id="a"), new("PersonaActivated", id="a"))
        commit(store, persona("b"))
        expected = image(store.path, None)
    with Store.open(directory, older) as store:
        assert note(store) == 2
        assert [one["id"] for one in find(store, "personas")] == ["b"]
    assert_sound(directory, older)
    with Store.open(directory, newer) as store:
        assert image(store.path, None) == expected


def test_documents_of_a_table_that_is_no_more_are_kept(written: Path, directory: Path) -> None:
    """S7: their collection is unknown to this version; the next that has it derives them again."""
    shutil.copytree(written, directory)
    with Store.open(directory, schema) as store:
        commit(store, new("DocumentInserted", collection="memoryLinks", document={"id": "doc"}))
        expected = image(store.path, None)
    smaller = Schema("pjais", version=1, tables=[], events=[])
    with Store.open(directory, smaller) as store:
        assert note(store) == 6
        assert [one["id"] for one in find(store, "things")] == ["1"]
    with Store.open(directory, schema) as store:
        assert image(store.path, None) == expected


def test_a_log_this_schema_cannot_apply_is_refused(directory: Path) -> None:
    """S6: E_SCHEMA names the event, and the old state serves the old version still."""
    lenient = version(1, events=[blessed])
    with Store.open(directory, lenient) as store:
        commit(store, persona("a"), new("PersonaBlessed", id="a"))
        before = image(store.path, None)

    @event("v1.PersonaBlessed", PersonaNamed)
    def strict(args: PersonaNamed, event: Event, state: State) -> Statements:
        raise ValidationError("no more blessings", path="/args/id")

    with pytest.raises(SchemaError, match=r"event 2, v1\.PersonaBlessed"):
        Store.open(directory, version(2, events=[strict]))
    assert image(directory / "store.db", None) == before
    with Store.open(directory, lenient) as store:
        assert get(store, "personas", "a")["blessed"] is True


class Praised(Args):
    """The third form of an event."""

    id: str
    words: list[str]


@event("v3.PersonaPraised", Praised)
def praised(args: Praised, event: Event, state: State) -> Statements:
    """Keep the words."""
    return personas.update({"praise": list[Json](args.words)}, where={"id": args.id})


def second(args: JsonObject) -> JsonObject:
    """Return the second form: `who` was renamed."""
    return {"id": args["who"], "word": args["word"]}


def third(args: JsonObject) -> JsonObject:
    """Return the third form: one word became many."""
    return {"id": args["id"], "words": [args.pop("word")]}


PRAISES = version(
    3,
    events=[praised],
    upcasts=[
        UpcastDef("v1.PersonaPraised", "v2.PersonaPraised", second),
        UpcastDef("v2.PersonaPraised", "v3.PersonaPraised", third),
    ],
)


def test_upcasts_are_chained(directory: Path) -> None:
    """S8: v1 → v2 → v3; the log keeps each event as it was sent, and a rebuild agrees."""
    sent = [
        new("PersonaPraised", who="a", word="kind"),
        new("PersonaPraised", who="b", word="bold"),
    ]
    with Store.open(directory, PRAISES) as store:
        commit(store, persona("a"), persona("b"), *sent)
        assert [one["praise"] for one in find(store, "personas")] == [["kind"], ["bold"]]
        log = events(store, after=2)
        assert [(one.name, one.args) for one in log] == [(one.name, one.args) for one in sent]
        error = refused(store, ValidationError, new("PersonaPraised", name="a"))
        assert (error.data["index"], error.data["path"]) == (0, "/args")
        refused(store, ValidationError, new("PersonaPraised", who="a", word=5))
    assert_sound(directory, PRAISES)


def test_an_old_log_is_upcast_by_a_new_schema(directory: Path) -> None:
    """S7, S8: what the old version did not know of an event, the new one derives."""

    class Anything(Args):
        who: str
        word: str

    @event("v1.PersonaPraised", Anything)
    def ignored(args: Anything, event: Event, state: State) -> Statements:
        return []

    old = version(1, events=[ignored])
    with Store.open(directory, old) as store:
        commit(store, persona("a"), new("PersonaPraised", who="a", word="kind"))
        assert "praise" not in get(store, "personas", "a")
    with Store.open(directory, PRAISES) as store:
        assert get(store, "personas", "a")["praise"] == ["kind"]
        commit(store, new("PersonaPraised", who="a", word="bold"))
        assert get(store, "personas", "a")["praise"] == ["bold"]
    assert_sound(directory, PRAISES)


def test_a_defined_collection_outlives_restart_and_rebuild(directory: Path) -> None:
    """S10: primary key, a column for each indexed field, and `_extra` for the rest."""
    json_schema: JsonObject = {
        "properties": {"rank": {"type": "integer"}, "title": {"type": "string"}},
        "indexes": ["rank"],
    }
    documents: list[JsonObject] = [
        {"key": "b", "rank": 1, "title": "B"},
        {"key": "a", "rank": 2, "deep": {"x": [0, "", None]}},
        {"key": "c", "rank": None},
    ]
    with Store.open(directory, schema) as store:
        commit(store, new("CollectionDefined", name="things", primaryKey="key",
               jsonSchema=json_schema))  # fmt: skip
        commit(
            store,
            *(new("DocumentInserted", collection="things", document=one) for one in documents),
        )
        before = image(store.path, None)
        assert list(store.collection("things").columns) == ["key", "rank"]
    for opened in (schema, version(2)):
        with Store.open(directory, opened) as store:
            assert store.collections()[-1] == "things"
            assert image(store.path, None) == before
            found = find(store, "things", key={"$gte": ""})
            assert sorted(map(canonical, found)) == sorted(map(canonical, documents))
            refused(
                store, ValidationError,
                new("DocumentInserted", collection="things", document={"key": "d", "rank": "1"}),
            )  # fmt: skip
    assert_sound(directory, version(2))


def test_definitions_that_agree_are_one(store: Store) -> None:
    """S10: a second window may define it as well; another definition is a conflict."""
    defined = new("CollectionDefined", name="things", primaryKey="id", jsonSchema={})
    commit(store, defined, defined)
    commit(store, defined)
    same = new("CollectionDefined", name="things", primaryKey="id", jsonSchema={"title": "Things"})
    commit(store, same)
    for other in (
        new("CollectionDefined", name="things", primaryKey="key"),
        new("CollectionDefined", name="Things", primaryKey="id"),
    ):
        refused(store, ConflictError, other)


def test_documents_of_a_defined_collection_change_and_go(store: Store) -> None:
    """S10: v1.DocumentPatched and v1.DocumentDeleted."""
    commit(
        store,
        new("CollectionDefined", name="things", primaryKey="id"),
        new("DocumentInserted", collection="things", document={"id": "1", "a": 1, "b": {"c": 2}}),
        new("DocumentPatched", collection="things", id="1", patch={"a": None, "d": 0}, unset=["b"]),
    )
    assert find(store, "things") == [{"id": "1", "a": None, "d": 0}]
    commit(store, new("DocumentDeleted", collection="things", id="1"))
    assert find(store, "things") == []
