"""The tables there are: those the schema declares and the collections defined at run time (S10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import orjson

from sidecar.core.collection import collection_table
from sidecar.core.documents import quote
from sidecar.core.errors import ConflictError, UnknownCollectionError, ValidationError
from sidecar.core.json import JsonObject
from sidecar.core.json_schema import DocumentSchema
from sidecar.core.schema import Schema
from sidecar.core.search import SUFFIX
from sidecar.core.state import Define
from sidecar.core.table import Table
from sidecar.store.driver import Connection
from sidecar.store.layout import create_table, watch


class Catalog:
    """Tables by name. A catalog never changes; defining or removing a collection makes the next.

    Args:
        tables: The tables there are.
        defined: The JSON schemas of those that were defined at run time.
    """

    def __init__(self, tables: Mapping[str, Table], defined: Mapping[str, DocumentSchema]) -> None:
        self.tables = tables
        self.defined = defined
        self._spelled = {name.lower(): name for name in tables}

    @classmethod
    def load(cls, connection: Connection, schema: Schema) -> Catalog:
        """Return the catalog of a file as it is."""
        tables = dict(schema.tables)
        defined: dict[str, DocumentSchema] = {}
        for name, definition in connection.execute(
            "SELECT name, definition FROM _collections ORDER BY seq"
        ):
            described = orjson.loads(definition)
            tables[name] = collection_table(name, described["primaryKey"], described["jsonSchema"])
            defined[name] = _schema(tables[name], described)
        return cls(tables, defined)

    def table(self, name: str) -> Table:
        """Return a table.

        Raises:
            UnknownCollectionError: There is none of that name.
        """
        found = self.tables.get(name)
        if found is None:
            raise unknown(name)
        return found

    def spelled(self, name: str) -> str:
        """Return a table's own spelling: SQL may write it in any case. The engine's are lower.

        For one of those behind a table's search that is the table.
        """
        plain = name.lower().partition(SUFFIX)[0]
        return self._spelled.get(plain, plain)

    def define(self, connection: Connection, definition: Define, seq: int) -> Catalog:
        """Create a collection's table, and return the catalog that has it.

        Where it is there already, and the same, its JSON schema becomes this one.

        Raises:
            ValidationError: The schema declares a table of that name.
            ConflictError: It is defined already, and otherwise.
        """
        table = definition.table
        same_name = next((one for one in self.tables if one.lower() == table.name.lower()), None)
        if same_name == table.name and same_name not in self.defined:
            raise ValidationError(
                f"{table.name} is a declared table and needs no definition", path="/args/name"
            )
        if same_name is None:
            create_table(connection, table)
            watch(connection, table)
        elif self.tables[same_name].describe() == table.describe() and same_name == table.name:
            table = self.tables[same_name]
        else:
            raise ConflictError(
                f"{same_name} is defined already, with another key or other indexes",
                hint="Use another name, or the definition it has.",
                collection=same_name,
            )
        connection.execute(
            "INSERT INTO _collections VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET definition = excluded.definition",
            (table.name, orjson.dumps(definition.definition).decode(), seq),
        )
        return Catalog(
            {**self.tables, table.name: table},
            {**self.defined, table.name: _schema(table, definition.definition)},
        )

    def undefine(self, connection: Connection, name: str) -> Catalog:
        """Drop a collection's table, and return the catalog without it; a declared one stays."""
        if name not in self.defined:
            return self
        connection.execute(f"DROP TABLE {quote(name)}")
        connection.execute("DELETE FROM _collections WHERE name = ?", (name,))
        return Catalog(_without(self.tables, name), _without(self.defined, name))


def unknown(name: str) -> UnknownCollectionError:
    """Return the error of a collection that is not there."""
    return UnknownCollectionError(f"no collection is named {name[:200]!r}", collection=name)


def _schema(table: Table, definition: JsonObject) -> DocumentSchema:
    described = definition["jsonSchema"]
    assert isinstance(described, dict)
    return DocumentSchema(table.name, table.primary_key, described)


ValueT = TypeVar("ValueT")


def _without(members: Mapping[str, ValueT], name: str) -> dict[str, ValueT]:
    return {one: value for one, value in members.items() if one != name}
