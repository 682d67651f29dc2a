"""`sidecar events`: the log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import cast

import click

from sidecar.cli.backend import Backend, EventFilter, open_backend
from sidecar.cli.options import Target, examples, output_option, store_options
from sidecar.cli.output import Format, print_line, print_rows
from sidecar.client import EventJson
from sidecar.core.errors import TooLargeError
from sidecar.core.json import JsonObject

PAGE = 1000
"""Events asked for at once."""

POLL = 0.25
"""Seconds between two looks at the log with --follow: one indexed read each."""


@click.command(
    "events",
    epilog=examples(
        """
        sidecar events --after 1 --limit 20 -o table
        sidecar events --name v1.PersonaImported --name v1.MigrationCompleted
        sidecar events --collection personas --id p1
        """
    ),
)
@click.option("--after", type=click.IntRange(0), default=0, help="Only events after this seq.")
@click.option("--limit", type=click.IntRange(1), help="How many at most; all when not given.")
@click.option("--name", "names", multiple=True, help="Only events of this name. Repeatable.")
@click.option("--collection", help="Only events that changed a document of this collection.")
@click.option("--id", help="Only events that changed this document of --collection.")
@click.option("--follow", is_flag=True, help="Go on with events as a running server commits them.")
@output_option("ndjson")
@store_options
def command(
    target: Target,
    after: int,
    limit: int | None,
    names: tuple[str, ...],
    collection: str | None,
    id: str | None,
    follow: bool,
    output: Format,
) -> None:
    """Print the event log, oldest first.

    An event is {seq, id, name, args, at, clientId, sessionId}; `at` is in milliseconds since 1970.
    """
    if id is not None and collection is None:
        raise click.UsageError("--id goes with --collection.")
    if follow and output != "ndjson":
        raise click.UsageError("--follow prints ndjson.")
    wanted = EventFilter(list(names) or None, collection, id)
    with open_backend(target) as backend:
        if follow and not backend.served:
            raise click.UsageError(
                f"--follow needs a server on {target.data_dir}: no one else writes."
            )
        log = _log(backend, wanted, after, limit, follow=follow)
        if output == "ndjson":
            for event in log:
                print_line(event)
        else:
            print_rows([cast("JsonObject", event) for event in log], output)


def _log(
    backend: Backend, wanted: EventFilter, after: int, limit: int | None, *, follow: bool
) -> Iterator[EventJson]:
    left = sys.maxsize if limit is None else limit
    largest = PAGE
    while left > 0:
        size = min(largest, left)
        try:
            page = backend.events(wanted, after=after, limit=size)
        except TooLargeError:
            # Events of attachments are large: fewer of them fit into one answer.
            if size == 1:
                raise
            largest = size // 2
            continue
        yield from page["events"]
        left -= len(page["events"])
        if page["next"] is not None:
            after = page["next"]
            continue
        after = page["head"]
        if not follow:
            return
        time.sleep(POLL)
