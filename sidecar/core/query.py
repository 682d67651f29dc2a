"""Queries as they come over the wire (Q1)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator
from pydantic import ValidationError as ModelError

from sidecar.core.errors import QueryError
from sidecar.core.json import JsonObject, check_json
from sidecar.core.model import first_problem

Direction = Literal["asc", "desc"]
SortTerm = Annotated[dict[str, Direction], Field(min_length=1, max_length=1)]
Count = Annotated[int, Field(ge=0, le=2**53 - 1)]


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
    fields: Annotated[list[str], Field(min_length=1)] | None = Field(
        default=None, description="Top-level fields to return; all when absent."
    )
    first: bool = Field(default=False, description="Return one document, or null.")
    count: bool = Field(default=False, description="Return how many documents match.")

    @model_validator(mode="after")
    def _count_alone(self) -> DocumentQuery:
        if self.count and (self.first or self.skip or self.limit is not None or self.fields):
            raise ValueError("count stands without first, skip, limit and fields")
        return self


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
            hint="A query is {from, selector?, sort?, skip?, limit?, fields?, first?, count?} "
            "or {sql, params?}.",
            path=path,
        ) from error
