"""`sidecar info`: what a store holds, and who serves it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import click

from sidecar.cli.backend import open_backend
from sidecar.cli.options import Target, examples, store_options
from sidecar.cli.output import print_json
from sidecar.core.json import JsonObject


@click.command(
    "info",
    epilog=examples(
        """
        sidecar info --data-dir ./data
        sidecar info --json
        """
    ),
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@store_options
def command(target: Target, as_json: bool) -> None:
    """Tell what a store holds, and who serves it."""
    with open_backend(target) as backend:
        info = {
            "dataDir": str(target.data_dir.absolute()),
            "served": backend.served,
            **backend.info(),
        }
    if as_json:
        print_json(info)
        return
    for name, value in _lines(info):
        click.echo(f"{name:<10}{value}")


def _lines(info: JsonObject) -> Iterator[tuple[str, str]]:
    store = cast("JsonObject", info["store"])
    yield "store", f"{store['path']}, {store['bytes']:,} bytes"
    yield "app", f"{info['app']}, schema {info['schema']}"
    if info["served"]:
        yield "served", f"by process {info['pid']}, version {info['version']}"
    else:
        yield "served", "no"
    yield "log", f"{info['head']:,} events, {store['unknownEvents']:,} unknown to this schema"
    tables = cast("dict[str, int]", store["tables"])
    width = max(map(len, tables), default=0)
    for number, (name, rows) in enumerate(tables.items()):
        yield "" if number else "tables", f"{name:<{width}}  {rows:>9,} rows"
