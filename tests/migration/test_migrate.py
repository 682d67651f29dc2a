"""The whole way of a file into the store: what stops it, what it leaves alone, what it tells."""

import base64
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sidecar.app import schema
from sidecar.core.column import text
from sidecar.core.errors import BusyError, MigrationError, StorageError, ValidationError
from sidecar.core.event import Event, NewEvent
from sidecar.core.json import Json, JsonObject, digest
from sidecar.core.schema import OpenArgs, Schema, event, without
from sidecar.core.state import State, Statements
from sidecar.core.table import Table
from sidecar.migration import Progress, format_report, migrate
from sidecar.migration.source import scratch
from sidecar.store import Limits, Store
from tests.migration.conftest import Reader, Written

ROOT = Path(__file__).parents[2]


def persona(id_: str, **more: object) -> dict[str, object]:
    """Return a persona."""
    return {"id": id_, "name": f"Persona {id_}", "personality": {}, "settings": {}, **more}


def memory(id_: str, persona_id: str, **more: object) -> dict[str, object]:
    """Return a memory."""
    name = f"Memory {id_}"
    return {"id": id_, "name": name, "personaId": persona_id, "content": {}, "tags": [], **more}


def data(personas: list[object], memories: list[object]) -> dict[str, object]:
    """Return the seed's MigrationData."""
    return {
        "personas": personas,
        "memoryEntities": memories,
        "metadata": {},
        "exportedAt": 1,
        "version": "1.0",
    }


def left(store: Store) -> list[str]:
    """Return what a migration left in its scratch directory."""
    return [one.name for one in (store.data_dir / "spool").glob("staging-*")]


@pytest.mark.parametrize("cut", [1, 40, 200, -1, -30])
def test_nothing_is_imported_from_a_broken_file(store: Store, written: Written, cut: int) -> None:
    """Bad input: whatever the byte it ends at, no event, no backup, no scratch file."""
    path = written(data([persona("p1"), persona("p2")], [memory("m1", "p1")]))
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(MigrationError):
        migrate(store, path)
    assert store.head == 0
    assert not (store.data_dir / "backups").exists()
    assert left(store) == []


def test_strict_stops_before_the_import(store: Store, written: Written) -> None:
    """M6: the first problems are in the error, and the store is untouched."""
    path = written(data([persona("p1")], [memory("m1", "nobody")]))
    with pytest.raises(MigrationError, match="m1") as caught:
        migrate(store, path, strict=True)
    assert caught.value.data["total"] == 1
    assert store.head == 0
    assert migrate(store, written(data([persona("p1")], [])), strict=True).validation.errors == []


def test_a_dry_run_writes_nothing_and_tells_the_same(store: Store, written: Written) -> None:
    """M6: counts and findings are those of the real run; the store and the backups stay."""
    path = written(data([persona("p1"), {"id": "p2"}], [memory("m1", "p1", _deleted=True)]))
    dry = migrate(store, path, dry_run=True)
    assert store.head == 0
    assert not (store.data_dir / "backups").exists()
    assert (dry.backup, dry.verification) == (None, None)
    assert "Nothing was written" in format_report(dry)
    real = migrate(store, path)
    assert dry.collections == real.collections
    assert dry.validation == real.validation
    assert migrate(store, path, dry_run=True).collections["personas"].unchanged == 1


def test_new_ids_keep_references(store: Store, written: Written, reader: Reader) -> None:
    """M7: ids are new, declared references follow, the id map and sourceId name the old ones."""
    path = written(data([persona("p1"), persona("p2")], [memory("m1", "p2"), memory("m2", "p1")]))
    result = migrate(store, path, ids="remap")
    assert result.verification is not None
    assert result.verification.passed
    personas, memories = reader.all("personas"), reader.all("memoryEntities")
    names = {str(one["name"]): id_ for id_, one in personas.items()}
    assert not {"p1", "p2"} & personas.keys()
    assert {str(one["name"]): one["personaId"] for one in memories.values()} == {
        "Memory m1": names["Persona p2"],
        "Memory m2": names["Persona p1"],
    }
    mapped = {row["sourceId"]: row["id"] for row in reader.sql("SELECT sourceId, id FROM _id_map")}
    assert mapped["p1"] == names["Persona p1"]
    assert {args["sourceId"] for args in reader.args("v1.PersonaImported")} == {"p1", "p2"}


