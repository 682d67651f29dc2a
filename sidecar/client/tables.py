"""Queries made by steps: `tables.personas.where(isActive=True).order_by("name").limit(10)`.

1. A step returns a new query and leaves the one it began from as it is.
2. Each is compiled for its table at once, as the server does it: what means nothing there is the
   same error here, where it was written.
3. Steps come in an order that reads as what happens; `docs/queries.md` has the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Final, Generic, Literal, Self, TypeVar, cast, overload

from sidecar.client.plain import plain
from sidecar.client.shapes import CountResult, MaybeRowResult, RowResult, RowsResult
from sidecar.core.collection import collection_table
from sidecar.core.compile import compile_query
from sidecar.core.errors import QueryError
from sidecar.core.json import Json, JsonObject
from sidecar.core.query import SEARCH, Direction, DocumentQuery, parse_query
from sidecar.core.table import Table

ResultT = TypeVar("ResultT", covariant=True)  # noqa: PLC0105 - the name is public

Operator = Literal[
    "=", "!=", ">", ">=", "<", "<=", "IN", "NOT IN", "LIKE", "ILIKE", "CONTAINS"
]  # fmt: skip

OPERATORS: Final[Mapping[str, str]] = {
    "=": "$eq",
    "!=": "$ne",
    ">": "$gt",
    ">=": "$gte",
    "<": "$lt",
    "<=": "$lte",
    "IN": "$in",
    "NOT IN": "$nin",
    "LIKE": "$like",
    "ILIKE": "$ilike",
    "CONTAINS": "$contains",
}
"""What `where` calls the operators."""


class TypedQuery(Generic[ResultT]):
    """A query that knows the type of its result, for `Client.query` and `Client.subscribe`."""

    def __init__(self, table: Table, query: JsonObject) -> None:
        parsed = parse_query(query)
        assert isinstance(parsed, DocumentQuery)
        compile_query(table, parsed)
        self._table = table
        self._query = query

    def to_json(self) -> JsonObject:
        """Return the query as it goes over the wire."""
        return deepcopy(self._query)

    def __repr__(self) -> str:
        rest = {key: value for key, value in self._query.items() if key != "from"}
        if rest:
            return f"<tables.{self._table.name}: {rest}>"
        columns = (f"{name}: {column.kind}" for name, column in self._table.columns.items())
        return f"<tables.{self._table.name}({', '.join(columns)})>"


class Rows(TypedQuery[RowsResult]):
    """A query of rows, whatever they are."""

    def order_by(self, path: str, direction: Direction = "asc") -> Self:
        """Sort by a field, after the fields sorted by so far; the primary key breaks ties."""
        self._refuse("order_by", "after")
        sort = cast("list[Json]", self._query.get("sort", []))
        return self._with(sort=[*sort, {path: direction}])

    def skip(self, count: int) -> Self:
        """Pass over the first rows."""
        return self._with(skip=count)

    def limit(self, count: int) -> Self:
        """Take so many rows at most."""
        return self._with(limit=count)

    @overload
    def first(self) -> TypedQuery[MaybeRowResult]: ...
    @overload
    def first(self, *, required: Literal[True]) -> TypedQuery[RowResult]: ...
    @overload
    def first(self, *, fallback: JsonObject) -> TypedQuery[RowResult]: ...
    def first(
        self, *, required: bool = False, fallback: JsonObject | None = None
    ) -> TypedQuery[RowResult] | TypedQuery[MaybeRowResult]:
        """Result in the first row; without one in None, in a NotFoundError, or in the fallback."""
        made: JsonObject = {**self._query, "first": "required" if required else True}
        if fallback is not None:
            made["fallback"] = plain(fallback, "/fallback")
        return TypedQuery(self._table, made)

    def _with(self, **members: Json) -> Self:
        return type(self)(self._table, {**self._query, **members})

    def _refuse(self, step: str, *members: str) -> None:
        """Raise the QueryError of a step that can't come after those that made some members."""
        earlier = next((one for one in members if one in self._query), None)
        if earlier is not None:
            step_before = _STEPS.get(earlier, earlier)
            raise QueryError(
                f"`{step}` can't come after `{step_before}`",
                hint=f"Call {step} before it, or leave {step_before} out.",
                path=f"/{earlier}",
            )


