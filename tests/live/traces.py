"""Random traces: batches of writes of every kind, and queries of every kind over what they write.

The same seed makes the same trace again. Documents and selectors are the oracle's; SQL writes what
no document could be, too.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Final

from sidecar.core.column import boolean, integer, json, number, text
from sidecar.core.event import Event, NewEvent
from sidecar.core.json import Json, JsonObject
from sidecar.core.schema import Args, Schema, event
from sidecar.core.state import State, Statement, Statements
from sidecar.core.table import Table
from tests.oracle.generate import KEY, Generator

things = Table(
    "things",
    {
        "id": text(primary_key=True),
        "name": text(nullable=True),
        "age": integer(nullable=True),
        "score": number(nullable=True),
        "active": boolean(nullable=True),
        "items": json(list[str], nullable=True),
        "meta": json(nullable=True),
    },
    indexes=[("name", "age"), "score", ("active", "name", "score"), "meta.a", "free.b"],
    search={"name": 2, "meta": 1},
)


class Raw(Args):
    """SQL that a test wants run."""

    sql: str


@event("v1.Raw", Raw)
def raw(args: Raw, event: Event, state: State) -> Statements:
    """Run SQL as it is, without a word on what it writes."""
    return Statement(args.sql)


schema = Schema("traces", version=1, tables=[things], events=[raw])

DEFINED: Final = "defined"


class Trace:
    """A source of batches and queries.

    Args:
        seed: Decides all of it.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._generator = Generator(seed)
        self._case = self._generator.case(0)
        self._ids = [str(one[KEY]) for one in self._case.documents]

    def start(self) -> list[NewEvent]:
        """Return the events that make the collection and its first documents."""
        args: JsonObject = {"name": DEFINED, "primaryKey": KEY, "jsonSchema": self._case.schema}
        return [
            NewEvent("v1.CollectionDefined", args),
            *(self._insertion(DEFINED, one) for one in self._case.documents),
        ]

    def batches(self) -> list[list[NewEvent]]:
        """Return batches that are committed at once; some may be refused."""
        count = self.random.choice([1, 1, 1, 2, 4])
        return [
            [self._write() for _ in range(self.random.choice([1, 1, 1, 2, 3]))]
            for _ in range(count)
        ]

    def query(self) -> JsonObject:
        """Return a query: of documents, a count, the first one, or SQL."""
        if self.random.random() < 0.3:
            return self._sql()
        query = self._generator._query()
        query["from"] = self.random.choice([DEFINED, "things"])
        if self.random.random() < 0.5:
            selector: JsonObject = {}
            for _ in range(self.random.choice([1, 1, 2])):
                path = self._generator._path()
                selector[path] = self.random.choice(_TERMS)(self._generator._near, path)
            query["selector"] = selector
        form = self.random.random()
        if form < 0.15:
            return {"from": query["from"], "selector": query["selector"], "count": True}
        if form < 0.3:
            return {**query, "first": True}
        if form < 0.4:
            return {**query, "fields": self.random.sample(["id", "name", "other", "_seq"], 2)}
        if form < 0.45:
            return {
                "from": query["from"],
                "selector": query["selector"],
                "groupBy": ["name"],
                "aggregate": {
                    "n": {"count": True},
                    "most": {"max": "age"},
                    "sum": {"sum": "score"},
                },
            }
        if form < 0.5:
            return {
                "from": query["from"],
                "selector": {**self._search(), **query["selector"]},
                "limit": 3,
            }
        return query

    def _search(self) -> JsonObject:
        return {"$search": self.random.choice(["a", "b*", "10 true"])}

    def _sql(self) -> JsonObject:
        sql = self.random.choice(_SELECTS).format(table=self.random.choice(["things", DEFINED]))
        return {"sql": sql, "params": [self.random.choice([0, 1, 2, 7])] if "?" in sql else []}

    def _write(self) -> NewEvent:
        table = self.random.choice([DEFINED, "things"])
        id = self.random.choice(self._ids)
        way = self.random.random()
        if way < 0.25:
            return NewEvent("v1.Raw", {"sql": self._statement(table, id)})
        if way < 0.45:
            return NewEvent("v1.DocumentDeleted", {"collection": table, "id": id})
        document = self._document(table, id)
        if way < 0.75:
            return self._insertion(table, document)
        del document[KEY]
        names = self.random.sample(sorted(document), min(2, len(document)))
        patch = {name: None if self.random.random() < 0.2 else document[name] for name in names}
        unset: list[Json] = [one for one in ("other", "name", "age") if one not in patch]
        args: JsonObject = {"collection": table, "id": id, "patch": patch}
        if self.random.random() < 0.3:
            args["unset"] = unset[:1]
        return NewEvent("v1.DocumentPatched", args)

    def _document(self, table: str, id: str) -> JsonObject:
        document = self._generator._document(id)
        if table == "things":
            for name in ("items", "meta"):
                column = things.columns[name]
                if name in document and not isinstance(
                    document[name], column.container or (dict, list)
                ):
                    del document[name]
        return document

    def _insertion(self, table: str, document: JsonObject) -> NewEvent:
        return NewEvent("v1.DocumentInserted", {"collection": table, "document": document})

    def _statement(self, table: str, id: str) -> str:
        other = self.random.choice(self._ids)
        statement = self.random.choice(_STATEMENTS)
        return statement.format(
            table=table, id=id, other=other, number=self.random.choice([0, 1, 2, 3, 7])
        )

    def steps(self, count: int) -> Iterator[list[list[NewEvent]]]:
        """Yield so many groups of batches."""
        for _ in range(count):
            yield self.batches()


