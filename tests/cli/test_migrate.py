"""`sidecar migrate run`, and the group itself."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.processes import PROGRAM, Sidecar, environment, persona

AT = 1_700_000_000_000


FORGETFUL = """
from sidecar.core.column import text
from sidecar.core.schema import OpenArgs, Schema, event
from sidecar.core.table import Table

personas = Table("personas", {"id": text(primary_key=True)}, imported="v1.Imported")

class Imported(OpenArgs):
    id: str

@event("v1.Imported", Imported)
def imported(args, event, state):
    return personas.put({"id": args.id})

schema = Schema("forgetful", version=1, tables=[personas], events=[imported])
"""


def records(count: int) -> str:
    lines = []
    for number in range(count):
        document = {
            **persona(f"p{number}", f"Persona {number}"),
            "isActive": False,
            "createdAt": AT,
            "updatedAt": AT,
            "favourite": number,
        }
        lines.append(json.dumps({"collection": "personas", "document": document}))
    return "\n".join(lines) + "\n"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.ndjson"
    path.write_text(records(20))
    return path


def test_a_file_arrives_and_the_report_says_so(sidecar: Sidecar, export: Path) -> None:
    """M1, M9: progress on stderr, the report on stdout, exit code 0."""
    ended = sidecar("migrate", "run", str(export))
    assert ended.code == 0
    assert "Verification passed" in ended.out
    assert "20 identical, differences 0" in ended.out
    assert "importing: 20 of 20" in ended.err
    last = '{"from": "personas", "selector": {"id": "p19"}, "first": true}'
    row = sidecar("query", last).json
    assert isinstance(row, dict)
    assert row["favourite"] == 19


def test_migrating_again_changes_nothing(sidecar: Sidecar, export: Path) -> None:
    """M4: and says that nothing did."""
    sidecar("migrate", "run", str(export))
    report = sidecar("migrate", "run", str(export), "--json").json
    assert isinstance(report, dict)
    counts = report["collections"]["personas"]
    assert (counts["imported"], counts["unchanged"]) == (0, 20)


def test_a_dry_run_writes_nothing(sidecar: Sidecar, export: Path) -> None:
    """Neither events nor a backup."""
    report = sidecar("migrate", "run", str(export), "--dry-run", "--json").json
    assert isinstance(report, dict)
    assert (report["dryRun"], report["backup"]) == (True, None)
    assert sidecar("events").out == ""


def test_quarantined_documents_are_warned_of(sidecar: Sidecar, export: Path) -> None:
    """M6: exit code 0 with a warning; with --strict nothing is imported and it is an error."""
    with export.open("a") as file:
        file.write('{"collection": "personas", "document": {"id": "nameless"}}\n')
    strict = sidecar("migrate", "run", str(export), "--strict")
    assert (strict.code, strict.err.splitlines()[-1][:11]) == (1, "E_MIGRATION")
    assert sidecar("events").out == ""
    ended = sidecar("migrate", "run", str(export))
    assert ended.code == 0
    assert "Warning: quarantined: 1 (" in ended.err
    assert "nameless" in ended.out


def test_a_failed_verification_is_exit_code_1(sidecar: Sidecar, export: Path) -> None:
    """M9: here an app's import event forgets the fields that have no column."""
    app = export.with_name("forgetful.py")
    app.write_text(FORGETFUL)
    ended = sidecar("migrate", "run", str(export), "--schema", str(app))
    assert ended.code == 1
    assert "Verification FAILED" in ended.out
    assert "personas p3: different" in ended.out


def test_conflicts_are_warned_of(sidecar: Sidecar, export: Path) -> None:
    """The store had another document under one of the ids: it stays, exit code 0."""
    sidecar("commit", "v1.PersonaCreated", json.dumps(persona("p3", "Another")))
    ended = sidecar("migrate", "run", str(export))
    assert ended.code == 0
    assert "Warning: conflicts: 1 (" in ended.err
    assert '"Another"' in sidecar("query", '{"from": "personas"}').out


def test_ids_are_remapped_on_demand(sidecar: Sidecar, export: Path) -> None:
    """M7."""
    assert sidecar("migrate", "run", str(export), "--ids", "remap").code == 0
    query = '{"from": "personas", "selector": {"id": "p1"}, "count": true}'
    assert sidecar("query", query).out == "0\n"


def test_a_primary_key_is_named_on_demand(sidecar: Sidecar, tmp_path: Path, data_dir: Path) -> None:
    """For a collection that neither schema nor file tells it of."""
    (tmp_path / "things.ndjson").write_text('{"collection": "things", "document": {"slug": "a"}}\n')
    assert sidecar("migrate", "run", "things.ndjson").code == 1
    assert sidecar("migrate", "run", "things.ndjson", "--primary-key", "things").code == 2
    assert sidecar("migrate", "run", "things.ndjson", "--primary-key", "things=slug").code == 0
    assert sidecar("query", '{"from": "things", "first": true}').json == {"slug": "a"}


def test_a_running_server_migrates(
    sidecar: Sidecar, export: Path, tmp_path: Path, server: dict[str, object]
) -> None:
    """It reads the file itself, and progress comes back; it takes primary keys too."""
    ended = sidecar("migrate", "run", "export.ndjson")
    assert ended.code == 0, ended.err
    assert "20 identical" in ended.out
    assert "importing" in ended.err
    (tmp_path / "things.ndjson").write_text('{"collection": "things", "document": {"slug": "a"}}\n')
    assert sidecar("migrate", "run", "things.ndjson", "--primary-key", "things=slug").code == 0
    assert sidecar("query", '{"from": "things", "first": true}').json == {"slug": "a"}


def test_an_interrupted_migration_can_go_on(sidecar: Sidecar, export: Path, data_dir: Path) -> None:
    """M4: Ctrl-C ends it with 130, the store is whole, and migrating again completes it."""
    export.write_text(records(4_000))
    with subprocess.Popen(
        [*PROGRAM, "migrate", "run", str(export)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(data_dir),
        text=True,
    ) as migrating:
        assert migrating.stderr is not None
        for line in migrating.stderr:
            if line.startswith("importing"):
                break
        migrating.send_signal(signal.SIGINT)
        _, said = migrating.communicate(timeout=30)
    assert migrating.returncode == 130
    assert "Interrupted. What was imported stays; migrate again to go on." in said
    assert sidecar("rebuild", "--check").code == 0
    ended = sidecar("migrate", "run", str(export))
    assert ended.code == 0
    assert "4000 identical, differences 0" in ended.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["export.ndjson"], "E_USAGE: No such command 'export.ndjson'"),
        (["statsu"], "E_USAGE: No such command 'statsu'"),
        (["--dry-run", "export.ndjson"], "E_USAGE: No such option '--dry-run'"),
    ],
)
def test_without_a_command_it_says_which_there_are(
    sidecar: Sidecar, export: Path, arguments: list[str], says: str
) -> None:
    """A file alone is none; nothing is imported."""
    ended = sidecar("migrate", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(says)
    assert "A file is imported by `sidecar migrate run FILE`" in ended.err
    assert ended.err.count("\n") == 1
    assert not export.with_name("data").exists()
