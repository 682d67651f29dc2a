"""Tables: the statements materializers build from them, run in a real SQLite."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest

from sidecar.core.column import Column, Kind, boolean, integer, json, number, text, timestamp
from sidecar.core.errors import QueryError, SchemaError, ValidationError
from sidecar.core.json import Json, JsonObject, canonical
from sidecar.core.state import SqlValue, Statement
from sidecar.core.table import Table, append, increment
from tests.core.rows import THINGS, Rows
from tests.core.sampler import Sampler
from tests.core.values import AWKWARD_NAMES

JOBS = Table(
    "jobs",
    {
        "id": text(primary_key=True),
        "name": text(),
        "note": text(nullable=True),
        "runs": integer(default=0),
        "weight": number(default=0.5),
        "open": boolean(default=True),
        "tags": json(list[str], default=[]),
        "due": timestamp(nullable=True, default=None),
    },
)


@pytest.fixture
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    return Rows(tmp_path_factory.mktemp("jobs") / "jobs.db", JOBS)


def test_an_insert_fills_defaults_and_leaves_out_what_has_none(jobs: Rows) -> None:
    jobs.run(JOBS.insert({"id": "1", "name": "a", "extra": {"b": None}}))
    assert jobs.documents() == [
        {
            "id": "1",
            "name": "a",
            "runs": 0,
            "weight": 0.5,
            "open": True,
            "tags": [],
            "due": None,
            "extra": {"b": None},
        }
    ]


def test_an_insert_keeps_what_is_given_however_empty(jobs: Rows) -> None:
    """M1: 0, "", false, null and [] are values, and no reason to fill a default."""
    document: JsonObject = {
        "id": "1",
        "name": "",
        "note": None,
        "runs": 7,
        "weight": 0,
        "open": False,
        "tags": [],
        "due": 0,
    }
    jobs.run(JOBS.insert(document))
    assert jobs.documents() == [document]


def test_a_default_is_not_shared_between_rows(jobs: Rows) -> None:
    jobs.run(JOBS.insert({"id": "1", "name": "a"}))
    jobs.run(JOBS.update({"tags": append("x")}, where={"id": "1"}))
    jobs.run(JOBS.insert({"id": "2", "name": "b"}))
    assert [one["tags"] for one in jobs.documents()] == [["x"], []]


@pytest.mark.parametrize("build", [JOBS.insert, JOBS.upsert])
@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"id": "1"}, "/args/name"),
        ({"id": "1", "name": None}, "/args/name"),
        ({"id": "1", "name": "a", "runs": None}, "/args/runs"),
        ({"name": "a"}, "/args/id"),
        ({"id": "", "name": "a"}, "/args/id"),
        ({"id": "1", "name": "a", "weight": "x"}, "/args/weight"),
        ({"id": "1", "name": "a", "_x": 1}, "/args/_x"),
    ],
)
def test_a_required_or_wrong_field_is_an_error_at_its_place(
    build: Callable[..., Statement], values: JsonObject, path: str
) -> None:
    """S4: the path leads into the event's arguments."""
    with pytest.raises(ValidationError) as caught:
        build(values)
    assert caught.value.data["path"] == path
    with pytest.raises(ValidationError) as caught:
        build(values, path="/args/deep")
    assert caught.value.data["path"] == path.replace("/args", "/args/deep")


def test_put_requires_nothing_but_the_primary_key_and_fills_nothing(jobs: Rows) -> None:
    jobs.run(JOBS.put({"id": "1", "name": None}))
    assert jobs.documents() == [{"id": "1", "name": None}]


def test_an_upsert_replaces_the_whole_row(jobs: Rows) -> None:
    jobs.run(JOBS.upsert({"id": "1", "name": "a", "note": "n", "extra": 1}))
    jobs.run(JOBS.upsert({"id": "1", "name": "b", "other": 2}))
    (row,) = jobs.rows()
    assert (row["name"], row["note"], row["_extra"]) == ("b", None, '{"other":2,"due":null}')


def test_an_update_changes_the_rows_its_selector_matches(jobs: Rows) -> None:
    for at in range(4):
        jobs.run(JOBS.insert({"id": str(at), "name": "a", "runs": at}))
    jobs.run(JOBS.update({"open": False, "seen": [1]}, where={"runs": {"$gte": 2}}))
    assert [(one["open"], one.get("seen")) for one in jobs.documents()] == [
        (True, None),
        (True, None),
        (False, [1]),
        (False, [1]),
    ]


