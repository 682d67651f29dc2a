"""One reading connection: a snapshot, a deadline, a cap and an authorizer (Q4, Q5, Q6)."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Literal, Self

import orjson

from sidecar.core.advice import missing_index
from sidecar.core.column import Kind
from sidecar.core.compile import compile_query
from sidecar.core.documents import quote
from sidecar.core.errors import (
    NotFoundError,
    QueryError,
    QueryTimeoutError,
    ReadOnlyError,
    SidecarError,
    TooLargeError,
)
from sidecar.core.order import NO_FACTS, Facts, names_one, ordering
from sidecar.core.query import DocumentQuery, Query, SqlQuery
from sidecar.core.state import SqlValue
from sidecar.core.table import Table
from sidecar.core.terms import WIDE, is_wide
from sidecar.store import log
from sidecar.store.catalog import Catalog, unknown
from sidecar.store.driver import (
    REFUSED,
    Connection,
    Cursor,
    DriverError,
    interrupted,
    lacks_table,
    translate,
)
from sidecar.store.explain import Explanation, explain
from sidecar.store.functions import define_guarded
from sidecar.store.log import EventPage
from sidecar.store.result import Result

_OK, _DENY = 0, 1
_SELECT, _READ, _FUNCTION, _RECURSIVE, _TRANSACTION, _PRAGMA = 21, 20, 31, 33, 22, 19
_BUDGET: Final = 20_000
"""SQLite operations between two looks at the clock, about a millisecond."""

_REMEMBERED: Final = 1_000
"""Statements whose reads are remembered: more than the driver keeps compiled."""

_NO_READ: Final = ("cannot VACUUM", "cannot start a transaction")
"""Errors of statements about which SQLite does not ask the authorizer, or not again."""

_FORBIDDEN_FUNCTIONS: Final = frozenset(["load_extension", "sqlcipher_export", "fts3_tokenizer"])


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may cost (Q5).

    Attributes:
        seconds: Deadline of a query.
        result_bytes: Most bytes of a result.
    """

    seconds: float = 5.0
    result_bytes: int = 64 * 1024 * 1024


