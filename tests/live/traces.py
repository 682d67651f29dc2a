"""Random traces: batches of writes of every kind, and queries of every kind over what they write.

The same seed makes the same trace again. Documents and selectors are the oracle's; SQL writes what
no document could be, too. Tables are `things`, which a schema declares, and `defined`, which the
trace defines; client documents are the app's.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Final

from sidecar.app.ui_state import ui_state
from sidecar.core.column import Kind, boolean, integer, json, number, text
from sidecar.core.event import Event, NewEvent
from sidecar.core.json import Json, JsonObject
from sidecar.core.schema import Args, Schema, event
from sidecar.core.state import State, Statement, Statements
from sidecar.core.table import Table, increment
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


class Counted(Args):
    """One more year."""

    id: str


@event("v1.Counted", Counted)
def counted(args: Counted, event: Event, state: State) -> Statements:
    """Add to a number of one thing, if it is there."""
    return things.update({"age": increment()}, where={"id": args.id})


EVENTS: Final = [raw, counted]

schema = Schema("traces", version=1, tables=[things], events=EVENTS, client_documents=[ui_state])

DEFINED: Final = "defined"

_NESTED: Final = ["meta.a", "meta.a.b", "free.b", "other.k", "Ünï.a"]


def random_schema(seed: int, version: int = 1) -> Schema:
    """Return a schema with `things` of some columns, and other indexes in each version."""
    chance = random.Random(seed)
    more = {"note": text(nullable=True), "mixed": json(nullable=True)}
    columns = {**things.columns, **dict(chance.sample(list(more.items()), chance.randrange(3)))}
    chance = random.Random(f"{seed} {version}")
    scalars = ["id", "name", "age", "score", "active"]
    table = Table(
        "things",
        columns,
        indexes=[
            tuple(chance.sample([*scalars, *_NESTED], chance.choice([1, 1, 2, 3])))
            for _ in range(chance.randrange(4))
        ],
        search=chance.choice([{"name": 2, "meta": 1}, {"meta": 1}, {}]),
    )
    return Schema(
        "traces", version=version, tables=[table], events=EVENTS, client_documents=[ui_state]
    )


class Trace:
    """A source of batches and queries.

    Args:
        seed: Decides all of it.
        table: The table that is declared.
    """

    def __init__(self, seed: int, table: Table = things) -> None:
        self.random = random.Random(seed)
        self._table = table
        self._generator = Generator(seed)
        self._case = self._generator.case(0)
        self._ids = [str(one[KEY]) for one in self._case.documents]

    def reseed(self, seed: int) -> None:
        """Go on as this seed says, whatever was asked for before."""
        self.random.seed(seed)
        self._generator._random.seed(seed)

    def start(self) -> list[NewEvent]:
        """Return the events that make the collection and its first documents."""
        indexes = self._case.schema["indexes"]
        assert isinstance(indexes, list)
        nested: list[Json] = list[Json](self.random.sample(_NESTED, self.random.randrange(3)))
        json_schema = {**self._case.schema, "indexes": [*indexes, *nested]}
        args: JsonObject = {"name": DEFINED, "primaryKey": KEY, "jsonSchema": json_schema}
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
        """Return a query of any kind: documents, one, a number, groups, SQL."""
        way = self.random.random()
        if way < 0.3:
            return self._sql()
        if way < 0.36:
            selector = self.random.choice(_OF_CLIENT_DOCUMENTS)
            one: JsonObject = {"selector": {"id": self.random.choice(_WINDOWS)}, "first": True}
            return {"from": "uiState", **self.random.choice([one, {"selector": selector}])}
        query = self._generator._query()
        query["from"] = self.random.choice([DEFINED, "things"])
        if self.random.random() < 0.5:
            paths = [self._generator._path() for _ in range(self.random.choice([1, 1, 2]))]
            near = self._generator._near
            query["selector"] = {path: self.random.choice(_TERMS)(near, path) for path in paths}
        return self._formed(self.random.choice(_FORMS), query)

    def _formed(self, form: str, query: JsonObject) -> JsonObject:
        """Return a query that asks for something else of the same documents."""
        matching: JsonObject = {"from": query["from"], "selector": query["selector"]}
        match form:
            case "first":
                return {**query, "first": True}
            case "fallback":
                return {**query, "first": True, "fallback": {"name": "none"}}
            case "fields":
                return {**query, "fields": self.random.sample(_FIELDS, 2)}
            case "after":
                return {**query, "after": self._generator._document(self.random.choice(self._ids))}
            case "search":
                return {"from": "things", "selector": self._search(), "limit": 3}
        return {**(query if form in ("rows", "required") else matching), **_OTHER_FORMS[form]}

    def _search(self) -> JsonObject:
        near: Json = self._generator._near("age")
        return {"$search": self.random.choice(["a", "b*", "10 true"]), "age": {"$ne": near}}

    def _sql(self) -> JsonObject:
        sql = self.random.choice(_SELECTS).format(table=self.random.choice(["things", DEFINED]))
        return {"sql": sql, "params": [self.random.choice([0, 1, 2, 7])] if "?" in sql else []}

    def _write(self) -> NewEvent:
        table = self.random.choice([DEFINED, "things"])
        id = self.random.choice(self._ids)
        way = self.random.random()
        if way < 0.25:
            return NewEvent("v1.Raw", {"sql": self._statement(table, id)})
        if way < 0.3:
            return NewEvent("v1.Counted", {"id": id})
        if way < 0.45:
            return NewEvent("v1.DocumentDeleted", {"collection": table, "id": id})
        if way < 0.5:
            value = self.random.choice(_OF_A_WINDOW)
            args: JsonObject = {"id": self.random.choice(_WINDOWS), "value": value}
            return NewEvent("v1.uiState.Set", {**args, "partial": self.random.random() < 0.5})
        if way < 0.55:
            patch: JsonObject = {"aside": self.random.choice([1, 2, 2, None])}
            return NewEvent("v1.DocumentPatched", {"collection": table, "id": id, "patch": patch})
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
            for name, column in self._table.columns.items():
                container = column.container or (dict, list)
                if column.kind is Kind.JSON and not isinstance(document.get(name, []), container):
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


_WINDOWS: Final = ["one", "two"]
_OF_A_WINDOW: Final[list[JsonObject]] = [
    {"searchText": "a"},
    {"searchText": ""},
    {"selectedPersonaId": "p"},
    {"selectedPersonaId": None, "searchText": "b"},
    {},
]
_OF_CLIENT_DOCUMENTS: Final[list[JsonObject]] = [{}, {"value.searchText": "a"}]

_FORMS: Final = [
    *["rows"] * 8,
    *["count"] * 3,
    *["first"] * 3,
    *("required", "fallback", "fields", "fields", "distinct", "after", "groups", "aggregate"),
    *("search", "search"),
]

_FIELDS: Final = ["id", "name", "other", "meta.a", "_seq"]

_AGGREGATE: Final[JsonObject] = {
    "n": {"count": True},
    "most": {"max": "age"},
    "least": {"min": "meta.a"},
    "sum": {"sum": "score"},
    "mean": {"avg": "age"},
}

_OTHER_FORMS: Final[dict[str, JsonObject]] = {
    "rows": {},
    "required": {"first": "required"},
    "count": {"count": True},
    "distinct": {"fields": ["name", "meta.a"], "distinct": True},
    "groups": {"groupBy": ["name"], "aggregate": _AGGREGATE},
    "aggregate": {"aggregate": _AGGREGATE},
}

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
