"""The command group: help, errors and exit codes."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import click
import pytest

from sidecar import __version__
from sidecar.cli.app import COMMANDS
from tests.cli.commands import all_commands, command_of
from tests.cli.processes import PROGRAM, Sidecar, environment


@pytest.mark.parametrize("name", all_commands())
def test_each_command_teaches_by_example(sidecar: Sidecar, name: str) -> None:
    """Its help says what it does, explains every option, and ends with commands to try."""
    command = command_of(name)
    assert command.name == name.rpartition(" ")[2]
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, option.name
    shown = sidecar(*name.split(), "--help")
    assert shown.code == 0
    examples = shown.out.partition("Examples:\n")[2].splitlines()
    assert len(examples) >= 2
    assert all(f"sidecar {name}" in example for example in examples)
    assert sidecar(*name.split(), "-h").out == shown.out


def test_the_version_is_the_packages(sidecar: Sidecar) -> None:
    """`sidecar --version`."""
    assert __version__ in sidecar("--version").out


def test_help_without_a_command(sidecar: Sidecar) -> None:
    """Lists the commands; a missing command is a usage error."""
    bare = sidecar()
    assert bare.code == 2
    assert all(f"  {name} " in bare.err for name in COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["nothing"], 2, "E_USAGE: No such command 'nothing'. See `sidecar --help`."),
        (["query", "--nothing"], 2, "E_USAGE: No such option"),
        (["query", "{"], 2, "E_USAGE: QUERY is no JSON"),
        (["query", "{}"], 1, "E_NOT_FOUND: there is no store in"),
        (["schema", "--schema", "no.such:thing"], 5, "E_SCHEMA: no.such"),
    ],
)
def test_an_error_is_one_line(sidecar: Sidecar, arguments: list[str], code: int, says: str) -> None:
    """Code, message and hint on stderr; stdout stays empty; the exit code is the error's."""
    ended = sidecar(*arguments)
    assert ended.code == code
    assert ended.err.startswith(says)
    assert ended.err.count("\n") == 1
    assert ended.out == ""


def test_debug_shows_where(sidecar: Sidecar) -> None:
    """A traceback, then the line."""
    ended = sidecar("query", "{}", "--debug")
    assert "Traceback" in ended.err
    assert "E_NOT_FOUND" in ended.err.splitlines()[-1]


def test_a_store_that_is_no_store_is_corrupt(sidecar: Sidecar, data_dir: Path) -> None:
    """Exit code 4, and the file is left alone."""
    data_dir.mkdir()
    (data_dir / "store.db").write_bytes(b"no database" * 1000)
    ended = sidecar("info")
    assert (ended.code, ended.err[:9]) == (4, "E_CORRUPT")
    assert (data_dir / "store.db").read_bytes() == b"no database" * 1000


def test_an_encrypted_store_needs_its_key(sidecar: Sidecar) -> None:
    """The key is the first line of stdin; with another one, exit code 6."""
    query = '{"from": "notes", "count": true}'
    event = '{"name": "v1.CollectionDefined", "args": {"name": "notes", "primaryKey": "id"}}'
    assert sidecar("commit", "--file", "-", "--key-stdin", stdin=f"secret\n{event}").code == 0
    assert sidecar("query", query, "--key-stdin", stdin="secret\n").out == "0\n"
    assert sidecar("query", query, "--key-stdin", stdin="wrong\n").code == 6
    forgotten = sidecar("query", query)
    assert (forgotten.code, forgotten.err[:11]) == (6, "E_WRONG_KEY")
    assert len(forgotten.err.splitlines()) == 1, "SQLCipher has nothing to say beside it"


def test_interrupting_leaves_things_whole(
    sidecar: Sidecar, data_dir: Path, server: dict[str, object]
) -> None:
    """Ctrl-C ends a command with 130 and one line at most; the store goes on."""
    follow = subprocess.Popen(
        [*PROGRAM, "events", "--follow"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(data_dir),
    )
    define = '{"name": "notes", "primaryKey": "id"}'
    sidecar("commit", "v1.CollectionDefined", define)
    assert follow.stdout is not None
    assert b"v1.CollectionDefined" in follow.stdout.readline()
    follow.send_signal(signal.SIGINT)
    out, err = follow.communicate(timeout=10)
    assert (follow.returncode, out, err.strip()) == (130, b"", b"")
    assert sidecar("query", '{"from": "notes", "count": true}').out == "0\n"


def test_a_reader_that_has_enough_ends_the_command(ada: Sidecar, data_dir: Path) -> None:
    """`sidecar events | head -1` leaves no traceback."""
    for _ in range(3):
        ada("commit", "v1.PersonaActivated", '{"id": "p1"}')
    with subprocess.Popen(
        [*PROGRAM, "events"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(data_dir),
    ) as reading:
        assert reading.stdout is not None
        assert reading.stderr is not None
        reading.stdout.close()
        assert reading.stderr.read() == b""
        assert reading.wait(10) == 1
