"""`sidecar migrate status`, `verify`, `cutover`, `rollback`, `cleanup`, `report`."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sidecar.cli.app import run
from sidecar.cli.migrate.status import WORDS
from sidecar.core.migration import STEPS
from tests.cli.moving import NOTES, THEME, move, notes, push, served, store
from tests.cli.processes import PROGRAM, Ended, Sidecar, environment

CHANGES = [
    {"name": "v1.DocumentPatched", "args": {"collection": "notes", "id": "n1", "patch": {"n": 0}}},
    {"name": "v1.DocumentDeleted", "args": {"collection": "notes", "id": "n2"}},
    {"name": "v1.LocalDocumentDeleted", "args": {"collection": None, "id": "theme"}},
    {
        "name": "v1.LocalDocumentInserted",
        "args": {"collection": "notes", "id": "filter", "data": {"all": True}},
    },
]


@pytest.fixture(params=["local", "served"])
def side(request: pytest.FixtureRequest, data_dir: Path) -> Iterator[str]:
    """Whether a server holds the store while the commands run."""
    if request.param == "local":
        yield "local"
    else:
        with served(data_dir):
            yield "served"


@pytest.fixture
def moved(side: str, sidecar: Sidecar, data_dir: Path) -> Sidecar:
    """A store that follows RxDB: `dual`."""
    with store(data_dir) as page:
        move(page)
    return sidecar


@pytest.fixture
def switched(moved: Sidecar) -> Sidecar:
    """A store that is the truth, and which the app has written to."""
    assert moved("migrate", "cutover").code == 0
    lines = "\n".join(json.dumps(one) for one in CHANGES)
    assert moved("commit", "--file", "-", stdin=lines).code == 0
    return moved


class Stderr(io.StringIO):
    """A stderr on which something happens as soon as a text is written to it, once each."""

    def __init__(self, happens: dict[str, Callable[[], object]]) -> None:
        super().__init__()
        self._happens = happens

    def write(self, text: str) -> int:
        """Take a text."""
        count = super().write(text)
        for awaited in [one for one in self._happens if one in text]:
            self._happens.pop(awaited)()
        return count


def with_stderr(
    monkeypatch: pytest.MonkeyPatch, happens: dict[str, Callable[[], object]], *arguments: str
) -> Ended:
    with monkeypatch.context() as patched:
        stdout, stderr = io.StringIO(), Stderr(happens)
        patched.setattr("sys.stdout", stdout)
        patched.setattr("sys.stderr", stderr)
        code = run(arguments)
    return Ended(code, stdout.getvalue(), stderr.getvalue())


def state(sidecar: Sidecar) -> str:
    found = sidecar("migrate", "status", "--json").json
    assert isinstance(found, dict)
    return str(found["state"])


def lines_of(file: Path) -> list[object]:
    return [json.loads(line) for line in file.read_text().splitlines() if line.strip()]


def test_each_state_has_its_words() -> None:
    """What is the truth, and what comes next."""
    assert WORDS.keys() == STEPS.keys()


def test_the_status_tells_the_truth(moved: Sidecar, side: str, data_dir: Path) -> None:
    """In words; as JSON what `migrate.status` answers, and since when."""
    said = moved("migrate", "status").out
    assert said.startswith("dual: RxDB is the truth;")
    assert "Next: `sidecar migrate cutover`" in said
    assert "quarantined 1 (`sidecar migrate quarantine` lists them)" in said
    found = moved("migrate", "status", "--json").json
    assert isinstance(found, dict)
    assert found.keys() == {
        "migration", "state", "ids", "backup", "report", "switched", "quarantined", "feeding",
        "since",
    }  # fmt: skip
    assert found["migration"] in said
    assert found["backup"]["path"] in said
    event = moved("events", "--name", "v1.MigrationAdvanced").lines[-1]
    assert isinstance(event, dict)
    assert found["since"] == event["at"]
    if side == "served":
        with store(data_dir) as page:
            page.ask("migrate.begin", {})
            assert "page        one is open and feeds the move" in moved("migrate", "status").out


def test_without_a_move_each_command_says_so(side: str, sidecar: Sidecar, data_dir: Path) -> None:
    """And how one is begun; the status is no error."""
    with store(data_dir):
        pass
    assert sidecar("migrate", "status").out.startswith("idle: RxDB is the truth; no move")
    for command in (["cutover"], ["rollback"], ["cleanup", "--yes"], ["report"]):
        ended = sidecar("migrate", *command)
        assert ended.code == 1
        assert ended.err.startswith("E_NOT_FOUND: no move from RxDB was begun in this store. The")


def test_a_step_from_a_wrong_state_is_refused(
    side: str, sidecar: Sidecar, data_dir: Path, tmp_path: Path
) -> None:
    """With the server's error and its hint; nothing is changed, and no file is left."""
    with store(data_dir) as page:
        migration = push(page, [NOTES, *notes(1)])
    early = sidecar("migrate", "cutover")
    assert (early.code, early.out) == (1, "")
    assert early.err.startswith("E_MIGRATION: a migration that is backing-up can't switch. Let")
    unread = sidecar("migrate", "report")
    assert unread.err.startswith("E_NOT_FOUND: the move is backing-up, and has imported nothing")
    with store(data_dir) as page:
        page.ask("migrate", {"source": {"migration": migration}})
    soon = sidecar("migrate", "cleanup", "--yes")
    assert soon.err.startswith("E_MIGRATION: a migration that is dual can't clean. Cut over")
    assert sidecar("migrate", "cutover").code == 0
    assert sidecar("migrate", "cleanup", "--yes").code == 0
    late = sidecar("migrate", "rollback", "--to", "back.ndjson")
    assert late.err.startswith("E_MIGRATION: a migration that is cleaned can't roll back. It is")
    assert [*tmp_path.glob("*back*")] == []


