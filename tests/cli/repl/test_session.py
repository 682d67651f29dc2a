"""Whole sessions without a terminal, on real servers."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.processes import Ended, Sidecar, running_server


def values(out: str) -> list[object]:
    return [ast.literal_eval(line) for line in out.splitlines()]


@pytest.fixture
def repl(process: Sidecar) -> Sidecar:
    """Run lines at a prompt in a process of its own."""

    def run(*lines: str) -> Ended:
        return process("repl", stdin="\n".join(lines) + "\n")

    return run


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, object]]:
    """A server for the sessions that change nothing."""
    data_dir = tmp_path_factory.mktemp("session") / "data"
    with running_server(data_dir) as ready:
        yield {**ready, "data_dir": str(data_dir)}


@pytest.fixture
def attached(shared_server: dict[str, object], sidecar: Sidecar) -> Sidecar:
    """Run lines at a prompt in this process, on the shared server."""

    def run(*lines: str) -> Ended:
        script = "\n".join(lines) + "\n"
        return sidecar("repl", "--data-dir", str(shared_server["data_dir"]), stdin=script)

    return run


def test_a_session_commits_queries_and_watches(repl: Sidecar) -> None:
    """Everything at hand, on a server that the session starts."""
    ended = repl(
        "await rpc.commit(events.CollectionDefined(name='notes', primaryKey='id')) and None",
        "live = await rpc.subscribe(tables.personas.count())",
        "args = dict(id='p1', name='Ada', description='')",
        "args['personality'] = dict(traits=[], temperament='t', communicationStyle='c')",
        "args['settings'] = dict(memoryRetention=1, privacyLevel='low', autoLearn=True)",
        "receipt = await rpc.commit([events.PersonaCreated(**args)])",
        "receipt['head']",
        "live.result['count']",
        "(await rpc.query(tables.personas.where(id='p1').select('name').first()))['row']",
        "[event['name'] for event in (await rpc.events.list(after=1))['events']]",
        "(await rpc.server.info())['app']",
        "db['personas'].count",
        "list(db.query('select name from personas'))",
    )
    assert ended.err == ""
    assert values(ended.out) == [
        2, 1, {"name": "Ada"}, ["v1.PersonaCreated"], "pjais", 1, [{"name": "Ada"}],
    ]  # fmt: skip
    assert ended.code == 0


def test_the_servers_end_with_the_session(repl: Sidecar, data_dir: Path, process: Sidecar) -> None:
    """Nothing is left running: the store can be opened by another."""
    pid = values(repl("(await rpc.server.info())['pid']").out)[0]
    assert isinstance(pid, int)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not (data_dir / "server.json").exists()
    assert process("rebuild").code == 0


def test_a_session_uses_the_server_that_is_there(
    attached: Sidecar, shared_server: dict[str, object]
) -> None:
    """And leaves it running."""
    for _ in range(2):
        assert values(attached("(await rpc.server.info())['pid']").out) == [shared_server["pid"]]


def test_what_is_at_hand_tells_what_it_is(attached: Sidecar) -> None:
    """By name alone; a wrong name says what there is; help is one screen."""
    ended = attached("rpc", "rpc.query", "events.PersonaActivated", "tables.personas", "help()")
    assert "<rpc: attachments, backup, changes, commit, discover, events," in ended.out
    assert "<rpc.query(query): Run a query once" in ended.out
    assert "<events.PersonaActivated(id): makes a v1.PersonaActivated>" in ended.out
    assert "<tables.personas(id: text, " in ended.out
    screen = ended.out.partition("Python with top-level")[2].splitlines()
    assert len(screen) < 24
    assert max(map(len, screen)) <= 100
    wrong = attached("rpc.quer")
    assert (wrong.code, "rpc has no quer; it has attachments, backup" in wrong.err) == (1, True)


def test_steps_and_plans_tell_what_they_are(attached: Sidecar) -> None:
    """A query shows what it asks; help lists the steps; a wrong one is one line."""
    ended = attached(
        "tables.personas.where(name='Ada').limit(2)",
        "help(tables.personas)",
        "(await rpc.query.explain(tables.personas.where(name='Ada')))['indexes']",
    )
    shown = "<tables.personas: {'selector': {'name': 'Ada'}, 'limit': 2}>"
    assert ended.out.splitlines()[0] == shown
    assert "  .order_by(path, direction?)   Sort by a field" in ended.out
    assert ended.out.endswith("['personas(\"name\")']\n")
    wrong = attached("tables.personas.where('name', '~', 'A')")
    assert wrong.err.startswith("E_QUERY: where: no operator ~. Known: =, !=")
    assert wrong.err.count("\n") == 1


def test_collections_of_run_time_are_tables_too(repl: Sidecar) -> None:
    """Once they are defined, each with its own key, and until they are removed."""
    define = "events.CollectionDefined(name='my-notes', primaryKey='slug')"
    assert repl(f"await rpc.commit({define}) and None").err == ""
    ended = repl(
        "tables['my-notes']",
        "row = {'slug': 's', 'n': 4}",
        "await rpc.query(tables['my-notes'].order_by('n').after(row)) and None",
    )
    assert (ended.out, ended.err) == ("<tables.my-notes(slug: text)>\n", "")
    repl("await rpc.commit(events.CollectionRemoved(name='my-notes')) and None")
    assert "KeyError" in repl("tables['my-notes']").err


def test_methods_without_python_of_their_own_are_there_too(attached: Sidecar) -> None:
    """From `rpc.discover`: called by name, with the server's errors."""
    ended = attached(
        "rpc.migrate.status", "(await rpc.migrate.status())['state']", "help(rpc.migrate.push)"
    )
    assert ended.code == 0
    assert "\n'idle'\n" in ended.out
    assert "<rpc.migrate.push(migration, records, checkpoints?): " in ended.out


def test_an_error_ends_a_script(attached: Sidecar) -> None:
    """With exit code 1 and one line; what follows is not run."""
    ended = attached("1", "events.PersonaActivated(id=4)", "2")
    assert (ended.code, ended.out) == (1, "1\n")
    assert ended.err.startswith("E_VALIDATION: v1.PersonaActivated: /args/id")
    assert ended.err.count("\n") == 1


def test_the_database_only_reads(attached: Sidecar) -> None:
    """`db` is for looking."""
    ended = attached("db['personas'].insert({'id': 'x'})")
    assert ended.code == 1
    assert "readonly" in ended.err


def test_an_apps_own_schema_is_at_hand(process: Sidecar, tmp_path: Path) -> None:
    """And a server with another one is warned of."""
    app = tmp_path / "app.py"
    app.write_text(
        "from sidecar.core.column import text\n"
        "from sidecar.core.schema import Schema\n"
        "from sidecar.core.table import Table\n"
        "cats = Table('cats', {'name': text(primary_key=True)})\n"
        "schema = Schema('tiny', version=1, tables=[cats], events=[])\n"
    )
    ended = process("repl", "--schema", str(app), stdin="tables\n")
    assert (ended.out, ended.err) == ("<tables: cats>\n", "")


def test_a_server_that_cannot_start_says_why(process: Sidecar, data_dir: Path) -> None:
    """With its code and its exit code."""
    data_dir.mkdir()
    (data_dir / "store.db").write_bytes(b"nothing of ours" * 500)
    ended = process("repl", stdin="1\n")
    assert (ended.code, ended.err[:9], ended.out) == (4, "E_CORRUPT", "")
