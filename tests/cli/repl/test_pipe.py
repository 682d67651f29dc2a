"""A script from stdin."""

from __future__ import annotations

import io

import pytest

from sidecar.cli.repl.console import Console
from sidecar.cli.repl.pipe import Script, show, split

SCRIPT = '''\
import asyncio

@asyncio.coroutines.iscoroutinefunction
async def f():
    x = 1

    return x

a = 1; b = 2
await asyncio.sleep(0)
async for n in g(): print(n)
"""a
b"""
'''


def test_a_script_is_split_into_its_statements() -> None:
    """Empty lines in blocks, decorators, several statements on a line, top-level await."""
    statements = [statement.strip("\n") for statement in split(SCRIPT)]
    assert [statement.splitlines()[0] for statement in statements] == [
        "import asyncio",
        "@asyncio.coroutines.iscoroutinefunction",
        "a = 1; b = 2",
        "await asyncio.sleep(0)",
        "async for n in g(): print(n)",
        '"""a',
    ]


def test_a_statement_stays_on_its_lines() -> None:
    """So that an error names the line of the script."""
    assert [statement.count("\n") for statement in split("1\n\n2\n")] == [1, 3]


def test_what_does_not_parse_is_one_statement() -> None:
    """And shows its error when it is run."""
    assert list(split("1\n2 +* 3\n")) == ["1\n2 +* 3\n"]


@pytest.mark.parametrize(
    ("script", "line"), [("1\n\n1 / 0\n", 3), ("def f():\n    x = 1\n\n    1 / 0\n\nf()", 4)]
)
async def test_an_error_names_the_line(
    script: str, line: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of the script, not of the statement."""
    monkeypatch.setattr("sys.stdin", io.StringIO(script))
    console = Console({}, show)
    await console.run(Script(), stop_at_error=True)
    assert console.failed
    assert f'File "<repl>", line {line}' in capsys.readouterr().err