def test_new_ids_are_the_same_again(store: Store, written: Written) -> None:
    """M7: a second run makes no second copy, also when it brings the rest of the data."""
    migrate(store, written(data([persona("p1")], [])), ids="remap")
    head = store.head
    migrate(store, written(data([persona("p1")], [])), ids="remap")
    assert store.head == head
    more = migrate(store, written(data([], [memory("m1", "p1")])), ids="remap")
    assert more.collections["memoryEntities"].imported == 1


def test_another_way_of_ids_makes_no_copy(store: Store, written: Written) -> None:
    """M7: what was migrated under new ids is not migrated again under the old ones."""
    path = written(data([persona("p1")], []))
    migrate(store, path, ids="remap")
    again = migrate(store, path, ids="preserve")
    assert (again.collections["personas"].conflicts, again.conflicts[0].fields) == (1, ["id"])


def test_references_of_rxdb_s_schema_follow_new_ids(store: Store, written: Written) -> None:
    """M7: `ref` in the schema of a collection nobody declared counts as a reference."""
    rxdb = {
        "primaryKey": "id",
        "properties": {
            "id": {"type": "string"},
            "persona": {"ref": "personas", "type": "string"},
            "others": {"ref": "personas", "type": "array", "items": {"type": "string"}},
        },
    }
    path = written(
        [
            {"collection": "links", "schema": rxdb},
            {
                "collection": "links",
                "document": {"id": "l1", "persona": "p1", "others": ["p1", "p2"]},
            },
            *({"collection": "personas", "document": persona(id_)} for id_ in ("p1", "p2")),
        ]
    )
    migrate(store, path, ids="remap")
    read = Reader(store)
    link, ids = read.all("links")["l1"], list(read.all("personas"))
    assert link["others"] == ids or link["others"] == ids[::-1]
    assert link["persona"] in ids


def test_what_the_app_changed_is_left_alone(store: Store, written: Written, reader: Reader) -> None:
    """M4: a document that differs in the store is a conflict, told with its fields."""
    path = written(data([persona("p1"), persona("p2")], []))
    migrate(store, path)
    change = {"collection": "personas", "id": "p1", "patch": {"name": "Changed", "x": 1}}
    store.commit([NewEvent("v1.DocumentPatched", json.loads(json.dumps(change)))]).result()
    result = migrate(store, path)
    counts = result.collections["personas"]
    assert (counts.conflicts, counts.unchanged) == (1, 1)
    (conflict,) = result.conflicts
    assert (conflict.id, sorted(conflict.fields)) == ("p1", ["name", "x"])
    assert reader.all("personas")["p1"]["name"] == "Changed"
    assert result.verification is not None
    assert result.verification.passed


def test_a_document_of_the_store_alone_is_told(store: Store, written: Written) -> None:
    """M9: the other way of the comparison."""
    own = {"collection": "personas", "document": persona("mine")}
    store.commit([NewEvent("v1.DocumentInserted", json.loads(json.dumps(own)))]).result()
    result = migrate(store, written(data([persona("p1")], [])))
    assert result.verification is not None
    (compared,) = (one for one in result.verification.collections if one.collection == "personas")
    assert (compared.only_in_store, compared.identical) == (1, 1)
    assert [(one.kind, one.id) for one in result.verification.differences] == [
        ("onlyInStore", "mine")
    ]


def test_verification_names_what_differs(store: Store, written: Written) -> None:
    """M9: a changed, a lost and an added document, each by id, the changed one by its fields."""
    path = written(data([persona(f"p{n}", a=1, b=2) for n in range(5)], []))
    changes: list[tuple[str, JsonObject]] = [
        ("v1.DocumentPatched", {"id": "p1", "patch": {"a": 0, "c": None}, "unset": ["b"]}),
        ("v1.DocumentDeleted", {"id": "p2"}),
        ("v1.DocumentInserted", {"document": {"id": "new"}}),
    ]

    def meddle(progress: Progress) -> None:
        if progress.phase == "verifying" and progress.done == 0:
            events = [NewEvent(name, {"collection": "personas", **args}) for name, args in changes]
            store.commit(events).result()

    verification = migrate(store, path, progress=meddle).verification
    assert verification is not None
    assert not verification.passed
    assert [(one.kind, one.id, one.fields) for one in verification.differences] == [
        ("different", "p1", ["a", "c", "b"]),
        ("missing", "p2", []),
        ("onlyInStore", "new", []),
    ]
    (compared,) = (one for one in verification.collections if one.collection == "personas")
    assert (compared.different, compared.missing, compared.only_in_store) == (1, 1, 1)
    assert compared.identical == 3