Near = Callable[[str], Json]
_TERMS: Final[list[Callable[[Near, str], Json]]] = [
    lambda near, path: near(path) if path != KEY else {"$eq": near(path)},
    lambda near, path: {"$eq": near(path)},
    lambda near, path: {"$in": [near(path), near(path)]},
    lambda near, path: {"$gt": near(path)},
    lambda near, path: {"$gte": near(path), "$lt": near(path)},
    lambda near, path: {"$lte": near(path), "$ne": near(path)},
]

_SELECTS: Final = [
    "SELECT id, name FROM {table}",
    "SELECT name FROM {table}",
    "SELECT count(*) AS n FROM {table}",
    "SELECT max(score) AS n FROM {table} WHERE active = ?",
    "SELECT id, score FROM {table} WHERE age > ? ORDER BY age, id LIMIT 3",
    "SELECT id, _seq FROM {table} ORDER BY id",
    "SELECT rowid AS n, id FROM {table}",
    "SELECT id, _extra FROM {table} WHERE score = ?",
    "SELECT count(*) AS n FROM things NATURAL JOIN defined",
    "SELECT t.id FROM things AS t JOIN defined USING (id) ORDER BY 1",
    "SELECT t.id FROM things AS t, defined AS d WHERE t.name = d.name ORDER BY t.id, d.id",
    "SELECT DISTINCT typeof(score) AS t FROM {table}",
    "SELECT name, count(*) AS n FROM {table} GROUP BY name",
    "SELECT id FROM {table} WHERE id NOT IN (SELECT id FROM things WHERE age = ?) ORDER BY id",
    "SELECT collection, sourceId FROM _id_map ORDER BY 1, 2",
    "SELECT value, count(*) AS n FROM things, json_each(items) GROUP BY 1",
    "SELECT abs(iif(max(age) = 7, -9223372036854775807 - 1, 0)) AS n FROM {table}",
    "SELECT name FROM _collections",
    """SELECT rowid AS at FROM "things(search)" WHERE "things(search)" MATCH 'a' ORDER BY rank""",
    "SELECT meta FROM things WHERE meta IS NOT NULL",
    "SELECT _extra FROM things",
    "SELECT count(*) AS n FROM _events",
]

_MANY: Final = "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)"

_STATEMENTS: Final = [
    "UPDATE {table} SET age = {number} WHERE id = '{id}'",
    "UPDATE {table} SET score = score + 1",
    "UPDATE {table} SET score = CAST(score AS REAL)",
    "UPDATE {table} SET name = '{other}' WHERE age > {number}",
    "UPDATE {table} SET name = name",
    "UPDATE {table} SET active = {number} WHERE id = '{id}'",
    "UPDATE {table} SET score = 9007199254740993 WHERE id = '{id}'",
    "UPDATE {table} SET id = '{other}' WHERE id = '{id}'",
    "UPDATE OR REPLACE {table} SET id = '{other}' WHERE id = '{id}'",
    "UPDATE OR IGNORE {table} SET id = '{other}'",
    "UPDATE {table} SET _rowid_ = 100 + {number} WHERE id = '{id}'",
    "UPDATE {table} SET rowid = 200 + rowid WHERE age = {number}",
    "UPDATE {table} SET _seq = 0",
    "UPDATE {table} SET _extra = '{{\"other\":{number}}}' WHERE id = '{id}'",
    "UPDATE things SET items = '{{\"a\":1}}' WHERE id = '{id}'",
    "UPDATE things SET age = 9007199254740993 WHERE id = '{id}'",
    "DELETE FROM {table} WHERE age = {number}",
    "DELETE FROM {table}",
    "INSERT OR REPLACE INTO {table} (id, name, age) VALUES ('{id}', '{other}', {number})",
    "INSERT OR REPLACE INTO {table} (id) SELECT id FROM defined",
    "INSERT OR IGNORE INTO things (id, age, score) SELECT id, {number}, {number} FROM defined",
    "INSERT INTO {table} (id) VALUES ('{id}') ON CONFLICT (id) DO UPDATE SET age = {number}",
    "INSERT OR FAIL INTO {table} (id) VALUES ('{other} new'), ('{id}')",
    "INSERT OR ROLLBACK INTO {table} (id) VALUES ('{id}')",
    f"{_MANY} INSERT OR IGNORE INTO {{table}} (id, age) SELECT 'many ' || i, i FROM n",
    f"{_MANY} UPDATE {{table}} SET age = i FROM n WHERE id = 'many ' || i",
    *["DELETE FROM {table} WHERE id LIKE 'many%'"] * 3,
]
