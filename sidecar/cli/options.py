"""Options that several commands share, and how a command shows its examples."""

from __future__ import annotations

import functools
import inspect
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

Params = ParamSpec("Params")
Returned = TypeVar("Returned")

DATA_DIR_VARIABLE = "SIDECAR_DATA_DIR"


@dataclass(slots=True)
class Settings:
    """What holds for the whole run.

    Attributes:
        debug: Whether an error shows its traceback.
    """

    debug: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """Which store a command is about.

    Attributes:
        data_dir: Its directory.
        schema: `module:attr` or `file.py` of the app's schema, or None for PJAIS's.
        key: The key of an encrypted store, or None.
    """

    data_dir: Path
    schema: str | None
    key: str | None = field(repr=False)


def default_data_dir() -> Path:
    """Return the directory used without --data-dir: the environment's, or this user's own."""
    if given := os.environ.get(DATA_DIR_VARIABLE):
        return Path(given)
    import platformdirs  # noqa: PLC0415 - 10 ms that a given --data-dir saves

    return Path(platformdirs.user_data_dir("sidecar", appauthor=False))


data_dir_option = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=default_data_dir,
    show_default=f"${DATA_DIR_VARIABLE}, else the user's data directory",
    help="Directory of the store.",
)

schema_option = click.option(
    "--schema",
    metavar="MODULE:ATTR|FILE.PY",
    help="The app's schema; PJAIS's when not given. A server keeps the one it was started with.",
)

key_option = click.option(
    "--key-stdin",
    is_flag=True,
    help="Read the key of an encrypted store from the first line of stdin.",
)


def read_key(prompt: str) -> str:
    """Read a key: a line of stdin, which a terminal does not show.

    Args:
        prompt: What a terminal asks for.

    Raises:
        UsageError: It is empty, too long, or no text.
    """
    from sidecar.store.keys import take_key  # noqa: PLC0415 - for a key alone

    if sys.stdin.isatty():
        return take_key(click.prompt(prompt, hide_input=True, err=True))
    return take_key(sys.stdin.readline())


def _set_debug(context: click.Context, _option: click.Parameter, value: bool) -> None:
    context.find_object(Settings).debug = value  # type: ignore[union-attr]  # `run` gives one


debug_option = click.option(
    "--debug",
    is_flag=True,
    expose_value=False,
    callback=_set_debug,
    help="Show the traceback of an error.",
)


def output_option(
    default: str,
) -> Callable[[Callable[Params, Returned]], Callable[Params, Returned]]:
    """Return the option that chooses how rows are printed."""
    return click.option(
        "-o",
        "--output",
        type=click.Choice(["json", "ndjson", "table"]),
        default=default,
        show_default=True,
        help="One JSON value, one JSON object per line, or a table to read.",
    )


def store_options(command: Callable[..., Returned]) -> Callable[..., Returned]:
    """Add the options that say which store; the command gets them as its first argument."""

    @functools.wraps(command)
    def with_target(
        *, data_dir: Path, schema: str | None, key_stdin: bool, **rest: object
    ) -> Returned:
        # The key is the first line of stdin: what else a command reads from there follows it.
        key = read_key("Key") if key_stdin else None
        return command(Target(data_dir, schema, key), **rest)

    return data_dir_option(schema_option(key_option(debug_option(with_target))))


def examples(lines: str) -> str:
    """Return a help epilog of commands to try, one per line; a test runs each of them."""
    shown = "\n".join(f"  {line}" for line in inspect.cleandoc(lines).splitlines())
    return f"\b\nExamples:\n{shown}"
