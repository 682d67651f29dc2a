"""`sidecar schema`."""

from __future__ import annotations

from pathlib import Path

from sidecar.app import schema
from tests.cli.processes import Sidecar

APP = """
from sidecar.core.column import text
from sidecar.core.schema import Schema
from sidecar.core.table import Table

cats = Table("cats", {"name": text(primary_key=True)})
schema = Schema("tiny", version=3, tables=[cats], events=[])
"""


def test_the_whole_schema_is_listed(sidecar: Sidecar) -> None:
    """Every table, column and event; the fingerprint."""
    shown = sidecar("schema").out
    for table in schema.tables.values():
        assert f"{table.name}: primary key {table.primary_key}" in shown
        assert all(f"  {column} " in shown for column in table.columns)
    assert all(f"  {event} " in shown for event in schema.events)
    assert schema.fingerprint in shown


def test_one_event_shows_its_arguments(sidecar: Sidecar) -> None:
    """What is required, what each holds, what it is when left out."""
    lines = sidecar("schema", "v1.PersonaCreated").out.splitlines()
    words = [line.split() for line in lines]
    assert ["id", "string"] in words
    assert ["isActive?", "boolean", "=", "false"] in words
    assert any('"low" | "medium" | "high"' in line for line in lines)


def test_one_table_shows_its_columns(sidecar: Sidecar) -> None:
    """Kinds, null, defaults, references."""
    words = [line.split() for line in sidecar("schema", "memoryEntities").out.splitlines()]
    assert ["personaId", "text", "of", "personas"] in words
    assert ["deletedAt", "timestamp", "or", "null"] in words
    assert ["importance", "number", "=", "50"] in words


def test_json_has_json_schemas(sidecar: Sidecar) -> None:
    """Of all, or of one."""
    everything = sidecar("schema", "--json").json
    assert isinstance(everything, dict)
    assert everything["tables"].keys() == schema.tables.keys()
    one = sidecar("schema", "v1.PersonaActivated", "--json").json
    assert one == {"v1.PersonaActivated": everything["events"]["v1.PersonaActivated"]}
    table = sidecar("schema", "personas", "--json").json
    assert table == {"personas": everything["tables"]["personas"]}


def test_an_apps_own_schema_is_loaded(sidecar: Sidecar, tmp_path: Path) -> None:
    """`--schema file.py`."""
    (tmp_path / "app.py").write_text(APP)
    shown = sidecar("schema", "--schema", str(tmp_path / "app.py")).out
    assert "tiny, version 3" in shown
    assert "cats: primary key name" in shown
    assert "personas" not in shown


def test_an_unknown_name_is_an_error(sidecar: Sidecar) -> None:
    """With where to look."""
    ended = sidecar("schema", "nothing")
    assert (ended.code, ended.err[:11]) == (1, "E_NOT_FOUND")