def test_expressions_are_computed_from_the_row_as_it_is(jobs: Rows) -> None:
    jobs.run(JOBS.put({"id": "1", "name": "a", "runs": 5, "tags": ["x"]}))
    jobs.run(JOBS.put({"id": "2", "name": None, "runs": None}))
    for _ in range(2):
        jobs.run(
            JOBS.update(
                {"runs": increment(), "weight": increment(-2), "tags": append({"y": [None]})},
                where={},
            )
        )
    assert jobs.documents() == [
        {"id": "1", "name": "a", "runs": 7, "weight": -4, "tags": ["x", *[{"y": [None]}] * 2]},
        {"id": "2", "name": None, "runs": 2, "weight": -4, "tags": [{"y": [None]}] * 2},
    ]


def test_an_expression_needs_a_column() -> None:
    with pytest.raises(SchemaError):
        JOBS.update({"other": increment()}, where={})


@pytest.mark.parametrize("name", ["note", "name", *AWKWARD_NAMES])
def test_a_field_is_set_to_null_set_again_and_taken_away(jobs: Rows, name: str) -> None:
    jobs.run(JOBS.put({"id": "1", "keep": 1}))
    for values, unset, wanted in (
        ({name: None}, [], {name: None}),
        ({name: "x"}, [], {name: "x"}),
        ({name: None}, [], {name: None}),
        ({}, [name], {}),
        ({}, [name], {}),
    ):
        jobs.run(JOBS.update(values, where={"id": "1"}, unset=unset))
        assert jobs.documents() == [{"id": "1", "keep": 1, **wanted}]


def test_extra_is_null_again_when_its_last_field_goes(jobs: Rows) -> None:
    jobs.run(JOBS.put({"id": "1", "a": 1, "note": None}))
    jobs.run(JOBS.update({"note": "x"}, where={"id": "1"}, unset=["a", "a"]))
    (row,) = jobs.rows()
    assert (row["note"], row["_extra"]) == ("x", None)


@pytest.mark.parametrize("seed", range(60))
def test_updates_do_to_rows_what_they_do_to_documents(rows: Rows, seed: int) -> None:
    """Invariants 1 to 3 of documents hold after any updates, `_extra` never has a value twice."""
    sampler = Sampler(seed)
    document = sampler.document("1")
    rows.hold([document])
    for _ in range(6):
        changed = sampler.document("1")
        values = {key: value for key, value in changed.items() if key != "id"}
        known = [key for key in document if key != "id" and key not in values]
        unset = sampler.random.sample(known, min(len(known), sampler.random.randrange(3)))
        rows.run(THINGS.update(values, where={"id": "1"}, unset=unset))
        document = {key: value for key, value in {**document, **values}.items() if key not in unset}
        (found,) = rows.documents()
        assert canonical(found) == canonical(document)
        # A row that says the same is the same row, whichever way it came there.
        updated = rows.rows()
        rows.hold([found])
        assert [_members(row) for row in rows.rows()] == [_members(row) for row in updated]


def _members(row: dict[str, SqlValue]) -> dict[str, object]:
    """Return a row with the members of `_extra` in any order."""
    extra = row["_extra"]
    return {**row, "_extra": None if extra is None else orjson.loads(str(extra))}


def test_thousands_of_fields_change_at_once(jobs: Rows) -> None:
    """SQLite's functions take 1,000 arguments at most."""
    many: JsonObject = {f"field{at}": at for at in range(2500)}
    jobs.run(JOBS.put({"id": "1"}))
    jobs.run(JOBS.update(many, where={"id": "1"}))
    assert jobs.documents() == [{"id": "1", **many}]
    jobs.run(JOBS.update({"a": 1}, where={"id": "1"}, unset=many))
    assert jobs.documents() == [{"id": "1", "a": 1}]


