"""`sidecar commit`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.processes import Sidecar, persona

IDS = ["01890a5d-ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a8058"]

CREATED = [
    {"name": "v1.PersonaCreated", "args": persona("p1", "Ada"), "id": IDS[0]},
    {"name": "v1.PersonaActivated", "args": {"id": "p1"}, "id": IDS[1]},
]


def test_the_receipt_is_printed(sidecar: Sidecar) -> None:
    """One line of JSON; the store is made when there is none."""
    receipt = sidecar("commit", "v1.PersonaCreated", json.dumps(persona("p1", "Ada"))).json
    assert isinstance(receipt, dict)
    assert (receipt["first"], receipt["head"], receipt["duplicate"]) == (1, 1, False)
    args = sidecar("commit", "v1.PersonaActivated", "-", stdin='{"id": "p1"}')
    assert '"head":2' in args.out


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(CREATED),
        json.dumps(CREATED, indent=2),
        "\n".join(json.dumps(event) for event in CREATED) + "\n\n",
    ],
    ids=["array", "indented", "lines"],
)
def test_a_file_is_one_batch(sidecar: Sidecar, tmp_path: Path, text: str) -> None:
    """S3, S5: an array or a line each, from a file or stdin; the same ids again are a duplicate."""
    (tmp_path / "events.json").write_text(text)
    first = sidecar("commit", "--file", "events.json").json
    assert isinstance(first, dict)
    assert first["ids"] == IDS
    again = sidecar("commit", "--file", "-", stdin=text).json
    assert again == {**first, "duplicate": True}


def test_an_error_names_the_event(sidecar: Sidecar) -> None:
    """S4: and none of the batch is stored."""
    wrong = [*CREATED, {"name": "v1.PersonaActivated", "args": {"id": 7}}]
    ended = sidecar("commit", "--file", "-", stdin=json.dumps(wrong))
    assert ended.code == 1
    assert ended.err.startswith("E_VALIDATION: v1.PersonaActivated: /args/id")
    assert "(event 2)" in ended.err
    assert sidecar("query", '{"from": "personas", "count": true}').out == "0\n"


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        ([], ""),
        (["v1.PersonaActivated"], ""),
        (["v1.PersonaActivated", "{}", "--file", "-"], ""),
        (["v1.PersonaActivated", "[]"], ""),
        (["--file", "missing.json"], ""),
        (["--file", "-"], '{"name": "v1.PersonaActivated"} oops'),
        (["--file", "-"], "[1]"),
    ],
)
def test_what_is_no_commit_is_a_usage_error(
    sidecar: Sidecar, data_dir: Path, arguments: list[str], stdin: str
) -> None:
    """Told before a store is made."""
    ended = sidecar("commit", *arguments, stdin=stdin)
    assert (ended.code, ended.err[:7]) == (2, "E_USAGE")
    assert not data_dir.exists()
