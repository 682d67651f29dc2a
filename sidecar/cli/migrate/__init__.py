"""`sidecar migrate`: files into the store, and the move of an app that runs on RxDB."""

from __future__ import annotations

from typing import NoReturn

import click

from sidecar.cli.migrate.importing import report, run, verify
from sidecar.cli.migrate.quarantine import quarantine, repair
from sidecar.cli.migrate.status import status
from sidecar.cli.migrate.steps import cleanup, cutover, rollback
from sidecar.cli.options import examples
from sidecar.core.errors import UsageError


class _Commands(click.Group):
    """The commands, in their order of use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands' names."""
        return list(self.commands)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the options of the group, which has none but --help."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            _refuse(error)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is named."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            _refuse(error)


def _refuse(error: click.UsageError) -> NoReturn:
    raise UsageError(
        error.format_message(),
        hint="A file is imported by `sidecar migrate run FILE`; `sidecar migrate --help` lists "
        "the other commands.",
    ) from error


@click.group(
    "migrate",
    cls=_Commands,
    epilog=examples(
        """
        sidecar migrate run rxdb-export.json
        sidecar migrate status
        sidecar migrate cutover --yes
        """
    ),
)
def command() -> None:
    """Bring RxDB data into the store: a file, or a running app's.

    `run` imports a file, and is all that a file needs. A running app moves by itself: its page
    copies RxDB and keeps the store beside it, until `cutover` makes the store the truth and
    `cleanup` gives up the way back, which `rollback` takes.
    """


for _one in (run, status, verify, cutover, rollback, cleanup, report, quarantine, repair):
    command.add_command(_one)