def test_a_file_is_compared_both_ways(moved: Sidecar, tmp_path: Path) -> None:
    """M9: exit code 1 when one differs; nothing is imported; what is no export is an error."""
    file = tmp_path / "notes.ndjson"
    file.write_text("".join(json.dumps(one) + "\n" for one in [NOTES, *notes(3), THEME]))
    same = moved("migrate", "verify", "notes.ndjson")
    assert same.code == 0, same.err
    assert same.out.startswith("Verification passed\n  4 documents compared by hash: 4 identical")
    assert "verifying: 4 of 4" in same.err
    head = moved("info", "--json").out
    file.write_text("".join(json.dumps(one) + "\n" for one in [NOTES, *notes(4)[1:]]))
    other = moved("migrate", "verify", "notes.ndjson", "--json")
    assert other.code == 1
    found = other.json
    assert isinstance(found, dict)
    assert [(one["id"], one["kind"]) for one in found["differences"]] == [
        ("n3", "missing"),
        ("n0", "onlyInStore"),
    ]
    assert json.loads(moved("info", "--json").out)["head"] == json.loads(head)["head"]
    file.write_text('{"collection": "notes", "document": {"slug"')
    assert moved("migrate", "verify", "notes.ndjson").err.splitlines()[-1][:11] == "E_MIGRATION"
    assert moved("migrate", "verify", "nothing.ndjson").code == 2


def test_the_report_is_the_import_s(moved: Sidecar) -> None:
    """As text, and as JSON."""
    assert moved("migrate", "report").out.startswith("Migrated 3 of 5 documents (ndjson)")
    found = moved("migrate", "report", "--json").json
    status = moved("migrate", "status", "--json").json
    assert isinstance(status, dict)
    assert found == status["report"]


