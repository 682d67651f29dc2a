"""Queries made by steps: the JSON they make, what they refuse, and what a server answers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mypy import api

from sidecar.app import schema
from sidecar.client import Client, Documents, Groups, NewEventJson, Tables, TypedQuery, table
from sidecar.client.tables import OPERATORS, Operator, Rows
from sidecar.core.errors import NotFoundError, QueryError, ValidationError
from sidecar.core.json import Json, JsonObject
from sidecar.core.query import parse_query
from tests.cli.processes import ROOT, persona, running_server
from tests.core.values import nested, numbers, scalars, texts

tables = Tables(schema.tables.values())
memories = tables.memoryEntities

RowsT = TypeVar("RowsT", bound=Rows)

FIELDS = ["personaId", "type", "name", "content", "importance", "tags", "content.kind", "extra"]
DIRECTIONS = st.sampled_from(["asc", "desc"])
paths = st.lists(st.sampled_from(FIELDS), min_size=1, max_size=3, unique=True)
operands = {"IN": st.lists(scalars, max_size=3), "NOT IN": st.lists(scalars, max_size=3)} | (
    dict.fromkeys(("LIKE", "ILIKE"), texts)
)


@st.composite
def twins(draw: st.DrawFn) -> tuple[TypedQuery[object], JsonObject]:
    """Return a query made by steps, and the same one written by hand."""
    made, wanted = memories, cast("JsonObject", {"from": "memoryEntities"})
    for field in draw(st.lists(st.sampled_from(FIELDS), max_size=3, unique=True)):
        selector = cast("JsonObject", wanted.setdefault("selector", {}))
        if draw(st.booleans()):
            value = draw(scalars)
            form = draw(st.sampled_from([({field: value},), (field, value), ()]))
            made = made.where(*form) if form else made.where(**{field: value})
            selector[field] = value
        else:
            operator = cast("Operator", draw(st.sampled_from([*OPERATORS])))
            value = draw(operands.get(operator, texts | numbers))
            made = made.where(field, operator, value)
            selector[field] = {OPERATORS[operator]: value}
    if draw(st.booleans()):
        text = draw(texts)
        made = made.search(text)
        cast("JsonObject", wanted.setdefault("selector", {}))["$search"] = text
    if draw(st.booleans()):
        return draw(documents(made, wanted))
    return draw(groups(made, wanted))


@st.composite
def documents(
    draw: st.DrawFn, made: Documents, wanted: JsonObject
) -> tuple[TypedQuery[object], JsonObject]:
    end = draw(st.sampled_from(["count", "rows", "first", "required", "fallback"]))
    if end == "count":
        return made.count(), {**wanted, "count": True}
    made, wanted = draw(pages(made, wanted, FIELDS))
    if "sort" in wanted and draw(st.booleans()):
        row = {"id": "m1", **{field: draw(scalars) for field in FIELDS if "." not in field}}
        placing = {path.split(".")[0] for term in cast("Any", wanted["sort"]) for path in term}
        typed = {"personaId": "p", "type": "t", "name": "n", "importance": 5}
        row |= {field: value for field, value in typed.items() if field in placing}
        made = made.after(row)
        wanted["after"] = {key: row[key] for key in ("id", *placing)}
    if draw(st.booleans()):
        fields = draw(paths)
        made, wanted["fields"] = made.select(*fields), [*fields]
    return draw(ends(made, wanted, end))


@st.composite
def groups(
    draw: st.DrawFn, made: Documents, wanted: JsonObject
) -> tuple[TypedQuery[object], JsonObject]:
    fields = draw(paths)
    kind = draw(st.sampled_from(["distinct", "group_by", "aggregate", "both"]))
    computed = {"n": {"count": True}, "top": {draw(st.sampled_from(["max", "sum"])): "a"}}
    rows: Groups
    if kind == "distinct":
        rows, sortable = made.distinct(*fields), fields
        wanted = {**wanted, "fields": [*fields], "distinct": True}
    elif kind == "group_by":
        rows, sortable = made.group_by(*fields), fields
        wanted = {**wanted, "groupBy": [*fields]}
    elif kind == "aggregate":
        rows, sortable = made.aggregate(**computed), [*computed]
        wanted = {**wanted, "aggregate": cast("Json", computed)}
    else:
        rows, sortable = made.group_by(*fields).aggregate(**computed), [*fields, *computed]
        wanted = {**wanted, "groupBy": [*fields], "aggregate": cast("Json", computed)}
    rows, wanted = draw(pages(rows, wanted, sortable))
    return draw(ends(rows, wanted, draw(st.sampled_from(["rows", "first", "required"]))))


@st.composite
def pages(
    draw: st.DrawFn, made: RowsT, wanted: JsonObject, sortable: list[str]
) -> tuple[RowsT, JsonObject]:
    for field in draw(st.lists(st.sampled_from(sortable), max_size=2, unique=True)):
        direction = draw(DIRECTIONS)
        made = made.order_by(field, direction)
        wanted["sort"] = [*cast("list[Json]", wanted.get("sort", [])), {field: direction}]
    for member in ("skip", "limit"):
        if draw(st.booleans()):
            count = draw(st.integers(0, 2**53 - 1))
            made, wanted[member] = getattr(made, member)(count), count
    return made, wanted


@st.composite
def ends(
    draw: st.DrawFn, made: Rows, wanted: JsonObject, end: str
) -> tuple[TypedQuery[object], JsonObject]:
    match end:
        case "first":
            return made.first(), {**wanted, "first": True}
        case "required":
            return made.first(required=True), {**wanted, "first": "required"}
        case "fallback":
            row = cast("JsonObject", {"id": draw(texts)})
            return made.first(fallback=row), {**wanted, "first": True, "fallback": row}
    return made, wanted


@given(twins())
def test_steps_make_the_json_that_one_would_write(
    twins: tuple[TypedQuery[object], JsonObject],
) -> None:
    """Whichever steps, in the order they go; and a server takes it."""
    made, wanted = twins
    assert made.to_json() == wanted
    assert parse_query(made.to_json()) == parse_query(wanted)


def test_a_step_leaves_its_query_as_it_is() -> None:
    """A query can be kept and continued; what it was given, or gave, changes without it."""
    tags = ["a"]
    base = memories.where("tags", "IN", tags)
    base.limit(3)
    base.where(name="x")
    tags.append("b")
    cast("JsonObject", base.to_json()["selector"])["name"] = "x"
    assert base.to_json() == {"from": "memoryEntities", "selector": {"tags": {"$in": ["a"]}}}


def test_conditions_of_one_field_hold_together() -> None:
    """A later `where` never replaces an earlier one, and a search stays at the top."""
    made = memories.search("tea").where("importance", ">", 5).where("importance", "<", 9)
    both = [{"importance": {"$gt": 5}}, {"importance": {"$lt": 9}}]
    assert made.to_json()["selector"] == {"$and": both, "$search": "tea"}
    assert memories.where({"name": "a"}, name="b").to_json()["selector"] == {
        "$and": [{"name": "a"}, {"name": "b"}]
    }


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (datetime.now(UTC), "milliseconds"),
        (re.compile("^a"), "{\"$regex\": '^a'}"),
        ({1, 2}, "list"),
        (float("nan"), "finite"),
        (float("inf"), "finite"),
        (b"a", "made of"),
        (memories, "made of"),
        ({5: 1}, "made of"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_that_is_no_json_is_refused_with_what_to_write(value: object, says: str) -> None:
    """In each step that takes values, at its place."""
    steps: dict[str, Callable[[], object]] = {
        "/selector/name": lambda: memories.where(name=value),
        "/selector/tags/$in/0": lambda: memories.where("tags", "IN", [value]),
        "/after/name": lambda: memories.order_by("name").after({"id": "m", "name": value}),
        "/fallback/name": lambda: memories.first(fallback={"name": value}),
    }
    for path, step in steps.items():
        with pytest.raises(QueryError) as refused:
            step()
        assert refused.value.data["path"] == path
        assert says in refused.value.hint


def test_what_the_store_cannot_keep_is_refused_too() -> None:
    """Too deep, too large, half a character."""
    endless: list[Any] = []
    endless.append(endless)
    for value in (endless, nested(300, 1), 2**70, "\ud800"):
        with pytest.raises((QueryError, ValidationError)):
            memories.where(name=value)


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (lambda: tables.personas.search("tea"), "declares no search"),
        (lambda: memories.search("a").search("b"), "once"),
        (lambda: memories.where({"$search": "a"}), "search(text)"),
        (lambda: memories.where({"name": {"$near": 1}}), "no operator $near"),
        (lambda: memories.where("name", "=>", 1), "no operator =>"),
        (lambda: memories.where("name"), "no such condition"),
        (lambda: memories.where({}, 1), "no such condition"),
        (lambda: memories.where("a..b", 1), "no field path"),
        (lambda: memories.order_by("name", "up"), "/sort/0/name"),
        (lambda: memories.limit(-1), "/limit"),
        (lambda: memories.skip(1.5), "/skip"),
        (lambda: memories.limit(5).count(), "without limit"),
        (lambda: memories.select("id").count(), "without fields"),
        (lambda: memories.select("_snippet"), "no field path"),
        (lambda: memories.select("id").select("name"), "second select"),
        (memories.select, "/fields"),
        (lambda: memories.order_by("name").distinct("name"), "after `order_by`"),
        (lambda: memories.limit(1).group_by("name"), "after `limit`"),
        (lambda: memories.select("id").aggregate(n={"count": True}), "after `select`"),
        (lambda: memories.distinct("name").order_by("type"), "no part of the rows"),
        (lambda: memories.group_by("name").limit(1).aggregate(n={"count": True}), "after `limit`"),
        (lambda: memories.group_by("name").aggregate(n={"median": "a"}), "median"),
        (lambda: memories.group_by("name").aggregate(name={"count": True}), "can't name"),
        (lambda: memories.first(required=True, fallback={}), "fallback needs"),
        (lambda: memories.after({"id": "m"}), "order_by before"),
        (lambda: memories.order_by("name").after({"name": "a"}), "primary key"),
        (lambda: memories.order_by("name").after({"id": "m", "name": 5}), "must be a string"),
        (lambda: memories.select("id").order_by("name").after({"id": "m"}), "lacks name"),
        (
            lambda: memories.order_by("name").after({"id": "m", "name": "a"}).order_by("type"),
            "after `after`",
        ),
    ],
)
def test_what_means_nothing_is_refused_where_it_is_written(
    step: Callable[[], object], says: str
) -> None:
    """By the step, with a hint, before anything is sent."""
    with pytest.raises(QueryError) as refused:
        step()
    assert says in f"{refused.value} {refused.value.hint}"
    assert refused.value.hint


def test_groups_have_no_steps_of_documents() -> None:
    """Nor has a query that ended any."""
    for made, step in [
        (memories.distinct("name"), "where"),
        (memories.group_by("name").aggregate(n={"count": True}), "aggregate"),
        (memories.count(), "limit"),
        (memories.first(), "where"),
    ]:
        assert not hasattr(made, step)


def test_tables_tell_what_there_is() -> None:
    assert [*tables] == sorted(schema.tables)
    assert tables["personas"] is tables.personas
    with pytest.raises(AttributeError, match="it has conversations, memoryEntities"):
        _ = tables.nothing
    assert repr(memories.limit(3)) == "<tables.memoryEntities: {'limit': 3}>"
    assert repr(table("notes", "slug")) == "<tables.notes(slug: text)>"
    with pytest.raises(ValidationError):
        table("no name")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    data_dir = tmp_path_factory.mktemp("tables") / "data"
    with running_server(data_dir):
        yield data_dir


@pytest.fixture
async def client(served: Path) -> AsyncIterator[Client]:
    """A client of a server with four memories; the first test that asks commits them."""
    async with Client.attach(served) as client:
        if (await client.query(memories.count()))["count"] == 0:
            await client.commit(
                cast("NewEventJson", {"name": "v1.PersonaCreated", "args": persona("p1", "Ada")})
            )
            await client.commit([memory(number) for number in range(4)])
        yield client


def memory(number: int) -> NewEventJson:
    """Return the event of a memory: facts m0 and m2, skills m1 and m3."""
    args: JsonObject = {
        "id": f"m{number}",
        "personaId": "p1",
        "type": ["fact", "skill"][number % 2],
        "name": f"Memory {number}",
        "content": {"kind": "drink", "cups": number},
        "summary": "Likes green tea" if number < 2 else "Likes trains",
        "tags": ["ai", "tea"] if number == 0 else [],
        "importance": number * 10,
    }
    return {"name": "v1.MemoryEntityCreated", "args": args}


def ids(rows: list[JsonObject]) -> list[Json]:
    return [row["id"] for row in rows]


async def test_where_in_all_its_forms(client: Client) -> None:
    for made, wanted in [
        (memories.where(type="skill"), ["m1", "m3"]),
        (memories.where({"tags": {"$contains": "ai"}}), ["m0"]),
        (memories.where("importance", ">", 15), ["m2", "m3"]),
        (memories.where("content.cups", 2), ["m2"]),
        (memories.where("name", "LIKE", "%y 3"), ["m3"]),
        (memories.where(type="fact").where("importance", "IN", (0, 10)), ["m0"]),
    ]:
        assert sorted(map(str, ids((await client.query(made))["rows"]))) == wanted


async def test_search_orders_by_rank_and_shows_why(client: Client) -> None:
    found = await client.query(memories.search("gre* tea").select("id", "_rank", "_snippet"))
    assert ids(found["rows"]) == ["m0", "m1"]
    assert found["rows"][1]["_snippet"] == ["Likes ", "green", " ", "tea", ""]


async def test_pages_go_on_behind_a_row(client: Client) -> None:
    """Each row once, in order, also where only part of it is selected."""
    page = memories.select("id", "importance").order_by("importance", "desc").limit(3)
    first = (await client.query(page))["rows"]
    assert ids(first) == ["m3", "m2", "m1"]
    assert ids((await client.query(page.after(first[-1])))["rows"]) == ["m0"]
    assert ids((await client.query(page.skip(2)))["rows"]) == ["m1", "m0"]


async def test_values_and_groups(client: Client) -> None:
    assert (await client.query(memories.distinct("type")))["rows"] == [
        {"type": "fact"}, {"type": "skill"},
    ]  # fmt: skip
    by_type = memories.group_by("type").aggregate(n={"count": True}, mean={"avg": "importance"})
    assert (await client.query(by_type.order_by("mean", "desc").limit(1)))["rows"] == [
        {"type": "skill", "n": 2, "mean": 20}
    ]
    total = memories.aggregate(total={"sum": "importance"}).first(required=True)
    assert (await client.query(total))["row"] == {"total": 60}


async def test_one_row_in_three_ways(client: Client) -> None:
    """None, an error or the fallback, where nothing matches."""
    nobody = memories.where(id="x").select("id")
    assert (await client.query(nobody.first()))["row"] is None
    assert (await client.query(nobody.first(fallback={"id": "?"})))["row"] == {"id": "?"}
    with pytest.raises(NotFoundError):
        await client.query(nobody.first(required=True))
    assert (await client.query(memories.where(id="m1").first(required=True)))["row"]["id"] == "m1"


async def test_steps_are_live_too(client: Client) -> None:
    """L5, for rows and for a count."""
    async with (
        await client.subscribe(tables.personas.where(isActive=True).select("id")) as rows,
        await client.subscribe(tables.personas.where(isActive=True).count()) as count,
    ):
        assert (rows.result["rows"], count.result["count"]) == ([], 0)
        await client.commit({"name": "v1.PersonaActivated", "args": {"id": "p1"}})
        assert (rows.result["rows"], count.result["count"]) == ([{"id": "p1"}], 1)


async def test_a_plan_names_the_missing_index(client: Client) -> None:
    """Of a query by steps, of JSON, of SQL."""
    explained = await client.explain(memories.where(type="fact", name="x"))
    missing = explained["missingIndex"]
    assert missing is not None
    assert (missing["collection"], missing["fields"]) == ("memoryEntities", ["type", "name"])
    assert (await client.explain({"from": "personas", "selector": {"id": "p1"}}))["indexes"]
    assert (await client.explain({"sql": "SELECT 1"}))["missingIndex"] is None


async def test_collections_without_a_declaration_take_the_same_steps(client: Client) -> None:
    define = {"name": "things", "primaryKey": "slug"}
    insert = {"collection": "things", "document": {"slug": "a", "size": {"cm": 4}}}
    await client.commit(
        cast(
            "list[NewEventJson]",
            [
                {"name": "v1.CollectionDefined", "args": define},
                {"name": "v1.DocumentInserted", "args": insert},
            ],
        )
    )
    things = table("things", "slug").order_by("size.cm").after({"slug": "0", "size": {"cm": 4}})
    assert (await client.query(things.select("slug")))["rows"] == [{"slug": "a"}]


TYPES = """
from typing import assert_type
from sidecar.client import (
    Client, CountResult, Documents, MaybeRowResult, QueryResult, RowResult, RowsResult, Subscription
)

