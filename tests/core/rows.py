"""A table with every kind of column, and a real SQLite that holds its documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import orjson
from hypothesis import strategies as st

from sidecar.core.column import boolean, integer, json, number, text, timestamp
from sidecar.core.compile import compile_query
from sidecar.core.documents import document_sql, quote
from sidecar.core.json import Json, JsonObject
from sidecar.core.projection import projection_sql
from sidecar.core.query import DocumentQuery, parse_query
from sidecar.core.state import SqlValue, Statement
from sidecar.core.table import Table
from sidecar.store.driver import connect
from sidecar.store.layout import create_table
from tests.core.values import arrays, integers, names, numbers, objects, texts, values

THINGS = Table(
    "things",
    {
        "id": text(primary_key=True),
        "title": text(nullable=True),
        "size": integer(nullable=True),
        "weight": number(nullable=True),
        "done": boolean(nullable=True),
        "at": timestamp(nullable=True),
        "data": json(nullable=True),
        "tags": json(list[str], nullable=True),
        'odd "name"\n': text(nullable=True),
    },
    indexes=["title", ("size", "weight"), "data.a", "x", ("x.a", "size")],
)

KINDS: Mapping[str, st.SearchStrategy[Json]] = {
    "title": texts,
    "size": integers,
    "weight": numbers,
    "done": st.booleans(),
    "at": integers,
    "data": objects | arrays,
    "tags": st.lists(texts, max_size=3),
    'odd "name"\n': texts,
}
"""Values of each declared field."""

ids = st.sampled_from(["1", "2", "3", "a", "B", "😀"])
extras = st.dictionaries(names.filter(lambda name: name not in THINGS.columns), values, max_size=2)
declared = st.fixed_dictionaries(
    {}, optional={name: st.none() | kind for name, kind in KINDS.items()}
)
documents: st.SearchStrategy[JsonObject] = st.builds(
    lambda id, known, unknown: {"id": id, **known, **unknown}, ids, declared, extras
)


class Rows:
    """A table's rows, written by statements and read by queries as the store reads them."""

    def __init__(self, path: Path, table: Table = THINGS) -> None:
        self.table = table
        self.connection = connect(path, key=None)
        self.connection.create_function("_event_seq", 0, lambda: 0)
        create_table(self.connection, table)
        # Nothing here is about durability: one transaction that never ends costs no disk.
        self.connection.execute("BEGIN")

    def hold(self, held: Iterable[JsonObject]) -> None:
        """Make these the only documents."""
        self.connection.execute(f"DELETE FROM {quote(self.table.name)}")
        for document in held:
            self.run(self.table.put(document))

    def run(self, statement: Statement) -> None:
        self.connection.execute(statement.sql, statement.params)

    def rows(self) -> list[dict[str, SqlValue]]:
        cursor = self.connection.execute(f"SELECT * FROM {quote(self.table.name)} ORDER BY 1")
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor]

    def documents(self, fields: Iterable[str] | None = None) -> list[JsonObject]:
        """Return the documents as SQLite builds them, by primary key."""
        row = document_sql(self.table)
        if fields is not None:
            row = projection_sql(self.table, dict.fromkeys(fields))
        cursor = self.connection.execute(f"SELECT {row} FROM {quote(self.table.name)} ORDER BY 1")
        return sorted((orjson.loads(row) for (row,) in cursor), key=lambda one: str(one.get("id")))

    def query(self, **members: Json) -> list[JsonObject]:
        """Return the documents of a query, in its order."""
        return [orjson.loads(row) for _, row in self._answer(members)]

    def ids(self, **members: Json) -> list[str]:
        """Return the primary keys of a query, in its order."""
        return [str(id) for id, _ in self._answer(members)]

    def count(self, **members: Json) -> int:
        ((count,),) = self._answer({**members, "count": True})
        return int(count)

    def _answer(self, members: JsonObject) -> list[tuple[str, str]]:
        query = parse_query({"from": self.table.name, **members})
        assert isinstance(query, DocumentQuery)
        compiled = compile_query(self.table, query)
        return self.connection.execute(compiled.sql, compiled.params).fetchall()