def test_the_health_probe_leaves_nothing_behind(store: Store, written: Written) -> None:
    """M9: unlike the seed's test persona."""
    result = migrate(store, written(data([persona("p1")], [])))
    assert result.verification is not None
    assert result.verification.health.passed
    assert list(Reader(store).all("personas")) == ["p1"]
    assert store.head == 3


def test_attachments_larger_than_a_query_s_answer(tmp_path: Path) -> None:
    """M1: hashed in pieces, so that no cap and no memory is in the way."""
    data = base64.b64encode(bytes(1_000_000)).decode()
    attachments: JsonObject = {"big": {"type": "x", "data": data}}
    document: JsonObject = {"id": "p1", "name": "x", "_attachments": attachments}
    with Store.open(tmp_path, schema, limits=Limits(result_bytes=900_000)) as store:
        monkey = pytest.MonkeyPatch()
        monkey.setattr("sidecar.migration.stored._CHUNK", 300_000)
        result = migrate(store, {"name": "personas", "schemaHash": "", "docs": [document]})
        again = migrate(store, {"name": "personas", "schemaHash": "", "docs": [document]})
        monkey.undo()
    assert result.verification is not None
    assert result.verification.passed
    assert again.collections["personas"].attachments == 1
    assert again.verification is not None
    assert again.verification.collections[0].attachments == 1


def test_a_page_larger_than_a_query_s_answer(tmp_path: Path) -> None:
    """M9: documents are compared however large a page of them is."""
    docs: list[Json] = [{"id": f"p{n}", "name": "x" * 10_000} for n in range(40)]
    with Store.open(tmp_path, schema, limits=Limits(result_bytes=50_000)) as store:
        migrate(store, {"name": "personas", "schemaHash": "", "docs": docs})
        again = migrate(store, {"name": "personas", "schemaHash": "", "docs": docs})
    assert again.collections["personas"].unchanged == 40
    assert again.verification is not None
    assert again.verification.passed


def test_a_persona_of_the_store_satisfies_a_memory(store: Store, written: Written) -> None:
    """M6: a reference is good when the document is in the store already."""
    migrate(store, written(data([persona("p1")], [])))
    result = migrate(store, written(data([{"id": "p1"}], [memory("m1", "p1"), memory("m2", "p2")])))
    counts = result.collections["memoryEntities"]
    assert (counts.imported, counts.quarantined) == (1, 1)


class Named(OpenArgs):
    """A thing of a schema of its own."""

    id: str
    sourceId: str | None = None  # noqa: N815 - the wire's name


def test_invalid_documents_make_those_invalid_that_need_them(tmp_path: Path) -> None:
    """M6: along a chain of references, whatever the order of the file."""
    links = Table(
        "links",
        {"id": text(primary_key=True), "to": text(nullable=True, references="links")},
        imported="v1.LinkImported",
    )

    @event("v1.LinkImported", Named)
    def imported(args: Named, event: Event, state: State) -> Statements:
        return links.put(without(event.args, "sourceId", "original"))

    own = Schema("own", version=1, tables=[links], events=[imported])
    chain: list[JsonObject] = [{"id": str(n), "to": str(n + 1)} for n in range(20)]
    ring: list[JsonObject] = [
        {"id": "a", "to": "b"},
        {"id": "b", "to": "a"},
        {"id": "c", "to": None},
    ]
    random.Random(1).shuffle(chain)
    with Store.open(tmp_path / "data", own) as store:
        result = migrate(store, {"name": "links", "schemaHash": "", "docs": [*chain, *ring]})
        counts = result.collections["links"]
        assert (counts.imported, counts.quarantined) == (3, 20)
        chain.append({"id": "20", "to": None})
        mended = migrate(store, {"name": "links", "schemaHash": "", "docs": [*chain]})
        assert mended.collections["links"].imported == 21