class Groups(Rows):
    """A query of rows that are no documents: groups, or values that differ."""


class Grouped(Groups):
    """A query of groups, of which something may be computed."""

    def aggregate(self, **computed: Mapping[str, Json]) -> Groups:
        """Count or compute something of each group: `n={"count": True}, mean={"avg": "size"}`."""
        self._refuse("aggregate", "sort", "skip", "limit")
        return _aggregated(self._table, self._query, computed)


class Documents(Rows):
    """A query of a table's documents, made by steps; each returns a new query.

    Args:
        table: The table.
        query: What is asked of it so far; all of it when None.
    """

    def __init__(self, table: Table, query: JsonObject | None = None) -> None:
        super().__init__(table, {"from": table.name} if query is None else query)

    @overload
    def where(self, selector: Mapping[str, Json], /, **equal: Json) -> Documents: ...
    @overload
    def where(self, path: str, value: Json, /, **equal: Json) -> Documents: ...
    @overload
    def where(self, path: str, operator: Operator, value: Json, /, **equal: Json) -> Documents: ...
    @overload
    def where(self, /, **equal: Json) -> Documents: ...
    def where(self, /, *condition: object, **equal: Json) -> Documents:
        """Take only the documents that match; a further `where` narrows more.

        Args:
            condition: A selector; a path and its value; or a path, an operator and a value.
            equal: Fields and their values.

        Raises:
            QueryError: An unknown operator, a path that is none, or a value that is no JSON.
        """
        added = _condition(*condition) if condition else {}
        selector = _both(added, cast("JsonObject", plain(equal, "/selector")))
        if SEARCH in selector:
            raise QueryError(
                f"{SEARCH} is no condition of a field",
                hint="Write .search(text).",
                path="/selector",
            )
        return self._narrowed(selector)

    def search(self, text: str) -> Documents:
        """Take only the documents that hold each of the words, best first unless sorted.

        Args:
            text: Words, `"phrases in quotes"` and `prefixes*`; nothing else in it is syntax.
        """
        if SEARCH in cast("JsonObject", self._query.get("selector", {})):
            raise QueryError(
                "search is taken once",
                hint="Give all words to one search: each of them must occur.",
                path=f"/selector/{SEARCH}",
            )
        return self._narrowed({SEARCH: text})

    def after(self, row: Mapping[str, Json]) -> Documents:
        """Go on behind a row, in this query's order: the next page, also when the row is gone.

        Args:
            row: Has the primary key and the fields sorted by.
        """
        if "sort" not in self._query:
            raise QueryError(
                "after goes on in an order", hint="Call order_by before it.", path="/after"
            )
        sort = cast("list[dict[str, str]]", self._query["sort"])
        placing = {_root(path) for term in sort for path in term}
        # One that select leaves out is not missing in the document: the page would begin elsewhere.
        selected = {*map(_root, cast("list[str]", self._query.get("fields", ["*"])))}
        unknown = [] if "*" in selected else sorted(placing - selected - row.keys())
        if unknown:
            raise QueryError(
                f"after: the row lacks {unknown[0]}, which the query is sorted by",
                hint=f"Give select {unknown[0]} too.",
                path=f"/after/{unknown[0]}",
            )
        place = {name: row[name] for name in (self._table.primary_key, *placing) if name in row}
        return self._with(after=plain(place, "/after"))

    def select(self, *paths: str) -> Documents:
        """Take only these paths of each document, nested as they are in it."""
        self._refuse("a second select", "fields")
        return self._with(fields=[*paths])

    def distinct(self, *paths: str) -> Groups:
        """Result in the values there are at these paths, each combination once."""
        self._refuse("distinct", *_OF_DOCUMENTS)
        return Groups(self._table, {**self._query, "fields": [*paths], "distinct": True})

    def group_by(self, *paths: str) -> Grouped:
        """Result in one row a group: documents that are equal in these paths."""
        self._refuse("group_by", *_OF_DOCUMENTS)
        return Grouped(self._table, {**self._query, "groupBy": [*paths]})

    def aggregate(self, **computed: Mapping[str, Json]) -> Groups:
        """Result in one row that counts or computes something of all documents.

        Args:
            computed: One of count, sum, avg, min, max by name: `n={"count": True}`,
                `mean={"avg": "importance"}`.
        """
        self._refuse("aggregate", *_OF_DOCUMENTS)
        return _aggregated(self._table, self._query, computed)

    def count(self) -> TypedQuery[CountResult]:
        """Result in the number of documents."""
        return TypedQuery(self._table, {**self._query, "count": True})

    def _narrowed(self, added: JsonObject) -> Documents:
        return self._with(
            selector=_both(cast("JsonObject", self._query.get("selector", {})), added)
        )