@pytest.mark.parametrize(
    ("values", "unset", "path"),
    [
        ({"id": "2"}, [], "/args/id"),
        ({"id": None}, [], "/args/id"),
        ({}, ["id"], "/args/id"),
        ({"_x": 1}, [], "/args/_x"),
        ({"_extra": None}, [], "/args/_extra"),
        ({}, ["_seq"], "/args/_seq"),
        ({"": 1}, [], "/args/"),
        ({"runs": "x"}, [], "/args/runs"),
        ({"tags": {}}, [], "/args/tags"),
        ({"note": "x"}, ["note"], "/args/note"),
        ({"other": 1}, ["other"], "/args/other"),
        ({"open": 1}, [], "/args/open"),
    ],
)
def test_a_change_that_cannot_be_is_an_error_at_its_place(
    values: dict[str, Json], unset: list[str], path: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        JOBS.update(values, where={"id": "1"}, unset=unset)
    assert caught.value.data["path"] == path


def test_a_deletion_deletes_what_its_selector_matches(jobs: Rows) -> None:
    for at in range(3):
        jobs.run(JOBS.insert({"id": str(at), "name": "a", "runs": at}))
    jobs.run(JOBS.delete(where={"runs": {"$in": [0, 2]}}))
    assert [one["id"] for one in jobs.documents()] == ["1"]
    jobs.run(JOBS.delete(where={}))
    assert jobs.documents() == []


def test_a_condition_that_means_nothing_is_an_error() -> None:
    with pytest.raises(QueryError):
        JOBS.delete(where={"$foo": 1})


@pytest.mark.parametrize(
    "statement",
    [
        JOBS.insert({"id": "1", "name": "a"}),
        JOBS.upsert({"id": "1", "name": "a"}),
        JOBS.put({"id": "1"}),
        JOBS.update({"note": "x"}, where={}),
        JOBS.delete(where={}),
    ],
)
def test_each_statement_names_the_table_it_writes(statement: Statement) -> None:
    assert tuple(statement.tables) == ("jobs",)


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"a": text()},
        {"a": text(primary_key=True), "b": text(primary_key=True)},
        {"id": Column(Kind.INTEGER, primary_key=True)},
        {"id": text(primary_key=True), "_mine": text()},
        {"id": text(primary_key=True), "$mine": text()},
        {"id": text(primary_key=True), "a.b": text()},
        {"id": text(primary_key=True), "a\0b": text()},
        {"id": text(primary_key=True), "": text()},
        {"id": text(primary_key=True), "name": text(), "NAME": text()},
        {"id": text(primary_key=True), "runs": integer(default="0")},
        {"id": text(primary_key=True), "open": boolean(default=1)},
        {"id": text(primary_key=True), "tags": json(list[str], default={})},
    ],
)
def test_columns_that_cannot_be_are_schema_errors(columns: dict[str, Column]) -> None:
    with pytest.raises(SchemaError):
        Table("t", columns)


@pytest.mark.parametrize("field", ["", "_seq", "$x", "a..b", "a.0", "a.0.b", "id.a"])
def test_an_index_is_over_columns_or_paths_into_json(field: str) -> None:
    columns = {"id": text(primary_key=True), "data": json()}
    Table("t", columns, indexes=[("id", "data"), "data.a.b", "undeclared", "undeclared.a"])
    with pytest.raises(SchemaError):
        Table("t", columns, indexes=[("id", field)])


@pytest.mark.parametrize(
    "search",
    [
        {"absent": 1},
        {"n": 1},
        {"name": 1, "n": 1},
        {"Rank": 1},
        {"rowID": 1},
        {"name": 0},
        {"name": -1},
        {"name": float("inf")},
        {"name": float("nan")},
    ],
)
def test_a_search_is_over_texts_with_weights(search: dict[str, float]) -> None:
    """FTS5 keeps the names rank and rowid to itself."""
    texts = {name: text() for name in ("name", "Rank", "rowID")}
    with pytest.raises(SchemaError):
        Table("t", {"id": text(primary_key=True), "n": number(), **texts}, search=search)


def test_a_search_s_columns_and_their_order_decide_the_state() -> None:
    """S6: the weights don't, they rank what a query found."""
    columns = {"id": text(primary_key=True), "name": text(), "tags": json()}

    def described(**search: float) -> Json:
        return Table("t", columns, search=search).describe().get("search")

    assert described() is None
    assert described(name=1, tags=2) == described(name=2, tags=0.5) == ["name", "tags"]
    assert described(tags=1, name=2) == ["tags", "name"]


def test_a_table_knows_its_key_its_order_and_its_references() -> None:
    table = Table(
        "t",
        {"key": text(primary_key=True), "owner": text(references="people"), "at": timestamp()},
        indexes=[("owner", "at"), "at"],
    )
    assert table.primary_key == "key"
    assert table.order == ("owner", "at")
    assert table.references == {"owner": "people"}
    assert THINGS.order == ("title",)
    assert JOBS.order == ()