def test_a_newer_revision_of_a_live_source_stands(
    store: Store, written: Written, reader: Reader
) -> None:
    """M2: the feed hands out a document again when the app changed it meanwhile."""
    records = [
        {"collection": "personas", "document": persona("p1", n=n, _meta={"lwt": lwt})}
        for n, lwt in ((1, 10.01), (2, 12.01), (3, 11.01))
    ]
    gone = {"id": "p2", "_deleted": True, "_meta": {"lwt": 20.0}}
    records.append({"collection": "personas", "document": persona("p2", _meta={"lwt": 19.0})})
    records.append({"collection": "personas", "document": gone})
    counts = migrate(store, written(records)).collections["personas"]
    assert (counts.imported, counts.repeated, counts.tombstones) == (1, 3, 1)
    assert {id_: one["n"] for id_, one in reader.all("personas").items()} == {"p1": 2}


def test_the_key_of_an_unknown_collection_can_be_named(store: Store, written: Written) -> None:
    """S10: `id` is a guess that must hold for all; else the error says how to name the key."""
    path = written(
        {"name": "tags", "schemaHash": "", "docs": [{"tag": "x"}, {"tag": "y", "id": "1"}]}
    )
    with pytest.raises(MigrationError, match="tags") as caught:
        migrate(store, path)
    assert "--primary-key tags=FIELD" in caught.value.hint
    assert store.head == 0
    result = migrate(store, path, primary_keys={"tags": "tag"})
    assert result.collections["tags"].imported == 2
    again = migrate(store, path)
    assert again.collections["tags"].unchanged == 2


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"collection": "Personas", "document": {"id": "1"}}, "case"),
        ({"collection": "_events", "document": {"id": "1"}}, "can't be a collection"),
        ({"collection": "x", "schema": {"properties": {}}}, "primaryKey"),
        ({"collection": "x", "schema": 5}, "no object"),
    ],
)
def test_a_collection_that_cannot_be_is_an_error_at_once(
    store: Store, written: Written, record: object, reason: str
) -> None:
    """M3: before anything is imported."""
    with pytest.raises(MigrationError, match=reason):
        migrate(store, written([{"collection": "personas", "document": persona("p")}, record]))
    assert store.head == 0


def test_data_in_memory_is_a_source_as_well(store: Store, reader: Reader) -> None:
    """§6: the `{data}` form of the wire; a lone surrogate in it is quarantined, not lost."""
    source = json.loads(json.dumps(data([persona("p1"), persona("p2", x="\ud800")], [])))
    result = migrate(store, source)
    counts = result.collections["personas"]
    assert (result.format, counts.imported, counts.quarantined) == ("migration", 1, 1)
    assert "\\ud800" in str(reader.sql("SELECT document FROM _quarantine")[0]["document"])


def test_one_migration_at_a_time(store: Store, written: Written) -> None:
    """Two windows that start one at once: the second is told so, the first is untouched."""
    with scratch(store.data_dir), pytest.raises(BusyError):
        migrate(store, written(data([], [])))
    assert migrate(store, written(data([persona("p")], []))).collections["personas"].imported == 1


def test_progress_tells_each_phase_to_its_end(store: Store, written: Written) -> None:
    """M4: with counts and rate."""
    told: list[Progress] = []
    migrate(store, written(data([persona(f"p{n}") for n in range(50)], [])), progress=told.append)
    phases = list(dict.fromkeys(one.phase for one in told))
    assert phases == ["reading", "backing-up", "checking-backup", "importing", "verifying"]
    for phase in phases:
        ours = [one for one in told if one.phase == phase]
        assert (ours[0].done, ours[-1].done) == (0, ours[-1].total)
        assert [one.done for one in ours] == sorted(one.done for one in ours)


@pytest.mark.parametrize("phase", ["reading", "backing-up", "importing", "verifying"])
def test_cancelling_leaves_things_whole(
    store: Store, written: Written, monkeypatch: pytest.MonkeyPatch, phase: str
) -> None:
    """M4: whenever it comes, the next run ends with everything there."""
    monkeypatch.setattr("sidecar.migration.progress.EVERY_S", 0)
    monkeypatch.setattr("sidecar.migration.importer.BATCH", 10)
    path = written(data([persona(f"p{n}") for n in range(60)], []))
    told: list[Progress] = []

    def cancelled() -> bool:
        return bool(told) and told[-1].phase == phase and told[-1].done > 25

    with pytest.raises(MigrationError, match="cancelled") as caught:
        migrate(store, path, progress=told.append, cancelled=cancelled)
    assert caught.value.data["cancelled"] is True
    assert left(store) == []
    result = migrate(store, path)
    counts = result.collections["personas"]
    assert counts.imported + counts.unchanged == 60
    assert (counts.unchanged > 0) == (phase in {"importing", "verifying"})
    assert result.verification is not None
    assert result.verification.passed


