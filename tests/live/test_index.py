from __future__ import annotations

from collections.abc import Sequence

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.core.column import boolean, integer, json, text
from sidecar.core.documents import encode
from sidecar.core.json import Json, JsonObject
from sidecar.core.mango import test as matches
from sidecar.core.query import DocumentQuery, SqlQuery
from sidecar.core.state import SqlValue
from sidecar.core.table import Table
from sidecar.live import index as module
from sidecar.live.footprint import of_documents, of_sql
from sidecar.live.index import Index
from sidecar.store.capture import Image, TableChange

people = Table(
    "people",
    {
        "id": text(primary_key=True),
        "team": text(nullable=True),
        "age": integer(nullable=True),
        "here": boolean(nullable=True),
        "tags": json(nullable=True),
    },
    indexes=[("team", "age")],
)
TABLES = {"people": people}


def image(document: JsonObject, place: int = 1) -> Image:
    return (*encode(people, document).values(), place)


def change(*pairs: tuple[JsonObject | None, JsonObject | None]) -> dict[str, TableChange]:
    images = [(old and image(old), new and image(new)) for old, new in pairs]
    return {"people": TableChange(people, [(one or None, two or None) for one, two in images])}


def indexed(*selectors: JsonObject) -> Index[int]:
    index: Index[int] = Index()
    for number, selector in enumerate(selectors):
        query = DocumentQuery.model_validate({"from": "people", "selector": selector})
        index.put(number, of_documents(query, people))
    return index


def ada(**fields: Json) -> JsonObject:
    return {"id": "ada", **fields}


@pytest.mark.parametrize(
    "selector",
    [
        {"team": "red"},
        {"team": {"$in": ["red", "green"]}},
        {"$and": [{"age": {"$gt": 0}}, {"$and": [{"team": "red"}]}]},
        {"team": {"$gte": "red", "$lt": "rod"}},
        {"team": {"$regex": "^r"}},
        {"team": {"$not": {"$eq": "blue"}}, "id": {"$gt": "a"}},
    ],
)
def test_a_row_matters_to_what_it_matches_before_or_after(selector: JsonObject) -> None:
    """A row that leaves a result changes it as much as one that comes."""
    index = indexed(selector)
    red, blue = ada(team="red", age=1), ada(team="blue", age=1)
    for pair in ((red, blue), (blue, red), (red, None), (None, red), (red, {**red, "age": 2})):
        assert index.affected((), change(pair)) == [0]
    for pair in ((blue, None), (None, blue), (blue, {**blue, "age": 2}), (red, red)):
        assert index.affected((), change(pair)) == []


def test_null_is_absent() -> None:
    index = indexed(
        {"team": None}, {"nick": None}, {"team": {"$exists": True}}, {"age": {"$gte": 1}}
    )
    assert index.affected((), change((None, ada()))) == [0, 1]
    assert index.affected((), change((None, ada(team=None, nick="a")))) == [0, 2]
    assert index.affected((), change((None, ada(age=1, team="x", nick="a")))) == [2, 3]


def test_an_array_is_found_by_its_elements() -> None:
    """Each bound of a range may hold for another element."""
    index = indexed(
        {"tags": "a"}, {"tags": ["a", "b"]}, {"tags": {"$gt": 3, "$lt": 5}}, {"free": {"$in": [1]}}
    )
    assert index.affected((), change((None, ada(tags=["a", "b"])))) == [0, 1]
    assert index.affected((), change((None, ada(tags=[1, 9])))) == [2]
    assert index.affected((), change((None, ada(tags=[1, 2], free=[2, 1.0])))) == [3]


def test_values_of_different_types_are_different() -> None:
    index = indexed({"free": 1}, {"free": True}, {"free": "1"}, {"free": {"$gt": 0}}, {"here": 1})
    assert index.affected((), change((None, ada(free=True, here=True)))) == [1]
    assert index.affected((), change((None, ada(free=1.0)))) == [0, 3]
    assert index.affected((), change((None, ada(free="1")))) == [2]


def test_what_only_sqlite_can_tell_is_affected() -> None:
    """A row that no document makes, and a query whose meaning is not known here."""
    index = indexed({"here": False}, {"team": "red"}, {"age": {"$gt": 9}}, {"tags": {"$size": 1}})

    def told(**values: SqlValue) -> list[int]:
        row = dict(zip([*people.columns, "_extra", "_rowid_"], image(ada()), strict=True))
        changed = TableChange(people, [(None, tuple({**row, **values}.values()))])
        return index.affected((), {"people": changed})

    assert told() == []
    assert told(here=7) == [0, 1, 2, 3]
    assert told(age=2**60) == [0, 1, 2, 3]
    assert told(tags="no json") == [3]
    assert told(_extra='{"team":"red"}') == [0, 1, 2, 3]
    joined = DocumentQuery.model_validate(
        {"from": "people", "selector": {"a": {"$or": [{"team": "x"}]}}}
    )
    index.put(9, of_documents(joined, people))
    assert told() == [9]


def test_a_pattern_that_may_take_long_is_left_to_sqlite() -> None:
    """The event loop has no time for it; the other terms still count."""
    slow: JsonObject = {"$regex": "^(a+)+$"}
    index = indexed(
        {"name": slow},
        {"name": slow, "age": 1},
        {"tags": {"$elemMatch": slow}},
        {"name": {"$regex": "^a"}},
    )
    assert index.affected((), change((None, ada(name="b")))) == [0, 2]
    assert index.affected((), change((None, ada(name="a" * 40 + "b", age=1)))) == [0, 1, 2, 3]


