"""What is in the file: the engine's tables, the schema's tables, and the triggers that watch them.

| table       | holds                                             | derived |
|-------------|---------------------------------------------------|---------|
| `_meta`     | format, store id, fingerprint, unknown events     | no      |
| `_events`   | the log                                           | no      |
| `_touched`  | which event changed which document                | yes     |
| `T(search)` | full-text search in T: see `sidecar.store.search` | yes     |
| the others  | state: see `sidecar.core.builtin`, and the schema | yes     |

Every table of the schema has `_extra` (S9) and `_seq` (S13). TEMP triggers on the writing
connection keep `_seq` and `_touched`, whatever SQL a materializer runs; they call `_event_seq()`,
which that connection defines.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sidecar.core.column import SQL_TYPES, Kind
from sidecar.core.documents import literal, quote
from sidecar.core.path_index import entry_sql
from sidecar.core.table import Table
from sidecar.core.terms import is_wide
from sidecar.store.driver import Connection

FORMAT: Final = "1"
"""Version of the engine's own tables."""

_LOG: Final = """
CREATE TABLE IF NOT EXISTS _meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS _events (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    args TEXT NOT NULL,
    at INTEGER NOT NULL,
    clientId TEXT NOT NULL,
    sessionId TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS _events_name ON _events (name, seq);
"""

_STATE: Final = """
CREATE TABLE _collections (
    name TEXT PRIMARY KEY, definition TEXT NOT NULL, seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE _touched (
    collection TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (collection, id, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE _tombstones (
    collection TEXT NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (collection, id)
) STRICT;
CREATE TABLE _attachments (
    collection TEXT NOT NULL, documentId TEXT NOT NULL, id TEXT NOT NULL,
    type TEXT NOT NULL, digest TEXT NOT NULL, data BLOB NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (collection, documentId, id)
) STRICT;
CREATE TABLE _local_documents (
    collection TEXT NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (collection, id)
) STRICT;
CREATE TABLE _id_map (
    collection TEXT NOT NULL, sourceId TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (collection, sourceId)
) STRICT, WITHOUT ROWID;
CREATE TABLE _quarantine (
    seq INTEGER PRIMARY KEY, collection TEXT NOT NULL, sourceId TEXT,
    document TEXT NOT NULL, problems TEXT NOT NULL
) STRICT;
CREATE TABLE _migration (
    migration TEXT PRIMARY KEY, state TEXT NOT NULL, ids TEXT NOT NULL, schemas TEXT, backup TEXT,
    report TEXT, switched INTEGER, synced INTEGER, seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""


def create_log(connection: Connection) -> None:
    """Create the tables a rebuild never touches, where they are missing."""
    _run(connection, _LOG)


def create_state(connection: Connection, tables: Iterable[Table]) -> None:
    """Create the engine's state tables and the schema's, in an open transaction."""
    _run(connection, _STATE)
    for table in tables:
        create_table(connection, table)


def create_table(connection: Connection, table: Table) -> None:
    """Create a table and its indexes, in an open transaction."""
    # Imported only where there is such work: it costs 120 ms.
    from sqlite_utils import Database  # noqa: PLC0415

    columns = {name: SQL_TYPES[column.kind] for name, column in table.columns.items()}
    Database(connection).create_table(
        table.name,
        {**columns, "_extra": "TEXT", "_seq": "INTEGER"},
        pk=table.primary_key,
        not_null={"_seq"},
        defaults={"_seq": 0},
        strict=True,
    )
    for index in dict.fromkeys(table.indexes):
        entries = ", ".join(entry_sql(table, field) for field in index)
        name = quote(f"{table.name}({', '.join(map(quote, index))})")
        connection.execute(f"CREATE INDEX {name} ON {quote(table.name)} ({entries})")
    for name in dict.fromkeys(
        [table.primary_key, *(name for one in table.indexes for name in one)]
    ):
        if name in table.columns and table.columns[name].kind is Kind.TEXT:
            # Hardly ever has an entry: it tells at once whether an index's order is JavaScript's.
            wide = quote(f"{table.name}({quote(name)}) wide")
            connection.execute(
                f"CREATE INDEX {wide} ON {quote(table.name)} ({quote(name)}) WHERE {is_wide(name)}"
            )


def watch(connection: Connection, table: Table) -> None:
    """Make this connection keep `_seq` and `_touched` for a table's rows."""
    name, key = quote(table.name), quote(table.primary_key)
    # Not OR IGNORE: a statement's own OR clause would take its place.
    touched = (
        "INSERT INTO _touched VALUES ({name}, {image}.{key}, _event_seq()) ON CONFLICT DO NOTHING;"
    )
    stamp = (
        f"UPDATE {name} SET _seq = _event_seq() WHERE {key} = NEW.{key} AND _seq <> _event_seq();"
    )
    for action, image in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        body = touched.format(name=literal(table.name), image=image, key=key)
        connection.execute(
            f"CREATE TEMP TRIGGER {quote(f'_{action.lower()}_{table.name}')} "
            f"AFTER {action} ON main.{name} "
            f"BEGIN {body} {stamp if image == 'NEW' else ''} END"
        )


def state_tables(connection: Connection, schema: str = "main") -> list[str]:
    """Return the names of all derived tables but those of a search."""
    rows = connection.execute(
        "SELECT name FROM pragma_table_list WHERE schema = ? AND type = 'table' "
        "AND name NOT IN ('_events', '_meta') AND name NOT LIKE 'sqlite!_%' ESCAPE '!' "
        "ORDER BY name",
        (schema,),
    )
    return [name for (name,) in rows]


def _run(connection: Connection, script: str) -> None:
    # executescript() would commit the open transaction first.
    for statement in script.split(";"):
        if statement.strip():
            connection.execute(statement)