def test_the_log_ends_what_a_killed_run_began(
    store: Store, written: Written, reader: Reader
) -> None:
    """M4: a completion is said by a run that found everything done, and only once."""
    path = written(data([persona("p1")], []))
    migrate(store, path)
    began: JsonObject = {"fromSystem": "rxdb", "toSystem": "sidecar", "startedAt": 1}
    store.commit([NewEvent("v1.MigrationStarted", began)]).result()
    migrate(store, path)
    migrate(store, path)
    assert len(reader.args("v1.MigrationCompleted")) == 2


def test_what_the_store_refuses_goes_to_quarantine(tmp_path: Path) -> None:
    """M6: the store has the last word, and the rest of the batch is imported."""
    things = Table("things", {"id": text(primary_key=True)}, imported="v1.ThingImported")

    @event("v1.ThingImported", Named)
    def imported(args: Named, event: Event, state: State) -> Statements:
        if args.id == "5":
            raise ValidationError("/args/id: not the five", path="/args/id")
        return things.put(without(event.args, "sourceId", "original"))

    own = Schema("own", version=1, tables=[things], events=[imported])
    docs: list[JsonObject] = [{"id": str(n)} for n in range(10)]
    with Store.open(tmp_path / "data", own) as store:
        result = migrate(store, {"name": "things", "schemaHash": "", "docs": [*docs]})
        counts = result.collections["things"]
        assert (counts.imported, counts.quarantined) == (9, 1)
        assert [(one.id, one.path) for one in result.validation.errors] == [("5", "/id")]
        assert len(Reader(store).sql("SELECT * FROM _quarantine")) == 1
        again = migrate(store, {"name": "things", "schemaHash": "", "docs": [*docs]})
        assert (again.collections["things"].unchanged, again.validation.errors_total) == (9, 1)
        assert len(Reader(store).sql("SELECT * FROM _quarantine")) == 1


RUN = """
import pathlib, sys
from sidecar.app import schema
from sidecar.migration import importer, migrate
from sidecar.store import Limits, Store
importer.BATCH = 20
def tell(progress):
    print(progress.phase, progress.done, flush=True)
with Store.open(pathlib.Path(sys.argv[1]), schema) as store:
    migrate(store, pathlib.Path(sys.argv[2]), progress=tell)
"""


