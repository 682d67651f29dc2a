"""`sidecar commit`: append events."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from sidecar.cli.backend import open_backend
from sidecar.cli.input import json_object, json_objects, read_argument, read_file
from sidecar.cli.options import Target, examples, store_options
from sidecar.cli.output import print_line
from sidecar.client import NewEventJson


@click.command(
    "commit",
    epilog=examples(
        """
        sidecar commit v1.PersonaActivated '{"id": "p1"}'
        sidecar commit --file events.ndjson
        echo '{"name": "v1.PersonaActivated", "args": {"id": "p1"}}' | sidecar commit --file -
        """
    ),
)
@click.argument("name", required=False)
@click.argument("args", required=False)
@click.option(
    "--file",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    help='Events {name, args, id?, expect?}: a JSON array, or one per line; "-" is stdin.',
)
@store_options
def command(target: Target, name: str | None, args: str | None, path: Path | None) -> None:
    """Commit events and print the receipt.

    They are one batch: all are stored, or none. NAME is the event's, ARGS its arguments as JSON
    ("-" reads them from stdin). Events with an `id` may be committed again: the answer is the first
    receipt, with "duplicate": true.
    """
    events = _events(name, args, path)
    with open_backend(target, create=True) as backend:
        print_line(backend.commit(events))


def _events(name: str | None, args: str | None, path: Path | None) -> list[NewEventJson]:
    if path is not None and name is None:
        # What an event is, the backend checks, and names the member that is wrong.
        return cast("list[NewEventJson]", json_objects(read_file(path), str(path)))
    if path is None and name is not None and args is not None:
        return [{"name": name, "args": json_object(read_argument(args), "ARGS")}]
    raise click.UsageError("Give either NAME and ARGS, or --file.")
