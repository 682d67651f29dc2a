"""Full-text search: beside each table T that declares it, an FTS5 table `T(search)`.

It has a row for each row of T, with the same rowid, and a column for each searched one: a text as
it is; of JSON all texts in it, at any depth, with a space between two. TEMP triggers on the
writer's connection note the rows whose texts change, whatever SQL a materializer runs, and before
it commits their entries are made anew: FTS5 takes rows one by one far slower than all at once.
A rowid is called `_rowid_`, for no column can have that name and hide it.

It serves queries and is no state: materializers don't read it, and a replay goes without. How the
index lies in FTS5's own tables depends on how commits were batched, so a check compares what it
holds, not its bytes (S6).

It keeps the texts a second time, as FTS5 reads them from no view that calls `json_tree`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sidecar.core.column import Kind
from sidecar.core.documents import literal, quote
from sidecar.core.errors import CorruptError, QueryError, SidecarError, StorageError
from sidecar.core.search import index_name
from sidecar.core.table import Table
from sidecar.store.driver import Connection, DriverError, translate


def create(connection: Connection, tables: Iterable[Table]) -> None:
    """Create the searches of tables over the rows there are, in an open transaction."""
    for table in _searched(tables):
        connection.execute(_definition(table))
        _fill(connection, table)


def drop(connection: Connection) -> None:
    """Drop all searches of a file, in an open transaction.

    Raises:
        CorruptError: FTS5 can't even open one.
        StorageError: The disk refused.
    """
    for name in _definitions(connection):
        try:
            connection.execute(f"DROP TABLE main.{quote(name)}")
        except DriverError as error:
            raise _failure(name, error) from error


def watch(connection: Connection, tables: Iterable[Table]) -> None:
    """Make this connection note the rows of tables that `refresh` has to look at."""
    connection.execute(
        "CREATE TEMP TABLE _changed (name TEXT, at INTEGER, PRIMARY KEY (name, at)) WITHOUT ROWID"
    )
    for table in _searched(tables):
        moved = "WHEN NEW._rowid_ <> OLD._rowid_"
        for trigger, when, images in (
            ("insert", ("INSERT", ""), ["NEW"]),
            ("update", (f"UPDATE OF {_columns(table)}", ""), ["NEW"]),
            ("move", ("UPDATE", moved), ["OLD", "NEW"]),
            ("delete", ("DELETE", ""), ["OLD"]),
        ):
            action, condition = when
            # Not OR IGNORE: a statement's own OR clause would take its place.
            notes = " ".join(
                f"INSERT INTO _changed VALUES ({literal(table.name)}, {image}._rowid_) "
                "ON CONFLICT DO NOTHING;"
                for image in images
            )
            connection.execute(
                f"CREATE TEMP TRIGGER {quote(f'_search_{trigger}_{table.name}')} "
                f"AFTER {action} ON main.{quote(table.name)} {condition} BEGIN {notes} END"
            )


def refresh(connection: Connection, tables: Mapping[str, Table]) -> None:
    """Bring the searches to where the rows are, in the transaction that changed those.

    Raises:
        CorruptError: One is damaged or gone.
        StorageError: The disk refused.
    """
    names = connection.execute("SELECT DISTINCT name FROM temp._changed").fetchall()
    for (name,) in names:
        changed = f"(SELECT at FROM temp._changed WHERE name = {literal(name)})"
        try:
            connection.execute(f"DELETE FROM {_name(tables[name])} WHERE rowid IN {changed}")
            _fill(connection, tables[name], f"WHERE _rowid_ IN {changed}")
        except DriverError as error:
            hint = "`sidecar rebuild` makes it anew from the event log."
            raise _failure(index_name(name), error, hint) from error
    if names:
        connection.execute("DELETE FROM temp._changed")


def faults(connection: Connection, tables: Iterable[Table]) -> tuple[str, ...]:
    """Return a line for each search that is not what its table's rows make it."""
    searched = {index_name(table.name): table for table in _searched(tables)}
    found = _definitions(connection)
    lines = [f"{name}: nothing declares it" for name in found if name not in searched]
    for name, table in searched.items():
        if found.get(name) != _definition(table):
            lines.append(f"{name}: {'defined differently' if name in found else 'missing'}")
            continue
        try:
            lines.extend(f"{name}: {fault}" for fault in _faults(connection, table))
        except DriverError as error:
            if isinstance(translate(error), StorageError):
                raise
            lines.append(f"{name}: {error}")
    return tuple(lines)


def _failure(name: str, error: DriverError, hint: str | None = None) -> SidecarError:
    known = translate(error)
    if not isinstance(known, QueryError):
        return known
    # Our own statements fit the search that `create` made.
    return CorruptError(f"{name} is damaged: {error}", hint=hint)


def _fill(connection: Connection, table: Table, where: str = "") -> None:
    row = quote(table.name)
    connection.execute(
        f"INSERT INTO {_name(table)} (rowid, {_columns(table)}) "
        f"SELECT _rowid_, {', '.join(_texts(table, row))} FROM {row} {where}"
    )


def _faults(connection: Connection, table: Table) -> list[str]:
    """Return what is wrong with the index against its own texts, and with those against T."""
    name, row, key = _name(table), quote(table.name), quote(table.primary_key)
    ours = ", ".join(f"{name}.{quote(column)}" for column in table.search)
    differs = connection.execute(
        f"SELECT {row}.{key} FROM {row} FULL JOIN {name} ON {name}.rowid = {row}._rowid_ "
        f"WHERE ({row}._rowid_, {', '.join(_texts(table, row))}) "
        f"IS NOT ({name}.rowid, {ours}) LIMIT 1"
    ).fetchone()
    problems = [text for (text,) in connection.execute(f"PRAGMA main.integrity_check({name})")]
    lines = [] if differs is None else [f"the first row that differs is {differs[0]!r}"]
    return lines + [text for text in problems if text != "ok"]


def _searched(tables: Iterable[Table]) -> list[Table]:
    return [table for table in tables if table.search]


def _name(table: Table) -> str:
    return quote(index_name(table.name))


def _columns(table: Table) -> str:
    return ", ".join(map(quote, table.search))


def _definition(table: Table) -> str:
    tokenizer = "tokenize='unicode61 remove_diacritics 2'"
    return f"CREATE VIRTUAL TABLE {_name(table)} USING fts5({_columns(table)}, {tokenizer})"


def _definitions(connection: Connection) -> dict[str, str]:
    """Return the searches there are, with the SQL that made each."""
    return dict(
        connection.execute(
            "SELECT name, sql FROM main.sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'"
        )
    )


def _texts(table: Table, row: str) -> list[str]:
    """Return the SQL expressions of a row's texts."""
    # Qualified: json_tree() has columns of its own.
    return [
        f"(SELECT group_concat(atom, ' ') FROM json_tree({row}.{quote(name)}) WHERE type = 'text')"
        if table.columns[name].kind is Kind.JSON
        else f"{row}.{quote(name)}"
        for name in table.search
    ]
