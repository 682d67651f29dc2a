"""`sidecar migrate cutover`, `rollback` and `cleanup`: the steps that decide which is the truth."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import click

from sidecar.cli.backend import Backend, open_backend
from sidecar.cli.migrate.status import Status, begun, say, take_step
from sidecar.cli.migrate.write_back import Records, write_back
from sidecar.cli.options import Target, examples, store_options
from sidecar.cli.progress import show_progress
from sidecar.core.errors import UsageError
from sidecar.core.json import JsonObject

_GO_ON: Final = (
    "`sidecar migrate status` tells where the move is; `sidecar migrate rollback --to FILE`, with "
    "a FILE that is not there, goes on."
)
_NOTHING: Final = "none to write, so there is no file: RxDB has all there is"


@click.command(
    "cutover",
    epilog=examples(
        """
        sidecar migrate cutover
        sidecar migrate cutover --yes
        """
    ),
)
@click.option("--yes", is_flag=True, help="Don't ask on a terminal.")
@store_options
def cutover(target: Target, yes: bool) -> int:
    """Make the store the truth: every window of the app changes over to it.

    This needs the import done, and its last comparison with RxDB without a difference. What still
    comes into RxDB follows as long as a page is open, and `sidecar migrate rollback` leads back.
    """
    with open_backend(target) as backend:
        migration, before = begun(backend)
        if before["state"] == "dual" and not (yes or _agreed("Make the store the truth?")):
            return 1
        after = take_step(backend, "migrate.cutover", {"migration": migration})
    say(after)
    if before["state"] == "dual" and not before["feeding"]:
        click.echo(
            "Warning: no page is open: what the app wrote in RxDB since one was, follows when one "
            "is again.",
            err=True,
        )
    return 0


@click.command(
    "rollback",
    epilog=examples(
        """
        sidecar migrate rollback
        sidecar migrate rollback --to written-since.ndjson
        """
    ),
)
@click.option(
    "--to",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write what the app wrote since the switch into this new file, instead of into RxDB.",
)
@store_options
def rollback(target: Target, file: Path | None) -> None:
    """Return to RxDB.

    Before the switch that is done at once. After it, what the app has written in the store goes
    back into RxDB first: the app's page writes it whenever it is open. Without a page, --to writes
    it into FILE as NDJSON records, which `sidecar migrate run` imports; deleted documents are
    tombstones there. Interrupted, it stays rolling-back, and the same command goes on.
    """
    with open_backend(target) as backend, _opened(file) as records:
        migration, before = begun(backend)
        try:
            after = take_step(backend, "migrate.rollback", {"migration": migration})
            if records is not None and before["switched"] is not None:
                with show_progress() as progress:
                    after = write_back(backend, migration, after, records, progress)
            elif after["state"] == "rolling-back":
                after = _finished_if_unchanged(backend, migration, after)
        except KeyboardInterrupt:
            click.echo(f"Interrupted. {_GO_ON}", err=True)
            raise
        if records is not None:
            told = f"{records.count:,} written to {file}" if records.count else _NOTHING
            click.echo(f"Documents: {told}", err=True)
    say(after)


@click.command(
    "cleanup",
    epilog=examples(
        """
        sidecar migrate cleanup --yes
        sidecar migrate cleanup --yes --data-dir ./data
        """
    ),
)
@click.option("--yes", is_flag=True, help="Confirm it; needed where no terminal can ask.")
@store_options
def cleanup(target: Target, yes: bool) -> int:
    """End the move for good: there is no way back to RxDB afterwards.

    The backup is verified once more before, and stays. RxDB's own data is deleted by the app's
    page (RxDatabaseMigration.cleanup).
    """
    with open_backend(target) as backend:
        migration, before = begun(backend)
        if before["state"] == "switched" and not yes:
            if not sys.stdin.isatty():
                raise UsageError("a cleanup takes away the way back", hint="Confirm it with --yes.")
            if not _agreed("Take away the way back to RxDB?"):
                return 1
        say(take_step(backend, "migrate.cleanup", {"migration": migration, "confirm": True}))
    return 0


def _agreed(question: str) -> bool:
    """Ask on a terminal; elsewhere, who gives the command agrees."""
    if not sys.stdin.isatty() or click.confirm(question, err=True):
        return True
    click.echo("Nothing was changed.", err=True)
    return False


@contextmanager
def _opened(file: Path | None) -> Iterator[Records | None]:
    """Make a new file, and close it at the end."""
    if file is None:
        yield None
        return
    with closing(Records(file)) as records:
        yield records


def _finished_if_unchanged(backend: Backend, migration: str, status: Status) -> Status:
    """Roll back at once where there is nothing to bring back."""
    params: JsonObject = {"migration": migration}
    page = backend.ask("migrate.changes", {**params, "limit": 1})
    if page["changes"]:
        return status
    return take_step(backend, "migrate.rollback", {**params, "through": page["after"]})
