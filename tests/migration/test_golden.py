"""The golden source: nothing lost, nothing changed that was not said, every count exact."""

import base64
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from sidecar.core.json import JsonObject, canonical
from sidecar.migration import MigrationResult, format_report, migrate
from sidecar.store import Store
from tests.migration import golden
from tests.migration.conftest import Reader


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The golden source as a file."""
    path = tmp_path / "golden.ndjson"
    path.write_bytes(golden.source())
    return path


@pytest.fixture
def result(store: Store, path: Path) -> MigrationResult:
    """What migrating it said."""
    return migrate(store, path)


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same clock on every machine."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("collection", ["personas", "memoryEntities", "settings", "relationships"])
def test_every_valid_document_is_there_as_it_was(
    result: MigrationResult, reader: Reader, collection: str
) -> None:
    """M1, M8: 0, "", false, null, absent, unknown fields, emoji and any id stay what they were."""
    expected = golden.stored(collection)
    found = reader.all(collection)
    assert found.keys() == expected.keys()
    for id_, document in expected.items():
        assert canonical(found[id_]) == canonical(document), id_


def test_the_counts_are_exact(result: MigrationResult) -> None:
    """M9: every document of the source is counted once, by what became of it."""
    assert result.format == "ndjson"
    for collection in ("personas", "memoryEntities", "settings", "relationships"):
        counts = result.collections[collection]
        personas = collection == "personas"
        assert counts.imported == len(golden.stored(collection))
        assert counts.quarantined == len(golden.invalid(collection)) + personas
        assert counts.repeated == (golden.REPEATED if personas else 0)
        assert counts.tombstones == (len(golden.TOMBSTONES) if personas else 0)
        assert counts.local_documents == (1 if personas else 0)
        assert counts.attachments == (2 if collection == "memoryEntities" else 0)
        assert counts.unchanged == counts.conflicts == 0
        others = ("imported", "repeated", "quarantined", "tombstones", "local_documents")
        assert counts.read == sum(getattr(counts, name) for name in others)
    assert result.collections[""].local_documents == 1


def test_verification_finds_no_difference(result: MigrationResult) -> None:
    """M9: both ways, tombstones, attachments and local documents too."""
    verification = result.verification
    assert verification is not None
    assert verification.passed, verification
    assert (verification.differences, verification.differences_total) == ([], 0)
    by_name = {one.collection: one for one in verification.collections}
    assert all(one.identical == one.compared and not one.only_in_store for one in by_name.values())
    assert (by_name["personas"].tombstones, by_name["personas"].local_documents) == (2, 1)
    assert by_name["memoryEntities"].attachments == 2
    assert by_name[""].local_documents == 1


def test_each_error_names_document_and_path(result: MigrationResult) -> None:
    """M6: no id, no name, unknown persona, wrong types, an id twice."""
    found = {(one.collection, one.id, one.path) for one in result.validation.errors}
    expected = set()
    for case in golden.CASES:
        key = "key" if case.collection == "settings" else "id"
        id_ = case.document.get(key) if isinstance(case.document, dict) else None
        if case.path is not None:
            expected.add(
                (case.collection, id_ if isinstance(id_, str) and id_ else None, case.path)
            )
    assert found == expected | {("personas", "p13", "/name")}
    assert result.validation.errors_total == len(result.validation.errors)


def test_each_warning_names_document_and_path(result: MigrationResult) -> None:
    """M6: no personality or settings, dates that can't be read, attachments without data."""
    found = {(one.id, one.path) for one in result.validation.warnings}
    assert found == {
        (str(case.document["id"]), path)
        for case in golden.CASES
        for path in case.warnings
        if isinstance(case.document, dict)
    }


def test_the_quarantine_keeps_the_text_of_every_invalid_document(
    result: MigrationResult, reader: Reader
) -> None:
    """M6: as it was, lone surrogates included, with its problems."""
    rows = reader.sql("SELECT document, problems FROM _quarantine")
    texts = {str(row["document"]) for row in rows}
    expected = {orjson.dumps(one.document).decode() for one in golden.CASES if one.path is not None}
    assert texts == expected | {golden.SURROGATE.decode()}
    assert all(orjson.loads(str(row["problems"])) for row in rows)


def test_events_keep_source_ids_and_former_forms(result: MigrationResult, reader: Reader) -> None:
    """M7, M8: so a rollback can give back what RxDB had."""
    events = reader.args("v1.PersonaImported") + reader.args("v1.MemoryEntityImported")
    by_id = {str(args["id"]): args for args in events}
    for case in golden.CASES:
        if case.stored is not None and case.stored.get("id") in by_id:
            args = by_id[str(case.stored["id"])]
            assert args["sourceId"] == case.stored["id"]
            assert args.get("original") == case.original