class Snapshot:
    """A connection that reads; as a context it holds one snapshot of the file.

    Args:
        connection: Opened read-only; the snapshot closes it.
        catalog: Returns the tables there are.
        limits: Deadline and cap of each query.
    """

    def __init__(
        self, connection: Connection, catalog: Callable[[], Catalog], limits: Limits
    ) -> None:
        self._connection = connection
        self._catalog = catalog
        self._limits = limits
        self._deadline = float("inf")
        self._untrusted = False
        self._refused = False
        self._failed: Exception | None = None
        self._reads: set[tuple[str, str]] = set()
        self._reads_of: dict[str, frozenset[tuple[str, str]]] = {}
        self._known: dict[str, bool] = {}
        self._known_head = -1
        connection.set_authorizer(self._authorize)
        connection.set_progress_handler(self._late, _BUDGET)
        define_guarded(connection, self._late, self._note)

    def __enter__(self) -> Self:
        # In words of its own, as what is in the driver's cache is not asked about again.
        self._connection.execute("BEGIN DEFERRED TRANSACTION")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._deadline = float("inf")
        self._untrusted = False
        # Not execute(): a statement of ours in the cache would be there for a caller's SQL too.
        self._connection.commit()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def head(self) -> int:
        """Return `seq` of the last event in this snapshot."""
        return log.head(self._connection)[0]

    def query(self, query: Query) -> Result:
        """Run a query.

        Raises:
            QueryError: It means nothing here.
            UnknownCollectionError: No collection of that name.
            ReadOnlyError: SQL that is no read.
            QueryTimeoutError: Past the deadline.
            TooLargeError: Past the cap.
        """
        self._begin()
        # Before head(), which begins the snapshot: of a catalog that is older it lacks only tables
        # that were removed since.
        catalog = self._catalog()
        head = self.head()
        if isinstance(query, SqlQuery):
            return self._sql(query, head, catalog)
        return self._documents(query, head, catalog)

    def explain(self, query: Query) -> Explanation:
        """Return how a query would be run; it fails as the query would before it runs."""
        self._begin()
        catalog = self._catalog()
        head = self.head()
        try:
            if isinstance(query, SqlQuery):
                with self._callers_sql():
                    return explain(self._connection, query.sql, query.params)
            table = catalog.table(query.from_)
            compiled = compile_query(table, query, self._facts(table, query, head))
            found = explain(self._connection, compiled.sql, compiled.params)
        except DriverError as error:
            raise self._failure(error) from error
        fields = missing_index(table, query)
        return found if fields is None else found.lacking(table.name, fields)

    def events(
        self,
        *,
        after: int,
        limit: int,
        names: Sequence[str] | None,
        collection: str | None,
        id: str | None,
    ) -> EventPage:
        """Return a page of the log; see `sidecar.store.log.read`."""
        self._begin()
        try:
            events, following = log.read(
                self._connection,
                after=after,
                limit=limit,
                names=names,
                collection=collection,
                id=id,
            )
        except DriverError as error:
            raise self._failure(error) from error
        return EventPage(events, self.head(), following)

    def rows(self, sql: str, params: Sequence[SqlValue] = ()) -> list[tuple[SqlValue, ...]]:
        """Return the rows of a statement of ours, without deadline or cap."""
        rows: list[tuple[SqlValue, ...]] = self._connection.execute(sql, params).fetchall()
        return rows

    def _begin(self) -> None:
        """Start the clock of one read, and forget what the last one failed by."""
        self._refused = False
        self._failed = None
        self._deadline = time.monotonic() + self._limits.seconds

    def _documents(self, query: DocumentQuery, head: int, catalog: Catalog) -> Result:
        table = catalog.table(query.from_)
        tables = frozenset([table.name])
        ids: list[str] = []
        rows: list[str] = []
        try:
            compiled = compile_query(table, query, self._facts(table, query, head))
            # Closed in any case: an open cursor would hold the snapshot, and so the next head.
            with closing(self._connection.execute(compiled.sql, compiled.params)) as cursor:
                if query.count:
                    (count,) = cursor.fetchone()
                    return Result("count", head, tables, count=count)
                room = self._limits.result_bytes
                for id, row in cursor:
                    room -= _size(row)
                    if room < 0:
                        raise self._too_large()
                    ids.append(id)
                    rows.append(row)
        except DriverError as error:
            if lacks_table(error):
                raise unknown(table.name) from error
            raise self._failure(error) from error
        kind: Literal["row", "rows"] = "row" if query.first else "rows"
        if query.first and not rows:
            rows = _instead(query)
        named = compiled.primary_key
        return Result(kind, head, tables, rows, None if named is None else ids, named)

    def _facts(self, table: Table, query: DocumentQuery, head: int) -> Facts:
        """Return what holds in this snapshot for the columns a query is ordered by."""
        if query.count or names_one(table, query):
            return NO_FACTS
        columns = [field for field, _ in ordering(table, query.shape) if field in table.columns]
        texts = [field for field in columns if table.columns[field].kind is Kind.TEXT]
        # Where no index knows, to ask would be to look at every row.
        indexed = {table.primary_key, *(field for one in table.indexes for field in one)}
        leading = {one[0] for one in table.indexes}.intersection(columns)
        after = query.after or {}
        return Facts(
            wide=frozenset(
                one
                for one in texts
                if one not in indexed
                # Rows are compared with this one, too.
                or WIDE.search(str(after.get(one)))
                or self._any(table, is_wide(one), head)
            ),
            full=frozenset(
                one for one in leading if not self._any(table, f"{quote(one)} IS NULL", head)
            ),
        )

    def _any(self, table: Table, condition: str, head: int) -> bool:
        """Return whether a condition holds for any row; asked once a head."""
        if head != self._known_head:
            self._known, self._known_head = {}, head
        sql = f"SELECT EXISTS (SELECT 1 FROM {quote(table.name)} WHERE {condition})"
        found = self._known.get(sql)
        if found is None:
            ((found,),) = self._connection.execute(sql).fetchall()
            self._known[sql] = bool(found)
        return bool(found)

    def _sql(self, query: SqlQuery, head: int, catalog: Catalog) -> Result:
        self._reads = set()
        try:
            with (
                self._callers_sql(),
                closing(self._connection.execute(query.sql, query.params)) as cursor,
            ):
                reads = self._reads_by(query.sql)
                rows = self._sql_rows(cursor, _kinds(catalog.tables, reads))
        except DriverError as error:
            raise self._failure(error) from error
        finally:
            # Also of a statement that failed: it may be in the driver's cache, good for next time.
            self._reads_by(query.sql)
        spelled = frozenset((catalog.spelled(table), column) for table, column in reads)
        return Result("rows", head, frozenset(table for table, _ in spelled), rows, reads=spelled)

    @contextmanager
    def _callers_sql(self) -> Iterator[None]:
        """Take SQL that is not ours: the authorizer lets only reads pass."""
        self._untrusted = True
        try:
            yield
        except REFUSED as error:
            raise QueryError(
                f"/sql: {error}",
                hint="Send one statement, and parameters it can take.",
                path="/sql",
            ) from error
        finally:
            self._untrusted = False

    def _reads_by(self, sql: str) -> frozenset[tuple[str, str]]:
        """Return what a statement reads: the authorizer is told only when SQLite compiles it."""
        known = self._reads_of.pop(sql, frozenset())
        reads = frozenset(self._reads) or known
        self._reads_of[sql] = reads
        if len(self._reads_of) > _REMEMBERED:
            del self._reads_of[next(iter(self._reads_of))]
        return reads

    def _sql_rows(self, cursor: Cursor, kinds: Mapping[str, Kind]) -> list[str]:
        if cursor.description is None:
            raise QueryError("/sql: this statement returns no rows", path="/sql")
        names = [column[0] for column in cursor.description]
        repeated = {name for name in names if names.count(name) > 1}
        if repeated:
            raise QueryError(
                f"/sql: two columns are named {min(repeated)!r}",
                hint="Name one of them differently with AS.",
                path="/sql",
            )
        shown = [kinds.get(name) for name in names]
        rows: list[str] = []
        room = self._limits.result_bytes
        for values in cursor:
            # Before more copies of it are made: one value may have up to a gigabyte.
            if any(isinstance(value, bytes | str) and len(value) > room for value in values):
                raise self._too_large()
            row = orjson.dumps(dict(zip(names, map(_json_value, values, shown), strict=True)))
            room -= len(row)
            if room < 0:
                raise self._too_large()
            rows.append(row.decode())
        return rows

    def _too_large(self) -> TooLargeError:
        cap = self._limits.result_bytes
        return TooLargeError(f"the result is larger than {cap} bytes", limit=cap)

    def _late(self) -> bool:
        return time.monotonic() > self._deadline

    def _note(self, error: Exception) -> None:
        self._failed = error

    def _failure(self, error: DriverError) -> Exception:
        if self._refused or str(error).startswith(_NO_READ):
            return ReadOnlyError("/sql: only reads are allowed", path="/sql")
        if isinstance(self._failed, SidecarError) and not self._late():
            return self._failed
        if interrupted(error) or self._late():
            seconds = self._limits.seconds
            return QueryTimeoutError(f"the query took longer than {seconds} s", seconds=seconds)
        return translate(error)

    def _authorize(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        if action == _READ:
            self._reads.add((first or "", second or ""))
            return _OK
        if action in (_SELECT, _RECURSIVE):
            return _OK
        if action == _FUNCTION and second not in _FORBIDDEN_FUNCTIONS:
            return _OK
        if action == _TRANSACTION and not self._untrusted:
            return _OK
        # FTS5 asks for it at every search; it changes nothing.
        if action == _PRAGMA and (first, second) == ("data_version", None):
            return _OK
        self._refused = True
        return _DENY


def _instead(query: DocumentQuery) -> list[str]:
    """Return the row of a query with `first` that nothing matches, or none."""
    if query.first == "required":
        raise NotFoundError(
            f"{query.from_}: no document matches", hint="Without `required` the answer is null."
        )
    return [] if query.fallback is None else [orjson.dumps(query.fallback).decode()]


def _kinds(tables: Mapping[str, Table], reads: frozenset[tuple[str, str]]) -> dict[str, Kind]:
    """Return the kind of each column name that means the same in all tables read (Q6)."""
    kinds: dict[str, Kind] = {}
    mixed: set[str] = set()
    for table, name in reads:
        column = _column(tables, table, name)
        if column is not None and kinds.setdefault(name, column) is not column:
            mixed.add(name)
    return {name: kind for name, kind in kinds.items() if name not in mixed}


def _column(tables: Mapping[str, Table], table: str, name: str) -> Kind | None:
    found = tables.get(table)
    column = None if found is None else found.columns.get(name)
    return None if column is None else column.kind


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _json_value(value: SqlValue, kind: Kind | None) -> object:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if kind is Kind.BOOLEAN and value in (0, 1):
        return bool(value)
    if kind is Kind.JSON and isinstance(value, str):
        return _fragment(value)
    return value


def _fragment(text: str) -> object:
    # A column's name may stand for anything in SQL: `substr(tags, 2) AS tags` is no JSON.
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return orjson.Fragment(text)
