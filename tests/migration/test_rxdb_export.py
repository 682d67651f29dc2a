"""What real RxDB writes is what is read here."""

import shutil
import subprocess
from pathlib import Path

import orjson
import pytest

from sidecar.core.json import canonical
from sidecar.migration import MigrationResult, migrate
from sidecar.store import Store
from tests.migration.conftest import Reader

BRIDGE = Path(__file__).parents[2] / "electron-bridge"

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not (BRIDGE / "node_modules" / "rxdb").is_dir(),
    reason="needs Node and the bridge's packages: python3 build/dev.py setup",
)


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the exports of a real RxDB database."""
    directory = tmp_path_factory.mktemp("rxdb")
    script = Path(__file__).with_name("rxdb_export.mjs")
    subprocess.run(["node", str(script), str(directory), str(BRIDGE)], check=True, timeout=50)
    return directory


def documents(path: Path, collection: str) -> dict[str, dict[str, object]]:
    """Return a collection's documents as `db.exportJSON()` has them, without RxDB's own fields."""
    (found,) = (
        one for one in orjson.loads(path.read_bytes())["collections"] if one["name"] == collection
    )
    own = {"_deleted", "_meta", "_rev", "_attachments"}
    return {
        doc.get("id") or doc["key"]: {name: doc[name] for name in doc if name not in own}
        for doc in found["docs"]
    }


def passed(result: MigrationResult) -> bool:
    """Return whether nothing differs."""
    assert result.verification is not None
    return result.verification.passed and not result.verification.differences_total


def test_a_database_export(store: Store, reader: Reader, exports: Path) -> None:
    """M3: `db.exportJSON()`; memories of the removed persona are quarantined."""
    path = exports / "database.json"
    result = migrate(store, path, primary_keys={"settings": "key"})
    assert result.format == "database"
    assert passed(result)
    personas, memories = result.collections["personas"], result.collections["memoryEntities"]
    assert (personas.imported, personas.quarantined, personas.tombstones) == (4, 0, 0)
    assert (memories.imported, memories.quarantined) == (40, 10)
    for id_, document in documents(path, "personas").items():
        expected = {**document, "createdAt": 1700000000123}
        assert canonical(reader.all("personas")[id_]) == canonical(
            orjson.loads(orjson.dumps(expected))
        )
    assert {one["importance"] for one in reader.all("memoryEntities").values()} >= {0}
    assert reader.all("settings")["theme"]["order"] == 1.5


def test_a_collection_export_with_attachments(store: Store, reader: Reader, exports: Path) -> None:
    """M1, M3: `collection.exportJSON({attachments: true})` brings the bytes."""
    result = migrate(store, exports / "collection.json")
    assert result.format == "collection"
    assert passed(result)
    assert result.collections["personas"].attachments == 1
    (row,) = reader.sql("SELECT documentId, id, type, CAST(data AS TEXT) AS text FROM _attachments")
    assert row == {
        "documentId": "p1",
        "id": "note.txt",
        "type": "text/plain",
        "text": "hello \U0001f600",
    }


def test_the_feed_of_a_live_database(store: Store, reader: Reader, exports: Path) -> None:
    """M2: `getChangedDocumentsSince` brings tombstones, revisions, schemas and local documents."""
    result = migrate(store, exports / "feed.ndjson")
    assert result.format == "ndjson"
    assert passed(result)
    personas = result.collections["personas"]
    assert (personas.imported, personas.tombstones, personas.local_documents) == (4, 1, 1)
    assert result.collections[""].local_documents == 1
    revisions = [args["original"] for args in reader.args("v1.PersonaImported")]
    assert all(isinstance(one, dict) and {"_rev", "_meta"} <= one.keys() for one in revisions)
    assert store.collection("settings").primary_key == "key"
    assert store.collection("settings").indexes == (("label",),)
    warned = [(one.id, one.path) for one in result.validation.warnings if "_attach" in one.path]
    assert warned == [("p1", "/_attachments/note.txt")]


def test_an_export_and_the_feed_agree(store: Store, exports: Path) -> None:
    """M4: documents that came by one way are unchanged by the other."""
    migrate(store, exports / "feed.ndjson")
    again = migrate(store, exports / "database.json")
    assert [counts.conflicts for counts in again.collections.values()] == [0, 0, 0]
    assert again.collections["personas"].unchanged == 4
