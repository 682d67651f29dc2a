"""An app's tables and events as JSON Schemas: what typed clients are generated from."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import DataclassField, ModelField, TypedDictField

from sidecar.core.client_document import ClientDocument
from sidecar.core.json import Json, JsonObject
from sidecar.core.schema import AnyEvent, Schema
from sidecar.core.table import Table
from sidecar.rpc.openrpc import DIALECT, schema_of


def app_document(schema: Schema) -> JsonObject:
    """Return the tables' documents, the events' arguments and the client documents of an app."""
    clients = {one.name: one for one in schema.client_documents}
    tables: JsonObject = {}
    for name, table in sorted(schema.tables.items()):
        generator = _Complete if name in clients else GenerateJsonSchema
        tables[name] = _table(table, generator)
    return {
        "name": schema.name,
        "version": schema.version,
        "tables": tables,
        "events": {name: _event(schema.events[name]) for name in sorted(schema.events)},
        "clientDocuments": {name: _client_document(clients[name]) for name in sorted(clients)},
    }


class _Complete(GenerateJsonSchema):
    """JSON Schemas of what the engine stored: members that have a default are there (S11)."""

    def field_is_required(
        self, field: ModelField | DataclassField | TypedDictField, total: bool
    ) -> bool:
        """Return whether a member is always there."""
        return field["type"] != "typed-dict-field" or super().field_is_required(field, total)


def _table(table: Table, generator: type[GenerateJsonSchema]) -> JsonObject:
    columns: JsonObject = {}
    properties: JsonObject = {}
    definitions: JsonObject = {}
    for name, column in table.columns.items():
        columns[name] = column.describe()
        member = column.json_schema(generator)
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
        "writes": _writes(table),
        "document": document,
    }


def _writes(table: Table) -> JsonObject:
    """Return the table's own events by what they do, with the fields each needs, none of them null.

    With those it does just what the document event would.
    """
    needs: dict[str, tuple[str | None, Sequence[str]]] = {
        "insert": (table.writes.insert, table.filled),
        "patch": (table.writes.patch, table.writes.stamped),
        "remove": (table.writes.remove, ()),
    }
    return {
        what: {"event": event, "needs": list[Json](fields)}
        for what, (event, fields) in needs.items()
        if event is not None
    }


def _event(event: AnyEvent) -> JsonObject:
    return {
        "synced": event.synced,
        "deprecated": event.deprecated,
        "args": schema_of(event.args, f"{event.args.__name__}Args"),
    }


def _client_document(document: ClientDocument) -> JsonObject:
    return {"default": document.default, "event": document.set.name}


def _type_name(table: str) -> str:
    return table[:1].upper() + table[1:] + "Document"