def test_a_document_with_the_names_an_import_adds_keeps_its_own(
    result: MigrationResult, reader: Reader
) -> None:
    """M1: `sourceId` and `original` of a document are its own fields."""
    assert reader.all("personas")["p12"]["sourceId"] == "mine"
    assert "p12" in [args["sourceId"] for args in reader.args("v1.DocumentInserted")]


def test_tombstones_attachments_and_local_documents_are_kept(
    result: MigrationResult, reader: Reader
) -> None:
    """M1: none of them is a row of a table, and none is lost."""
    tombstones = reader.sql("SELECT collection, id, document FROM _tombstones ORDER BY id DESC")
    assert [orjson.loads(str(row["document"])) for row in tombstones] == golden.TOMBSTONES
    attachments = reader.sql(
        "SELECT documentId, id, type, digest, data FROM _attachments ORDER BY id"
    )
    assert [(row["documentId"], row["id"]) for row in attachments] == [
        ("m12", "empty"),
        ("m12", "portrait 1/\U0001f600.png"),
    ]
    assert [base64.b64decode(str(row["data"])) for row in attachments] == [b"", bytes(range(256))]
    assert attachments[0]["digest"] == "of-rxdb"
    local = reader.sql("SELECT collection, id, data FROM _local_documents ORDER BY collection")
    assert [(row["collection"], orjson.loads(str(row["data"]))) for row in local] == [
        (collection or "", one["data"]) for collection, one in golden.LOCALS
    ]


def test_a_collection_nobody_declared_gets_its_schema(
    result: MigrationResult, reader: Reader, store: Store
) -> None:
    """S10: primary key and indexes come from RxDB's schema, else the key is `id`."""
    assert store.collection("settings").primary_key == "key"
    assert store.collection("settings").indexes == (("order",),)
    assert store.collection("relationships").primary_key == "id"
    assert len(reader.args("v1.CollectionDefined")) == 2


def test_the_same_again_changes_nothing(
    store: Store, path: Path, result: MigrationResult, reader: Reader
) -> None:
    """M4: no event is added, and every document is counted as unchanged."""
    head = store.head
    again = migrate(store, path)
    assert store.head == head
    for collection, counts in result.collections.items():
        now = again.collections[collection]
        assert (now.unchanged, now.imported) == (counts.imported, 0)
        assert (now.quarantined, now.tombstones) == (counts.quarantined, counts.tombstones)
    assert again.verification is not None
    assert again.verification.passed
    assert again.backup is not None
    assert result.backup is not None
    assert again.backup.path != result.backup.path


def test_the_backup_is_a_source_with_the_same_outcome(
    tmp_path: Path, result: MigrationResult, store: Store, reader: Reader
) -> None:
    """M5: a backup restores into a fresh store, tombstones and invalid documents included."""
    assert result.backup is not None
    with Store.open(tmp_path / "other", store.schema) as other:
        restored = migrate(other, Path(result.backup.path))
        assert restored.format == "database"
        assert restored.collections == result.collections
        assert restored.validation.errors_total == result.validation.errors_total
        for collection in ("personas", "memoryEntities", "settings", "relationships"):
            assert Reader(other).all(collection) == reader.all(collection)


def test_the_log_says_when_a_migration_began_and_ended(
    result: MigrationResult, reader: Reader
) -> None:
    """M4: one start, one completion with the counts and the backup."""
    assert len(reader.args("v1.MigrationStarted")) == 1
    (completed,) = reader.args("v1.MigrationCompleted")
    counts = completed["counts"]
    assert isinstance(counts, dict)
    assert counts.keys() == result.collections.keys()
    assert result.backup is not None
    assert completed["backup"] == result.backup.path


def test_the_report_says_what_matters(result: MigrationResult) -> None:
    """M9: counts, errors by id, the backup and the verdict, as text."""
    text = format_report(result)
    assert "Verification passed" in text
    assert "differences 0" in text
    assert "memoryEntities m6 /personaId" in text
    assert result.backup is not None
    assert result.backup.path in text
    assert len(text.splitlines()) < 80


def test_the_result_is_the_wire_s(result: MigrationResult) -> None:
    """§6: camelCase, and it comes back as it went."""
    wire: JsonObject = orjson.loads(result.model_dump_json())
    assert {"dryRun", "durationMs", "conflictsTotal", "validation"} <= wire.keys()
    assert MigrationResult.model_validate(wire) == result
