"""Queries as they come over the wire (Q1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator
from pydantic import ValidationError as ModelError

from sidecar.core.errors import QueryError
from sidecar.core.json import JsonObject, check_json
from sidecar.core.model import first_problem

Direction = Literal["asc", "desc"]
SortTerm = Annotated[dict[str, Direction], Field(min_length=1, max_length=1)]
Count = Annotated[int, Field(ge=0, le=2**53 - 1)]
SEARCH: Final = "$search"
"""The member of a selector that is a full-text search."""

Paths = Annotated[list[str], Field(min_length=1)]


class Aggregate(BaseModel):
    """What one name of a group stands for: exactly one of the members."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    count: Literal[True] | None = Field(default=None, description="How many documents.")
    sum: str | None = Field(default=None, description="Path; numbers only. 0 of none.")
    avg: str | None = Field(default=None, description="Path; numbers only. null of none.")
    min: str | None = Field(default=None, description="Path; the least value, null of none.")
    max: str | None = Field(default=None, description="Path; the greatest value, null of none.")

    @model_validator(mode="after")
    def _one(self) -> Aggregate:
        if len(self.model_dump(exclude_none=True)) != 1:
            raise ValueError("needs exactly one of count, sum, avg, min, max")
        return self


class Shape(NamedTuple):
    """All of a document query that its statement's text depends on, but the selector.

    Attributes:
        sort: Paths, each with its direction, most significant first.
        fields: Paths, or None for whole documents.
        distinct: Whether rows that are equal in them count once.
        group_by: Paths of a group.
        aggregate: Names, and what each computes of a group.
        counted: Whether the answer is a number.
        paged: Whether it skips or ends early.
        searched: Whether it is a full-text search.
    """

    sort: tuple[tuple[str, Direction], ...]
    fields: tuple[str, ...] | None
    distinct: bool
    group_by: tuple[str, ...]
    aggregate: tuple[tuple[str, Aggregate], ...]
    counted: bool
    paged: bool
    searched: bool

    @property
    def grouped(self) -> bool:
        """Whether rows stand for several documents."""
        return self.distinct or bool(self.group_by or self.aggregate)


class DocumentQuery(BaseModel):
    """Documents of one collection."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        json_schema_extra={
            "examples": [
                {"from": "personas", "selector": {"isActive": True}, "first": True},
                {
                    "from": "memoryEntities",
                    "selector": {"personaId": "p1", "importance": {"$gt": 50}},
                    "sort": [{"lastAccessed": "desc"}],
                    "limit": 100,
                },
                {
                    "from": "memoryEntities",
                    "groupBy": ["personaId"],
                    "aggregate": {"memories": {"count": True}, "mean": {"avg": "importance"}},
                },
            ]
        },
    )

    from_: str = Field(alias="from", description="Collection name.")
    selector: dict[str, JsonValue] = Field(default_factory=dict, description="Mango selector.")
    sort: list[SortTerm] = Field(
        default_factory=list,
        description="Terms {field: asc|desc}, most significant first; the primary key breaks ties.",
    )
    skip: Count = Field(default=0, description="Documents to pass over.")
    limit: Count | None = Field(default=None, description="Most documents to return.")
    after: dict[str, JsonValue] | None = Field(
        default=None,
        description="A row to go on behind: its primary key and the fields the sort names.",
    )
    fields: Paths | None = Field(
        default=None,
        description="Paths to return, nested as they are in the document; all when absent. Also "
        "_seq, with $search _rank and _snippet, and * for the whole document beside them.",
    )
    distinct: bool = Field(
        default=False, description="Return rows that differ in the fields, each once."
    )
    groupBy: Paths | None = Field(default=None, description="Paths; one row for each group.")  # noqa: N815
    aggregate: Annotated[dict[str, Aggregate], Field(min_length=1)] | None = Field(
        default=None,
        description="Names and what they count or compute of a group, or of all that match.",
    )
    first: bool | Literal["required"] = Field(
        default=False,
        description="Return one document, or null; `required` fails where there is none.",
    )
    fallback: dict[str, JsonValue] | None = Field(
        default=None, description="Row to return instead of null."
    )
    count: bool = Field(default=False, description="Return how many documents match.")

    @cached_property
    def shape(self) -> Shape:
        """What decides the query's statement beside the selector."""
        return Shape(
            sort=tuple((field, way) for term in self.sort for field, way in term.items()),
            fields=None if self.fields is None else tuple(self.fields),
            distinct=self.distinct,
            group_by=() if self.groupBy is None else tuple(self.groupBy),
            aggregate=() if self.aggregate is None else tuple(self.aggregate.items()),
            counted=self.count,
            paged=bool(self.first or self.skip or self.limit is not None),
            searched=SEARCH in self.selector,
        )

    @model_validator(mode="after")
    def _go_together(self) -> DocumentQuery:
        given = {name for name in type(self).model_fields if getattr(self, name) not in _UNSET}
        for member, others in _APART.items():
            if member in given and (clash := [one for one in others if one in given]):
                raise ValueError(f"{member} stands without {clash[0]}")
        if self.distinct and self.fields is None:
            raise ValueError("distinct needs fields")
        if self.fallback is not None and self.first is not True:
            raise ValueError("fallback needs first: true")
        return self


_UNSET: Final[Sequence[object]] = (None, False, 0, [], {})

_APART: Final[Mapping[str, Sequence[str]]] = {
    "count": ("first", "skip", "limit", "fields", "after", "distinct", "groupBy", "aggregate"),
    "distinct": ("after", "groupBy", "aggregate"),
    "groupBy": ("fields", "after"),
    "aggregate": ("fields", "after"),
}
"""Members that don't go together."""


class SqlQuery(BaseModel):
    """One read in SQL (Q4)."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        json_schema_extra={
            "examples": [
                {"sql": "SELECT count(*) AS n FROM personas WHERE isActive = ?", "params": [1]}
            ]
        },
    )

    sql: str = Field(min_length=1, max_length=1_000_000, description="One SELECT, WITH or VALUES.")
    params: list[str | int | float | bool | None] | dict[str, str | int | float | bool | None] = (
        Field(default_factory=list, description="Values by position (?) or by name (:name).")
    )


Query = DocumentQuery | SqlQuery


def parse_query(value: JsonObject) -> Query:
    """Return the query a JSON object means.

    Raises:
        QueryError: An unknown or wrong member; `path` points at it.
        ValidationError: Not a JSON value the store takes.
    """
    check_json(value)
    model = SqlQuery if "sql" in value else DocumentQuery
    try:
        return model.model_validate(value)
    except ModelError as error:
        path, message = first_problem(value, error)
        raise QueryError(
            f"{path or '/'}: {message}",
            hint=f"A document query has the members {_members()}; an SQL query {{sql, params?}}.",
            path=path,
        ) from error


def _members() -> str:
    return ", ".join(one.alias or name for name, one in DocumentQuery.model_fields.items())
