from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sidecar.app import schema
from sidecar.rpc.schema_export import DIRECTORY, files, main, stale, write
from tests.rpc.processes import ENVIRONMENT


def test_rpc_schema_is_up_to_date(capfd: pytest.CaptureFixture[str]) -> None:
    """What is committed is what the models say: `python3 build/dev.py schema` writes it anew."""
    assert stale() == []
    assert main(["--check"]) == 0


def test_a_stale_directory_is_told_and_mended(tmp_path: Path) -> None:
    """A file that differs, one that is missing, and one that no model stands behind."""
    assert sorted(write(tmp_path)) == sorted(files())
    (tmp_path / "openrpc.json").write_text("{}\n")
    (tmp_path / "errors.json").unlink()
    (tmp_path / "schemas" / "gone.params.json").write_text("{}\n")
    found = ["errors.json", "openrpc.json", "schemas/gone.params.json"]
    assert stale(tmp_path) == found
    assert write(tmp_path) == found
    assert stale(tmp_path) == []


def test_the_files_are_the_same_in_another_process() -> None:
    """Nothing depends on hash seeds or the time."""
    script = (
        "import hashlib; from sidecar.rpc.schema_export import files;"
        "print(hashlib.sha256(repr(sorted(files().items())).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**ENVIRONMENT, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_the_files_are_marked_and_end_in_a_newline() -> None:
    for path in files():
        text = (DIRECTORY / path).read_text()
        assert text.endswith("}\n")
        assert "schema_export" in text.splitlines()[1], path


def test_an_unknown_option_is_refused(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--wrong"]) == 2
    assert "usage" in capfd.readouterr().err


def test_the_app_has_all_tables_and_events() -> None:
    document = json.loads((DIRECTORY / "app.json").read_bytes())
    assert document["tables"].keys() == schema.tables.keys()
    assert document["events"].keys() == schema.events.keys()
    persona = document["tables"]["personas"]
    assert persona["primaryKey"] == "id"
    assert persona["columns"].keys() == persona["document"]["properties"].keys()
    assert set(persona["document"]["required"]) >= {"id", "name", "isActive", "createdAt"}
    assert "lastUsed" not in persona["document"]["required"]
    searches = {name: [*table["search"]] for name, table in document["tables"].items()}
    assert searches.pop("memoryEntities") == ["name", "summary", "tags", "content"]
    assert not any(searches.values())


def test_a_client_document_has_its_default_and_its_event() -> None:
    """S11: what is stored has every member, and who sets it may leave some out."""
    document = json.loads((DIRECTORY / "app.json").read_bytes())
    default = {"selectedPersonaId": None, "searchText": ""}
    assert document["clientDocuments"] == {
        "uiState": {"default": default, "event": "v1.uiState.Set"}
    }
    stored = document["tables"]["uiState"]["document"]["properties"]["value"]
    assert stored["required"] == [*default]
    event = document["events"]["v1.uiState.Set"]
    assert not event["synced"]
    assert event["args"]["required"] == ["id", "value"]
    assert "required" not in event["args"]["$defs"]["UiState"]
