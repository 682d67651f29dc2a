"""The guides: every command and option is in them, and their examples run."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import click
import pytest

from sidecar.cli.app import cli
from sidecar.cli.options import store_options
from sidecar.core.json import JsonObject
from sidecar.core.query import DocumentQuery
from tests.cli.commands import all_commands, command_of
from tests.cli.moving import RECORDS, move, store
from tests.cli.processes import ROOT, Ended, Sidecar, persona, run_process

AT = 1_700_000_000_000
CLI = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
QUERIES = (ROOT / "docs" / "queries.md").read_text(encoding="utf-8")
REPL = (ROOT / "docs" / "repl.md").read_text(encoding="utf-8")
SHARED = CLI.partition("## What all commands share")[2].partition("\n## ")[0]
OWN_PROCESS = {"serve"}


def section(name: str) -> str:
    found = re.search(rf"^##+ sidecar {name}\n(.*?)(?=^##|\Z)", CLI, re.DOTALL | re.MULTILINE)
    assert found, f"docs/cli.md has no section 'sidecar {name}'"
    return found[1]


def shared_options() -> set[str]:
    with_target = click.command()(store_options(lambda _target: None))
    return {option for one in with_target.params for option in one.opts}


@pytest.mark.parametrize("name", all_commands())
def test_every_option_is_documented(name: str) -> None:
    """In the command's section, or among what all commands share."""
    text = section(name)
    for one in command_of(name).params:
        for option in one.opts:
            if isinstance(one, click.Argument):
                assert one.human_readable_name in text, one.human_readable_name
            else:
                place = SHARED if option in shared_options() and name != "serve" else text
                assert re.search(rf"`{option}\b", place), option


@pytest.mark.parametrize("name", all_commands())
def test_no_option_is_documented_that_is_not_there(name: str) -> None:
    """Nor an option that was."""
    known = {option for one in command_of(name).params for option in one.opts} | {"--help"}
    rows = [line for line in section(name).splitlines() if line.startswith("| `-")]
    documented = {
        option for row in rows for option in re.findall(r"`(--?[a-z-]+)", row[: row.index("|", 2)])
    }
    assert documented <= known


def help_examples(name: str) -> list[str]:
    assert command_of(name).epilog
    return [line.strip() for line in str(command_of(name).epilog).splitlines()[2:]]


def console_examples(text: str) -> list[str]:
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


@pytest.fixture
def prepared(sidecar: Sidecar, tmp_path: Path) -> Sidecar:
    """The directory the examples are written for: files beside a store with the persona p1."""
    times = {"createdAt": AT, "updatedAt": AT}
    ada = {**persona("p1", "Ada"), "isActive": True, **times}
    memory = {
        "id": "m1", "personaId": "p1", "type": "fact", "name": "Engine", "content": {},
        "summary": "s", "tags": [], "importance": 50, "lastAccessed": AT, **times,
    }  # fmt: skip
    export = {"version": "1.0", "personas": [ada], "memoryEntities": [memory], "conversations": []}
    (tmp_path / "rxdb-export.json").write_text(json.dumps(export))
    note = {"collection": "notes", "document": {"slug": "a", "text": "hello"}}
    (tmp_path / "notes.ndjson").write_text(json.dumps(note) + "\n")
    event = {"name": "v1.PersonaActivated", "args": {"id": "p1"}}
    (tmp_path / "events.ndjson").write_text(json.dumps(event) + "\n")
    (tmp_path / "script.py").write_text("found = await rpc.query(tables.personas)\nlen(found)\n")
    (tmp_path / "corrected.json").write_text(json.dumps({**ada, "id": "nameless"}))
    assert sidecar("migrate", "run", "rxdb-export.json").code == 0
    return sidecar


def begin_move(directory: Path) -> None:
    """Bring the store where a page moves its RxDB: `dual`, with documents in quarantine."""
    keyless: list[JsonObject] = [
        {"collection": "notes", "document": {"text": text}} for text in ("one", "another")
    ]
    with store(directory / "data") as page:
        move(page, [*RECORDS, *keyless])


def run_example(line: str, prepared: Sidecar, directory: Path) -> Ended:
    """Run `sidecar …`, `echo '…' | sidecar …`, the same with `printf`, or `sidecar … < FILE`."""
    echoed, pipe, rest = line.rpartition(" | ")
    stdin = shlex.split(echoed)[1] + "\n" if pipe else ""
    if echoed.startswith("printf "):
        stdin = stdin.replace("\\n", "\n")
    rest, redirected, file = rest.partition(" < ")
    if redirected:
        stdin = (directory / file).read_text()
    program, *arguments = shlex.split(rest)
    assert program == "sidecar"
    if arguments[0] in OWN_PROCESS:
        return run_process(directory / "data", *arguments, stdin=stdin)
    return prepared(*arguments, stdin=stdin)


@pytest.mark.parametrize("name", all_commands())
def test_the_examples_of_help_and_guide_run(name: str, prepared: Sidecar, tmp_path: Path) -> None:
    """As they stand, in a prepared directory; those about a move where there is one."""
    if name.startswith("migrate"):
        begin_move(tmp_path)
    if name == "migrate cleanup":
        assert prepared("migrate", "cutover").code == 0
    examples = [*help_examples(name), *console_examples(section(name))]
    assert examples
    for line in examples:
        ended = run_example(line, prepared, tmp_path)
        assert ended.code == 0, (line, ended)
        assert ended.out.strip() or line.startswith("sidecar repl"), line


def test_the_first_examples_run(prepared: Sidecar, tmp_path: Path) -> None:
    """Those of `sidecar --help`, and the guide's opening."""
    assert cli.epilog
    opening = CLI.partition("\n## ")[0]
    listed = [line.strip() for line in cli.epilog.splitlines()[2:]]
    for line in [*listed, *console_examples(opening)]:
        ended = run_example(line, prepared, tmp_path)
        assert ended.code == 0, (line, ended)


def test_what_the_repl_guide_says_runs(prepared: Sidecar, tmp_path: Path) -> None:
    """Every Python example, as one script; the last one is a program of its own."""
    *parts, program = re.findall(r"```python\n(.*?)```", REPL, re.DOTALL)
    script = "\n".join(parts) + f"\n{program}\nawait main(Path({str(tmp_path / 'data')!r}))\n"
    ended = prepared("repl", stdin=script)
    assert ended.code == 0, ended.err
    for line in console_examples(REPL)[1:]:
        assert run_example(line, prepared, tmp_path).code == 0


def test_what_the_query_guide_says_of_python_runs(prepared: Sidecar, tmp_path: Path) -> None:
    """Its program, on a store."""
    (program,) = re.findall(r"```python\n(.*?)```", QUERIES, re.DOTALL)
    ended = prepared("repl", stdin=f"{program}\nawait main(Path({str(tmp_path / 'data')!r}))\n")
    assert ended.err == ""
    assert len(ended.out.splitlines()) == 3


def test_the_command_line_names_each_member_of_a_query() -> None:
    """In the guide and in the help."""
    shown = str(command_of("query").help)
    for name, field in DocumentQuery.model_fields.items():
        assert f"`{field.alias or name}`" in section("query")
        assert re.search(rf"\b{field.alias or name}\b", shown)


def test_the_repl_guide_names_what_is_at_hand(prepared: Sidecar) -> None:
    """No name of a session is missing from the table."""
    script = "sorted(name for name in globals() if not name.startswith('_'))\n"
    ended = prepared("repl", stdin=script)
    for name in eval(ended.out):
        assert f"| `{name}" in REPL
