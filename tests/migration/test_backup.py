"""A backup is whole, verified, and never in the way of another."""

import hashlib
import re
from pathlib import Path

import orjson
import pytest

from sidecar.core.errors import MigrationError, StorageError
from sidecar.migration import Progress, migrate
from sidecar.migration import backup as module
from sidecar.migration.backup import file_sha256
from sidecar.store import Store
from tests.migration.conftest import Written

SOURCE = {
    "personas": [{"id": "p1", "name": "Ada", "n": 1.0}],
    "memoryEntities": [],
    "relationships": [{"id": "r1"}, {"id": "r2"}],
    "metadata": {"totalPersonas": 1},
    "exportedAt": 5,
    "version": "1.0",
}


def test_its_name_has_the_day_and_never_replaces_another(store: Store, written: Written) -> None:
    """M5: `rxdb-backup-YYYY-MM-DD[-n].json`."""
    paths = []
    for _ in range(3):
        result = migrate(store, written(SOURCE))
        assert result.backup is not None
        paths.append(Path(result.backup.path))
    names = [path.name for path in paths]
    assert all(path.parent == store.data_dir / "backups" for path in paths)
    assert re.fullmatch(r"rxdb-backup-\d{4}-\d\d-\d\d\.json", names[0])
    stem = names[0].removesuffix(".json")
    assert names[1:] == [f"{stem}-1.json", f"{stem}-2.json"]
    assert len({path.read_bytes() for path in paths}) == 1


def test_it_is_rxdb_s_export_with_more_in_it(store: Store, written: Written) -> None:
    """M5: documents byte for byte, what surrounded them, counts, and a sum anyone can check."""
    result = migrate(store, written(SOURCE))
    assert result.backup is not None
    data = Path(result.backup.path).read_bytes()
    found = orjson.loads(data)
    assert [one["name"] for one in found["collections"]] == ["personas", "relationships"]
    assert found["counts"] == {"personas": 1, "relationships": 2} == result.backup.counts
    assert (found["metadata"], found["exportedAt"]) == ({"totalPersonas": 1}, 5)
    assert b'{"id":"p1","name":"Ada","n":1.0}' in data
    covered = data[: data.rindex(b',"sha256":')]
    assert hashlib.sha256(covered).hexdigest() == found["sha256"] == result.backup.sha256
    assert result.backup.bytes == len(data)


def test_a_collection_without_documents_is_in_it(store: Store, written: Written) -> None:
    """M1: what the source says of it stays, and nothing is defined for it."""
    empty = {"name": "empty", "schemaHash": "abc", "docs": []}
    result = migrate(store, written({"name": "db", "instanceToken": "t", "collections": [empty]}))
    assert result.backup is not None
    found = orjson.loads(Path(result.backup.path).read_bytes())
    assert (found["name"], found["instanceToken"]) == ("db", "t")
    assert found["collections"] == [empty]
    assert store.head == 0


def test_an_edited_backup_is_found_out(store: Store, written: Written) -> None:
    """M5: one changed byte is enough."""
    result = migrate(store, written(SOURCE))
    assert result.backup is not None
    path = Path(result.backup.path)
    found, said = file_sha256(path)
    assert found == said == result.backup.sha256
    path.write_bytes(path.read_bytes().replace(b"Ada", b"Bob"))
    found, said = file_sha256(path)
    assert found != said


def test_a_backup_that_reads_back_otherwise_stops_everything(
    store: Store, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M5: verified before import; here the disk loses a byte after the write."""
    whole = module.file_sha256

    def after_damage(path: Path) -> tuple[str, str]:
        path.write_bytes(path.read_bytes().replace(b"Ada", b"A a"))
        return whole(path)

    monkeypatch.setattr(module, "file_sha256", after_damage)
    with pytest.raises(StorageError, match="reads back"):
        migrate(store, written(SOURCE))
    assert store.head == 0
    assert list((store.data_dir / "backups").iterdir()) == []


def test_a_source_that_changes_under_us_is_found_out(
    store: Store, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M5: what was read for the survey is what is backed up, or nothing is imported."""
    path = written(SOURCE)
    told: list[Progress] = []

    def change() -> bool:
        if told and told[-1].phase == "reading" and told[-1].done == told[-1].total:
            path.write_bytes(path.read_bytes().replace(b"Ada", b"Bob"))
        return False

    monkeypatch.setattr("sidecar.migration.progress.EVERY_S", 0)
    with pytest.raises(MigrationError, match="changed"):
        migrate(store, path, progress=told.append, cancelled=change)
    assert store.head == 0
