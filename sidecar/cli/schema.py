"""`sidecar schema`: an app's tables and events."""

from __future__ import annotations

import click
import orjson

from sidecar.cli.options import debug_option, examples, schema_option
from sidecar.cli.output import print_json
from sidecar.cli.shape import event_text, members, shape
from sidecar.core.builtin import BUILTIN_EVENTS
from sidecar.core.column import Missing
from sidecar.core.errors import NotFoundError
from sidecar.core.json import JsonObject
from sidecar.core.schema import AnyEvent, Schema
from sidecar.core.table import Table


@click.command(
    "schema",
    epilog=examples(
        """
        sidecar schema
        sidecar schema v1.PersonaCreated
        sidecar schema personas --json
        """
    ),
)
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, arguments as JSON Schema.")
@schema_option
@debug_option
def command(name: str | None, schema: str | None, as_json: bool) -> None:
    """Show an app's tables and events.

    Tables with their columns, events with their arguments. NAME is a table's or an event's, to show
    it alone.
    """
    from sidecar.app.load import DEFAULT, load_schema  # noqa: PLC0415 - it imports an app

    loaded = load_schema(schema or DEFAULT)
    if name is not None and name not in loaded.tables and name not in loaded.events:
        raise NotFoundError(
            f"no table or event is named {name!r}", hint="`sidecar schema` lists them."
        )
    if as_json:
        print_json(_document(loaded, name))
    elif name is None:
        _print_all(loaded)
    elif name in loaded.tables:
        _print_table(loaded.tables[name])
    else:
        click.echo(event_text(loaded.events[name]))


def _document(schema: Schema, name: str | None) -> JsonObject:
    from sidecar.rpc.app_schema import app_document  # noqa: PLC0415 - for --json alone

    document = app_document(schema)
    if name is None:
        return document
    kind = "tables" if name in schema.tables else "events"
    described = document[kind]
    return {name: described[name]} if isinstance(described, dict) else {}


def _print_all(schema: Schema) -> None:
    click.echo(f"{schema.name}, version {schema.version}, fingerprint {schema.fingerprint}")
    for table in schema.tables.values():
        click.echo()
        _print_table(table)
    engine = {event.name for event in BUILTIN_EVENTS}
    width = max(len(name) for name in schema.events)
    for title, listed in (
        ("Events", schema.events.keys() - engine),
        ("Events that every schema has", engine),
    ):
        click.echo(f"\n{title}")
        for name in (name for name in schema.events if name in listed):
            click.echo(f"  {name:<{width}}  {_arguments(schema.events[name])}")


def _print_table(table: Table) -> None:
    indexes = "".join(f", index {'+'.join(fields)}" for fields in table.indexes)
    search = f", search over {', '.join(table.search)}" if table.search else ""
    click.echo(f"{table.name}: primary key {table.primary_key}{indexes}{search}")
    width = max(len(name) for name in table.columns)
    for name, column in table.columns.items():
        notes = [column.kind.value]
        if column.nullable:
            notes.append("or null")
        if column.references is not None:
            notes.append(f"of {column.references}")
        if not isinstance(column.default, Missing):
            notes.append(f"= {orjson.dumps(column.default).decode()}")
        if column.shape is not None:
            inner = column.json_schema()
            notes.append(shape(inner))
        click.echo(f"  {name:<{width}}  {' '.join(notes)}")


def _arguments(event: AnyEvent) -> str:
    listed = members(event.args.model_json_schema())
    return ", ".join(one.name if one.required else f"{one.name}?" for one in listed)
