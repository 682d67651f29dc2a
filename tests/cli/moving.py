"""A page that moves its RxDB into a store, for the tests of `sidecar migrate`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sidecar.cli.backend import Backend, open_backend
from sidecar.cli.options import Target
from sidecar.core.json import JsonObject
from sidecar.rpc.endpoint import remove_endpoint, write_endpoint
from tests.rpc.serving import TOKEN, serving

NOTES: JsonObject = {
    "collection": "notes",
    "schema": {
        "version": 0,
        "primaryKey": "slug",
        "type": "object",
        "properties": {"slug": {"type": "string", "maxLength": 100}, "text": {"type": "string"}},
    },
}
NAMELESS: JsonObject = {"collection": "personas", "document": {"id": "nameless"}}
"""It goes to the quarantine."""

THEME: JsonObject = {"collection": None, "local": {"id": "theme", "data": {"dark": True}}}


def notes(count: int) -> list[JsonObject]:
    return [
        {"collection": "notes", "document": {"slug": f"n{number}", "text": "as RxDB has it"}}
        for number in range(count)
    ]


RECORDS: list[JsonObject] = [NOTES, *notes(3), NAMELESS, THEME]


@contextmanager
def store(data_dir: Path) -> Iterator[Backend]:
    """Open a store, or the server's that holds it."""
    with open_backend(Target(data_dir, None, None), create=True) as backend:
        yield backend


@contextmanager
def served(data_dir: Path) -> Iterator[None]:
    """Serve a store in this process, which starts sooner than one of its own."""
    with serving(data_dir) as server:
        write_endpoint(data_dir, server.url, TOKEN)
        yield
        remove_endpoint(data_dir)


def push(page: Backend, records: Sequence[JsonObject]) -> str:
    """Begin the move and push records; return its id."""
    migration = str(page.ask("migrate.begin", {})["migration"])
    lines = [json.dumps(one) for one in records]
    page.ask("migrate.push", {"migration": migration, "records": [*lines]})
    return migration


def move(page: Backend, records: Sequence[JsonObject] = RECORDS) -> str:
    """Move records up to `dual`; return the move's id."""
    migration = push(page, records)
    page.ask("migrate", {"source": {"migration": migration}})
    return migration