def run_elsewhere(
    data_dir: Path, path: Path, prepare: Callable[[], None] | None = None
) -> subprocess.Popen[str]:
    """Migrate in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(data_dir), str(path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=prepare,  # noqa: PLW1509 - the child has one thread when it runs
    )


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("delay", [0.0, 0.05, 0.15])
def test_a_killed_import_is_completed_by_the_next(
    tmp_path: Path, written: Written, delay: float
) -> None:
    """M4: `kill -9` in the middle; the next run brings the rest, and nothing twice."""
    path = written(data([persona(f"p{n}") for n in range(2000)], []))
    child = run_elsewhere(tmp_path / "data", path)
    assert child.stdout is not None
    for line in child.stdout:
        if line.startswith("importing"):
            break
    time.sleep(delay)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    with Store.open(tmp_path / "data", schema) as store:
        result = migrate(store, path)
        counts = result.collections["personas"]
        assert counts.imported + counts.unchanged == 2000
        assert result.verification is not None
        assert result.verification.passed
        assert len(Reader(store).args("v1.PersonaImported")) == min(1000, 2000)
        assert Reader(store).sql(
            "SELECT count(*) AS n FROM _events WHERE name = 'v1.PersonaImported'"
        ) == [{"n": 2000}]
        assert left(store) == []


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits")
@pytest.mark.parametrize("limit", [100_000, 400_000])
def test_a_full_disk_imports_nothing_by_halves(
    tmp_path: Path, written: Written, limit: int
) -> None:
    """Disk full in the backup or in the import: a StorageError, and a later run completes it."""
    path = written(data([persona(f"p{n}", x="y" * 300) for n in range(500)], []))
    limits = (limit, resource.getrlimit(resource.RLIMIT_FSIZE)[1])

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    child = run_elsewhere(tmp_path / "data", path, limited)
    _, errors = child.communicate()
    assert child.returncode == 1
    assert "StorageError" in errors.splitlines()[-1]
    backups = tmp_path / "data" / "backups"
    assert [one.name for one in backups.glob(".*")] == []
    with Store.open(tmp_path / "data", schema) as store:
        result = migrate(store, path)
        counts = result.collections["personas"]
        assert counts.imported + counts.unchanged == 500
        assert result.verification is not None
        assert result.verification.passed


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**53), max_value=2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
FIELDS = st.dictionaries(
    # Other top-level names are refused by the store, and their documents quarantined.
    st.text(min_size=1).filter(lambda name: name[0] != "_" and "\0" not in name and name != "id"),
    VALUES,
    max_size=6,
)


ANY = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@ANY
@given(documents=st.dictionaries(st.text(min_size=1), FIELDS, min_size=1, max_size=8))
def test_any_document_comes_out_as_it_went_in(
    tmp_path_factory: pytest.TempPathFactory, documents: dict[str, dict[str, object]]
) -> None:
    """M1: any JSON, any id, any field name, equal by digest after migrating and reading."""
    docs: list[JsonObject] = [
        json.loads(json.dumps({**fields, "id": id_})) for id_, fields in documents.items()
    ]
    directory = tmp_path_factory.mktemp("any")
    path = directory / "source.json"
    path.write_bytes(orjson.dumps({"name": "anything", "schemaHash": "", "docs": docs}))
    with Store.open(directory / "data", schema) as store:
        result = migrate(store, path)
        assert result.collections["anything"].imported == len(docs)
        assert result.verification is not None
        assert result.verification.passed
        found = Reader(store).all("anything")
        assert {one["id"]: digest(one) for one in docs} == {
            id_: digest(one) for id_, one in found.items()
        }


PERSONA = st.fixed_dictionaries(
    {"name": st.text(min_size=1)},
    optional={
        "description": st.none() | st.text(),
        "avatar": st.none() | st.text(),
        "personality": st.none() | FIELDS,
        "isActive": st.none() | st.booleans(),
        "usageCount": st.none() | st.integers(-(2**53), 2**53),
        "updatedAt": st.none() | st.integers(10**11, 10**14),
        "unknown": VALUES,
    },
)


@ANY
@given(
    personas=st.dictionaries(st.text(min_size=1), PERSONA, min_size=1, max_size=6),
    ids=st.sampled_from(["preserve", "remap"]),
)
def test_any_persona_and_its_memory_come_out_as_they_went_in(
    tmp_path_factory: pytest.TempPathFactory,
    personas: dict[str, dict[str, object]],
    ids: Literal["preserve", "remap"],
) -> None:
    """M1, M7: a declared table, whatever its texts hold; the second run finds nothing to do."""
    directory = tmp_path_factory.mktemp("any")
    path = directory / "source.json"
    memories: list[object] = [memory(f"m-{id_}", id_) for id_ in personas]
    path.write_bytes(
        orjson.dumps(data([{**one, "id": i} for i, one in personas.items()], memories))
    )
    with Store.open(directory / "data", schema) as store:
        result = migrate(store, path, ids=ids)
        assert result.validation.errors == []
        again = migrate(store, path, ids=ids)
        for name in ("personas", "memoryEntities"):
            assert result.collections[name].imported == len(personas)
            assert again.collections[name].unchanged == len(personas)
        assert again.verification is not None
        assert again.verification.passed
        read = Reader(store)
        found = read.all("personas")
        source = {str(one["id"]): str(one["sourceId"]) for one in read.args("v1.PersonaImported")}
        assert {source[id_]: digest({**one, "id": ""}) for id_, one in found.items()} == {
            id_: digest(json.loads(json.dumps({**one, "id": ""}))) for id_, one in personas.items()
        }
        assert {one["personaId"] for one in read.all("memoryEntities").values()} == found.keys()


def test_a_disk_error_has_its_type(store: Store, written: Written, tmp_path: Path) -> None:
    """Disk refused: a backups directory that is a file."""
    (store.data_dir / "backups").write_text("in the way")
    with pytest.raises(StorageError, match="backup"):
        migrate(store, written(data([persona("p1")], [])))
    assert store.head == 0
