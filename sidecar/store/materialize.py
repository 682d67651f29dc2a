"""Applying events to the state: the one place where materializers run (S2, S4, S7, S8)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

import orjson

from sidecar.core.documents import document_sql, quote
from sidecar.core.errors import ConflictError, QueryError, SchemaError, SidecarError, StartError
from sidecar.core.event import Event
from sidecar.core.json import JsonObject, pointer
from sidecar.core.schema import AnyEvent, Schema
from sidecar.core.search import SUFFIX
from sidecar.core.state import Change, Define, SqlValue, Statements, Undefine
from sidecar.core.table import Table
from sidecar.store.capture import Capture
from sidecar.store.catalog import Catalog
from sidecar.store.driver import Connection, DriverError, translate
from sidecar.store.layout import watch

_WRITES: Final = ("INSERT", "UPDATE", "DELETE", "REPLACE", "WITH")
"""How a statement may begin: a COMMIT, say, would take the writer's transaction from it."""

_log = logging.getLogger(__name__)


class Materializer:
    """The state of one connection, as materializers read it, and the way to change it.

    Args:
        connection: A writing connection on a file that has its tables.
        schema: Its events decide what happens.
    """

    def __init__(self, connection: Connection, schema: Schema) -> None:
        self._connection = connection
        self._schema = schema
        self._seq = 0
        self._documents: dict[str, str] = {}
        self._deprecated: set[str] = set()
        self.capture = Capture(connection, lambda: self._seq)
        self.changed: set[str] = set()
        """Tables that events applied since it was last cleared say they may have changed."""
        connection.create_function("_event_seq", 0, lambda: self._seq)
        self.catalog = Catalog.load(connection, schema)
        for table in self.catalog.tables.values():
            watch(connection, table)

    def reload(self) -> None:
        """Read the catalog again, after a rollback may have undone a definition."""
        self.catalog = Catalog.load(self._connection, self._schema)
        self._documents.clear()

    def find(self, event: Event) -> tuple[AnyEvent, Event]:
        """Return an event's definition, and the event as this version has it (S8).

        Raises:
            UnknownEventError: The schema has no such event.
        """
        name, args = self._schema.upcast(event.name, event.args)
        definition = self._schema.find(name)
        if definition.deprecated is not None and name not in self._deprecated:
            self._deprecated.add(name)
            _log.warning("%s is deprecated: %s", name, definition.deprecated)
        if name == event.name:
            return definition, event
        return definition, Event(
            event.seq, event.id, name, args, event.at, event.client_id, event.session_id
        )

    def apply(self, event: Event) -> None:
        """Change the state as an event says, in an open transaction.

        Raises:
            UnknownEventError: The schema has no such event.
            ValidationError: Its arguments are wrong, or a constraint fails.
            ConflictError: A row with its primary key exists.
            SidecarError: What its materializer raises; E_INTERNAL where that is no error of ours.
        """
        definition, current = self.find(event)
        self._seq = event.seq
        try:
            for one in _flat(definition.statements(current, self)):
                self._run(one)
        except (QueryError, StartError) as error:
            # A selector or a declaration that can't be is the app's fault, not the caller's.
            raise _fault(event) from error
        except SidecarError:
            raise
        except DriverError as error:
            known = translate(error)
            if isinstance(known, QueryError):
                raise _fault(event) from error
            raise _placed(known, current.args) from error
        except Exception as error:
            raise _fault(event) from error

    def _run(self, one: Change) -> None:
        if isinstance(one, Define | Undefine):
            if isinstance(one, Define):
                self._define(one)
            else:
                self._undefine(one.table.name)
            self.changed.update(("_collections", "sqlite_master", one.table.name))
            return
        if not one.sql.lstrip()[:7].upper().startswith(_WRITES):
            raise SchemaError(f"no statement of a materializer: {one.sql[:100]}")
        _check_search(one.sql)
        self._connection.execute(one.sql, one.params)
        self.changed.update(one.tables)

    def _define(self, definition: Define) -> None:
        known = self.catalog
        self.catalog = known.define(self._connection, definition, self._seq)
        if definition.table.name not in known.tables:
            self.capture.define(definition.table)

    def _undefine(self, name: str) -> None:
        known = self.catalog
        self.catalog = known.undefine(self._connection, name)
        if self.catalog is not known:
            self.capture.forget(name)
            self._documents.pop(name, None)

    def get(self, table: str, id: str) -> JsonObject | None:
        """Return a document by primary key, or None."""
        row = self.row(table, id)
        return None if row is None else row[1]

    def row(self, table: str, id: str) -> tuple[int, JsonObject] | None:
        """Return a document's revision and itself, or None."""
        sql = self._documents.get(table)
        if sql is None:
            found = self.catalog.table(table)
            sql = (
                f"SELECT _seq, {document_sql(found)} FROM {quote(found.name)} "
                f"WHERE {quote(found.primary_key)} = ?"
            )
            self._documents[table] = sql
        row = self._connection.execute(sql, (id,)).fetchone()
        return None if row is None else (row[0], orjson.loads(row[1]))

    def select(self, sql: str, params: Sequence[SqlValue] = ()) -> list[tuple[SqlValue, ...]]:
        """Return the rows of a read."""
        _check_search(sql)
        before = self._connection.total_changes
        rows: list[tuple[SqlValue, ...]] = self._connection.execute(sql, params).fetchall()
        if self._connection.total_changes != before:
            raise SidecarError(
                "a materializer's select() changed the state",
                hint="Return statements instead; select() only reads.",
            )
        return rows

    def collection(self, name: str) -> Table:
        """Return a table, declared or defined.

        Raises:
            UnknownCollectionError: There is none of that name.
        """
        return self.catalog.table(name)


def _check_search(sql: str) -> None:
    if SUFFIX in sql.lower():
        raise SchemaError(
            f"a materializer reads a full-text search: {sql[:100]}",
            hint="A replay goes without; read the table itself.",
        )


def _fault(event: Event) -> SidecarError:
    _log.exception("materializer of %s failed", event.name)
    return SidecarError(
        f"the materializer of {event.name} failed",
        hint="It is a fault of the app's schema; the log has the traceback.",
    )


def _placed(error: SidecarError, args: JsonObject) -> SidecarError:
    """Return an error whose path leads into the arguments (S4): SQLite names only the column."""
    path = error.data.get("path")
    if not isinstance(error, ConflictError) or not isinstance(path, str):
        return error
    column = path.removeprefix("/")
    inside = [key for key, value in args.items() if isinstance(value, dict) and column in value]
    place = pointer("args", *([] if column in args else inside[:1]))
    return ConflictError(error.message, hint=error.hint, **{**error.data, "path": place + path})


def _flat(statements: Statements) -> Sequence[Change]:
    return [statements] if isinstance(statements, Change) else statements
