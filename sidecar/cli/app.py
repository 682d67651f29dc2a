"""The command group, and what becomes of an error."""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

import click

from sidecar import __version__
from sidecar.cli.options import Settings, examples
from sidecar.cli.report import describe
from sidecar.core.errors import SidecarError, UsageError

INTERRUPTED = 130

COMMANDS = (
    "serve",
    "migrate",
    "query",
    "commit",
    "events",
    "info",
    "schema",
    "rebuild",
    "rekey",
    "doctor",
    "repl",
)
"""Each is the `command` of the module `sidecar.cli.<name>`."""


class Commands(click.Group):
    """The commands in the order of `COMMANDS`, each imported when it is asked for.

    `serve` would start 100 ms later with the imports of all the others.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands' names."""
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        cmd_name: str,
    ) -> click.Command | None:
        """Return a command, or None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"sidecar.cli.{cmd_name}").command
        return command


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples(
        """
        sidecar migrate run rxdb-export.json --data-dir ./data
        sidecar query '{"from": "personas", "limit": 3}' --data-dir ./data
        sidecar schema v1.PersonaCreated
        """
    ),
)
@click.version_option(__version__, prog_name="sidecar")
def cli() -> None:
    """An event-sourced SQLite store for Electron apps: serve it, fill it, look into it.

    A command talks to the server that holds the data directory; when there is none, it opens the
    store itself.
    """


def main() -> NoReturn:
    """Run the command line and end the process with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run a command line; return its exit code.

    Args:
        arguments: What follows `sidecar`.
    """
    settings = Settings()
    try:
        code = cli.main(list(arguments), prog_name="sidecar", standalone_mode=False, obj=settings)
    except click.Abort:
        return INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.UsageError as error:
        return _report_usage(error)
    except BrokenPipeError:
        # The reader (`| head`) has what it wanted. Python would flush stdout again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except SidecarError as error:
        if settings.debug:
            traceback.print_exc()
        click.echo(describe(error), err=True)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last resort: a fault of ours, told in one line
        if settings.debug:
            traceback.print_exc()
        hint = "This is a fault of the sidecar; --debug shows where."
        click.echo(f"E_INTERNAL: {type(error).__name__}: {error}. {hint}", err=True)
        return 1
    return code if isinstance(code, int) else 0


def _report_usage(error: click.UsageError) -> int:
    """Tell a wrong option to a person, or to the parent that spawned `serve` (DESIGN §6)."""
    path = error.ctx.command_path if error.ctx is not None else "sidecar"
    usage = UsageError(error.format_message(), hint=f"See `{path} --help`.")
    if error.ctx is not None and error.ctx.info_name == "serve":
        line = {"type": "error", "code": usage.code, "message": usage.message, "hint": usage.hint}
        click.echo(json.dumps(line))
    click.echo(describe(usage), err=True)
    return usage.exit_code