def test_what_differed_is_not_switched_to(side: str, sidecar: Sidecar, data_dir: Path) -> None:
    """M10: and the status says what to do instead."""
    with store(data_dir) as page:
        migration = move(page)
        copy = str(page.ask("migrate.begin", {"purpose": "verify"})["migration"])
        lost = json.dumps({"collection": "notes", "document": {"slug": "lost"}})
        page.ask("migrate.push", {"migration": copy, "records": [json.dumps(NOTES), lost]})
        page.ask("migrate.verify", {"source": {"migration": copy}})
    refused = sidecar("migrate", "cutover")
    assert refused.err.startswith("E_MIGRATION: the last verification found differences.")
    said = sidecar("migrate", "status").out
    assert migration in said
    assert "Next: `sidecar migrate report` shows what differs" in said


def test_the_switch_and_the_end(moved: Sidecar) -> None:
    """M10, M12: each once, whoever asks again; the end must be confirmed."""
    for _ in range(2):
        ended = moved("migrate", "cutover")
        assert (ended.code, ended.out[:31]) == (0, "switched: the store is the trut")
    asked = moved("migrate", "cleanup")
    assert (asked.code, asked.err[:7]) == (2, "E_USAGE")
    assert state(moved) == "switched"
    for _ in range(2):
        ended = moved("migrate", "cleanup", "--yes")
        assert (ended.code, ended.out[:21]) == (0, "cleaned: the store is")


def test_before_the_switch_a_rollback_is_done_at_once(moved: Sidecar, tmp_path: Path) -> None:
    """M11: RxDB has all there is, so there is no file."""
    ended = moved("migrate", "rollback", "--to", "back.ndjson")
    assert (ended.code, ended.out[:35]) == (0, "rolled-back: RxDB is the truth agai")
    assert "none to write, so there is no file" in ended.err
    assert [*tmp_path.glob("*back*")] == []
    assert moved("migrate", "rollback").out == ended.out


def test_after_the_switch_the_page_writes_back(switched: Sidecar) -> None:
    """M11: the command tells of it, and of the way without a page."""
    for _ in range(2):
        ended = switched("migrate", "rollback")
        assert ended.code == 0
        assert ended.out.startswith("rolling-back: the store is the truth")
        assert "`sidecar migrate rollback --to FILE`" in ended.out


def test_a_rollback_of_nothing_needs_no_page(moved: Sidecar) -> None:
    """M11: the app changed nothing since the switch."""
    moved("migrate", "cutover")
    assert moved("migrate", "rollback").out.startswith("rolled-back:")


def test_what_the_app_wrote_goes_into_a_file(switched: Sidecar, tmp_path: Path) -> None:
    """M11: each document once, in RxDB's forms, for nobody else's eyes; then it is rolled back."""
    file = tmp_path / "back.ndjson"
    ended = switched("migrate", "rollback", "--to", str(file))
    assert (ended.code, ended.out[:12]) == (0, "rolled-back:")
    assert f"Documents: 4 written to {file}" in ended.err
    assert lines_of(file) == [
        NOTES,
        {"collection": "notes", "document": {"slug": "n1", "text": "as RxDB has it", "n": 0}},
        {"collection": "notes", "document": {"slug": "n2", "_deleted": True}},
        {"collection": None, "local": {"id": "theme", "deleted": True}},
        {"collection": "notes", "local": {"id": "filter", "data": {"all": True}}},
    ]
    if sys.platform != "win32":
        assert file.stat().st_mode & 0o777 == 0o600
    again = switched("migrate", "rollback", "--to", str(file))
    assert (again.code, again.err) == (
        2,
        f"E_USAGE: {file} exists. Name a new file: none is overwritten.\n",
    )
    assert [*tmp_path.glob(".*.part")] == []


def test_the_file_can_be_imported(switched: Sidecar, tmp_path: Path, data_dir: Path) -> None:
    """Into the store it came from, where it changes nothing, and into an empty one."""
    switched("migrate", "rollback", "--to", "back.ndjson")
    again = switched("migrate", "run", "back.ndjson", "--json").json
    assert isinstance(again, dict)
    assert again["verification"]["differences"] == [
        {"collection": "notes", "id": "n0", "kind": "onlyInStore", "fields": []}
    ]
    assert again["collections"]["notes"]["imported"] == 0
    other = ["--data-dir", str(tmp_path / "other")]
    found = switched("migrate", "run", "back.ndjson", "--json", *other)
    assert found.code == 0
    query = '{"from": "notes"}'
    rows = [{"slug": "n1", "n": 0, "text": "as RxDB has it"}]
    assert switched("query", query, *other).json == rows


