"""The prompt, typed at through a pipe that stands for the keyboard."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from sidecar.app import schema
from sidecar.cli.repl.console import Console
from sidecar.cli.repl.names import event_names, table_names
from sidecar.cli.repl.terminal import Prompt, show

NAMES: dict[str, object] = {"events": event_names(schema), "tables": table_names(schema, [])}


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    with (
        create_pipe_input() as keyboard,
        create_app_session(input=keyboard, output=DummyOutput()),
    ):
        yield keyboard


async def typed(keyboard: PipeInput, history: Path, keys: str) -> str | None:
    """Return the statement that keys make; before and after a Tab they pause, as fingers do."""

    async def press() -> None:
        for part in re.split("(\t)", keys):
            keyboard.send_text(part)
            await asyncio.sleep(0.2 if "\t" in keys else 0)

    prompt = Prompt(NAMES, schema, history / "repl" / "history")
    pressing = asyncio.create_task(press())
    try:
        # In the test's own task: a KeyboardInterrupt in any other would end the loop.
        return await prompt.read(Console({}, print).is_complete)
    finally:
        await pressing


@pytest.mark.parametrize(
    ("keys", "statement"),
    [
        ("1 + 1\r", "1 + 1"),
        ("f(\r1)\r", "f(\n1)"),
        ("for n in x:\rprint(n)\r\r", "for n in x:\n    print(n)\n"),
        ("for n in x:\rprint(n)\rprint(2)\r\r", "for n in x:\n    print(n)\n    print(2)\n"),
        ("tabl\t\r", "tables"),
        ("events.PersonaAct\t(id='p1')\r", "events.PersonaActivated(id='p1')"),
        ("q = {'from': 'conv\t'}\r", "q = {'from': 'conversations'}"),
        ("\x04", None),
    ],
)
async def test_keys_make_statements(
    keyboard: PipeInput, tmp_path: Path, keys: str, statement: str | None
) -> None:
    """Enter runs a whole statement and continues another; Tab completes; Ctrl-D ends."""
    assert await typed(keyboard, tmp_path, keys) == statement


async def test_ctrl_c_gives_up_the_statement(keyboard: PipeInput, tmp_path: Path) -> None:
    """And only that: the console asks for the next."""
    with pytest.raises(KeyboardInterrupt):
        await typed(keyboard, tmp_path, "for n in x:\r1 + \x03")


async def test_history_is_kept_between_sessions(keyboard: PipeInput, tmp_path: Path) -> None:
    """The up arrow brings back what an earlier session ran."""
    assert await typed(keyboard, tmp_path, "1 + 1\r") == "1 + 1"
    assert await typed(keyboard, tmp_path, "\x1b[A\r") == "1 + 1"


def test_a_value_is_shown_over_several_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """When one is not enough."""
    show({"rows": [{"id": f"p{number}", "name": "Somebody"} for number in range(9)]})
    assert len(capsys.readouterr().out.splitlines()) > 3
