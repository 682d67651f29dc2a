"""The loop over statements, without terminal or server."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable

import pytest

from sidecar.cli.repl.console import Console
from sidecar.core.errors import QueryError


class Given:
    """Statements given beforehand; an exception among them is raised instead."""

    def __init__(self, *statements: str | type[BaseException]) -> None:
        self._statements = iter(statements)

    async def read(self, complete: Callable[[str], bool]) -> str | None:
        """Return the next one."""
        statement = next(self._statements, None)
        if statement is None or isinstance(statement, str):
            return statement
        raise statement


async def run(
    *statements: str | type[BaseException], stop_at_error: bool = False, **names: object
) -> tuple[Console, list[object]]:
    shown: list[object] = []
    console = Console(dict(names), shown.append)
    await console.run(Given(*statements), stop_at_error=stop_at_error)
    return console, shown


async def test_await_works_at_top_level() -> None:
    """In an expression, an assignment and a block."""
    _, shown = await run(
        "import asyncio",
        "await asyncio.sleep(0, 1)",
        "x = await asyncio.sleep(0, 2)",
        "for n in (3, 4):\n    x += await asyncio.sleep(0, n)\n",
        "x",
    )
    assert shown == [1, 9]


async def test_the_last_value_is_underscore() -> None:
    """As at Python's own prompt; None is neither shown nor kept."""
    _, shown = await run("6 * 7", "None", "_ + 1")
    assert shown == [42, 43]


async def test_an_error_of_the_sidecar_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """With its code and its hint."""

    async def fail() -> None:
        raise QueryError("no operator $foo", path="/selector")

    console, _ = await run("await fail()", fail=fail)
    assert console.failed
    error = capsys.readouterr().err
    assert error.startswith("E_QUERY: no operator $foo. ")
    assert error.count("\n") == 1


async def test_another_error_shows_the_users_frames_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Not the loop's; and the session goes on."""
    _, shown = await run("def f():\n    1 / 0\n", "f()", "'on'")
    error = capsys.readouterr().err
    assert "ZeroDivisionError" in error
    assert "console.py" not in error
    assert shown == ["on"]


async def test_a_syntax_error_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """And the session goes on."""
    _, shown = await run("1 +* 2", "'on'")
    assert "SyntaxError" in capsys.readouterr().err
    assert shown == ["on"]


async def test_a_forgotten_await_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Instead of a coroutine object, and a warning later."""

    async def ask() -> None:
        raise AssertionError

    _, shown = await run("ask()", ask=ask)
    assert shown == []
    assert "await" in capsys.readouterr().err


@pytest.mark.parametrize(
    "statement", ["import time; time.sleep(30)", "import asyncio; await asyncio.sleep(30)"]
)
async def test_interrupting_stops_the_statement_alone(
    statement: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C reaches running code and waiting code, and the session goes on."""
    loop = asyncio.get_running_loop()
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    began = loop.time()
    _, shown = await run(statement, "'on'")
    assert loop.time() - began < 10
    assert "interrupted" in capsys.readouterr().err
    assert shown == ["on"]


async def test_giving_up_a_statement_asks_for_the_next() -> None:
    """Ctrl-C at the prompt."""
    _, shown = await run(KeyboardInterrupt, "1")
    assert shown == [1]


async def test_exit_leaves() -> None:
    """`exit()` in the session ends it, not the program around."""
    _, shown = await run("raise SystemExit", "1")
    assert shown == []


async def test_a_script_stops_at_its_first_error() -> None:
    """Without a terminal, what follows a failure would work on what isn't there."""
    console, shown = await run("1", "1 / 0", "2", stop_at_error=True)
    assert shown == [1]
    assert console.failed


@pytest.mark.parametrize(
    ("text", "whole"),
    [("1", True), ("for x in y:", False), ("f(", False), ("'''a", False), ("1 +* 2", True)],
)
async def test_the_console_knows_a_whole_statement(text: str, whole: bool) -> None:
    """A wrong one counts as whole, so that its error shows."""
    assert Console({}, print).is_complete(text) is whole