def test_a_file_that_can_t_be_made_changes_nothing(switched: Sidecar) -> None:
    """It is made before the first step."""
    ended = switched("migrate", "rollback", "--to", "nowhere/back.ndjson")
    assert (ended.code, ended.err[:44]) == (2, "E_USAGE: nowhere/back.ndjson can't be writte")
    assert state(switched) == "switched"


def test_ctrl_c_leaves_it_rolling_back(
    switched: Sidecar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says how to go on, leaves no part of a file, and the same command goes on."""
    press: dict[str, Callable[[], object]] = {
        "writing back": lambda: signal.raise_signal(signal.SIGINT)
    }
    ended = with_stderr(monkeypatch, press, "migrate", "rollback", "--to", "back.ndjson")
    assert ended.code == 130
    assert "Interrupted. `sidecar migrate status` tells where the move is;" in ended.err
    assert [*tmp_path.glob("*back*")] == []
    assert state(switched) == "rolling-back"
    assert switched("migrate", "rollback", "--to", "back.ndjson").code == 0
    assert state(switched) == "rolled-back"
    assert len(lines_of(tmp_path / "back.ndjson")) == 5


def test_what_the_app_writes_meanwhile_is_in_the_file_too(
    sidecar: Sidecar, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M11: between two pages, and between the last page and the last step; each document once."""

    def patch(value: int) -> Callable[[], object]:
        def commit() -> None:
            args = {"collection": "notes", "id": "n1", "patch": {"n": value}}
            with store(data_dir) as app:
                app.commit([{"name": "v1.DocumentPatched", "args": args}])

        return commit

    with served(data_dir):
        with store(data_dir) as page:
            move(page, [NOTES, *notes(3)])
        assert sidecar("migrate", "cutover").code == 0
        patch(1)()
        inserted = [
            {"name": "v1.DocumentInserted", "args": {**one, "collection": "notes"}}
            for one in notes(200)[100:]
        ]
        lines = "\n".join(json.dumps(one) for one in inserted)
        assert sidecar("commit", "--file", "-", stdin=lines).code == 0
        happens = {"writing back:": patch(2), "writing back: 103 of 103": patch(3)}
        ended = with_stderr(monkeypatch, happens, "migrate", "rollback", "--to", "back.ndjson")
        assert ended.code == 0, ended.err
        assert happens == {}, ended.err
        assert ended.out.startswith("rolled-back:")
    written = [one for one in lines_of(tmp_path / "back.ndjson") if "document" in str(one)]
    found = [one["document"] for one in written if isinstance(one, dict)]
    assert [one for one in found if one["slug"] == "n1"] == [
        {"slug": "n1", "text": "as RxDB has it", "n": 3}
    ]
    assert len(found) == len({one["slug"] for one in found}) == 101


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pty module")
@pytest.mark.parametrize(("answer", "code", "then"), [(b"n\n", 1, "dual"), (b"y\n", 0, "switched")])
def test_a_terminal_is_asked_first(
    sidecar: Sidecar, data_dir: Path, answer: bytes, code: int, then: str
) -> None:
    """Elsewhere nobody is."""
    with store(data_dir) as page:
        move(page)
    terminal, stdin = os.openpty()
    with subprocess.Popen(
        [*PROGRAM, "migrate", "cutover"],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(data_dir),
    ) as asking:
        os.close(stdin)
        os.write(terminal, answer)
        _, said = asking.communicate(timeout=30)
    os.close(terminal)
    assert b"Make the store the truth? [y/N]:" in said
    assert asking.returncode == code
    assert state(sidecar) == then