_STEPS: Final = {"sort": "order_by", "fields": "select"}
"""Steps that are called otherwise than the member they make."""

_OF_DOCUMENTS: Final = ("sort", "skip", "limit", "after", "fields")
"""Members that say something of documents, where groups are to follow."""


class Tables:
    """Tables by name: `tables.personas`, or `tables["my-notes"]`."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self._tables = {one.name: Documents(one) for one in tables}

    def __getattr__(self, name: str) -> Documents:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._tables:
            raise AttributeError(f"tables has no {name}; it has {', '.join(self)}")
        return self._tables[name]

    def __getitem__(self, name: str) -> Documents:
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._tables))

    def __dir__(self) -> list[str]:
        return [*self]

    def __repr__(self) -> str:
        return f"<tables: {', '.join(self) or 'none'}>"


def table(name: str, primary_key: str = "id") -> Documents:
    """Return a query of a collection that no schema declares.

    Args:
        name: The collection.
        primary_key: The field that names its documents.

    Raises:
        ValidationError: A name that can't be a collection's or a key's.
    """
    return Documents(collection_table(name, primary_key, {}))


def _condition(subject: object, *comparison: object) -> JsonObject:
    """Return the selector of what `where` was given."""
    if not isinstance(subject, str):
        selector = plain(subject, "/selector")
        if isinstance(selector, dict) and not comparison:
            return selector
        raise _no_condition()
    match comparison:
        case (value,):
            return cast("JsonObject", plain({subject: value}, "/selector"))
        case (str(operator), value) if operator in OPERATORS:
            return cast("JsonObject", plain({subject: {OPERATORS[operator]: value}}, "/selector"))
        case (operator, _):
            known = ", ".join(OPERATORS)
            raise QueryError(
                f"where: no operator {operator}", hint=f"Known: {known}.", path="/selector"
            )
    raise _no_condition()


def _no_condition() -> QueryError:
    return QueryError(
        "where takes no such condition",
        hint='Write where({…}), where("field", value), where("field", ">", value), '
        "or where(field=value).",
        path="/selector",
    )


def _both(before: JsonObject, added: JsonObject) -> JsonObject:
    """Return a selector that says both; a search stays beside the fields, where it must stand."""
    others = {key: value for key, value in before.items() if key != SEARCH}
    search = {SEARCH: before[SEARCH]} if SEARCH in before else {}
    if others.keys() & added.keys():
        return {"$and": [others, added], **search}
    return {**others, **added, **search}


def _aggregated(
    table: Table, query: JsonObject, computed: Mapping[str, Mapping[str, Json]]
) -> Groups:
    return Groups(table, {**query, "aggregate": plain(computed, "/aggregate")})


def _root(path: str) -> str:
    return path.partition(".")[0]