def test_a_table_of_which_nothing_is_told_changed() -> None:
    index = indexed({"team": "red"})
    assert index.affected((), {}) == [0]
    assert index.affected(["people"], change()) == []


def test_one_that_depends_on_anything_is_always_affected() -> None:
    """What a live query reads is known with its first result."""
    index: Index[str] = Index()
    index.put("starting", None)
    assert index.affected((), {}) == ["starting"]
    index.put("starting", of_documents(DocumentQuery.model_validate({"from": "people"}), people))
    assert index.affected((), change()) == []
    assert len(index) == 1


def sql(text: str, *reads: tuple[str, str]) -> Index[int]:
    index: Index[int] = Index()
    index.put(0, of_sql(SqlQuery(sql=text), frozenset(reads), TABLES))
    return index


def test_sql_depends_on_the_columns_it_reads() -> None:
    index = sql("…", ("people", "here"))
    assert index.affected((), change((ada(here=True), ada(here=False)))) == [0]
    assert index.affected((), change((ada(age=1), ada(age=2)))) == []
    assert index.affected((), change((ada(), None))) == [0]
    assert index.affected((), change()) == []
    revisions = sql("…", ("people", "_seq"))
    assert revisions.affected((), change((ada(), ada()))) == [0]


def test_sql_without_an_order_depends_on_the_indexes_it_may_walk() -> None:
    """SELECT team FROM people: by an index, in the order of team and age."""
    index = sql("…", ("people", "team"))
    assert index.affected((), change((ada(age=1), ada(age=2)))) == [0]
    assert index.affected((), change((ada(here=True), ada(here=False)))) == []


def test_sql_on_the_engines_tables_depends_on_them_whole() -> None:
    index = sql("…", ("_id_map", "id"), ("people", ""), ("json_each", "value"))
    assert index.affected(["_id_map"], change()) == [0]
    assert index.affected(["_events"], change()) == []


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("SELECT count(*) FROM people NATURAL JOIN others", []),
        ("SELECT 1 FROM people JOIN others using (id)", [("people", "")]),
        ("SELECT 1 FROM unheard", [("unheard", "")]),
    ],
)
def test_sql_of_which_not_all_is_told_depends_on_anything(
    text: str, reads: list[tuple[str, str]]
) -> None:
    """SQLite's authorizer is not told of columns that joins compare."""
    assert sql(text, *reads).affected((), change()) == [0]


def test_the_work_of_one_commit_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past it, what may match is taken to; what can't is still passed over."""
    monkeypatch.setattr(module, "MOST_TESTS", 5)
    index = indexed(*[{"team": {"$ne": "red"}}] * 7, *({"age": age, "here": 1} for age in (1, 2)))
    assert index.affected((), change((None, ada(team="red", age=1)))) == [5, 6, 7]


def test_a_live_query_hangs_where_the_fewest_do() -> None:
    """Many share a team, and hardly any a team and an age: neither alone is asked of all."""
    index = indexed(*({"here": True, "team": f"t{number}"} for number in range(1_000)))
    (readers,) = index._tables.values()
    assert len(readers._values["here"].equal[True,]) <= 2
    assert index.affected((), change((None, ada(here=True, team="t7")))) == [7]


VALUES = st.sampled_from([None, "red", "blue", "", 0, 1, 1.0, -1, 2.5, True, False, [], ["red", 1]])
FIELDS = st.sampled_from(["team", "age", "here", "tags", "free"])
OPERATORS = st.sampled_from(["$eq", "$ne", "$gt", "$gte", "$lt", "$lte"])
TERMS = st.one_of(
    VALUES,
    st.dictionaries(OPERATORS, VALUES, min_size=1, max_size=2),
    st.builds(lambda values: {"$in": values}, st.lists(VALUES, max_size=3)),
    st.builds(lambda values: {"$nin": values}, st.lists(VALUES, max_size=3)),
)
SIMPLE = st.dictionaries(FIELDS, TERMS, max_size=3)
SELECTORS = st.one_of(
    SIMPLE,
    st.builds(lambda name, each: {name: each}, st.sampled_from(["$and", "$or"]), st.lists(SIMPLE)),
)
TYPES = {"team": str, "age": int, "here": bool, "tags": list}
DOCUMENTS = st.one_of(
    st.none(),
    st.dictionaries(FIELDS, VALUES).map(
        lambda fields: ada(
            **{
                name: value
                for name, value in fields.items()
                if value is None or name == "free" or type(value) is TYPES[name]
            }
        )
    ),
)


@given(
    st.lists(st.tuples(st.integers(0, 4), st.one_of(st.none(), SELECTORS)), max_size=20),
    st.lists(st.tuples(DOCUMENTS, DOCUMENTS).filter(any), max_size=4),
)
def test_it_finds_what_a_look_at_each_would_find(
    steps: Sequence[tuple[int, JsonObject | None]],
    pairs: Sequence[tuple[JsonObject | None, JsonObject | None]],
) -> None:
    """Live queries come, change and go; those found are those that a changed row matches."""
    index: Index[int] = Index()
    model: dict[int, JsonObject] = {}
    for key, selector in steps:
        if selector is None:
            index.drop(key)
            model.pop(key, None)
        else:
            query = DocumentQuery.model_validate({"from": "people", "selector": selector})
            index.put(key, of_documents(query, people))
            model[key] = selector
    assert len(index) == len(model)
    expected = {
        key
        for key, selector in model.items()
        for old, new in pairs
        if orjson.dumps(old) != orjson.dumps(new)
        and any(one is not None and matches(one, selector) for one in (old, new))
    }
    found = index.affected((), change(*pairs))
    assert len(found) == len(set(found))
    assert set(found) == expected
