"""`sidecar migrate quarantine` and `repair`: documents that could not be imported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, cast

import click
import orjson

from sidecar.cli.backend import Backend, open_backend
from sidecar.cli.input import json_object, read_file
from sidecar.cli.options import Target, examples, store_options
from sidecar.cli.output import print_json, print_rows, print_text
from sidecar.core.errors import NotFoundError
from sidecar.core.json import Json, JsonObject

_LAST: Final = 2**53 - 1
_PAGE: Final = 1000

_LISTED: Final = f"""
SELECT seq, collection, sourceId AS id, problems ->> '$[0].path' AS path,
    problems ->> '$[0].message' AS problem
FROM _quarantine WHERE seq > ? ORDER BY seq LIMIT {_PAGE}
"""

_ONE: Final = """
SELECT seq, collection, sourceId AS id, problems, document FROM _quarantine WHERE seq = ?
"""


@click.command(
    "quarantine",
    epilog=examples(
        """
        sidecar migrate quarantine
        sidecar migrate quarantine 14
        """
    ),
)
@click.argument("seq", type=click.IntRange(0, _LAST), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@store_options
def quarantine(target: Target, seq: int | None, as_json: bool) -> None:
    """List the documents that could not be imported, or show the one at SEQ.

    The list has each document's seq, collection, id and first problem. With SEQ, the document's
    text as it came goes to stdout, and all that is wrong with it to stderr: into a file, correct
    it there, and `sidecar migrate repair` imports it.
    """
    with open_backend(target) as backend:
        if seq is None:
            rows = list(_listed(backend))
            if as_json:
                print_json(rows)
            elif rows:
                print_rows(rows, "table")
            else:
                click.echo("The quarantine is empty.", err=True)
            return
        found = _one(backend, seq)
    if as_json:
        print_json(found)
        return
    for problem in cast("list[dict[str, str]]", found["problems"]):
        click.echo(f"{problem['path'] or 'the document'}: {problem['message']}", err=True)
    print_text(str(found["document"]))


@click.command(
    "repair",
    epilog=examples(
        """
        sidecar migrate repair 15 corrected.json
        echo '{"slug": "b", "text": "with its key"}' | sidecar migrate repair 13 -
        """
    ),
)
@click.argument("seq", type=click.IntRange(0, _LAST))
@click.argument(
    "file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
)
@store_options
def repair(target: Target, seq: int, file: Path) -> None:
    """Import the corrected form of the quarantined document at SEQ.

    FILE has the document as RxDB would have it, as JSON; - is stdin. It leaves the quarantine in
    the same commit, or stays there when something is still wrong with it.
    """
    document = json_object(read_file(file), "standard input" if str(file) == "-" else str(file))
    with open_backend(target) as backend:
        imported = backend.ask("migrate.repair", {"seq": seq, "document": document})
    click.echo(f"imported as {imported['id']}")


def _listed(backend: Backend) -> Iterator[dict[str, Json]]:
    last = -1
    while rows := _rows(backend, _LISTED, last):
        yield from rows
        last = cast("int", rows[-1]["seq"])


def _one(backend: Backend, seq: int) -> JsonObject:
    rows = _rows(backend, _ONE, seq)
    if not rows:
        raise NotFoundError(
            f"the quarantine has no document {seq}",
            hint="`sidecar migrate quarantine` lists them.",
            seq=seq,
        )
    return {**rows[0], "problems": orjson.loads(str(rows[0]["problems"]))}


def _rows(backend: Backend, sql: str, seq: int) -> list[dict[str, Json]]:
    found = backend.query({"sql": sql, "params": [seq]})
    return found["rows"]