async def check(client: Client, query: Documents) -> None:
    assert_type(await client.query(query.where(name="a").limit(3)), RowsResult)
    assert_type(await client.query(query.group_by("a").aggregate(n={"count": True})), RowsResult)
    assert_type(await client.query(query.first()), MaybeRowResult)
    assert_type(await client.query(query.first(required=True)), RowResult)
    assert_type(await client.query(query.distinct("a").first(fallback={"a": 1})), RowResult)
    assert_type(await client.query(query.count()), CountResult)
    assert_type(await client.query({"from": "personas"}), QueryResult)
    assert_type(await client.subscribe(query.count()), Subscription[CountResult])
    query.count().limit(5)  # type: ignore[attr-defined]
    query.group_by("a").where(a=1)  # type: ignore[attr-defined]
    query.where("a", "=>", 1)  # type: ignore[call-overload]
    query.where(a={1, 2})  # type: ignore[call-overload]
    query.first(required=True, fallback={})  # type: ignore[call-overload]
"""


def test_the_type_checker_knows_what_a_query_results_in(tmp_path: Path) -> None:
    """Rows, a row, perhaps a row, a number; and what is no step."""
    program = tmp_path / "program.py"
    program.write_text(TYPES)
    shown, _, code = api.run(["--config-file", str(ROOT / "pyproject.toml"), str(program)])
    assert code == 0, shown
