"""The tables there are: those the schema declares and the collections defined at run time (S10)."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from sidecar.core.collection import collection_table
from sidecar.core.documents import quote
from sidecar.core.errors import ConflictError, UnknownCollectionError, ValidationError
from sidecar.core.schema import Schema
from sidecar.core.search import SUFFIX
from sidecar.core.state import Define
from sidecar.core.table import Table
from sidecar.store.driver import Connection
from sidecar.store.layout import create_table, watch


class Catalog:
    """Tables by name. A catalog never changes; defining or removing a collection makes the next."""

    def __init__(self, tables: Mapping[str, Table], declared: frozenset[str]) -> None:
        self.tables = tables
        self._declared = declared
        self._spelled = {name.lower(): name for name in tables}

    @classmethod
    def load(cls, connection: Connection, schema: Schema) -> Catalog:
        """Return the catalog of a file as it is."""
        tables = dict(schema.tables)
        for name, definition in connection.execute(
            "SELECT name, definition FROM _collections ORDER BY seq"
        ):
            described = orjson.loads(definition)
            tables[name] = collection_table(name, described["primaryKey"], described["jsonSchema"])
        return cls(tables, frozenset(schema.tables))

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

        Raises:
            ValidationError: The schema declares a table of that name.
            ConflictError: It is defined already, and otherwise.
        """
        table = definition.table
        if table.name in self._declared:
            raise ValidationError(
                f"{table.name} is a declared table and needs no definition", path="/args/name"
            )
        same_name = next((one for one in self.tables if one.lower() == table.name.lower()), None)
        if same_name is not None:
            if self.tables[same_name].describe() == table.describe() and same_name == table.name:
                return self
            raise ConflictError(
                f"{same_name} is defined already, with another key or other indexes",
                hint="Use another name, or the definition it has.",
                collection=same_name,
            )
        create_table(connection, table)
        watch(connection, table)
        connection.execute(
            "INSERT INTO _collections VALUES (?, ?, ?)",
            (table.name, orjson.dumps(definition.definition).decode(), seq),
        )
        return Catalog({**self.tables, table.name: table}, self._declared)

    def undefine(self, connection: Connection, name: str) -> Catalog:
        """Drop a collection's table, and return the catalog without it; a declared one stays."""
        if name in self._declared:
            return self
        connection.execute(f"DROP TABLE {quote(name)}")
        connection.execute("DELETE FROM _collections WHERE name = ?", (name,))
        return Catalog(
            {one: table for one, table in self.tables.items() if one != name}, self._declared
        )


def unknown(name: str) -> UnknownCollectionError:
    """Return the error of a collection that is not there."""
    return UnknownCollectionError(f"no collection is named {name[:200]!r}", collection=name)
