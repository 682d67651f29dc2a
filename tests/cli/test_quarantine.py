"""`sidecar migrate quarantine` and `repair`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.moving import NAMELESS, NOTES, move, served, store
from tests.cli.processes import Sidecar, persona

TIMES = {"isActive": True, "createdAt": 1_700_000_000_000, "updatedAt": 1_700_000_000_000}
CORRECTED = {**persona("nameless", "Ada"), **TIMES}


@pytest.fixture(params=["local", "served"])
def seq(request: pytest.FixtureRequest, data_dir: Path, sidecar: Sidecar) -> Iterator[str]:
    """The `seq` of the document in quarantine."""

    def moved() -> str:
        with store(data_dir) as page:
            move(page, [NOTES, NAMELESS])
        (found,) = sidecar("migrate", "quarantine", "--json").json  # type: ignore[misc]
        return str(found["seq"])

    if request.param == "local":
        yield moved()
    else:
        with served(data_dir):
            yield moved()


def test_the_quarantine_is_listed(sidecar: Sidecar, seq: str) -> None:
    """M6: each document with its first problem; as JSON an array."""
    head, row = sidecar("migrate", "quarantine").out.splitlines()
    assert head.split() == ["seq", "collection", "id", "path", "problem"]
    assert row.split(None, 4) == [seq, "personas", "nameless", "/name", "it has no name"]
    assert sidecar("migrate", "quarantine", "--json").json == [
        {
            "seq": int(seq),
            "collection": "personas",
            "id": "nameless",
            "path": "/name",
            "problem": "it has no name",
        }
    ]


def test_one_document_is_shown(sidecar: Sidecar, seq: str) -> None:
    """Its text as it came on stdout, its problems on stderr; both as JSON."""
    shown = sidecar("migrate", "quarantine", seq)
    assert shown.json == {"id": "nameless"}
    assert "/name: it has no name\n" in shown.err
    found = sidecar("migrate", "quarantine", seq, "--json").json
    assert isinstance(found, dict)
    assert found.keys() == {"seq", "collection", "id", "problems", "document"}
    assert json.loads(found["document"]) == {"id": "nameless"}
    assert {"path": "/name", "message": "it has no name"} in found["problems"]


def test_a_corrected_document_is_imported(sidecar: Sidecar, seq: str, tmp_path: Path) -> None:
    """M6: from a file or from stdin; it leaves the quarantine, once."""
    wrong = sidecar("migrate", "repair", seq, "-", stdin='{"id": "nameless", "name": 7}')
    assert (wrong.code, wrong.err[:12]) == (1, "E_VALIDATION")
    assert len(sidecar("migrate", "quarantine", "--json").json) == 1  # type: ignore[arg-type]
    (tmp_path / "corrected.json").write_text(json.dumps(CORRECTED))
    ended = sidecar("migrate", "repair", seq, "corrected.json")
    assert (ended.code, ended.out) == (0, "imported as nameless\n")
    query = '{"from": "personas", "fields": ["name"]}'
    assert sidecar("query", query).json == [{"name": "Ada"}]
    empty = sidecar("migrate", "quarantine")
    assert (empty.code, empty.out, empty.err) == (0, "", "The quarantine is empty.\n")
    assert sidecar("migrate", "quarantine", "--json").json == []
    again = sidecar("migrate", "repair", seq, "corrected.json")
    assert (again.code, again.err[:11]) == (1, "E_NOT_FOUND")


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "says"),
    [
        (["quarantine", "999"], "", 1, "E_NOT_FOUND: the quarantine has no document 999."),
        (["quarantine", "-1"], "", 2, "E_USAGE: No such option"),
        (["quarantine", "one"], "", 2, "E_USAGE: Invalid value"),
        (["quarantine", str(2**60)], "", 2, "E_USAGE: Invalid value"),
        (["repair", "999", "-"], "{}", 1, "E_NOT_FOUND: the quarantine has no document 999."),
        (["repair", "1", "-"], '{"id":', 2, "E_USAGE: standard input is no JSON"),
        (["repair", "1", "-"], "", 2, "E_USAGE: standard input is no JSON"),
        (["repair", "1", "-"], "[]", 2, "E_USAGE: standard input is no JSON object."),
        (["repair", "1", "no.json"], "", 2, "E_USAGE: Invalid value for 'FILE'"),
        (["repair", "1"], "", 2, "E_USAGE: Missing argument 'FILE'"),
    ],
)
def test_what_can_t_be_shown_or_repaired_is_refused(
    ada: Sidecar, arguments: list[str], stdin: str, code: int, says: str
) -> None:
    """One line, and what to do."""
    ended = ada("migrate", *arguments, stdin=stdin)
    assert (ended.code, ended.out) == (code, "")
    assert ended.err.startswith(says)
    assert ended.err.count("\n") == 1


def test_stdin_has_key_and_document(sidecar: Sidecar, tmp_path: Path) -> None:
    """Of an encrypted store, in this order."""
    (tmp_path / "bad.ndjson").write_text(json.dumps(NAMELESS) + "\n")
    key = "secret\n"
    assert sidecar("migrate", "run", "bad.ndjson", "--key-stdin", stdin=key).code == 0
    listed = sidecar("migrate", "quarantine", "--json", "--key-stdin", stdin=key).json
    assert isinstance(listed, list)
    both = key + json.dumps(CORRECTED)
    ended = sidecar("migrate", "repair", str(listed[0]["seq"]), "-", "--key-stdin", stdin=both)
    assert (ended.code, ended.out) == (0, "imported as nameless\n")
