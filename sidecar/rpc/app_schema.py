"""An app's tables and events as JSON Schemas: what typed clients are generated from."""

from __future__ import annotations

from sidecar.core.json import Json, JsonObject
from sidecar.core.schema import AnyEvent, Schema
from sidecar.core.table import Table
from sidecar.rpc.openrpc import DIALECT, schema_of


def app_document(schema: Schema) -> JsonObject:
    """Return the tables' documents and the events' arguments of an app."""
    return {
        "name": schema.name,
        "version": schema.version,
        "tables": {name: _table(schema.tables[name]) for name in sorted(schema.tables)},
        "events": {name: _event(schema.events[name]) for name in sorted(schema.events)},
    }


def _table(table: Table) -> JsonObject:
    columns: JsonObject = {}
    properties: JsonObject = {}
    definitions: JsonObject = {}
    for name, column in table.columns.items():
        columns[name] = column.describe()
        member = column.json_schema()
        found = member.pop("$defs", {})
        if isinstance(found, dict):
            definitions.update(found)
        properties[name] = {"anyOf": [member, {"type": "null"}]} if column.nullable else member
    indexes: list[Json] = [list[Json](one) for one in table.indexes]
    document: JsonObject = {
        "$schema": DIALECT,
        "title": _type_name(table.name),
        "description": f"A document of {table.name}; an imported one lacks what its source lacked",
        "type": "object",
        "properties": properties,
        "required": [name for name, column in table.columns.items() if not column.nullable],
        "additionalProperties": True,
    }
    if definitions:
        document["$defs"] = definitions
    return {
        "primaryKey": table.primary_key,
        "columns": columns,
        "indexes": indexes,
        "search": {**table.search},
        "document": document,
    }


def _event(event: AnyEvent) -> JsonObject:
    return {
        "synced": event.synced,
        "deprecated": event.deprecated,
        "args": schema_of(event.args, f"{event.args.__name__}Args"),
    }


def _type_name(table: str) -> str:
    return table[:1].upper() + table[1:] + "Document"
